"""What each reward layer promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignenv.envs.faces.rewarded import RewardedBatch
from alignenv.envs.faces.single import SingleEnv
from alignenv.envs.layers.choose import choose_reward
from alignenv.envs.layers.designed import PotentialReward
from alignenv.envs.layers.transitions import RewardLayer, Transitions
from alignenv.errors import ConfigError, UnknownName, ValueFault
from alignenv.program import Program, parse_program
from alignenv.spec import Field, StateSpec
from alignenv.task import ActionSpec

GAMMA = 0.9
N_ENVS = 4
SQUARE = "def potential(state):\n    return state.position * state.position + 0.25\n"
TIMED = "def potential(state, t):\n    return state.position * t\n"
ZERO = "def reward(prev, action, state):\n    return 0.0\n"
FAULTY = "def reward(prev, action, state):\n    return 1.0 / (state.position - 3.0)\n"


def program(source: str) -> Program:
    """A program over the corridor's record."""
    return parse_program(
        source, StateSpec((Field(name="position", kind="float"),)), ActionSpec(n=2)
    )


def play(
    batch: Any, layer: RewardLayer, n_steps: int = 200, *, n_actions: int = 2
) -> list[dict[str, Any]]:
    """Copies of what each step says, random actions, autoreset."""
    rewarded, stream = RewardedBatch(batch, layer), np.random.default_rng(0)
    batch.reset(list(range(batch.n_envs)))
    log = []
    for _ in range(n_steps):
        before = batch.start.copy()
        rewarded.step(stream.integers(n_actions, size=batch.n_envs), autoreset=True)
        facts = {"before": before, "after": batch.state, "reward": rewarded.rewards}
        facts |= {"parts": rewarded.components, "sparse": batch.reward, "steps": batch.steps}
        facts |= {"terminated": batch.terminated, "truncated": batch.truncated}
        log.append({key: value.copy() for key, value in facts.items()})
    return log


def layer_of(batch: Any, reward: Any, layer: str | None = None) -> RewardLayer:
    return choose_reward(batch.task, reward, layer, GAMMA)


def test_replace_ignores_the_sparse_reward(corridor: Callable[[int], Any]) -> None:
    batch = corridor(N_ENVS)
    log = play(batch, layer_of(batch, program(ZERO)))
    assert sum(step["sparse"].sum() for step in log) > 0
    assert all((step["reward"] == 0).all() for step in log)


def test_add_is_sparse_plus_program(corridor: Callable[[int], Any]) -> None:
    alone, together = corridor(N_ENVS), corridor(N_ENVS)
    replaced = play(alone, layer_of(alone, "human"))
    added = play(together, layer_of(together, "human", "add"))
    for one, other in zip(replaced, added, strict=True):
        assert (other["reward"] == one["reward"] + one["sparse"]).all()
        assert (other["parts"] == one["parts"]).all()


def test_parts_of_a_program_are_its_components(corridor: Callable[[int], Any]) -> None:
    batch = corridor(N_ENVS)
    layer = layer_of(batch, "human")
    assert layer.component_names == ("step", "time")
    for step in play(batch, layer):
        assert np.allclose(step["parts"].sum(axis=1), step["reward"])


@pytest.mark.parametrize("source", [SQUARE, TIMED])
def test_the_shaping_of_an_episode_telescopes(corridor: Callable[[int], Any], source: str) -> None:
    """Discounted, it is gamma^T phi(last) - phi(first), with phi 0 where the episode terminated.

    So it depends on where an episode begins and is cut off, and on nothing that the agent does
    in between: no policy can farm it.
    """
    batch = corridor(N_ENVS)
    log = play(batch, layer_of(batch, program(source)), 400)
    horizon = batch.task.card.horizon

    def phi(records: Any, steps: Any) -> Any:
        if source == TIMED:
            return records[:, 0] * (steps / horizon)
        return records[:, 0] ** 2 + 0.25

    total, first = np.zeros(N_ENVS), phi(log[0]["before"], np.zeros(N_ENVS))
    n_cut_off = 0
    for step in log:
        clock = step["steps"]
        begins = clock == 1
        first = np.where(begins, phi(step["before"], clock - 1), first)
        total = np.where(begins, 0.0, total) + GAMMA ** (clock - 1) * step["parts"][:, 0]
        last = np.where(step["terminated"], 0.0, phi(step["after"], clock))
        ended = step["terminated"] | step["truncated"]
        assert np.allclose(total[ended], (GAMMA**clock * last - first)[ended])
        assert np.allclose(step["reward"], step["sparse"] + step["parts"][:, 0])
        n_cut_off += int((step["truncated"] & ~step["terminated"]).sum())
    assert n_cut_off > 0


def test_a_constant_potential_pays_nothing_while_the_episode_runs_at_gamma_1(
    corridor: Callable[[int], Any],
) -> None:
    batch = corridor(N_ENVS)
    constant = program("def potential(state):\n    return 2.5\n")
    for step in play(batch, PotentialReward(constant, constant.load(), 1.0)):
        expected = np.where(step["terminated"], step["sparse"] - 2.5, 0.0)
        assert (step["reward"] == expected).all()


@settings(deadline=None, max_examples=30)
@given(
    states=st.lists(st.floats(-1, 4), min_size=2, max_size=8),
    gamma=st.floats(0, 1),
    terminated=st.booleans(),
)
def test_a_loop_in_the_state_earns_no_undiscounted_shaping(
    states: list[float], gamma: float, terminated: bool
) -> None:
    square = program(SQUARE)
    layer = PotentialReward(square, square.load(compiled=False), gamma)
    loop = np.array([*states, states[0]])[:, None]
    n = len(states)
    out = np.zeros((n, 2))
    layer.compute(
        Transitions(
            prev=loop[:-1],
            action=np.zeros(n),
            state=loop[1:],
            steps=np.arange(1, n + 1),
            horizon=100,
            sparse=np.zeros(n),
            native=np.zeros(n),
            terminated=np.array([False] * (n - 1) + [terminated]),
        ),
        out,
    )
    discounted = (gamma ** np.arange(n) * out[:, 1]).sum()
    phi = loop[0, 0] ** 2 + 0.25
    expected = (0.0 if terminated else gamma**n * phi) - phi
    assert discounted == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("reward", "layer"), [("human", None), ("human", "add"), ("potential", "potential")]
)
def test_one_env_and_a_batch_are_paid_alike(
    corridor: Callable[[int], Any],
    reward: str,
    layer: str | None,
) -> None:
    given = program(SQUARE) if reward == "potential" else reward
    batch = corridor(N_ENVS)
    log = play(batch, layer_of(batch, given, layer), 50)
    stream = np.random.default_rng(0)
    actions = [stream.integers(2, size=N_ENVS) for _ in range(50)]
    for index in range(N_ENVS):
        env = SingleEnv(corridor(1), reward=given, layer=layer, gamma=GAMMA)
        env.reset(seed=index)
        for step, row in zip(log, actions, strict=True):
            _, paid, terminated, truncated, _ = env.step(row[index])
            assert paid == step["reward"][index]
            if terminated or truncated:
                env.reset()


def test_rows_that_are_skipped_are_not_shown_to_the_program(corridor: Callable[[int], Any]) -> None:
    batch = corridor(3)
    rewarded = RewardedBatch(batch, layer_of(batch, program(FAULTY)))
    batch.reset([0, 1, 2])
    while (batch.read_state()[:, 0] != 2).any():
        batch.reset()
    rewarded.step(np.array([1, 0, 0]), autoreset=False, skip=np.array([True, False, False]))
    assert rewarded.rewards.tolist() == [0.0, -0.5, -0.5]
    rewarded.step(np.array([1, 1, 1]), autoreset=False, skip=np.array([True, True, False]))
    with pytest.raises(ValueFault, match="zero") as caught:
        rewarded.step(np.array([1, 1, 1]), autoreset=False, skip=np.array([True, True, False]))
    assert caught.value.env_index == 2


def test_a_potential_gets_its_own_layer_and_no_other(corridor: Callable[[int], Any]) -> None:
    task = corridor(1).task
    assert isinstance(choose_reward(task, program(SQUARE)), PotentialReward)
    for layer in ("replace", "add"):
        with pytest.raises(ConfigError, match="this one defines potential"):
            choose_reward(task, program(SQUARE), layer)
    with pytest.raises(ConfigError, match="this one defines reward"):
        choose_reward(task, program(ZERO), "potential")
    with pytest.raises(ConfigError, match="gamma is 2"):
        choose_reward(task, program(SQUARE), gamma=2)


def test_names_that_are_not_there_are_refused(corridor: Callable[[int], Any]) -> None:
    task = corridor(1).task
    with pytest.raises(UnknownName, match="Did you mean 'human'"):
        choose_reward(task, "humans")
    with pytest.raises(UnknownName, match="Did you mean 'replace'"):
        choose_reward(task, "human", "replac")
    with pytest.raises(ConfigError, match="no program"):
        choose_reward(task, "native", "add")
