"""What the evaluator finds out for an analyst: events, the last chance, the reference's play."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alignenv.agents.evaluation import Rollout, pick_episodes, roll_out
from alignenv.batch import BatchEnv
from alignenv.benchmarks.analyst_evidence import (
    NO_REFERENCE,
    UNSOLVED,
    events_of,
    find_last_chance,
    with_evidence,
)
from alignenv.benchmarks.payments import payment, payments, replay_states
from alignenv.envs.make import EnvRef, make_batch
from alignenv.program import parse_program
from alignenv.task import Oracle
from alignenv.testing.coders import example_card
from alignenv.types import Episode

EMPTY, LAVA, KEY = "AlignEnv-Empty-5x5-v0", "AlignEnv-LavaGapS5-v0", "AlignEnv-DoorKey-5x5-v0"
DONE, FORWARD = 6, 2


def played(env_id: str, actions: list[int], seed: int = 3) -> tuple[BatchEnv, Episode]:
    """An episode of these actions, up to where it ends, and a fresh env to look at it with."""
    env = make_batch(EnvRef(id=env_id), 1, truth=True)
    env.track([field.name for field in env.task.card.state])
    env.reset([seed])
    taken = []
    for action in actions:
        env.step(np.array([action]), autoreset=False)
        taken.append(action)
        if env.terminated[0] or env.truncated[0]:
            break
    success = bool(env.task.judge(env.state, env.truth)[0])
    episode = Episode(
        label="typical", seed=seed, success=success, milestones=0.0, length=len(taken),
        actions=tuple(taken), states=(),
    )  # fmt: skip
    return env, episode


def saved_from(env: BatchEnv, episode: Episode, start: int) -> bool:
    """Whether the reference reaches the goal from a state: the plain way, for comparison."""
    assert env.task.oracle is not None
    oracle = env.task.oracle(env)
    env.track(None)
    env.reset([episode.seed])
    for action in episode.actions[:start]:
        env.step(np.array([action]), autoreset=False)
    oracle.reset(np.array([True]))
    while True:
        env.step(oracle.act(), autoreset=False)
        if env.terminated[0] or env.truncated[0]:
            return bool(env.task.judge(env.read_state(), env.truth)[0])


def test_time_runs_out_for_whoever_stands_still() -> None:
    env, episode = played(EMPTY, [DONE] * 200)
    chance, reference = find_last_chance(env, episode)
    every = [saved_from(env, episode, start) for start in range(episode.length)]
    assert chance.step == max(i for i, is_saved in enumerate(every) if is_saved)
    assert chance.step + chance.needed == env.task.card.horizon
    assert chance.n_tried < 12
    assert reference is not None
    assert (reference.success, reference.label) == (True, "reference")
    assert reference.length == chance.needed


def test_lava_ends_it_at_the_step_before() -> None:
    for seed in range(20):
        env, episode = played(LAVA, [FORWARD] * 9, seed)
        if episode.length < 9:
            break
    chance, _ = find_last_chance(env, episode)
    assert chance.step == episode.length - 1
    assert chance.needed + chance.step < env.task.card.horizon / 2


def test_without_a_reference_it_cannot_be_decided() -> None:
    env, episode = played(EMPTY, [DONE] * 200)
    env.task = replace(env.task, oracle=None)
    chance, reference = find_last_chance(env, episode)
    assert (chance.step, chance.why_not, reference) == (None, NO_REFERENCE, None)


class Moody:
    """A reference that does nothing where it takes over within some steps."""

    def __init__(self, env: BatchEnv, idle: range, inner: Oracle) -> None:
        self._env, self._idle, self._inner = env, idle, inner
        self._is_idle = False

    def reset(self, mask: Any) -> None:
        self._is_idle = int(self._env.steps[0]) in self._idle
        self._inner.reset(mask)

    def act(self) -> Any:
        return np.array([DONE]) if self._is_idle else self._inner.act()


def with_moods(env: BatchEnv, idle: range) -> None:
    make = env.task.oracle
    assert make is not None
    env.task = replace(env.task, oracle=lambda core: Moody(core, idle, make(core)))


def test_a_reference_that_fails_in_between_is_tried_later_again() -> None:
    env, episode = played(EMPTY, [DONE] * 200)
    true_chance, _ = find_last_chance(env, episode)
    with_moods(env, range(30, 70))
    chance, _ = find_last_chance(env, episode)
    assert chance.step == true_chance.step


def test_a_reference_that_never_succeeds_decides_nothing() -> None:
    env, episode = played(EMPTY, [DONE] * 200)
    with_moods(env, range(200))
    chance, reference = find_last_chance(env, episode)
    assert (chance.step, chance.why_not, reference) == (None, UNSOLVED, None)


@pytest.mark.parametrize("split", ["", "train"])
def test_evidence_is_the_same_each_time(split: str) -> None:
    ref, seeds = EnvRef(id=KEY, split=split), [1, 2, 3]
    env = make_batch(ref, 3, truth=True)
    rollout: Rollout = roll_out(env, lambda _: np.full(3, DONE), seeds)
    episodes = pick_episodes(env, rollout, seeds)
    first, second = (
        with_evidence(make_batch(ref, 1, truth=True), episodes, rollout, seeds) for _ in range(2)
    )
    assert first == second
    assert [e.label for e in first] == ["best", "typical", "worst", "first", "reference"]
    changes = {(e.field, e.change) for e in first[-1].events}
    assert {("carrying_key", "on"), ("door_open", "on")} <= changes
    assert [e.last_chance is not None for e in first[1:2]] == [True]


def test_a_success_needs_no_search() -> None:
    env = make_batch(EnvRef(id=EMPTY), 1, truth=True)
    assert env.task.oracle is not None
    oracle = env.task.oracle(env)
    rollout = roll_out(env, lambda _: oracle.act(), [5])
    episodes = pick_episodes(env, rollout, [5])
    told = with_evidence(make_batch(EnvRef(id=EMPTY), 1, truth=True), episodes, rollout, [5])
    assert [e.last_chance for e in told] == [None] * 4


def test_events_in_order() -> None:
    spec = example_card().state
    rows = np.zeros((6, spec.size))
    view = spec.view(rows)
    view["carrying_key"] = [0, 0, 1, 1, 0, 1]
    view["path_to_key"] = [3, 2, 0, 0, 1, 0]
    view["path_to_goal"] = [-1, -1, -1, 4, 3, 3]
    view["bumped"] = 1
    found = [(e.step, e.field, e.change) for e in events_of(spec, rows)]
    assert found == [
        (2, "carrying_key", "on"),
        (2, "path_to_key", "lowest 0"),
        (3, "path_to_goal", "known"),
        (4, "carrying_key", "off"),
        (4, "path_to_goal", "lowest 3"),
    ]


def test_a_payment_in_figures() -> None:
    told = payment("x", np.array([0.0, 1.0, 1.0, 0.0, -1.0, 2.0]))
    assert (told.total, told.end, told.n_paid, told.n_charged) == (3.0, 2.0, 3, 1)
    assert (told.n_times, told.first, told.last) == (2, 2, 6)
    nothing = payment("x", np.zeros(3))
    assert (nothing.total, nothing.n_times, nothing.first, nothing.last) == (0.0, 0, 0, 0)


@pytest.mark.parametrize("compiled", [True, False])
def test_what_a_program_pays_in_an_episode(compiled: bool) -> None:
    env, episode = played(EMPTY, [FORWARD] * 4)
    card = env.task.card
    source = (
        "def reward(prev, action, state):\n"
        "    near = prev.path_to_goal - state.path_to_goal\n"
        "    late = t_of(state)\n    return near + late, {'near': near, 'late': late}\n"
        "def t_of(s):\n    return 0.5 if s.path_to_goal < 3 else 0.0\n"
    )
    program = parse_program(source, card.state, card.action)
    walk = replay_states(env, episode.seed, episode.actions)
    whole, near, late = payments(program, program.load(compiled=compiled), walk)
    way = card.state.view(walk.states)["path_to_goal"]
    assert near.total == way[0] - way[-1]
    assert whole.total == pytest.approx(near.total + late.total)
    assert (whole.component, near.component, late.component) == ("", "near", "late")


def test_a_potential_pays_its_differences_and_nothing_after_the_end() -> None:
    env, _ = played(EMPTY, [])
    card = env.task.card
    source = "def potential(state):\n    return 10.0 - state.path_to_goal\n"
    program = parse_program(source, card.state, card.action)
    assert env.task.oracle is not None
    oracle, actions = env.task.oracle(env), []
    env.reset([3])
    while not env.terminated[0]:
        actions.append(int(oracle.act()[0]))
        env.step(np.array(actions[-1:]), autoreset=False)
    walk = replay_states(env, 3, actions)
    (whole,) = payments(program, program.load(compiled=False), walk)
    assert walk.terminated
    assert whole.total == card.state.view(walk.states)["path_to_goal"][0] - 10.0
