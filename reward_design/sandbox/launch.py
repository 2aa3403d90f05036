"""Starting worker processes from the pool's side: by a template that forks, or one by one."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from alignenv.errors import MachineError
from alignenv.reward_design.sandbox import processes
from alignenv.reward_design.sandbox.template import PACKET_BYTES, TemplateSpec
from alignenv.reward_design.sandbox.worker import FOLDER_VARIABLES, Pipes

PASSED_ON = (
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "LD_LIBRARY_PATH",
    "MUJOCO_GL",
    "NUMBA_CACHE_DIR",
)
"""All that the template's environment takes over from the pool's."""

_FIXED = {
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NUMBA_DISABLE_INTEL_SVML": "1",
    "CUDA_VISIBLE_DEVICES": "",
    **dict.fromkeys(
        (f"{library}_NUM_THREADS" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")),
        "1",
    ),
}
# Not -I: it would ignore PYTHONHASHSEED. The environment is ours and sys.path is handed over.
_PYTHON = (sys.executable, "-s", "-P", "-B", "-c")
_BOOT = (
    "import json, sys; spec = json.loads(sys.argv[1]); sys.path[:] = spec['sys_path']; "
    "from alignenv.reward_design.sandbox.template import main; main(spec)"
)
_START_S, _END_S = 300.0, 3.0
_CURE = "Run `alignenv doctor`; import the modules named above in a fresh Python to see more."


class Started(NamedTuple):
    """A job has its process."""

    job: int
    pid: int


class Ended(NamedTuple):
    """A job's process and its whole group are gone."""

    job: int
    status: int
    cpu_s: float


class TemplateLost(RuntimeError):  # noqa: N818 - the event it tells of
    """The template process has gone, and all its workers with it."""


class Launcher(ABC):
    """Gives jobs their processes. All calls come from one thread."""

    @abstractmethod
    def start(self) -> None:
        """Get ready, anew if need be.

        Raises:
            MachineError: The process cannot be started or an import failed.
        """

    @abstractmethod
    def fileno(self) -> int | None:
        """A handle that becomes readable when `poll` has news; None if there is no such."""

    @abstractmethod
    def launch(self, job: int, pipes: Pipes) -> None:
        """Start a worker with its ends of the pipes.

        Raises:
            TemplateLost: There is no template any more.
        """

    @abstractmethod
    def kill(self, job: int) -> None:
        """Kill a job's process group; a job that has ended is passed over.

        Raises:
            TemplateLost: There is no template any more.
        """

    @abstractmethod
    def poll(self) -> list[Started | Ended]:
        """What has happened since the last call, without waiting.

        Raises:
            TemplateLost: The template and all its workers have gone.
        """

    @abstractmethod
    def close(self) -> None:
        """Kill every worker and wait for the end of all."""


def clean_environment(folder: Path) -> dict[str, str]:
    """The environment of templates and workers: an allow-list, so no key can be in it."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return kept | _FIXED | dict.fromkeys(FOLDER_VARIABLES, str(folder))


def own_sys_path() -> tuple[str, ...]:
    """This process's module path with absolute entries."""
    return tuple(str(Path(entry).absolute()) for entry in sys.path)


def _start_python(spec: TemplateSpec, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as stream:
        return subprocess.Popen(
            [*_PYTHON, _BOOT, spec.to_json()],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=clean_environment(folder),
            cwd=folder,
            pass_fds=spec.handles,
            start_new_session=True,
        )


class ForkLauncher(Launcher):
    """Workers forked from one template process.

    Args:
        spec: The template's, `handles` left empty.
        folder: The template's own; its log goes there.
    """

    def __init__(self, spec: TemplateSpec, folder: Path) -> None:
        self._spec, self._folder, self._log = spec, folder, folder / "template.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self) -> None:
        """Start the template and wait for its imports."""
        self.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            spec = replace(self._spec, handles=(theirs.fileno(),))
            self._process = _start_python(spec, self._folder, self._log)
        self._control = ours
        ours.settimeout(_START_S)
        try:
            answer = json.loads(ours.recv(PACKET_BYTES) or "{}")
        except TimeoutError:
            answer = {"why": f"It took more than {_START_S:g} s."}
        if answer.get("is") != "ready":
            why = answer.get("why") or self._log.read_text(errors="replace")[-4000:]
            self.close()
            raise MachineError(f"The sandbox's template process did not start: {why}", cure=_CURE)
        ours.setblocking(False)

    def fileno(self) -> int | None:
        """The control socket, if there is a template."""
        return None if self._control is None else self._control.fileno()

    def launch(self, job: int, pipes: Pipes) -> None:
        """Ask the template for a fork."""
        self._ask({"do": "fork", "job": job}, pipes)

    def kill(self, job: int) -> None:
        """Ask the template, which knows the pid to be still the job's."""
        self._ask({"do": "kill", "job": job}, ())

    def _open_control(self) -> socket.socket:
        if self._control is None:
            raise TemplateLost("it was not started")
        return self._control

    def _ask(self, request: dict[str, object], handles: tuple[int, ...]) -> None:
        try:
            socket.send_fds(self._open_control(), [json.dumps(request).encode()], list(handles))
        except OSError as error:
            raise TemplateLost(f"it does not take requests: {error}") from error

    def poll(self) -> list[Started | Ended]:
        """Read the template's answers."""
        news: list[Started | Ended] = []
        while True:
            try:
                packet = self._open_control().recv(PACKET_BYTES)
            except BlockingIOError:
                return news
            except OSError as error:
                raise TemplateLost(str(error)) from error
            answer = json.loads(packet or '{"is": "broken", "why": "it was killed"}')
            kind = answer.pop("is")
            if kind == "started":
                news.append(Started(**answer))
            elif kind == "ended":
                news.append(Ended(**answer))
            else:
                raise TemplateLost(str(answer.get("why")))

    def close(self) -> None:
        """Hang up: the template kills its workers and ends."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            _end(self._process)
        self._control = self._process = None


class SpawnLauncher(Launcher):
    """One fresh interpreter per job, for systems where forking is not safe. Slower to start.

    Args:
        spec: What each is told, `handles` left empty.
        folder: Home of the interpreters until they enter their own folders.
    """

    def __init__(self, spec: TemplateSpec, folder: Path) -> None:
        self._spec, self._folder = spec, folder
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._news: list[Started | Ended] = []

    def start(self) -> None:
        """Nothing is needed."""

    def fileno(self) -> None:
        """There is none."""

    def launch(self, job: int, pipes: Pipes) -> None:
        """Start an interpreter."""
        spec = replace(self._spec, handles=tuple(pipes))
        try:
            process = _start_python(spec, self._folder, self._folder / "spawn.log")
        except OSError as error:
            raise TemplateLost(f"no interpreter can be started: {error}") from error
        self._processes[job] = process
        self._news.append(Started(job, process.pid))

    def kill(self, job: int) -> None:
        """Kill its group."""
        if job in self._processes:
            processes.kill_group(self._processes[job].pid)

    def poll(self) -> list[Started | Ended]:
        """Reap what has ended."""
        news, self._news = self._news, []
        for job, process in tuple(self._processes.items()):
            if (exit_ := processes.reap(process.pid)) is not None:
                process.returncode = os.waitstatus_to_exitcode(exit_.status)
                del self._processes[job]
                news.append(Ended(job, *exit_))
        return news

    def close(self) -> None:
        """Kill and reap all."""
        for job in tuple(self._processes):
            self.kill(job)
        deadline = time.monotonic() + _END_S
        while self._processes and time.monotonic() < deadline:
            self.poll()
            time.sleep(0.01)
        self._processes.clear()
        self._news.clear()


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_S)
        return
    process.kill()
    process.wait()
