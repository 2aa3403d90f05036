"""The thread that starts workers, reads what they send, and ends them at their limits.

It runs beside the caller, so that a limit holds while the caller waits for a language model.
"""

from __future__ import annotations

import os
import queue
import selectors
import threading
import time
from collections import deque
from collections.abc import Callable

from alignenv.errors import MachineError
from alignenv.reward_design.sandbox.jobs import Event, JobResult
from alignenv.reward_design.sandbox.launch import Ended, Launcher, Started, TemplateLost
from alignenv.reward_design.sandbox.limits import not_the_programs_fault
from alignenv.reward_design.sandbox.running import Running, SelfTest, Ticket

TICK_S = 0.05
_DISK_EVERY_TICKS = 10
_KILL_PATIENCE_S = 5.0


class Supervisor(threading.Thread):
    """Runs tickets in the order taken, at most `n_workers` at a time.

    Args:
        launcher: Where processes come from; used by this thread alone from `start` to its end.
        n_workers: Workers at a time.

    Attributes:
        events: What happens; None when this thread has ended by an error.
        self_test: The last self-test reported.
    """

    def __init__(self, launcher: Launcher, n_workers: int) -> None:
        super().__init__(name="alignenv-sandbox", daemon=True)
        self.events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self.self_test: SelfTest | None = None
        self._launcher, self._n_workers = launcher, n_workers
        self._requests: deque[Callable[[], None]] = deque()
        self._waiting: deque[Ticket] = deque()
        self._running: dict[int, Running] = {}
        self._killed_at: dict[int, float] = {}
        self._broken = ""
        self._is_closing = False
        self._selector = selectors.DefaultSelector()
        self._wake_r, self._wake_w = os.pipe()
        os.set_blocking(self._wake_r, False)

    def take(self, ticket: Ticket) -> None:
        """Queue a ticket; from any thread."""
        self._request(lambda: self._waiting.append(ticket))

    def cancel(self, job_id: str) -> None:
        """End a job if it is in flight; from any thread."""
        self._request(lambda: self._cancel(job_id))

    def close(self) -> None:
        """Kill everything and wait for the end of this thread; from any other thread."""
        self._request(self._begin_to_close)
        self.join()
        self._selector.close()
        for handle in (self._wake_r, self._wake_w):
            os.close(handle)

    def _request(self, action: Callable[[], None]) -> None:
        self._requests.append(action)
        os.write(self._wake_w, b"!")

    def _begin_to_close(self) -> None:
        self._is_closing = True

    def run(self) -> None:
        """Serve until closed."""
        try:
            self._selector.register(self._wake_r, selectors.EVENT_READ, self._wake_up)
            self._listen_to_launcher()
            tick = 0
            while not self._is_closing:
                tick += 1
                self._start_waiting()
                for key, _ in self._selector.select(TICK_S if self._running else None):
                    key.data()
                self._poll_launcher()
                self._enforce(with_disk=tick % _DISK_EVERY_TICKS == 0)
        finally:
            self._abandon_all()
            self.events.put(None)

    def _abandon_all(self) -> None:
        """Leave no process, handle or folder behind."""
        self._launcher.close()
        for number in tuple(self._running):
            self._release(number).finish(None)

    def _wake_up(self) -> None:
        os.read(self._wake_r, 4096)
        while self._requests:
            self._requests.popleft()()

    def _listen_to_launcher(self) -> None:
        if (handle := self._launcher.fileno()) is not None:
            self._selector.register(handle, selectors.EVENT_READ, _nothing)

    def _cancel(self, job_id: str) -> None:
        for ticket in tuple(self._waiting):
            if ticket.job.id == job_id:
                self._waiting.remove(ticket)
                self._refuse(ticket, "It was cancelled before it began.", cancelled=True)
        for number, running in self._running.items():
            if running.ticket.job.id == job_id:
                running.is_cancelled = True
                self._kill(number)

    def _refuse(self, ticket: Ticket, why: str, *, cancelled: bool = False) -> None:
        """End a job that never had a worker."""
        result = JobResult(
            job_id=ticket.job.id,
            ok=False,
            failure=not_the_programs_fault(why),
            messages=[],
            arrays={},
            cpu_s=0.0,
            wall_s=0.0,
            tier="",
            cancelled=cancelled,
        )
        self.events.put(Event(job_id=ticket.job.id, result=result))

    def _start_waiting(self) -> None:
        while self._waiting and len(self._running) < self._n_workers:
            ticket = self._waiting.popleft()
            if self._broken:
                self._refuse(ticket, self._broken)
                continue
            try:
                running = Running(ticket)
            except OSError as error:
                self._refuse(ticket, f"No folder or pipe could be made for it: {error}.")
                continue
            self._launch(running)

    def _launch(self, running: Running) -> None:
        number = running.ticket.number
        self._running[number] = running
        for handle, mask, action in (
            (running.order, selectors.EVENT_WRITE, self._write_order),
            (running.frames, selectors.EVENT_READ, self._read_frames),
            (running.log, selectors.EVENT_READ, self._read_log),
        ):
            self._selector.register(handle, mask, _bind(action, running))
        try:
            self._launcher.launch(number, running.theirs)
            running.hand_over()
        except TemplateLost as lost:
            running.hand_over()
            self._lose_all(str(lost))

    def _write_order(self, running: Running) -> None:
        if running.write_order():
            self._forget(running.order)
            running.close_order()

    def _read_frames(self, running: Running, *, to_end: bool = False) -> None:
        is_over, messages = running.read_frames(to_end=to_end)
        if is_over:
            self._forget(running.frames)
        if running.self_test is not None:
            self.self_test = running.self_test
        for message in messages:
            self.events.put(Event(job_id=running.ticket.job.id, message=message))

    def _read_log(self, running: Running) -> None:
        if running.read_log():
            self._forget(running.log)

    def _forget(self, handle: int) -> None:
        if handle in self._selector.get_map():
            self._selector.unregister(handle)

    def _poll_launcher(self) -> None:
        if self._broken:
            return
        try:
            news = self._launcher.poll()
        except TemplateLost as lost:
            self._lose_all(str(lost))
            return
        for item in news:
            if isinstance(item, Started):
                self._running[item.job].pid = item.pid
            else:
                self._end(item)

    def _end(self, ended: Ended) -> None:
        running = self._running[ended.job]
        self._read_frames(running, to_end=True)
        self._read_log(running)
        self._announce(self._release(ended.job).finish(ended))

    def _announce(self, result: JobResult) -> None:
        self.events.put(Event(job_id=result.job_id, result=result))

    def _release(self, number: int) -> Running:
        running = self._running.pop(number)
        self._killed_at.pop(number, None)
        for handle in running.handles:
            self._forget(handle)
        return running

    def _enforce(self, *, with_disk: bool) -> None:
        now = time.monotonic()
        for number, running in self._running.items():
            if number not in self._killed_at:
                running.check(with_disk=with_disk)
                if running.stop_reason is not None:
                    self._kill(number)
        if any(now - at > _KILL_PATIENCE_S for at in self._killed_at.values()):
            self._lose_all("it did not end a worker that it was told to kill")

    def _kill(self, number: int) -> None:
        self._killed_at[number] = time.monotonic()
        try:
            self._launcher.kill(number)
        except TemplateLost:
            return  # the next poll says so for all jobs

    def _lose_all(self, why: str) -> None:
        """Report all running jobs as lost, and start anew for those that wait."""
        if (handle := self._launcher.fileno()) is not None:
            self._forget(handle)
        self._launcher.close()
        for number in tuple(self._running):
            lost = f"The template process was lost: {why}."
            self._announce(self._release(number).finish(None, lost))
        try:
            self._launcher.start()
            self._listen_to_launcher()
        except MachineError as error:
            self._broken = str(error)


def _nothing() -> None:
    """The launcher is polled on every turn; its handle only ends the wait."""


def _bind(action: Callable[[Running], None], running: Running) -> Callable[[], None]:
    return lambda: action(running)
