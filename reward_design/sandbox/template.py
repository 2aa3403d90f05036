"""The template process: imports once with a clean environment, then forks a worker per job.

It is started by execve with an environment made of an allow-list, so neither its memory nor
`/proc/<pid>/environ` ever held a key. It reads no program and no job: a worker reads its own order
from its own pipe. Requests and answers are JSON, one per packet, over a socket pair.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn, Self

from alignenv.reward_design.sandbox import kernel, processes
from alignenv.reward_design.sandbox.folders import remove_folder
from alignenv.reward_design.sandbox.grants import shared_grants
from alignenv.reward_design.sandbox.worker import Pipes, Surroundings, resolve, run_worker

PACKET_BYTES = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSpec:
    """What a template is told when it starts.

    Attributes:
        sys_path: Where modules are found: the pool's own path.
        preload: Modules to import.
        warm_up: `"package.module:function"` called after the imports, and the strings it is
            called with; empty for none.
        reads: Further paths that workers may read.
        layers: Layers of confinement.
        canary: The pool's file that no worker may reach.
        pool_pid: The process it has to end with.
        handles: The control socket, or the three pipes of the only worker it is to become.
    """

    sys_path: tuple[str, ...]
    preload: tuple[str, ...]
    warm_up: tuple[str, ...]
    reads: tuple[str, ...]
    layers: tuple[str, ...]
    canary: str
    pool_pid: int
    handles: tuple[int, ...]

    def to_json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Undo `to_json`, lists becoming tuples."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in document.items()
        }
        return cls(**values)


def main(document: dict[str, Any]) -> NoReturn:
    """Start as a template, or as a single worker where there is no forking."""
    spec = TemplateSpec.from_json(document)
    _end_with_pool(spec.pool_pid)
    if len(spec.handles) == 1:
        with socket.socket(fileno=spec.handles[0]) as control:
            _Template(control, spec).serve()
    around = _load(spec)
    run_worker(Pipes(*spec.handles), around, spec.pool_pid)


def _end_with_pool(pool_pid: int) -> None:
    # The signal also comes when only the thread that started this process ends.
    signal.signal(signal.SIGUSR1, lambda *_: _leave_if_orphaned(pool_pid))
    kernel.die_with_parent(pool_pid, signal.SIGUSR1)
    _leave_if_orphaned(pool_pid)


def _leave_if_orphaned(pool_pid: int) -> None:
    if os.getppid() != pool_pid:
        os._exit(1)  # workers follow by their own parent-death signal


def _load(spec: TemplateSpec) -> Surroundings:
    """Import, warm up, and work out what workers may read."""
    for name in spec.preload:
        importlib.import_module(name)
    if spec.warm_up:
        name, *arguments = spec.warm_up
        resolve(name)(*arguments)
    gc.collect()
    gc.freeze()
    return Surroundings(
        grants=shared_grants(spec.reads),
        layers=frozenset(spec.layers),
        canary=Path(spec.canary),
        pool_pid=spec.pool_pid,
    )


class _Template:
    """Forks, kills and reaps; the only process that knows workers' pids to be theirs."""

    def __init__(self, control: socket.socket, spec: TemplateSpec) -> None:
        self._control, self._spec = control, spec
        self._jobs: dict[int, int] = {}

    def serve(self) -> NoReturn:
        """Answer requests until the pool has gone, then kill what is left."""
        try:
            self._around = _load(self._spec)
        except BaseException:  # told to the pool, which raises it
            self._tell({"is": "broken", "why": traceback.format_exc()[-4000:]})
            os._exit(1)
        self._tell({"is": "ready"})
        wake, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGUSR1, lambda *_: self._stop_if_orphaned())
        while True:
            readable, _, _ = select.select([self._control.fileno(), wake], [], [])
            if wake in readable:
                os.read(wake, 4096)
                self._reap()
            if self._control.fileno() in readable:
                self._answer()

    def _answer(self) -> None:
        packet, handles, _, _ = socket.recv_fds(self._control, PACKET_BYTES, 3)
        if not packet:
            self._stop(is_orphaned=True)
        request = json.loads(packet)
        if request["do"] == "fork":
            self._fork(int(request["job"]), Pipes(*handles))
        elif request["do"] == "kill":
            self._kill(int(request["job"]))
        elif request["do"] == "stop":
            self._stop(is_orphaned=False)

    def _fork(self, job: int, pipes: Pipes) -> None:
        if (n := kernel.n_threads()) != 1:
            self._tell({"is": "broken", "why": f"The template has {n} threads; it must have one."})
            os._exit(1)
        template = os.getpid()
        pid = os.fork()
        if pid == 0:
            run_worker(pipes, self._around, template)
        for handle in pipes:
            os.close(handle)
        self._jobs[pid] = job
        self._tell({"is": "started", "job": job, "pid": pid})

    def _kill(self, job: int) -> None:
        for pid, its_job in self._jobs.items():
            if its_job == job:
                processes.kill_group(pid)

    def _reap(self) -> None:
        for pid in tuple(self._jobs):
            if (exit_ := processes.reap(pid)) is not None:
                job = self._jobs.pop(pid)
                self._tell({"is": "ended", "job": job, **exit_._asdict()})

    def _tell(self, answer: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._control.send(json.dumps(answer).encode())

    def _stop_if_orphaned(self) -> None:
        if os.getppid() != self._spec.pool_pid:
            self._stop(is_orphaned=True)

    def _stop(self, *, is_orphaned: bool) -> NoReturn:
        for pid in self._jobs:
            processes.kill_group(pid)
        for pid in self._jobs:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        if is_orphaned:
            remove_folder(self._around.canary.parent)  # the pool can no longer do it
        os._exit(0)
