"""What one worker may use, and the codes of what happens when it uses more."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from alignenv.errors import ConfigError
from alignenv.types import Failure, FailureKind

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one worker may use. Reaching any of these ends its whole process group.

    Attributes:
        wall_s: Seconds from start to end.
        cpu_s: Processor seconds, rounded up to whole ones; None for twice `wall_s`.
        stall_s: Seconds without a message, counted from the moment the program is let in.
        memory_bytes: Data (heap, private maps, thread stacks): the kernel refuses more.
        resident_bytes: Memory in use, sampled every 50 ms.
        file_bytes: Size of one file.
        disk_bytes: Sum over its folder, counting files that are deleted but still open.
        n_files: Entries in its folder.
        n_handles: Open files.
        message_bytes: Sum of all JSON messages.
        array_bytes: Sum of all arrays sent.
        log_bytes: What it may print.
    """

    wall_s: float = 600.0
    cpu_s: float | None = None
    stall_s: float = 60.0
    memory_bytes: int = 2048 * MIB
    resident_bytes: int = 3072 * MIB
    file_bytes: int = 256 * MIB
    disk_bytes: int = 1024 * MIB
    n_files: int = 10_000
    n_handles: int = 256
    message_bytes: int = 8 * MIB
    array_bytes: int = 128 * MIB
    log_bytes: int = MIB

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ConfigError(f"Limit {item.name} must be finite and positive, not {value!r}.")

    @property
    def cpu_seconds(self) -> int:
        """Processor seconds as the kernel counts them."""
        return math.ceil(2 * self.wall_s if self.cpu_s is None else self.cpu_s)

    def to_json(self) -> dict[str, Any]:
        """For the job's frame."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Undo `to_json`."""
        return cls(**document)


WALL, MEMORY, CPU, CRASH = "W001", "W002", "W003", "W004"
OUTPUT, DISK, STALL, ISOLATION = "W005", "W006", "W007", "W008"

KINDS = {
    WALL: FailureKind.TIMEOUT,
    MEMORY: FailureKind.MEMORY,
    CPU: FailureKind.TIMEOUT,
    CRASH: FailureKind.CRASH,
    OUTPUT: FailureKind.CRASH,
    DISK: FailureKind.CRASH,
    STALL: FailureKind.TIMEOUT,
    ISOLATION: FailureKind.INFRASTRUCTURE,
}
"""Who has to act on a worker code."""


def stopped(code: str, message: str) -> Failure:
    """The failure of a worker that was stopped or stopped by itself."""
    return Failure(kind=KINDS[code], code=code, message=message)


def not_the_programs_fault(message: str, code: str = "") -> Failure:
    """The failure of a job that the machine or the sandbox lost."""
    return Failure(kind=FailureKind.INFRASTRUCTURE, code=code, message=message)
