"""Kills a search again and again and looks for lost facts; run as a program by test_kill.py.

    python crashes.py FOLDER SEED N_KILLS

The search below does what a real one does, in the same order and without a clock: it asks, records,
trains (by arithmetic) and decides. After each durable fact it appends the fact's key to an
acknowledgement file of its own. Each kill hits a forked child with SIGKILL, at a random moment or
within a chosen call of fsync or rename. Prints one JSON line: kills, rounds, facts lost.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Message, Spend
from alignenv.reward_design.study import Study, StudyReader, StudySettings
from alignenv.types import Candidate, Evaluation, Score, Trial

GENERATIONS, CANDIDATES = 5, 4
SETTINGS = StudySettings(env_id="X-v0", seed=3, generations=GENERATIONS, candidates=CANDIDATES)


def search(folder: Path, acknowledged: Path) -> None:
    """Run the search, or what is missing of it."""
    file = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def acknowledge(fact: str) -> None:
        os.write(file, f"{fact}\n".encode())

    start = Study.resume if (folder / "study.db").exists() else Study.create
    with start(folder, SETTINGS) as study:
        for generation in range(GENERATIONS):
            trials = [attempt(study, generation, i, acknowledge) for i in range(CANDIDATES)]
            best = max(trials, key=lambda trial: trial.merit).candidate.id
            study.record_decision(f"g{generation:02d}", {"best": best})
            acknowledge(f"decision g{generation:02d}")
        study.finish({"best": best})
        acknowledge("summary summary")


def attempt(study: Study, generation: int, index: int, acknowledge) -> Trial:
    """Ask for one candidate, train it, record everything."""
    name = f"g{generation:02d}c{index:02d}"
    request = ChatRequest(
        model="m", messages=(Message("user", name),), slot=generation * CANDIDATES + index
    )
    reply = study.journal.find_reply(request.id)
    if reply is None:
        number = study.journal.reserve(request, Spend(calls=1, tokens=100))
        reply = ChatReply(text=f"# {name}\n", prompt_tokens=10, completion_tokens=5)
        study.journal.record(request.id, number, reply, Spend(calls=1, tokens=15))
        acknowledge(f"reply {request.id}")
    candidate = Candidate(
        id=name, source=reply.text, coder="m", generation=generation, requests=(request.id,)
    )
    study.record_candidate(candidate)
    acknowledge(f"candidate {name}")
    result = study.find_result(f"{name}/train")
    if result is None:
        rng = np.random.default_rng(generation * CANDIDATES + index)
        weights = rng.normal(size=500)
        facts = {"success": float(weights.mean())}
        study.record_result(f"{name}/train", facts, {"w": weights}, volatile={"at": time.time()})
        acknowledge(f"result {name}/train")
        result = study.find_result(f"{name}/train")
        assert result is not None
    score = Score(
        success=result.document["success"],
        success_greedy=0.0,
        milestones=float(result.arrays["w"][0]),
        mean_length=1.0,
        n_episodes=1,
    )
    trial = Trial(
        candidate=candidate,
        evaluation=Evaluation(score=score, env_steps=10, cpu_s=time.process_time()),
    )
    study.record_trial(trial)
    acknowledge(f"trial {name}")
    return trial


def die_within_call(number: int) -> None:
    """Arrange to be killed just before the n-th fsync or rename of a file."""
    count = 0
    fsync, replace = os.fsync, Path.replace

    def step() -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched_fsync(descriptor: int) -> None:
        step()
        fsync(descriptor)

    def watched_replace(path: Path, target: Path) -> Path:
        step()
        return replace(path, target)

    os.fsync, Path.replace = watched_fsync, watched_replace


def run_child(folder: Path, acknowledged: Path, rng: np.random.Generator) -> bool:
    """One run of the search with a kill in it; says whether it was killed in time."""
    call = int(rng.integers(1, 30)) if rng.random() < 0.5 else 0
    delay_s = 0.0 if call else float(rng.uniform(0.0, 0.12))
    child = os.fork()
    if child == 0:
        if call:
            die_within_call(call)
        search(folder, acknowledged)
        os._exit(0)
    if not call:
        time.sleep(delay_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def lost_facts(folder: Path, acknowledged: Path) -> list[str]:
    """Acknowledged facts that the study does not hold."""
    facts = acknowledged.read_text().split("\n")[:-1] if acknowledged.exists() else []
    if not facts:
        return []
    with StudyReader.open(folder) as study:
        study.check_files()
        document = json.loads(study.export())
    sections = {
        "reply": "replies",
        "candidate": "candidates",
        "result": "results",
        "trial": "trials",
        "decision": "decisions",
    }
    held = {
        f"{kind} {record['key']}" for kind, name in sections.items() for record in document[name]
    }
    held |= {"summary summary"} if document["summary"] else set()
    return sorted(set(facts) - held)


def main(folder: Path, seed: int, n_kills: int) -> None:
    """Kill, look, resume, until enough kills have hit; then let it finish."""
    rng = np.random.default_rng(seed)
    kills, rounds, lost = 0, 0, 0
    while kills < n_kills:
        study, acknowledged = folder / f"study{rounds}", folder / f"acknowledged{rounds}"
        while run_child(study, acknowledged, rng):
            kills += 1
            lost += len(lost_facts(study, acknowledged))
        rounds += 1
    sys.stdout.write(json.dumps({"kills": kills, "rounds": rounds, "lost": lost}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
