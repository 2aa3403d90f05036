"""Any Gymnasium env as a task: from a task file, or from a Python object.

A Python task is an `ExternalTask`: a `Task` that also says where its state fields come from.

    TASK = ExternalTask(
        card=TaskCard(...),
        success=lambda state, truth: state["position"] >= 0.45,
        milestones=lambda state, truth: np.clip((state["position"] + 1.2) / 1.65, 0, 1),
        readers={"position": ObsSlice(0), "height": my_function},
    )
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import gymnasium as gym

from alignenv.errors import ConfigError, UnknownName
from alignenv.task import Task, known_task_ids

if TYPE_CHECKING:
    from alignenv.envs.external_batch import ExternalBatch
    from alignenv.envs.make import EnvRef


class ObsSlice(NamedTuple):
    """A field that is part of the observation.

    Attributes:
        start: First index into the flattened observation.
        stop: One past the last index; None for a single number.
        key: Entry of a dict observation; empty for an array.
    """

    start: int
    stop: int | None = None
    key: str = ""


class InfoValue(NamedTuple):
    """A field that the env's info carries; 0 where the key is absent."""

    key: str


FieldReader = ObsSlice | InfoValue | Callable[[gym.Env[Any, Any], Any], Any]
"""Where a field comes from; a function is called as `function(unwrapped_env, observation)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalTask(Task):
    """A task on somebody else's env.

    Attributes:
        readers: Where each state field comes from.
        make_kwargs: Keyword arguments for `gymnasium.make`.
        training: Training settings that differ from the preset of the task's family.
        reads: Files and folders outside the Python installation that the env needs.
    """

    readers: Mapping[str, FieldReader] = field(default_factory=dict)
    make_kwargs: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    reads: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        wanted, given = set(self.card.state.offsets), set(self.readers)
        if wanted != given:
            raise ConfigError(
                f"Task {self.card.id}: state fields and readers differ: "
                f"{', '.join(sorted(wanted ^ given))}.",
                cure="Give exactly one reader per state field.",
            )


def make_env(env_id: str, horizon: int | None = None, **kwargs: Any) -> gym.Env[Any, Any]:
    """A Gymnasium env by id, `module:` in front of the id imports that module first.

    Raises:
        UnknownName: No such env; the message carries the nearest id.
        ConfigError: The module does not import, or the env refuses its arguments.
    """
    try:
        return gym.make(env_id, max_episode_steps=horizon, **kwargs)
    except (gym.error.UnregisteredEnv, gym.error.NamespaceNotFound) as error:
        known = {*gym.registry, *known_task_ids()}
        raise UnknownName.of("environment", env_id.rpartition(":")[2], known) from error
    except (ImportError, gym.error.Error, TypeError) as error:
        raise ConfigError(
            f"Environment {env_id!r} cannot be made: {error}.",
            cure="Install its package, or check the task's arguments for it.",
        ) from error


def load_task(path: str | Path, env_id: str) -> ExternalTask:
    """A task from a task file and the env it is played on.

    Raises:
        UnknownName: No such env.
        ConfigError: The file is malformed, or does not fit the env.
    """
    from alignenv.envs.taskfile import parse_task_text, read_task_file
    from alignenv.envs.taskfile_build import build_external

    return build_external(parse_task_text(read_task_file(path)), env_id)


def find_external(ref: EnvRef) -> ExternalTask:
    """The task of a reference that carries a task file or names a Python task.

    Raises:
        UnknownName: No such env.
        ConfigError: The task is malformed, or does not fit the env.
    """
    if ref.task_object:
        return require_external(import_object(ref.task_object, "Task"), ref.task_object)
    from alignenv.envs.taskfile import parse_task_text
    from alignenv.envs.taskfile_build import build_external

    return build_external(parse_task_text(ref.task_text), ref.id)


def import_object(path: str, what: str) -> Any:
    """The object behind `package.module:object`.

    Raises:
        ConfigError: The module or the object is not there.
    """
    module, _, name = path.partition(":")
    try:
        found: Any = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"{what} {path!r} cannot be imported: {error}.",
            cure="Write package.module:object, with the package installed.",
        ) from error
    return found


def require_external(task: object, name: str) -> ExternalTask:
    """The task, if it says where its state fields come from.

    Raises:
        ConfigError: It does not.
    """
    if not isinstance(task, ExternalTask):
        raise ConfigError(
            f"{name!r} is a {type(task).__name__}, from which no env can be built.",
            cure="Make it an alignenv.envs.external.ExternalTask.",
        )
    return task


def make_external(ref: EnvRef, n_envs: int) -> ExternalBatch:
    """N Gymnasium envs of a task behind the interface of a batched core.

    Raises:
        UnknownName: No such task, env or observation.
        ConfigError: The task is malformed or does not fit the env.
    """
    from alignenv.envs.external_batch import ExternalBatch

    if ref.obs not in ("", "default"):
        raise UnknownName.of("observation", ref.obs, ["default"])
    return ExternalBatch(require_external(ref.resolve(), ref.id), ref.id, n_envs)
