"""One job in flight, seen from the pool: its pipes, what it has sent, and what it came to."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy.typing as npt

from alignenv.reward_design.sandbox.failures import failure_from_report
from alignenv.reward_design.sandbox.folders import remove_folder
from alignenv.reward_design.sandbox.frames import ARRAY, CONTROL, Decoder, Frame, FrameError
from alignenv.reward_design.sandbox.jobs import Job, JobResult
from alignenv.reward_design.sandbox.launch import Ended
from alignenv.reward_design.sandbox.limits import (
    ISOLATION,
    OUTPUT,
    not_the_programs_fault,
    stopped,
)
from alignenv.reward_design.sandbox.probes import PROBES, Outcome
from alignenv.reward_design.sandbox.text import clean_text
from alignenv.reward_design.sandbox.tiers import is_weaker, observed_tier
from alignenv.reward_design.sandbox.usage import Disk, disk_usage, resident_bytes
from alignenv.reward_design.sandbox.verdict import verdict
from alignenv.reward_design.sandbox.watch import Watch
from alignenv.reward_design.sandbox.worker import DONE, FAILED, READY, Pipes
from alignenv.types import Failure

_CHUNK = 1 << 18
_LOG_KEPT = 1 << 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A job waiting for a worker.

    Attributes:
        job: The job.
        number: Unique in the pool's life.
        folder: To be the worker's.
        order: The job's bytes for its worker.
        required_tier: Weaker isolation than this ends the job.
    """

    job: Job
    number: int
    folder: Path
    order: bytes
    required_tier: str


class SelfTest(NamedTuple):
    """What a worker reported before it let the program in."""

    in_force: str
    outcomes: tuple[Outcome, ...]

    @property
    def tier(self) -> str:
        """The tier that it proves."""
        return observed_tier(self.outcomes)


class Running:
    """A job from the moment its pipes are open until its result.

    Attributes:
        ticket: What it is.
        self_test: What the worker reported; None until then.
        stop_reason: Why it is being killed; None while it is not.
        is_cancelled: Whether it is being killed on request.
        pid: Its process; None until that is known.
        theirs: The worker's ends of the pipes.
        order: Where its order is written.
        frames: Where its frames are read.
        log: Where what it prints is read.
        handles: Those of the last three that are open.
    """

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.self_test: SelfTest | None = None
        self.stop_reason: Failure | None = None
        self.is_cancelled = False
        self.pid: int | None = None
        limits = ticket.job.limits
        self._watch = Watch(limits, time.monotonic())
        self._decoder = Decoder(limits.message_bytes, limits.array_bytes)
        self._messages: list[dict[str, Any]] = []
        self._arrays: dict[str, npt.NDArray[Any]] = {}
        self._said: Failure | None = None
        self._is_done = self._is_refused = False
        self._rest = memoryview(ticket.order)
        self._log, self._n_logged = bytearray(), 0
        ticket.folder.mkdir(mode=0o700)
        self._open_pipes()

    def _open_pipes(self) -> None:
        opened: list[int] = []
        try:
            for _ in range(3):
                opened += os.pipe()
        except OSError:
            for handle in opened:
                os.close(handle)
            raise
        order_r, self.order, self.frames, frames_w, self.log, log_w = opened
        self.theirs = Pipes(order_r, frames_w, log_w)
        self.handles = {self.order, self.frames, self.log}
        for handle in self.handles:
            os.set_blocking(handle, False)

    def hand_over(self) -> None:
        """Close the worker's ends here, once it has them."""
        for handle in self.theirs:
            os.close(handle)

    def write_order(self) -> bool:
        """Send what the pipe takes; whether all of it is sent, or the worker has gone."""
        try:
            self._rest = self._rest[os.write(self.order, self._rest[:_CHUNK]) :]
        except BlockingIOError:
            return False
        except BrokenPipeError:
            return True
        return not self._rest

    def close_order(self) -> None:
        """Tell the worker that it has all of its order."""
        self.handles.remove(self.order)
        os.close(self.order)

    def read_frames(self, *, to_end: bool = False) -> tuple[bool, list[dict[str, Any]]]:
        """Take in what the worker sent: whether the pipe has ended, and new messages.

        Args:
            to_end: Read all that is there and not only the next piece.
        """
        n_before = len(self._messages)
        data = _read(self.frames)
        while data:
            self._decode(data)
            data = _read(self.frames) if to_end else None
        return data == b"", self._messages[n_before:]

    def _decode(self, data: bytes) -> None:
        if self._is_refused:
            return
        try:
            for frame in self._decoder.feed(data):
                self._take(frame)
        except FrameError as error:
            self._is_refused = True
            self._stop(stopped(OUTPUT, f"What it sent was refused: {error}."))

    def _take(self, frame: Frame) -> None:
        if frame.kind == CONTROL:
            self._take_report(frame.value)
        elif self.self_test is None:
            raise FrameError("a message before the self-test")
        elif frame.kind == ARRAY and frame.array is not None:
            self._arrays[frame.name] = frame.array
        else:
            self._messages.append(frame.value)
        self._watch.hear(time.monotonic())

    def _take_report(self, report: dict[str, Any]) -> None:
        phase = report.get("phase")
        if phase == READY and self.self_test is None:
            self.self_test = _read_self_test(report)
            self._check_isolation(self.self_test)
        elif phase == DONE:
            self._is_done = True
        elif phase == FAILED and self._said is None:
            self._said = failure_from_report(report, program_is_in=self.self_test is not None)

    def _check_isolation(self, seen: SelfTest) -> None:
        required = self.ticket.required_tier
        if is_weaker(seen.tier, required):
            allowed = ", ".join(o.name for o in seen.outcomes if not o.denied)
            why = f"Isolation {required!r} is required, its self-test saw {seen.tier!r}: {allowed}."
            self._stop(not_the_programs_fault(why, ISOLATION))

    def read_log(self) -> bool:
        """Take in what the worker printed; whether the pipe has ended."""
        data = _read(self.log)
        if data:
            self._n_logged += len(data)
            self._log = (self._log + data)[-_LOG_KEPT:]
            most = self.ticket.job.limits.log_bytes
            if self._n_logged > most:
                self._stop(stopped(OUTPUT, f"It printed more than its limit of {most} bytes."))
        return data == b""

    def _stop(self, reason: Failure) -> None:
        if self.stop_reason is None:
            self.stop_reason = reason

    def check(self, *, with_disk: bool) -> None:
        """Compare clocks, memory and disk with the limits; sets `stop_reason`."""
        found = self._watch.check_clock(time.monotonic())
        if found is None and self.pid is not None:
            found = self._watch.check_memory(resident_bytes(self.pid))
            if found is None and with_disk:
                limits = self.ticket.job.limits
                most = Disk(limits.disk_bytes, limits.n_files)
                usage = disk_usage(self.ticket.folder, self.pid, most)
                found = self._watch.check_disk(usage)
        if found is not None:
            self._stop(found)

    def finish(self, ended: Ended | None, lost: str = "") -> JobResult:
        """Release everything and say what the job came to.

        Args:
            ended: How the process ended; None if it was lost.
            lost: Why it was lost.
        """
        for handle in self.handles:
            os.close(handle)
        remove_folder(self.ticket.folder)
        failure = not_the_programs_fault(lost) if ended is None else self._failure(ended)
        log = clean_text(self._log.decode(errors="replace"), _LOG_KEPT)
        return JobResult(
            job_id=self.ticket.job.id,
            ok=failure is None,
            failure=failure,
            messages=self._messages,
            arrays=self._arrays,
            cpu_s=ended.cpu_s if ended else 0.0,
            wall_s=self._watch.wall_s(time.monotonic()),
            tier=self.self_test.tier if self.self_test else "",
            log=log[-4000:],
            cancelled=self.is_cancelled,
        )

    def _failure(self, ended: Ended) -> Failure | None:
        if self.is_cancelled:
            return not_the_programs_fault("It was cancelled.")
        if (known := self.stop_reason or self._said) is not None:
            return known
        return verdict(
            os.waitstatus_to_exitcode(ended.status),
            ended.cpu_s,
            cpu_limit=self.ticket.job.limits.cpu_seconds,
            is_done=self._is_done and self._decoder.is_between_frames,
            program_is_in=self.self_test is not None,
        )


def _read(handle: int) -> bytes | None:
    """What is there; empty at the end of the pipe, None if there is nothing now."""
    try:
        return os.read(handle, _CHUNK)
    except BlockingIOError:
        return None


def _read_self_test(report: dict[str, Any]) -> SelfTest:
    """Read the report; a probe that is missing or malformed counts as allowed."""
    said: dict[str, Outcome] = {}
    rows = report.get("outcomes")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, list) and len(row) == len(Outcome._fields):
            name, denied, detail = row
            said[str(name)] = Outcome(str(name), denied is True, str(detail))
    outcomes = tuple(
        said.get(probe.name, Outcome(probe.name, denied=False, detail="not reported"))
        for probe in PROBES
    )
    return SelfTest(str(report.get("in_force", "")), outcomes)
