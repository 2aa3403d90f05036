"""One job in one fresh process: confine, prepare, lock, self-test, run."""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import signal
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from alignenv.reward_design.sandbox import confine, kernel
from alignenv.reward_design.sandbox.channel import Order, PipeChannel, decode_order, read_to_end
from alignenv.reward_design.sandbox.failures import (
    IsolationMissing,
    failure_of,
    failure_to_json,
)
from alignenv.reward_design.sandbox.jobs import Channel
from alignenv.reward_design.sandbox.landlock import Grants
from alignenv.reward_design.sandbox.probes import Targets, run_probes
from alignenv.reward_design.sandbox.tiers import is_weaker, observed_tier

READY, DONE, FAILED = "ready", "done", "failed"
"""What a worker reports about itself."""

FOLDER_VARIABLES = (
    "HOME",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "MPLCONFIGDIR",
    "SB3_LOGDIR",
    "TORCHINDUCTOR_CACHE_DIR",
)
"""What names the worker's folder. The last two keep libraries from making one of their own."""


class Pipes(NamedTuple):
    """A worker's handles: the order to read, the frames and the text to write."""

    order: int
    frames: int
    log: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all workers of a pool share.

    Attributes:
        grants: Paths that every worker may use.
        layers: Layers of confinement to apply.
        canary: The pool's file that no worker may reach.
        pool_pid: The process that holds the keys.
    """

    grants: Grants
    layers: frozenset[str]
    canary: Path
    pool_pid: int


def resolve(entry: str) -> Any:
    """The object that `"package.module:object"` names.

    Raises:
        ImportError: There is no such module.
        AttributeError: There is no such object.
    """
    module, _, name = entry.partition(":")
    return getattr(importlib.import_module(module), name)


def run_worker(pipes: Pipes, around: Surroundings, parent: int) -> NoReturn:
    """Turn this process into a worker, run its job, and end it; nothing is returned to.

    Args:
        pipes: Its handles; all others are closed.
        around: What it shares with other workers.
        parent: The process with which it has to end.
    """
    status = 1
    try:
        _become_worker(pipes, parent)
        order = decode_order(read_to_end(pipes.order))
        status = _report(PipeChannel(pipes.frames), order, around)
    except BaseException:  # the last frame of this process
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _become_worker(pipes: Pipes, parent: int) -> None:
    """Leave the parent's session, signals and handles behind."""
    if os.getsid(0) != os.getpid():
        os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGUSR1, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    if not kernel.die_with_parent(parent, signal.SIGKILL):
        os._exit(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(pipes.log, 1)
    os.dup2(pipes.log, 2)
    kept = {0, 1, 2, pipes.order, pipes.frames}
    for handle in _open_handles() - kept:
        with contextlib.suppress(OSError):
            os.close(handle)
    faulthandler.enable(file=2)


def _open_handles() -> set[int]:
    return {int(name) for name in os.listdir("/dev/fd")}  # noqa: PTH208 - names, not paths


def _report(channel: PipeChannel, order: Order, around: Surroundings) -> int:
    """Run the job and tell how it ended; the exit status."""
    program_is_in = False
    try:
        _enter_folder(order.folder)
        context, entry = _prepare(order, around, channel)
        program_is_in = True
        entry.run(context, order.payload, channel)
    except BaseException as error:  # untrusted code may raise anything
        traceback.print_exc()
        failure = failure_of(error, program_is_in=program_is_in)
        channel.report({"phase": FAILED, **failure_to_json(failure)})
        return 1
    channel.report({"phase": DONE})
    return 0


def _enter_folder(folder: str) -> None:
    os.chdir(folder)
    os.environ.update(dict.fromkeys(FOLDER_VARIABLES, folder))
    tempfile.tempdir = folder


def _prepare(order: Order, around: Surroundings, channel: PipeChannel) -> tuple[Any, Any]:
    """Confine, build the context, lock, self-test; the context and the entry.

    Raises:
        IsolationMissing: The self-test saw less than the order requires.
    """
    folder = Path(order.folder)
    in_force = confine.first_stage(folder, around.grants, order.limits, around.layers)
    entry = resolve(order.entry)
    context = entry.prepare(order.payload, order.arrays)
    confine.second_stage(in_force)
    outcomes = run_probes(Targets(around.canary, folder, around.pool_pid))
    channel.report(
        {"phase": READY, "in_force": str(in_force), "outcomes": [list(o) for o in outcomes]}
    )
    if is_weaker(observed_tier(outcomes), order.required_tier):
        raise IsolationMissing(f"{order.required_tier} is required")  # the pool tells in full
    return context, entry


class Nothing:
    """A job that does nothing but the self-test that precedes it."""

    def prepare(self, payload: dict[str, Any], arrays: dict[str, Any]) -> None:
        """Need nothing."""

    def run(self, context: None, payload: dict[str, Any], channel: Channel) -> None:
        """Do nothing."""


SELF_TEST = Nothing()
SELF_TEST_ENTRY = f"{__name__}:SELF_TEST"
