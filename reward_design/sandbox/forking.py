"""Workers forked from one template process: imports are paid for once."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

from alignenv.errors import MachineError
from alignenv.reward_design.sandbox.environment import start_python
from alignenv.reward_design.sandbox.launch import Ended, Launcher, Started, TemplateLost
from alignenv.reward_design.sandbox.template import PACKET_BYTES, TemplateSpec
from alignenv.reward_design.sandbox.worker import Pipes

_START_S, _END_S = 300.0, 3.0
_CURE = "Run `alignenv doctor`; import the modules named above in a fresh Python to see more."


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
        try:
            self._control = self._start_template()
            why = self._wait_until_ready(self._control)
        except BaseException:
            self.close()
            raise
        if why:
            self.close()
            raise MachineError(f"The sandbox's template process did not start: {why}", cure=_CURE)
        self._control.setblocking(False)

    def _start_template(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            spec = replace(self._spec, handles=(theirs.fileno(),))
            try:
                self._process = start_python(spec, self._folder, self._log)
            except OSError as error:
                ours.close()
                raise MachineError(f"No Python process can be started: {error}.") from error
        return ours

    def _wait_until_ready(self, control: socket.socket) -> str:
        """Why the template is not ready; empty when it is."""
        control.settimeout(_START_S)
        try:
            answer = json.loads(control.recv(PACKET_BYTES) or "{}")
        except TimeoutError:
            return f"it took more than {_START_S:g} s."
        if answer.get("is") == "ready":
            return ""
        return str(answer.get("why") or self._log.read_text(errors="replace")[-4000:])

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
        """Tell the template to kill its workers and end."""
        if self._control is not None:
            with contextlib.suppress(OSError):  # it may have gone already
                self._control.send(b'{"do": "stop"}')
            self._control.close()
        if self._process is not None:
            _end(self._process)
        self._control = self._process = None


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_S)
        return
    process.kill()
    process.wait()
