"""When a running job has reached a limit: clocks and usage against `Limits`, nothing else."""

from __future__ import annotations

from alignenv.reward_design.sandbox.limits import (
    DISK,
    MEMORY,
    MIB,
    STALL,
    WALL,
    Limits,
    stopped,
)
from alignenv.reward_design.sandbox.usage import Disk
from alignenv.types import Failure


class Watch:
    """The limits of one job in flight.

    Args:
        limits: The job's.
        now: Seconds of a monotonic clock at its start.
    """

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits, self._started = limits, now
        self._heard: float | None = None

    def hear(self, now: float) -> None:
        """Take note of a sign of life; the first one is that the program was let in."""
        self._heard = now

    def wall_s(self, now: float) -> float:
        """Seconds since the start."""
        return now - self._started

    def check_clock(self, now: float) -> Failure | None:
        """The failure of a job that took too long, or was silent for too long."""
        limits = self._limits
        if self.wall_s(now) > limits.wall_s:
            return stopped(WALL, f"It ran for longer than its limit of {limits.wall_s:g} s.")
        if self._heard is not None and now - self._heard > limits.stall_s:
            return stopped(STALL, f"It sent nothing for {limits.stall_s:g} s, its limit.")
        return None

    def check_memory(self, resident_bytes: int) -> Failure | None:
        """The failure of a job that holds too much memory."""
        most = self._limits.resident_bytes
        if resident_bytes <= most:
            return None
        return stopped(MEMORY, f"It held more memory than its limit of {most / MIB:g} MiB.")

    def check_disk(self, disk: Disk) -> Failure | None:
        """The failure of a job that fills its folder."""
        limits = self._limits
        if disk.n_bytes > limits.disk_bytes:
            most = f"{limits.disk_bytes / MIB:g} MiB"
            return stopped(DISK, f"Its folder held more than its limit of {most}.")
        if disk.n_entries > limits.n_files:
            return stopped(DISK, f"Its folder held more than its limit of {limits.n_files} files.")
        return None
