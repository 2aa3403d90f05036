"""How one cell is run: a fixed reward, a player, or a whole search with its winner's trainings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from alignenv.benchmarks.assembly import Assembly, Place
from alignenv.benchmarks.bench.cells import Cell, Ground, report_seeds
from alignenv.benchmarks.bench.racing import train_programs
from alignenv.benchmarks.bench.recorded import Recorded, RecordedProgram
from alignenv.benchmarks.bench.trainings import Bench, Training, fresh, train_all, trained_steps
from alignenv.benchmarks.evaluator import NoMemory
from alignenv.benchmarks.evolve import Search
from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.references import oracle_actor, play, random_actor, summarise
from alignenv.benchmarks.search import VERSIONS, cost
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.view import SilentView
from alignenv.envs.make import make_batch
from alignenv.reward_design.designers.catalogue import NO_CODER
from alignenv.reward_design.llm.journal import write_recording
from alignenv.reward_design.study import Study, StudySettings
from alignenv.seeding import generator
from alignenv.types import Evaluation, FailureKind, Trial


class Result(NamedTuple):
    """What a finished cell's record holds beside its settings.

    Attributes:
        parts: `runs`, `search` and `cost`: what another run would find too.
        volatile: `cpu_s` and `tier`.
        crashed: Whether workers crashed in every training of rewards: the machine's doing, for no
            program in the language can end its worker.
    """

    parts: dict[str, Any]
    volatile: dict[str, Any]
    crashed: bool = False


def play_cell(ground: Ground, cell: Cell) -> Result:
    """Random play or the oracle, over as many fresh episodes as one training is scored on."""
    seeds = report_seeds(ground, 0)
    env = make_batch(fresh(ground), len(seeds.episodes), truth=True)
    rng = generator(ground.protocol.seed, "report", "random actions", cell.task)
    is_random = cell.settings["player"] == "random"
    act = random_actor(env, rng) if is_random else oracle_actor(getattr(env, "inner", env))
    found = summarise([play(env, act, seeds.episodes)])
    env.close()
    run = {
        "replicate": 0,
        "success": found["success"],
        "mean_length": found["mean_length"],
        "performance": found.get("performance"),
        "n_episodes": len(seeds.episodes),
        "env_steps": 0,
        "failure": None,
    }
    return Result({"runs": [run], "search": None, "cost": {"env_steps": 0}}, {"cpu_s": 0.0})


def train_cells(bench: Bench, cells: Sequence[Cell]) -> Iterator[tuple[Cell, Result]]:
    """Fixed rewards: one training each, side by side."""
    jobs = [
        Training(
            key=f"{cell.row}/{cell.seed}".replace(" ", "-"),
            source=cell.settings["source"],
            layer=cell.settings["layer"],
            env_steps=int(cell.settings["env_steps"]),
            replicate=int(cell.settings["replicate"]),
            novelty=float(cell.settings["novelty"]),
            rnd=float(cell.settings["rnd"]),
        )
        for cell in cells
    ]
    for cell, (run, cpu_s) in zip(cells, train_all(bench, jobs, NoMemory()), strict=True):
        cost = {"env_steps": trained_steps(run)}
        yield (
            cell,
            Result(
                {"runs": [run], "search": None, "cost": cost},
                {"cpu_s": round(cpu_s, 3), "tier": bench.pool.tier},
                crashed=run["failure"] == FailureKind.CRASH,
            ),
        )


def search_cell(bench: Bench, cell: Cell) -> Result:
    """One search, and trainings of its winner on seeds that it never saw.

    A search that was interrupted goes on where its study ends; the study stays until
    `forget_search`.
    """
    folder = bench.folder / cell.id
    recorded = _study_settings(cell)
    is_begun = (folder / "study.db").exists()
    study = Study.resume(folder, recorded) if is_begun else Study.create(folder, recorded)
    with study:
        result = (_race if cell.kind == "racing" else _search)(bench, cell, study)
        _keep_replies(bench.replies(cell), study)
    return result


def forget_search(bench: Bench, cell: Cell) -> None:
    """Remove the study of a search, once its record is on disk; other cells have none."""
    if (folder := bench.folder / cell.id).exists():
        shutil.rmtree(folder)


def _keep_replies(path: Path, study: Study) -> None:
    """Write a model's replies as one file, whole or absent, unless they came from it."""
    recording = study.journal.recording()
    if recording and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        write_recording(part, recording)
        part.replace(path)


def _study_settings(cell: Cell) -> StudySettings:
    told = cell.settings
    return StudySettings(
        env_id=cell.task,
        seed=told["search_seed"],
        designer=told.get("designer", "recorded"),
        designer_options=told.get("designer_options", {}),
        coder=told.get("coder", NO_CODER),
        generations=told.get("search", {}).get("generations", 1),
        candidates=told.get("search", {}).get("candidates", len(told.get("programs", ()))),
        protocol={"cell": cell.id},
        versions={name: metadata.version(name) for name in VERSIONS},
    )


def _race(bench: Bench, cell: Cell, study: Study) -> Result:
    found, cpu_s = train_programs(bench, cell, study)
    steps = sum(
        found["steps"][len(one["scores"]) - 1] for one in found["programs"] if one["scores"]
    )
    return Result(
        {"runs": [], "search": None, "racing": found, "cost": {"env_steps": steps}},
        {"cpu_s": round(cpu_s, 3), "tier": bench.pool.tier},
    )


def _search(bench: Bench, cell: Cell, study: Study) -> Result:
    search = _assembled(bench, cell, study)
    trials = search.find()
    choice = search.choose(trials)
    best = choice.best
    bench.view.phase(f"{cell.row}: its winner on fresh seeds")
    runs = _winner_runs(bench, cell, study, best)
    spent = cost(study, search, choice)
    cpu_s = spent.pop("cpu_s") + sum(seconds for _, seconds in runs)
    found = {
        "best": best.candidate.id if best else None,
        "source": best.candidate.source if best else "",
        "candidates": [_candidate(trial) for trial in trials],
        **({"confirmed": choice.rates} if choice.confirmed else {}),
    }
    steps = spent["env_steps"]
    whole = {
        "env_steps_search": steps,
        "env_steps": steps + sum(trained_steps(run) for run, _ in runs),
        **{name: spent[name] for name in ("calls", "tokens", "usd")},
    }
    kinds = [trial.failure.kind if trial.failure else None for trial in trials]
    return Result(
        {"runs": [run for run, _ in runs], "search": found, "cost": whole},
        {"cpu_s": round(cpu_s, 3), "tier": bench.pool.tier},
        crashed=set(kinds) == {FailureKind.CRASH},
    )


def _winner_runs(
    bench: Bench, cell: Cell, study: Study, best: Trial | None
) -> list[tuple[dict[str, Any], float]]:
    """Report trainings of the winner; without one, all count as success 0."""
    if best is None:
        lost = {"success": 0.0, "env_steps": 0, "failure": "no candidate"}
        return [({**lost, "replicate": number}, 0.0) for number in cell.replicates]
    trainings = [
        Training(
            key=f"report/{number}",
            source=best.candidate.source,
            layer=str(cell.settings["search"]["layer"]),
            env_steps=int(cell.settings["env_steps"]),
            replicate=number,
        )
        for number in cell.replicates
    ]
    return train_all(bench, trainings, study)


def _assembled(bench: Bench, cell: Cell, study: Study) -> Search:
    """The search of a cell, as `alignenv evolve` would run it."""
    ground = bench.ground
    place = Place(ground.ref, ground.task, ground.preset)
    parts = Assembly.of(_search_settings(bench, cell), study, place, _recorded(cell))
    return parts.search(bench.pool, SilentView(), trainings=bench.view)


def _recorded(cell: Cell) -> Recorded | None:
    """Who proposes the programs that a cell has; None where they are searched for."""
    if cell.kind != "programs":
        return None
    programs = sorted(cell.settings["programs"].items())
    return Recorded([RecordedProgram(name, text) for name, text in programs])


def _search_settings(bench: Bench, cell: Cell) -> SearchSettings:
    """Settings of a search; its model is asked only where its replies are not kept yet."""
    told, replies = cell.settings, bench.replies(cell)
    common: dict[str, Any] = {
        "env": cell.task,
        "split": bench.ground.protocol.split,
        "seed": told["search_seed"],
        "protocol": Protocol.model_validate(told["search"]),
    }
    if cell.kind == "programs":
        return SearchSettings(**common, analyst="none")
    return SearchSettings(
        **common,
        designer=told["designer"],
        designer_options=told["designer_options"],
        coder=f"replay:{replies}" if replies.exists() else told["coder"],
        analyst=told["analyst"],
        budget=bench.budget,
        base_url=bench.base_url,
    )


def _candidate(trial: Trial) -> dict[str, Any]:
    """A candidate's line in a record."""
    evaluation: Evaluation | None = trial.evaluation
    return {
        "id": trial.candidate.id,
        "note": trial.candidate.note if trial.candidate.coder == "recorded" else "",
        "outcome": trial.outcome,
        "success": evaluation.score.success if evaluation else 0.0,
        "milestones": evaluation.score.milestones if evaluation else 0.0,
        "env_steps": trial.own.env_steps if trial.own else 0,
        "valid": evaluation is not None,
    }
