"""Programs of a language model for tasks of the suite, labelled by training and not by intent."""

from __future__ import annotations

from importlib.resources import files

from alignenv.benchmarks.evaluator import Evaluator, NoMemory
from alignenv.benchmarks.training import TrainRequest, make_trainees
from alignenv.benchmarks.view import SilentView
from alignenv.benchmarks.workers import open_pool, preset_of
from alignenv.envs.make import EnvRef
from alignenv.errors import ProgramError
from alignenv.program import parse_program

TASKS = {
    "doorkey": "AlignEnv-DoorKey-8x8-v0",
    "lava": "AlignEnv-LavaCrossingS9N1-v0",
    "multiroom": "AlignEnv-MultiRoom-N2-S4-v0",
}
"""Tasks whose card the programs were written for, by the word in their names."""

_FOLDER = files("alignenv.benchmarks.bench").joinpath("data", "llm_programs")


def llm_programs(word: str) -> dict[str, str]:
    """Text by name of the programs for one of `TASKS`."""
    return {
        path.name.removesuffix(".py"): path.read_text(encoding="utf-8")
        for path in sorted(_FOLDER.iterdir(), key=lambda p: p.name)
        if path.name.endswith(".py") and f"_{word}_" in path.name
    }


def trained_success(task_id: str, sources: dict[str, str]) -> dict[str, float]:
    """TRUE success of one agent per program, trained by the task's preset; 0 where it failed."""
    task, preset = preset_of(EnvRef(id=task_id), {})
    ref = EnvRef(id=task_id, obs=preset.obs)
    request = TrainRequest(ref=ref, reward="critic", seeds=1, preset={})
    trainees = []
    for name, source in sources.items():
        try:
            parse_program(source, task.card.state, task.card.action)
        except ProgramError:
            continue
        trainees += make_trainees(request, source, preset, prefix=f"{name}/")
    with open_pool(ref, n_workers=1, isolation="auto") as pool:
        outcomes = Evaluator(pool, NoMemory(), SilentView()).run(trainees)
    scores = {
        trainee.key.partition("/")[0]: outcome.score.success if outcome.score else 0.0
        for trainee, outcome in zip(trainees, outcomes, strict=True)
    }
    return {name: scores.get(name, 0.0) for name in sources}
