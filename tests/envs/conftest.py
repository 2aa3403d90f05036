"""A core small enough to know by heart, for tests of faces and layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pytest
from gymnasium import spaces

from alignenv.errors import CallOrderError
from alignenv.spec import Field, StateSpec
from alignenv.task import ActionSpec, RewardSource, Task, TaskCard

LENGTH = 4
HORIZON = 12
HUMAN = '''
def reward(prev, action, state):
    """Pay each step to the right."""
    step = state.position - prev.position
    return step - 0.01, {"step": step, "time": -0.01}
'''


def make_task() -> Task:
    position = Field(name="position", kind="float", low=-1, high=LENGTH, meaning="place")
    card = TaskCard(
        id="Corridor-v0",
        goal="Walk to the right end of the corridor and stay out of the pit at its left end.",
        observes="The place.",
        action=ActionSpec(n=2, meaning="0 left, 1 right"),
        termination="Ends at the right end, in the pit, or at the horizon.",
        horizon=HORIZON,
        state=StateSpec((position,)),
    )
    return Task(
        card=card,
        success=lambda state, truth: state["position"] == LENGTH,
        milestones=lambda state, truth: np.maximum(state["position"], 0) / LENGTH,
        rewards={"human": RewardSource(source=HUMAN, kind="human")},
        judged_on=frozenset({"position"}),
    )


class Corridor:
    """Places 0 to 4; 4 is the goal, -1 a pit; a random start at 0, 1 or 2."""

    def __init__(self, n_envs: int = 1) -> None:
        self.task, self.n_envs = make_task(), n_envs
        self.observation_space = spaces.Box(-1, LENGTH, (1,), np.float32)
        self.action_space = spaces.Discrete(2)
        self.observations = np.zeros((n_envs, 1), np.float32)
        self.terminal_observations = np.zeros((n_envs, 1), np.float32)
        self.reward, self.native_reward = np.zeros(n_envs), np.zeros(n_envs)
        self.terminated, self.truncated = np.zeros((2, n_envs), bool)
        self.steps = np.zeros(n_envs, np.int64)
        self.state, self.start = np.zeros((2, n_envs, 1))
        self.truth = None
        self.tracked: list[str] = []
        self._clock = np.zeros(n_envs, np.int64)
        self._position = np.zeros(n_envs)
        self._streams: list[np.random.Generator | None] = [None] * n_envs

    def track(self, fields: Iterable[str] | None) -> None:
        self.tracked = sorted(fields or ())

    def reset(
        self,
        seeds: Sequence[int | None] | None = None,
        mask: np.ndarray | None = None,
        contexts: np.ndarray | None = None,
    ) -> None:
        chosen = np.ones(self.n_envs, bool) if mask is None else mask
        for index in np.flatnonzero(chosen):
            seed = seeds[index] if seeds is not None else None
            if seed is not None or self._streams[index] is None:
                self._streams[index] = np.random.default_rng(seed)
            self._begin(index)
        self.state[chosen] = self.start[chosen]

    def _begin(self, index: int) -> None:
        stream = self._streams[index]
        assert stream is not None
        self._position[index], self._clock[index] = stream.integers(3), 0
        self.start[index] = self.observations[index] = self._position[index]

    def step(self, actions: np.ndarray, *, autoreset: bool) -> None:
        if None in self._streams:
            raise CallOrderError("Some env was never reset.", cure="Call reset() first.")
        self._clock += 1
        self._position += np.where(np.asarray(actions) == 1, 1, -1)
        self._position.clip(-1, LENGTH, out=self._position)
        self.steps[:] = self._clock
        self.state[:, 0] = self.start[:, 0] = self.observations[:, 0] = self._position
        self.reward[:] = self._position == LENGTH
        self.native_reward[:] = self.reward * (1 - self._clock / HORIZON)
        self.terminated[:] = (self._position == LENGTH) | (self._position == -1)
        self.truncated[:] = self._clock >= HORIZON
        ended = self.terminated | self.truncated
        self.terminal_observations[ended] = self.observations[ended]
        for index in np.flatnonzero(ended) if autoreset else ():
            self._begin(index)

    def read_state(self) -> np.ndarray:
        return self._position[:, None].copy()

    def layout_keys(self) -> list[bytes]:
        return [place.tobytes() for place in self._position]

    def render(self, index: int = 0) -> np.ndarray:
        return np.full((8, 8, 3), self._position[index] + 1, np.uint8)

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def corridor() -> Callable[[int], Corridor]:
    """Builds a corridor core of N envs."""
    return Corridor
