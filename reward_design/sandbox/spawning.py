"""One fresh interpreter per job, for systems where forking is not safe. Slower, same contract."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from alignenv.reward_design.sandbox import processes
from alignenv.reward_design.sandbox.environment import start_python
from alignenv.reward_design.sandbox.launch import Ended, Launcher, Started, TemplateLost
from alignenv.reward_design.sandbox.template import TemplateSpec
from alignenv.reward_design.sandbox.worker import Pipes

_END_S = 3.0


class SpawnLauncher(Launcher):
    """Starts an interpreter per job.

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
            process = start_python(spec, self._folder, self._folder / "spawn.log")
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
