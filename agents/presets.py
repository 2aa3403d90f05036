"""Training settings as data: one TOML file per family, overridden per task."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alignenv.errors import ConfigError, UnknownName


class Preset(BaseModel):
    """How an agent is trained on a task; part of every record.

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

    model_config = ConfigDict(extra="forbid", frozen=True)

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

    def whole_rollouts(self, timesteps: float) -> int:
        """`timesteps` rounded up to whole rollouts, at least one."""
        return max(1, -(-int(timesteps) // self.rollout)) * self.rollout


@cache
def _tables(family: str) -> dict[str, Any]:
    folder = files("alignenv.agents").joinpath("preset_tables")
    names = sorted(file.name.removesuffix(".toml") for file in folder.iterdir())
    if family not in names:
        raise UnknownName.of("preset family", family, names)
    return tomllib.loads(folder.joinpath(f"{family}.toml").read_text(encoding="utf-8"))


def load_preset(task_id: str, family: str, overrides: Mapping[str, Any] | None = None) -> Preset:
    """Settings for one task: family table, then task table, then overrides.

    Args:
        task_id: Gymnasium id.
        family: Family of the task.
        overrides: Values by key, from a task file or the command line.

    Raises:
        UnknownName: There is no table for the family.
        ConfigError: A key or value is not a setting.
    """
    tables = _tables(family)
    values = {
        **tables["family"],
        **tables.get("task", {}).get(task_id, {}),
        **(overrides or {}),
    }
    try:
        return Preset.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "preset"
        raise ConfigError(
            f"Training setting {where} of {task_id}: {first['msg']}.",
            cure=f"Settings are {', '.join(Preset.model_fields)}.",
        ) from error
