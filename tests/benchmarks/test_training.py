"""Seeds of `alignenv train`: what they depend on, and what they do not."""

from __future__ import annotations

from alignenv.benchmarks.training import TrainRequest, make_trainees, preset_of
from alignenv.envs.make import EnvRef

TASK = "AlignEnv-Empty-5x5-v0"
PROGRAM = "def reward(prev, action, state):\n    return 0.0, {}\n"


def seeds(reward: str, source: str | None) -> list[int]:
    request = TrainRequest(ref=EnvRef(id=TASK), reward=reward, seeds=2, preset={})
    trainees = make_trainees(request, source, preset_of(request.ref, {})[1])
    return [seed for trainee in trainees for seed, _ in trainee.train.segments]


def test_seeds_do_not_depend_on_where_a_program_lies() -> None:
    assert seeds("reward.py", PROGRAM) == seeds("./other/reward.py", PROGRAM)
    assert set(seeds("reward.py", PROGRAM)).isdisjoint(seeds("reward.py", PROGRAM + "\n"))


def test_references_keep_the_seeds_of_their_names() -> None:
    assert seeds("sparse", None) != seeds("human", PROGRAM)
    assert seeds("human", PROGRAM) == seeds("human", PROGRAM + "\n")
