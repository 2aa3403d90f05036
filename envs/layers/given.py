"""Rewards that the environment itself gives, without a program."""

from __future__ import annotations

from alignenv.envs.layers.transitions import Transitions, Values


class SparseReward:
    """1 on TRUE success, else 0."""

    fields: frozenset[str] | None = None
    component_names: tuple[str, ...] = ()

    def compute(self, transitions: Transitions, out: Values) -> None:
        """Fill column 0; see `RewardLayer.compute`."""
        out[:, 0] = transitions.sparse


class NativeReward:
    """The reward of the suite that the task comes from, such as MiniGrid's `1 - 0.9 t`."""

    fields: frozenset[str] | None = None
    component_names: tuple[str, ...] = ()

    def compute(self, transitions: Transitions, out: Values) -> None:
        """Fill column 0; see `RewardLayer.compute`."""
        out[:, 0] = transitions.native
