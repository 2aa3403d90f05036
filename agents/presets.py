"""Training settings as data: one TOML file per family, overridden per task.

Each algorithm has settings of its own, and refuses those of another one. A family's `[family]` and
`[task."ID"]` tables are for PPO; `[algorithm.NAME]` tables are for another algorithm, which takes
from the first two only what any algorithm shares (`SHARED`) where it says nothing itself: both
then train on the same observation and for the same env steps.
"""

from __future__ import annotations

import tomllib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alignenv.errors import ConfigError, UnknownName
from alignenv.task import ActionSpec

PPO = "PPO"
"""The algorithm of tables and records that name none."""
SHARED = ("obs", "total_timesteps", "gamma")
"""Settings that a task's PPO tables share with every other algorithm."""


class _Settings(BaseModel, ABC):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    @abstractmethod
    def rollout(self) -> int:
        """Env steps between two updates."""

    @property
    def is_continued(self) -> bool:
        """Whether a training may consist of segments: nothing but weights is handed over."""
        return False

    def whole_rollouts(self, timesteps: float) -> int:
        """`timesteps` rounded up to whole rollouts, at least one."""
        return max(1, -(-int(timesteps) // self.rollout)) * self.rollout


class PpoPreset(_Settings):
    """How PPO trains an agent on a task; part of every record.

    Attributes:
        obs: Observation the agent sees; decides success more than the reward does.
        total_timesteps: Env steps of one full training, over all parallel envs.
        n_envs: Parallel envs.
        n_steps: Steps per env and rollout.
        normalize_obs: Running mean and variance of observations, frozen for evaluation.
        normalize_reward: Running scale of the return. Off for discrete tasks: it changes which
            sparse tasks are solvable.
        log_std_init: Initial log standard deviation of continuous actions.
    """

    algorithm: Literal["PPO"] = "PPO"
    obs: str
    total_timesteps: int = Field(gt=0)
    n_envs: int = Field(gt=0)
    n_steps: int = Field(gt=0)
    batch_size: int = Field(gt=1)
    n_epochs: int = Field(gt=0)
    learning_rate: float = Field(gt=0)
    gamma: float = Field(ge=0, le=1)
    gae_lambda: float = Field(ge=0, le=1)
    ent_coef: float = Field(ge=0)
    net_arch: tuple[int, ...] = (64, 64)
    activation: Literal["tanh", "relu"] = "tanh"
    normalize_obs: bool = False
    normalize_reward: bool = False
    log_std_init: float = 0.0

    @property
    def rollout(self) -> int:
        """Env steps between two updates."""
        return self.n_envs * self.n_steps

    @property
    def is_continued(self) -> bool:
        """Whether a training may consist of segments: PPO's are whole with their weights."""
        return True


class _OffPolicyPreset(_Settings):
    """What DQN and SAC share; names that PPO's settings have too mean the same.

    Attributes:
        train_freq: Steps per env between two updates.
        gradient_steps: Batches per update.
        buffer_size: Transitions that are remembered, over all parallel envs.
        learning_starts: Env steps of random actions before the first update.
        return_steps: Rewards that a target sums up before it bootstraps.
    """

    algorithm: str
    obs: str
    total_timesteps: int = Field(gt=0)
    n_envs: int = Field(gt=0)
    train_freq: int = Field(gt=0)
    gradient_steps: int = Field(gt=0)
    batch_size: int = Field(gt=1)
    buffer_size: int = Field(gt=0)
    learning_starts: int = Field(ge=0)
    learning_rate: float = Field(gt=0)
    gamma: float = Field(ge=0, le=1)
    return_steps: int = Field(default=1, gt=0)
    net_arch: tuple[int, ...] = (64, 64)
    activation: Literal["tanh", "relu"] = "relu"
    normalize_obs: bool = False
    normalize_reward: bool = False

    @property
    def rollout(self) -> int:
        """Env steps between two updates."""
        return self.n_envs * self.train_freq


class DqnPreset(_OffPolicyPreset):
    """How DQN trains an agent on a task with discrete actions.

    Attributes:
        target_update_interval: Env steps between two copies of the network to its target.
        exploration_fraction: Share of the training over which random actions become rare.
        exploration_final_eps: Share of random actions from then on, and where the trained policy
            is sampled.
    """

    algorithm: Literal["DQN"]
    target_update_interval: int = Field(gt=0)
    exploration_fraction: float = Field(gt=0, le=1)
    exploration_final_eps: float = Field(ge=0, le=1)


class SacPreset(_OffPolicyPreset):
    """How SAC trains an agent on a task with continuous actions.

    Attributes:
        tau: Share of the critic that moves into its target at every batch.
        ent_coef: Worth of entropy; `auto` learns it.
    """

    algorithm: Literal["SAC"]
    tau: float = Field(gt=0, le=1)
    ent_coef: Literal["auto"] | Annotated[float, Field(ge=0)] = "auto"


Preset: TypeAlias = PpoPreset | DqnPreset | SacPreset
"""How an agent is trained on a task; `algorithm` says which of them it is."""

_PRESETS: dict[str, type[PpoPreset] | type[DqnPreset] | type[SacPreset]] = {
    PPO: PpoPreset,
    "DQN": DqnPreset,
    "SAC": SacPreset,
}
ALGORITHMS = tuple(_PRESETS)
"""Names of the algorithms."""


def read_preset(values: Mapping[str, Any]) -> Preset:
    """Settings of the algorithm that they name, PPO where they name none.

    Raises:
        UnknownName: No such algorithm.
        ValidationError: A key or value is not a setting of it.
    """
    name = str(values.get("algorithm", PPO))
    if name not in _PRESETS:
        raise UnknownName.of("algorithm", name, _PRESETS)
    return _PRESETS[name].model_validate(values)


def fits(algorithm: str, action: ActionSpec) -> bool:
    """Whether an algorithm can choose such actions: DQN discrete ones, SAC continuous ones."""
    return {"DQN": action.n > 0, "SAC": action.n == 0}.get(algorithm, True)


def require_segments(preset: Preset, why: str) -> None:
    """Refuse a training in segments where more than weights would have to be handed over.

    Args:
        preset: How it is trained.
        why: What goes on from weights, such as "A rung".

    Raises:
        ConfigError: The algorithm keeps a replay buffer.
    """
    if not preset.is_continued:
        raise ConfigError(
            f"{why} goes on from weights alone, and {preset.algorithm} would lose its replay "
            "buffer.",
            cure="Train in one piece (rung = 1 and no curriculum), or with PPO.",
        )


@cache
def _tables(family: str) -> dict[str, Any]:
    folder = files("alignenv.agents").joinpath("preset_tables")
    names = sorted(file.name.removesuffix(".toml") for file in folder.iterdir())
    if family not in names:
        raise UnknownName.of("preset family", family, names)
    return tomllib.loads(folder.joinpath(f"{family}.toml").read_text(encoding="utf-8"))


def load_preset(
    task_id: str,
    family: str,
    overrides: Mapping[str, Any] | None = None,
    own: Mapping[str, Any] | None = None,
) -> Preset:
    """Settings for one task: family table, then task table, then overrides.

    Args:
        task_id: Gymnasium id.
        family: Family of the task.
        overrides: Values by key, from the command line or a suite; `algorithm` is one of them.
        own: Values by key from the task's own file.

    Raises:
        UnknownName: There is no table for the family, or no such algorithm.
        ConfigError: A key or value is not a setting, or the family has none for the algorithm.
    """
    tables, own = _tables(family), own or {}
    algorithm = str((overrides or {}).get("algorithm") or own.get("algorithm") or PPO)
    if algorithm not in ALGORITHMS:
        raise UnknownName.of("algorithm", algorithm, ALGORITHMS)
    values = {**_of_family(tables, task_id, family, algorithm), **_of_task(own, algorithm)}
    try:
        return read_preset({**values, **(overrides or {})})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "preset"
        raise ConfigError(
            f"Training setting {where} of {task_id}: {first['msg']}.",
            cure=f"Settings of {algorithm} are {', '.join(_PRESETS[algorithm].model_fields)}.",
        ) from error


def _of_family(
    tables: Mapping[str, Any], task_id: str, family: str, algorithm: str
) -> dict[str, Any]:
    values = {**tables["family"], **tables.get("task", {}).get(task_id, {})}
    if algorithm == PPO:
        return values
    others = tables.get("algorithm", {})
    if algorithm not in others:
        raise ConfigError(
            f"Family {family} has no settings for {algorithm}.",
            cure=f"It has some for {', '.join((PPO, *others))}.",
        )
    told = others[algorithm]
    family_values = {key: value for key, value in told.items() if key != "task"}
    task_values = told.get("task", {}).get(task_id, {})
    return {**_shared(values), "algorithm": algorithm, **family_values, **task_values}


def _of_task(own: Mapping[str, Any], algorithm: str) -> dict[str, Any]:
    """What a task's own file says of this algorithm."""
    return dict(own) if own.get("algorithm", PPO) == algorithm else _shared(own)


def _shared(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in SHARED}
