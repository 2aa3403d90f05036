"""Runs of a record: a training that fails is a run with success 0, and never audited."""

from __future__ import annotations

import pytest

from alignenv.benchmarks.bench import run
from alignenv.benchmarks.bench.cells import cells_of, ground_of, report_seeds
from alignenv.benchmarks.bench.run import WORK, RunOptions, missing_cells, run_suite
from alignenv.benchmarks.bench.suite import parse_suite
from alignenv.benchmarks.bench.trainings import Bench, Training, train_all, trained_steps
from alignenv.benchmarks.evaluator import NoMemory
from alignenv.benchmarks.view import SilentView
from alignenv.benchmarks.workers import open_pool
from alignenv.errors import MachineError
from alignenv.reward_design.sandbox import Event, Job, JobResult, Pool

FAILS = "def reward(prev, action, state):\n    return 1.0 / (state.agent_dir * 0)\n"
WORKS = "def reward(prev, action, state):\n    return -0.01\n"
SUITE = """
about = "For tests."
tasks = ["AlignEnv-Empty-5x5-v0"]
rows = ["random"]
[protocol]
env_steps = 512
audit_episodes = 2
preset = { n_envs = 16, n_steps = 32, batch_size = 128, n_epochs = 1 }
"""


def test_a_training_that_fails_counts_as_zero_beside_one_that_works(tmp_path) -> None:
    suite = parse_suite("tiny", SUITE)
    ground = ground_of(suite.tasks[0], suite.protocol)
    trainings = [
        Training(key=f"t{i}", source=source, layer="replace", env_steps=512, replicate=i)
        for i, source in enumerate((FAILS, WORKS))
    ]
    with open_pool(ground.ref, n_workers=1, isolation="auto") as pool:
        bench = Bench(
            pool=pool, ground=ground, view=SilentView(), folder=tmp_path, replies=lambda _: tmp_path
        )
        (failed, _), (worked, cpu_s) = train_all(bench, trainings, NoMemory())
    assert (failed["success"], failed["failure"], failed["replicate"]) == (0.0, "value", 0)
    assert "returns" not in failed
    assert worked["failure"] is None
    assert worked["returns"]["policy"] < 0
    assert worked["n_episodes"] == len(report_seeds(ground, 1).episodes) == 100
    assert trained_steps(worked) == 512
    assert cpu_s > 0


class Crashing(Pool):
    """A pool on whose machine every worker crashes."""

    tier = "kernel"

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def __enter__(self) -> Crashing:
        return self

    def __exit__(self, *reason: object) -> None:
        pass

    def describe(self) -> str:
        return "nothing"

    def submit(self, job: Job) -> None:
        self.jobs.append(job)

    def next_event(self, timeout: float | None = None) -> Event:
        del timeout
        told = {"kind": "failed", "failure": "crash", "code": "W004", "text": "Permission denied"}
        job = self.jobs.pop()
        result = JobResult(
            job_id=job.id, ok=True, failure=None, messages=[told], arrays={}, cpu_s=0.1, wall_s=0.1,
            tier="kernel",
        )  # fmt: skip
        return Event(job_id=job.id, result=result)


@pytest.mark.parametrize("row", ["sparse", "random-programs"])
def test_a_machine_on_which_all_crashes_gets_no_record(store, monkeypatch, row: str) -> None:
    monkeypatch.setattr(run, "open_pool", lambda *_, **__: Crashing())
    suite = parse_suite("tiny", SUITE.replace('"random"', f'"{row}"'))
    with pytest.raises(MachineError, match="workers crashed in every training"):
        run_suite(suite, store, SilentView(), RunOptions(n_workers=1))
    assert len(missing_cells(suite, store)) == len(cells_of(suite))
    assert not list((store.folder / WORK).glob("*/study.db"))


def test_players_need_no_workers(store) -> None:
    suite = parse_suite("tiny", SUITE)
    (cell,) = run_suite(suite, store, SilentView(), RunOptions())
    (run,) = store.find(cell)["runs"]
    assert run["n_episodes"] == 100
    assert 0 <= run["success"] < 0.5
