"""Layers around a reward program: replace, add, potential.

A layer holds no state, so the same object serves one env and a batch, any number of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alignenv.envs.layers.transitions import Transitions, Values
from alignenv.errors import ConfigError

if TYPE_CHECKING:
    from alignenv.program import Program, Runner


def _require(program: Program, kind: str, layer: str) -> None:
    if program.kind != kind:
        raise ConfigError(
            f"Layer {layer!r} needs a program that defines {kind}(...); this one defines "
            f"{program.kind}(...).",
            cure="Leave out `layer`: a potential gets its own layer, a reward replaces.",
        )


class ReplaceReward:
    """The program is the whole reward; the sparse reward is not seen by the agent.

    Ma et al. (2024), "Eureka", section 3: the designed reward is what the agent is trained on.
    """

    def __init__(self, program: Program, runner: Runner) -> None:
        _require(program, "reward", "replace")
        self.fields: frozenset[str] | None = program.fields
        self.component_names: tuple[str, ...] = program.components
        self._runner = runner

    def compute(self, transitions: Transitions, out: Values) -> None:
        """Run the program; see `RewardLayer.compute`."""
        prev, action, state, steps, horizon, *_ = transitions
        self._runner.reward(prev, action, state, steps / horizon, out)


class AddReward:
    """The program on top of the sparse reward."""

    def __init__(self, program: Program, runner: Runner) -> None:
        _require(program, "reward", "add")
        self._program = ReplaceReward(program, runner)
        self.fields: frozenset[str] | None = program.fields
        self.component_names: tuple[str, ...] = program.components

    def compute(self, transitions: Transitions, out: Values) -> None:
        """Run the program and add the sparse reward; see `RewardLayer.compute`."""
        self._program.compute(transitions, out)
        out[:, 0] += transitions.sparse


class PotentialReward:
    """Sparse reward plus `gamma * phi(state) * (1 - terminated) - phi(prev)`.

    Keeps the set of optimal policies for every potential phi: Ng, Harada and Russell (1999),
    "Policy invariance under reward transformations", theorem 1. The potential of a terminal state
    counts as 0 (Grzes, 2017, "Reward shaping in episodic reinforcement learning"); an episode cut
    off at the horizon has not terminated and keeps it. A potential that reads `t` stays invariant
    (Devlin and Kudenko, 2012), since `t` of `prev` is that of the previous step.

    Args:
        program: Defines `potential(state)`.
        runner: The loaded program.
        gamma: The agent's discount factor; another one voids the invariance.
    """

    def __init__(self, program: Program, runner: Runner, gamma: float) -> None:
        _require(program, "potential", "potential")
        if not 0 <= gamma <= 1:
            raise ConfigError(f"gamma is {gamma}.", cure="Use the agent's discount, 0 to 1.")
        self.fields: frozenset[str] | None = program.fields
        self.component_names: tuple[str, ...] = ("shaping",)
        self._runner, self._gamma = runner, gamma

    def compute(self, transitions: Transitions, out: Values) -> None:
        """Evaluate the potential before and after; see `RewardLayer.compute`."""
        before = self._potential(transitions.prev, transitions.steps - 1, transitions.horizon)
        after = self._potential(transitions.state, transitions.steps, transitions.horizon)
        after[transitions.terminated] = 0.0
        out[:, 1] = self._gamma * after - before
        out[:, 0] = transitions.sparse + out[:, 1]

    def _potential(self, state: Values, steps: np.ndarray, horizon: int) -> Values:
        phi = np.empty((len(state), 1))
        self._runner.potential(state, steps / horizon, phi)
        return phi[:, 0]
