"""Jobs in this very process: for debugging and fast tests, with trusted programs only."""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from alignenv.errors import CallOrderError
from alignenv.reward_design.sandbox.channel import decode_order, encode_order
from alignenv.reward_design.sandbox.failures import failure_of
from alignenv.reward_design.sandbox.frames import (
    ARRAY,
    Decoder,
    encode_array,
    encode_message,
)
from alignenv.reward_design.sandbox.jobs import Event, Executor, Job, JobResult
from alignenv.reward_design.sandbox.limits import Limits, not_the_programs_fault
from alignenv.reward_design.sandbox.tiers import NONE
from alignenv.reward_design.sandbox.worker import resolve
from alignenv.types import Failure


class InlinePool(Executor):
    """Runs one job at a time in this process, without limits and without isolation.

    A job runs when its first event is asked for. Messages and arrays take the same way through
    frames as in a `Pool`, so a job that works here sends nothing that a worker could not send.
    """

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._events: deque[Event] = deque()
        self._is_closed = False

    @property
    def tier(self) -> str:
        """`none`."""
        return NONE

    def describe(self) -> str:
        """Say that there is no isolation."""
        return "isolation: none (in this process); warning: for trusted programs only"

    def submit(self, job: Job) -> None:
        """Queue a job; see `Executor.submit`."""
        if self._is_closed:
            raise CallOrderError("The pool is closed.", cure="Make a new one.")
        in_flight = {waiting.id for waiting in self._waiting}
        if job.id in in_flight | {event.job_id for event in self._events}:
            raise CallOrderError(
                f"A job {job.id!r} is in flight.", cure="Wait for its end, or give another id."
            )
        encode_order(job, "", NONE)  # what cannot be sent is refused now, as by a `Pool`
        self._waiting.append(job)

    def next_event(self, timeout: float | None = None) -> Event | None:
        """The next event, running the next job if there is none; `timeout` does not end it."""
        del timeout
        if not self._events and self._waiting:
            self._run(self._waiting.popleft())
        return self._events.popleft() if self._events else None

    def cancel(self, job_id: str) -> None:
        """Drop a job that has not begun; see `Executor.cancel`."""
        for job in tuple(self._waiting):
            if job.id == job_id:
                self._waiting.remove(job)
                failure = not_the_programs_fault("It was cancelled before it began.")
                self._finish(job, _Collector(job, self._events), failure, cancelled=True)

    def close(self) -> None:
        """Forget everything; see `Executor.close`."""
        self._is_closed = True
        self._waiting.clear()
        self._events.clear()

    def _run(self, job: Job) -> None:
        channel = _Collector(job, self._events)
        failure, program_is_in, log = None, False, ""
        try:
            order = decode_order([encode_order(job, "", NONE)])
            entry = resolve(order.entry)
            context = entry.prepare(order.payload, order.arrays)
            program_is_in = True
            entry.run(context, order.payload, channel)
        except Exception as error:  # typed by `failure_of`
            failure, log = failure_of(error, program_is_in=program_is_in), traceback.format_exc()
        self._finish(job, channel, failure, log=log)

    def _finish(
        self,
        job: Job,
        channel: _Collector,
        failure: Failure | None,
        *,
        log: str = "",
        cancelled: bool = False,
    ) -> None:
        result = JobResult(
            job_id=job.id,
            ok=failure is None,
            failure=failure,
            messages=channel.messages,
            arrays=channel.arrays,
            cpu_s=time.thread_time() - channel.cpu_s,
            wall_s=time.monotonic() - channel.wall_s,
            tier=NONE,
            log=log[-4000:],
            cancelled=cancelled,
        )
        self._events.append(Event(job_id=job.id, result=result))


class _Collector:
    """A `Channel` that decodes what it is sent at once."""

    def __init__(self, job: Job, events: deque[Event]) -> None:
        limits: Limits = job.limits
        self._id, self._events = job.id, events
        self._decoder = Decoder(limits.message_bytes, limits.array_bytes)
        self.messages: list[dict[str, Any]] = []
        self.arrays: dict[str, npt.NDArray[Any]] = {}
        self.cpu_s, self.wall_s = time.thread_time(), time.monotonic()

    def send(self, message: Mapping[str, Any]) -> None:
        self._take(encode_message(message))

    def send_arrays(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        for name, array in arrays.items():
            self._take(encode_array(name, array))

    def _take(self, data: bytes) -> None:
        for frame in self._decoder.feed(data):
            if frame.kind == ARRAY and frame.array is not None:
                self.arrays[frame.name] = frame.array
            else:
                self.messages.append(frame.value)
                self._events.append(Event(job_id=self._id, message=frame.value))
