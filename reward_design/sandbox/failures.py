"""Which failure an exception of a job is: whose fault, which code, in which words."""

from __future__ import annotations

import errno
from typing import Any

from alignenv.errors import ProgramError, ValueFault
from alignenv.reward_design.sandbox.frames import FrameError
from alignenv.reward_design.sandbox.limits import (
    CRASH,
    DISK,
    MEMORY,
    OUTPUT,
    not_the_programs_fault,
    stopped,
)
from alignenv.reward_design.sandbox.text import clean_text
from alignenv.types import Failure, FailureKind

_DISK_ERRORS = frozenset({errno.EFBIG, errno.ENOSPC, errno.EDQUOT})
_MESSAGE_CHARS = 2_000


class IsolationMissing(RuntimeError):  # noqa: N818 - the state it tells of
    """A worker's self-test saw less isolation than its pool requires."""


def failure_of(error: BaseException, *, program_is_in: bool) -> Failure:
    """The typed failure of an exception that left a job.

    Args:
        error: What was raised.
        program_is_in: Whether `run` had begun; before that no program can be at fault.
    """
    text = clean_text(f"{type(error).__name__}: {error}", _MESSAGE_CHARS)
    if not program_is_in:
        return not_the_programs_fault(f"The worker could not be prepared. {text}")
    if isinstance(error, ValueFault):
        return Failure(kind=FailureKind.VALUE, code=error.code, message=text)
    if isinstance(error, ProgramError):
        rule = error.problems[0].rule
        return Failure(kind=FailureKind.RULE, code=rule, message=text)
    if isinstance(error, MemoryError):
        return stopped(MEMORY, "It asked for more memory than its limit allows.")
    if isinstance(error, FrameError):
        return stopped(OUTPUT, text)
    if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
        return stopped(DISK, text)
    return stopped(CRASH, text)


def failure_to_json(failure: Failure) -> dict[str, Any]:
    """For the worker's report."""
    return {"kind": failure.kind.value, "code": failure.code, "message": failure.message}


def failure_from_report(report: dict[str, Any], *, program_is_in: bool) -> Failure:
    """Read a worker's report of its own failure.

    A worker with the program in it may claim anything except that the machine was at fault:
    that claim would have its job tried again.
    """
    message = str(report.get("message", ""))[:_MESSAGE_CHARS]
    code = str(report.get("code", ""))[:8]
    try:
        kind = FailureKind(report.get("kind", ""))
    except ValueError:
        kind = FailureKind.CRASH
    if program_is_in and not kind.is_coders:
        kind = FailureKind.CRASH
    return Failure(kind=kind, code=code, message=message)
