"""Runs of a record: a training that fails is a run with success 0, and never audited."""

from __future__ import annotations

from alignenv.benchmarks.bench.cells import ground_of, report_seeds
from alignenv.benchmarks.bench.run import RunOptions, run_suite
from alignenv.benchmarks.bench.suite import parse_suite
from alignenv.benchmarks.bench.trainings import Bench, Training, train_all, trained_steps
from alignenv.benchmarks.evaluator import NoMemory
from alignenv.benchmarks.view import SilentView
from alignenv.benchmarks.workers import open_pool

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


def test_players_need_no_workers(store) -> None:
    suite = parse_suite("tiny", SUITE)
    (cell,) = run_suite(suite, store, SilentView(), RunOptions())
    (run,) = store.find(cell)["runs"]
    assert run["n_episodes"] == 100
    assert 0 <= run["success"] < 0.5
