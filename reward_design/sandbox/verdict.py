"""What the end of a worker process says about its job."""

from __future__ import annotations

import signal

from alignenv.reward_design.sandbox.limits import (
    CPU,
    CRASH,
    DISK,
    MEMORY,
    not_the_programs_fault,
    stopped,
)
from alignenv.types import Failure

_CPU_SLACK_S = 0.5


def verdict(
    code: int, cpu_s: float, *, cpu_limit: int, is_done: bool, program_is_in: bool
) -> Failure | None:
    """The failure of a process that nobody stopped and that reported none; None for a success.

    Args:
        code: Exit status, or the negative number of the signal that ended it.
        cpu_s: Processor seconds it used.
        cpu_limit: Those it was allowed.
        is_done: Whether it reported the end of its job, and nothing after.
        program_is_in: Whether its program had been let in.
    """
    if code == 0 and is_done:
        return None
    if code < 0 and (limit := _limit_behind(-code, cpu_s, cpu_limit)) is not None:
        return limit
    message = f"It ended early, with exit status {code}."
    if code < 0:
        message = f"It crashed: {_name(-code)}."
    if program_is_in:
        return stopped(CRASH, message)
    return not_the_programs_fault(f"The worker could not be prepared. {message}", CRASH)


def _limit_behind(number: int, cpu_s: float, cpu_limit: int) -> Failure | None:
    """The limit that the kernel enforces by this signal."""
    is_kill = number == signal.SIGKILL
    if number == signal.SIGXCPU or (is_kill and cpu_s > cpu_limit - _CPU_SLACK_S):
        return stopped(CPU, f"It used more than its limit of {cpu_limit} processor seconds.")
    if is_kill:
        return stopped(MEMORY, "The system killed it, most likely for want of memory.")
    if number == signal.SIGXFSZ:
        return stopped(DISK, "It wrote a file larger than its limit.")
    return None


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
