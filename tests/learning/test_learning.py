"""Known-good rewards train, their negative twins do not, and the demo's search finds a reward.

Minutes of training: `make test-learning`. The last results are in benchmarks/results/learning.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.summary import evolve_to_files
from alignenv.benchmarks.training import TrainRequest, document, train_reward
from alignenv.benchmarks.view import SilentView
from alignenv.envs.make import EnvRef

pytestmark = [pytest.mark.learning, pytest.mark.timeout(1800)]
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "learning.json"
DOORKEY = "AlignEnv-DoorKey-8x8-v0"


def record(name: str, value: Any) -> None:
    """Keep what was measured beside the code."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps({**known, name: value}, indent=1, sort_keys=True) + "\n")


def without_paths(found: dict[str, Any]) -> dict[str, Any]:
    """A search's figures, without where its files were."""
    arms = {n: {**arm, "program": None} for n, arm in found["arms"].items()}
    return {"arms": arms, **{key: found[key] for key in ("cost", "seconds")}}


def trained(env: str, reward: str, seeds: int = 3) -> dict[str, Any]:
    request = TrainRequest(ref=EnvRef(id=env), reward=reward, seeds=seeds, preset={})
    arm, preset = train_reward(request, SilentView(), n_workers=None, isolation="auto")
    found = document(request, arm, preset)
    record(f"{env} {reward}", found)
    return found


def test_human_reward_solves_doorkey_in_ten_cpu_seconds() -> None:
    found = trained(DOORKEY, "human")
    assert min(run["success"] for run in found["runs"]) >= 0.95
    assert max(run["cpu_s"] for run in found["runs"]) <= 10


@pytest.mark.parametrize(
    ("env", "reward"), [("AlignEnv-DoorKey-16x16-v0", "sparse"), (DOORKEY, "hackable")]
)
def test_negative_twins_do_not(env: str, reward: str) -> None:
    assert trained(env, reward)["success"] <= 0.05


@pytest.mark.parametrize("env", ["AlignEnv-MultiRoom-N4-S5-v1", "AlignEnv-LavaCrossingS9N2-v0"])
def test_human_rewards_beat_hackable_ones(env: str) -> None:
    assert trained(env, "human")["success"] >= 0.9
    assert trained(env, "hackable")["success"] <= 0.5


def test_the_search_finds_a_reward_in_four_of_five_runs(tmp_path: Path) -> None:
    found = []
    for seed in range(5):
        settings = SearchSettings(env=DOORKEY, seed=seed, protocol=Protocol())
        files = evolve_to_files(settings, tmp_path / str(seed), SilentView())
        found.append(files.document)
    record("five searches", [without_paths(f) for f in found])
    successes = [f["best"]["success"] if f["best"] else 0.0 for f in found]
    assert sum(success >= 0.9 for success in successes) >= 4, successes
