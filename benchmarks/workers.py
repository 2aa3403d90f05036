"""The pool of sandboxed workers that every training and evaluation goes through."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from alignenv.agents.presets import ALGORITHMS, Preset, fits, load_preset
from alignenv.envs.external import ExternalTask
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.taskfile import read_task_file
from alignenv.errors import ConfigError
from alignenv.reward_design.sandbox import Pool
from alignenv.task import Task

PRELOAD = ("alignenv.benchmarks.jobs", "alignenv.benchmarks.valuing", "torch._dynamo")
"""Imported once by the template; `torch._dynamo` is what the first optimizer would import."""
WARM_TASK = "alignenv.benchmarks.jobs:warm"
WARM_LANGUAGE = "alignenv.program:warm_up"


def n_cores() -> int:
    """Cores this process may use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)


def env_ref(env: str, task: str | None) -> EnvRef:
    """The env that a command line names.

    Args:
        env: Gymnasium id.
        task: Path of a task file, or `module:object` of a Python task; None for a known task.

    Raises:
        ConfigError: The task file cannot be read or is malformed.
    """
    if task is None:
        return EnvRef(id=env)
    if task.endswith(".toml"):
        return EnvRef(id=env, task_text=read_task_file(task))
    if ":" in task:
        return EnvRef(id=env, task_object=task)
    raise ConfigError(
        f"Task {task!r} is neither a .toml file nor module:object.",
        cure="Write for example --task my_task.toml or --task my_package.tasks:REACH.",
    )


def preset_of(ref: EnvRef, overrides: Mapping[str, Any]) -> tuple[Task, Preset]:
    """The task of an env with its training settings: family, task, task file, then overrides.

    Raises:
        UnknownName: No such env.
        ConfigError: The task file or a setting is not usable, or the algorithm cannot choose
            the task's actions.
    """
    task = ref.resolve()
    own = task.training if isinstance(task, ExternalTask) else {}
    preset = load_preset(task.id, task.family, overrides, own)
    if not fits(preset.algorithm, task.card.action):
        raise ConfigError(
            f"{preset.algorithm} cannot choose actions of {task.id}, which are "
            f"{'discrete' if task.card.action.n else 'continuous'}.",
            cure=f"Known: {', '.join(a for a in ALGORITHMS if fits(a, task.card.action))}.",
        )
    return task, preset


def compile_kernels(ref: EnvRef) -> None:
    """Compile what the env needs, so that workers, who may not write machine code, find it."""
    env = make_batch(ref, 2)
    env.track([field.name for field in env.task.card.state])
    env.reset([0, 1])
    env.step(np.array([env.action_space.sample() for _ in range(2)]), autoreset=True)
    env.close()


def _reads(ref: EnvRef) -> tuple[Path, ...]:
    task = ref.resolve()
    return tuple(map(Path, task.reads)) if isinstance(task, ExternalTask) else ()


def open_pool(ref: EnvRef, *, n_workers: int | None, isolation: str) -> Pool:
    """A pool for one env, to be entered as a context.

    Args:
        ref: The env; what its task needs is readable for workers.
        n_workers: Parallel workers; None for one per core.
        isolation: `auto`, or `kernel` to refuse anything weaker.
    """
    compile_kernels(ref)
    return Pool(
        n_workers or n_cores(),
        preload=PRELOAD,
        warm_up=(WARM_LANGUAGE,) if ref.row is None else (WARM_TASK, ref.id),
        isolation=isolation,
        reads=_reads(ref),
    )
