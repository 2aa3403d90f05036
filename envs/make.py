"""The one way to build envs of a task: for `gym.make`, for trainers and inside workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from alignenv.batch import BatchEnv
from alignenv.envs.family import find_family
from alignenv.envs.row import Row
from alignenv.envs.suite import SUITE
from alignenv.errors import ConfigError
from alignenv.task import Task, find_task

if TYPE_CHECKING:
    from alignenv.envs.faces.sb3 import BatchedVecEnv
    from alignenv.program import Program, Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvRef:
    """Names a task and how it is seen, in plain values that can be sent to another process.

    Attributes:
        id: Gymnasium id, with `module:` before it where a module must be imported first.
        task_text: Contents of a task file, complete in itself; empty for a task of a package.
        task_object: `package.module:object` of a Python task; empty for none.
        obs: Observation; empty for the task's own.
        split: `train` or `test` for that half of the layouts, see `alignenv.envs.split`; empty
            for all of them.
    """

    id: str
    task_text: str = ""
    task_object: str = ""
    obs: str = ""
    split: str = ""

    def to_json(self) -> dict[str, str]:
        """Plain values for `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> EnvRef:
        """The reference that `to_json` wrote.

        Raises:
            ConfigError: Keys or values are not those of a reference.
        """
        try:
            ref = cls(**value)
        except TypeError as error:
            raise ConfigError(
                f"{dict(value)!r} is no env reference: {error}.", cure="Use EnvRef.to_json()."
            ) from error
        if not all(isinstance(part, str) for part in ref.to_json().values()):
            raise ConfigError(
                f"{dict(value)!r} is no env reference.", cure="All values are strings."
            )
        return ref

    @property
    def row(self) -> Row | None:
        """The suite's row of the task; None for a task that is not of the suite."""
        return None if self.task_text or self.task_object else SUITE.row(self.id)

    def resolve(self) -> Task:
        """The task.

        Raises:
            UnknownName: No installed package provides it.
            ConfigError: The task file or object is malformed.
        """
        if self.task_text or self.task_object:
            from alignenv.envs.external import find_external

            return find_external(self)
        return find_task(self.id)


def make_batch(ref: EnvRef, n_envs: int, *, truth: bool = False) -> BatchEnv:
    """N envs of a task, stepped as arrays.

    Args:
        ref: The task.
        n_envs: N.
        truth: Whether the core fills its hidden record. Only the evaluator asks for it.

    Raises:
        UnknownName: No such task, observation or split.
        ConfigError: The task is malformed, or its env cannot be made.
    """
    batch = _make_core(ref, n_envs, truth=truth)
    return _split(batch, ref.split) if ref.split else batch


def _make_core(ref: EnvRef, n_envs: int, *, truth: bool) -> BatchEnv:
    row = ref.row
    if row is None:
        from alignenv.envs.external import make_external

        return make_external(ref, n_envs)
    task = ref.resolve()
    family = find_family(row.family)
    return family.build_batch(row, task, n_envs, obs=ref.obs or task.obs, truth=truth)


def _split(batch: BatchEnv, split: str) -> BatchEnv:
    from alignenv.envs.split import SplitBatch

    return SplitBatch(batch, split)


def open_batch(
    task: str | EnvRef | BatchEnv, n_envs: int, obs: str | None = None, split: str | None = None
) -> BatchEnv:
    """The core behind a face: made from an id or a reference, or taken as it is.

    Args:
        task: Id of a task, a reference to one, or a ready core.
        n_envs: N.
        obs: Observation; None for the task's own. Only with an id.
        split: `train` or `test` for that half of the layouts; None for what the reference says.

    Raises:
        UnknownName: No such task, observation or split.
        ConfigError: The core has another number of envs, an observation came with it, or the
            reference names the other half.
    """
    if isinstance(task, str):
        return make_batch(EnvRef(id=task, obs=obs or "", split=split or ""), n_envs)
    if obs is not None:
        raise ConfigError(
            f"obs={obs!r} came with a {type(task).__name__}, which has its own.",
            cure="Leave out `obs`.",
        )
    if isinstance(task, EnvRef):
        if split and task.split not in ("", split):
            raise ConfigError(
                f"split={split!r} came with a reference to the half {task.split!r}.",
                cure="Leave out one of the two.",
            )
        return make_batch(replace(task, split=split or task.split), n_envs)
    if task.n_envs != n_envs:
        raise ConfigError(
            f"The core has {task.n_envs} envs; {n_envs} were asked for.",
            cure="Give a core of as many envs.",
        )
    return _split(task, split) if split else task


def make_sb3(
    ref: EnvRef,
    n_envs: int,
    *,
    seed: int | None = None,
    program: Program | None = None,
    runner: Runner | None = None,
    layer: str | None = None,
    gamma: float = 0.99,
    split: str | None = None,
) -> BatchedVecEnv:
    """A Stable-Baselines3 `VecEnv` of a task.

    Args:
        ref: The task.
        n_envs: Parallel envs.
        seed: Env i begins from seed `seed + i` at the first reset; None for fresh entropy.
        program: Reward program; None for the sparse reward.
        runner: The program as already loaded; None loads it.
        layer: How the program is used; see `alignenv.envs.layers.choose.choose_reward`.
        gamma: The agent's discount factor, for the potential layer.
        split: `train` or `test` for that half of the layouts; None for what the reference says.

    Raises:
        UnknownName: No such task, observation, split or layer.
        ConfigError: The task is malformed, or the layer does not fit the program.
    """
    from alignenv.envs.faces.sb3 import BatchedVecEnv

    env = BatchedVecEnv(open_batch(ref, n_envs, split=split), gamma=gamma)
    if program is not None:
        env.use_program(program, runner, layer)
    if seed is not None:
        env.seed(seed)
    return env
