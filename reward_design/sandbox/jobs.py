"""What goes into the sandbox and what comes out: jobs, events and results.

A job names an object by `"package.module:object"`. In the worker its `prepare` builds what needs
files and helper processes (an env, stepped once); then exec and fork are forbidden, the sandbox
tests itself, and `run` meets the untrusted program. All a worker can send is JSON and plain arrays.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy.typing as npt

from alignenv.closing import Closing
from alignenv.reward_design.sandbox.limits import Limits
from alignenv.types import Failure


class Channel(Protocol):
    """A job's one way out of its worker."""

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one JSON object (finite numbers, text, lists, objects; at most 1 MiB).

        Raises:
            FrameError: The message is no such object.
        """
        ...

    def send_arrays(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Send named arrays of booleans, integers or floats; equal names replace each other.

        Raises:
            FrameError: An array is of another type or larger than 64 MiB.
        """
        ...


class Entry(Protocol):
    """The object that `Job.entry` names."""

    def prepare(self, payload: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Any:
        """Build the context of `run` from trusted code only; files and processes still work."""
        ...

    def run(self, context: Any, payload: dict[str, Any], channel: Channel) -> None:
        """Meet the untrusted program; no process can be started any more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work for one fresh worker.

    Attributes:
        id: Unique among the jobs in flight.
        entry: `"package.module:object"` with the methods of `Entry`.
        payload: JSON-able; given to `prepare` and `run`.
        arrays: Given to `prepare`.
        limits: What the worker may use.
    """

    id: str
    entry: str
    payload: dict[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """How a job ended.

    Everything but the identity, the times and the tier was written by the worker: evidence,
    never instructions. Text in it is length-capped and free of control characters.

    Attributes:
        job_id: The job's id.
        ok: Whether `run` returned within all limits.
        failure: Why not; None exactly when `ok`. A limit is a W-code (docs/safety.md).
        messages: What it sent, in order; also of a job that failed.
        arrays: What it sent by name; values are not checked for finiteness.
        cpu_s: Processor seconds of the worker.
        wall_s: Seconds from its start to its end.
        tier: Isolation that its self-test observed; empty if it did not get that far.
        log: Last 4,000 characters of what it printed, for humans only.
        cancelled: Whether `cancel` ended it.
    """

    job_id: str
    ok: bool
    failure: Failure | None
    messages: list[dict[str, Any]]
    arrays: dict[str, npt.NDArray[Any]]
    cpu_s: float
    wall_s: float
    tier: str
    log: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """News of one job: exactly one of `message` and `result` is set."""

    job_id: str
    message: dict[str, Any] | None = None
    result: JobResult | None = None

    @property
    def kind(self) -> str:
        """`message` or `done`."""
        return "message" if self.result is None else "done"


class Executor(Closing):
    """Runs jobs, several at a time, and tells what they send. `Pool` and `InlinePool` are two."""

    @property
    @abstractmethod
    def tier(self) -> str:
        """Isolation in force: `kernel`, `syscall`, `process` or `none`."""

    @abstractmethod
    def describe(self) -> str:
        """One line on the isolation in force, for the start of a run and for records."""

    @abstractmethod
    def submit(self, job: Job) -> None:
        """Queue a job; workers take jobs in the order submitted.

        Raises:
            CallOrderError: A job with this id is in flight, or the executor is closed.
            ConfigError: Its payload is not JSON or too large, or an array cannot be sent.
        """

    @abstractmethod
    def next_event(self, timeout: float | None = None) -> Event | None:
        """The next event of any job, or None if none comes within `timeout` seconds.

        A job's messages come in the order sent, then one `done` event.
        """

    @abstractmethod
    def cancel(self, job_id: str) -> None:
        """End a job; its `done` event follows. A job that is not in flight is left alone."""

    @abstractmethod
    def close(self) -> None:
        """Kill what runs and remove every trace of it; no event follows."""

    def map(
        self, jobs: Iterable[Job], on_message: Callable[[str, dict[str, Any]], None] | None = None
    ) -> list[JobResult]:
        """Run jobs and return their results in the order of the jobs.

        Args:
            jobs: With unique ids; no other jobs may be in flight.
            on_message: Called with job id and message as messages come.
        """
        waiting = list(jobs)
        for job in waiting:
            self.submit(job)
        results: dict[str, JobResult] = {}
        while len(results) < len(waiting):
            event = self.next_event()
            if event is None:
                continue
            if event.result is not None:
                results[event.job_id] = event.result
            elif event.message is not None and on_message is not None:
                on_message(event.job_id, event.message)
        return [results[job.id] for job in waiting]
