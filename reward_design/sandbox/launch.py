"""How the pool gets its worker processes: the contract of `ForkLauncher` and `SpawnLauncher`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from alignenv.reward_design.sandbox.worker import Pipes


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
