"""From a checked task file and its env to a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.envs.expression import Expression
from alignenv.envs.external import (
    ExternalTask,
    FieldReader,
    InfoValue,
    ObsSlice,
    import_object,
    make_env,
)
from alignenv.envs.taskfile import FieldEntry, InfoKey, ProgramText, TaskFile
from alignenv.errors import ConfigError
from alignenv.spec import Field, StateSpec
from alignenv.task import ActionSpec, MilestoneFn, RewardSource, SuccessFn, TaskCard, Truth

States = npt.NDArray[np.void]


def build_external(file: TaskFile, env_id: str) -> ExternalTask:
    """The task that a file describes, on an env.

    Raises:
        UnknownName: No such env.
        ConfigError: The file does not fit the env.
    """
    env = make_env(env_id, file.horizon, **file.make)
    try:
        return _build(file, env_id, env)
    finally:
        env.close()


def _build(file: TaskFile, env_id: str, env: gym.Env[Any, Any]) -> ExternalTask:
    entries = dict(file.state)
    success_source = file.success
    if isinstance(success_source, InfoKey):
        entries, success_source = _add_info_field(entries, success_source.info)
    spec = StateSpec(
        tuple(_field(name, entry, env.observation_space) for name, entry in entries.items())
    )
    success, milestones, judged_on = _judges(file, success_source, spec)
    card = TaskCard(
        id=env_id,
        goal=file.goal,
        observes=file.observes or _words(env.observation_space),
        action=action_spec(env.action_space, file.action),
        termination=file.termination or "Ends when the environment says so, or at the horizon.",
        horizon=_horizon(file, env_id, env),
        state=spec,
        hazards=file.hazards,
    )
    return ExternalTask(
        card=card,
        success=success,
        milestones=milestones,
        rewards=_rewards(file),
        judged_on=judged_on,
        readers={name: _reader(entry) for name, entry in entries.items()},
        make_kwargs=file.make,
        training=file.training,
        reads=file.reads,
    )


def _add_info_field(entries: dict[str, FieldEntry], key: str) -> tuple[dict[str, FieldEntry], str]:
    """A state field that carries the info key, and the expression that reads it."""
    for name, entry in entries.items():
        if entry.info == key:
            return entries, name
    name = "reported_success"
    if name in entries:
        raise ConfigError(
            f"state.{name} is a name that success = {{ info = ... }} needs for itself.",
            cure="Rename that field.",
        )
    meaning = "the environment says that the goal is reached"
    return entries | {name: FieldEntry(info=key, kind="bool", meaning=meaning)}, name


def _horizon(file: TaskFile, env_id: str, env: gym.Env[Any, Any]) -> int:
    limit = env.spec.max_episode_steps if env.spec is not None else None
    horizon = file.horizon or limit
    if horizon is None:
        raise ConfigError(
            f"Environment {env_id!r} has no time limit.", cure="Give `horizon` in the task file."
        )
    return horizon


def action_spec(space: spaces.Space[Any], meaning: str) -> ActionSpec:
    """What `action` is in a reward program for envs with this action space.

    Raises:
        ConfigError: The space is neither Discrete from 0 nor a Box with one axis.
    """
    if isinstance(space, spaces.Discrete) and space.start == 0:
        return ActionSpec(n=int(space.n), meaning=meaning)
    if isinstance(space, spaces.Box) and len(space.shape) == 1:
        low, high = space.low.tolist(), space.high.tolist()
        return ActionSpec(size=space.shape[0], meaning=meaning or f"each from {low} to {high}")
    raise ConfigError(
        f"Actions of {space} cannot be read by a reward program.",
        cure="Wrap the env so that its action space is Discrete(n) or a Box with one axis.",
    )


def _words(space: spaces.Space[Any]) -> str:
    return f"The environment's observation, {space}."


def _box(entry: FieldEntry, name: str, space: spaces.Space[Any]) -> tuple[Any, Any]:
    """Bounds of the flattened observation that a field indexes."""
    if entry.key is not None:
        if not isinstance(space, spaces.Dict) or entry.key not in space.spaces:
            raise ConfigError(
                f"state.{name}.key is {entry.key!r}, but the observation space is {space}.",
                cure="Name an entry of a dict observation.",
            )
        space = space[entry.key]
    if isinstance(space, spaces.Discrete):
        return np.array([space.start]), np.array([space.start + space.n - 1])
    if not isinstance(space, spaces.Box):
        raise ConfigError(
            f"state.{name}.obs cannot index an observation of {space}.",
            cure="Give `key` for a dict observation, or use a function.",
        )
    return space.low.ravel(), space.high.ravel()


def _field(name: str, entry: FieldEntry, space: spaces.Space[Any]) -> Field:
    kind, low, high = entry.kind or "float", -np.inf, np.inf
    if entry.obs is not None:
        lows, highs = _box(entry, name, space)
        start, stop = entry.obs if isinstance(entry.obs, tuple) else (entry.obs, entry.obs + 1)
        if stop > lows.size:
            raise ConfigError(
                f"state.{name}.obs is {entry.obs}, but the observation has {lows.size} numbers.",
                cure=f"Use indices 0 to {lows.size - 1}.",
            )
        if isinstance(entry.obs, tuple):
            kind = entry.kind or f"vec{stop - start}"
        low, high = float(lows[start:stop].min()), float(highs[start:stop].max())
    field = Field(
        name=name,
        kind=kind,
        unit=entry.unit,
        low=low if entry.low is None else entry.low,
        high=high if entry.high is None else entry.high,
        meaning=entry.meaning,
        missing=entry.missing,
    )
    if entry.obs is not None and field.size != stop - start:
        raise ConfigError(
            f"state.{name} has kind {kind!r}, which holds {field.size} numbers; "
            f"obs = {entry.obs} gives {stop - start}.",
            cure="Leave out `kind`, or fit the slice to it.",
        )
    return field


def _reader(entry: FieldEntry) -> FieldReader:
    if entry.info is not None:
        return InfoValue(entry.info)
    if entry.function is not None:
        function: FieldReader = import_object(entry.function, "Field function")
        return function
    assert entry.obs is not None, "one of the three is given"
    if isinstance(entry.obs, tuple):
        return ObsSlice(*entry.obs, entry.key or "")
    return ObsSlice(entry.obs, None, entry.key or "")


def _judges(
    file: TaskFile, success_source: str, spec: StateSpec
) -> tuple[SuccessFn, MilestoneFn, frozenset[str]]:
    succeeded = Expression(success_source, spec, "success")
    progress = Expression(file.milestones or success_source, spec, "milestones")

    def success(state: States, truth: Truth) -> npt.NDArray[np.bool_]:
        del truth
        return np.not_equal(succeeded(state), 0.0)

    def milestones(state: States, truth: Truth) -> npt.NDArray[np.float64]:
        part = np.clip(np.nan_to_num(progress(state)), 0.0, 1.0)
        return np.where(success(state, truth), 1.0, part)

    return success, milestones, frozenset(succeeded.fields | progress.fields)


def _rewards(file: TaskFile) -> Mapping[str, RewardSource]:
    sources = {}
    for name, reward in file.rewards.items():
        if not isinstance(reward, ProgramText):
            raise ConfigError(
                f"rewards.{name} is the path {reward!r}, but only a text is at hand here.",
                cure="Read the file with alignenv.envs.taskfile.read_task_file().",
            )
        kind = name.partition(":")[0]
        sources[name] = RewardSource(source=reward.source, kind=kind)
    return sources
