"""Tiers of isolation, judged by what the self-test saw and not by what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alignenv.reward_design.sandbox import landlock, seccomp
from alignenv.reward_design.sandbox.confine import LAYERS
from alignenv.reward_design.sandbox.probes import PROBES, Outcome

KERNEL, SYSCALL, PROCESS, NONE = "kernel", "syscall", "process", "none"
TIERS = (NONE, PROCESS, SYSCALL, KERNEL)
"""From weakest to strongest: in-process; limits and kill; filtered calls; path rules too."""


def observed_tier(outcomes: Sequence[Outcome]) -> str:
    """The tier that a self-test proves.

    `kernel`: every action was denied. `syscall`: every action that needs no path rules was.
    `process`: anything else.
    """
    allowed = {outcome.name for outcome in outcomes if not outcome.denied}
    if not allowed:
        return KERNEL
    path_rules_only = {probe.name for probe in PROBES if probe.needs_paths}
    return SYSCALL if allowed <= path_rules_only else PROCESS


def expected_tier(layers: frozenset[str] = frozenset(LAYERS)) -> str:
    """The tier that this kernel's features allow, by asking the kernel."""
    if "seccomp" not in layers or not seccomp.is_available():
        return PROCESS
    return KERNEL if "landlock" in layers and landlock.abi() else SYSCALL


def is_weaker(tier: str, than: str) -> bool:
    """Whether `tier` protects less than another."""
    return TIERS.index(tier) < TIERS.index(than)


def weakest(tiers: Iterable[str]) -> str:
    """The one of them that protects least."""
    return min(tiers, key=TIERS.index)
