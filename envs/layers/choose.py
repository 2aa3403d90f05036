"""From what a user writes, `reward="human", layer="add"`, to a reward layer."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from alignenv.envs.layers.designed import AddReward, PotentialReward, ReplaceReward
from alignenv.envs.layers.given import NativeReward, SparseReward
from alignenv.envs.layers.transitions import RewardLayer
from alignenv.errors import ConfigError, UnknownName
from alignenv.program import Program, parse_program
from alignenv.task import Task

if TYPE_CHECKING:
    from alignenv.program import Runner

LAYERS = ("replace", "add", "potential")
"""Ways to use a reward program."""


def native_name(task: Task) -> str:
    """What the original suite's own reward is called: `minigrid` for the grid tasks."""
    return "minigrid" if task.family == "grid" else "native"


def choose_reward(
    task: Task, reward: str | Path | Program, layer: str | None = None, gamma: float = 0.99
) -> RewardLayer:
    """The layer that a user's words mean.

    Args:
        task: The task.
        reward: `sparse`, a reference reward of the task (`human`, `hackable`, `hackable:NAME`),
            the original suite's own (`minigrid`, or `native` elsewhere), a path that ends in
            `.py`, or a program.
        layer: One of `LAYERS`; None uses a potential as potential and replaces by a reward.
        gamma: The agent's discount factor, for the potential layer.

    Raises:
        UnknownName: No such reward or layer.
        ConfigError: The file cannot be read, or the layer does not fit the reward.
        ProgramError: The program is refused.
    """
    given: dict[str, type[SparseReward | NativeReward]] = {
        "sparse": SparseReward,
        native_name(task): NativeReward,
    }
    if isinstance(reward, str) and reward in given:
        if layer is not None:
            raise ConfigError(
                f"Layer {layer!r} was given with the {reward} reward, which is no program.",
                cure="Leave out `layer`, or give a reward program.",
            )
        return given[reward]()
    program = reward if isinstance(reward, Program) else _read(task, reward)
    runner = program.load()
    if not runner.compiled:
        warnings.warn(
            f"The reward program runs interpreted, many times slower: {runner.why_not}",
            RuntimeWarning,
            stacklevel=2,
        )
    return program_layer(program, runner, layer, gamma)


def program_layer(
    program: Program, runner: Runner, layer: str | None = None, gamma: float = 0.99
) -> RewardLayer:
    """The layer around a loaded program; see `choose_reward`.

    Raises:
        UnknownName: No such layer.
        ConfigError: The layer does not fit the program.
    """
    chosen = layer or ("potential" if program.kind == "potential" else "replace")
    if chosen == "replace":
        return ReplaceReward(program, runner)
    if chosen == "add":
        return AddReward(program, runner)
    if chosen == "potential":
        return PotentialReward(program, runner, gamma)
    raise UnknownName.of("reward layer", chosen, LAYERS)


def _read(task: Task, reward: str | Path) -> Program:
    if isinstance(reward, str) and not reward.endswith(".py"):
        if reward not in task.rewards:
            known = {*task.rewards, "sparse", native_name(task), "PATH.py"}
            raise UnknownName.of("reward", reward, known)
        source = task.rewards[reward].source
    else:
        try:
            source = Path(reward).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"Reward program {str(reward)!r} cannot be read: {error}.",
                cure="Give the path of a UTF-8 text in the reward language.",
            ) from error
    return parse_program(source, task.card.state, task.card.action)
