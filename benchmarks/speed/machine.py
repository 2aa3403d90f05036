"""Facts about the machine that a ratio depends on; nothing that identifies it."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

VERSIONS = ("numpy", "numba", "gymnasium", "minigrid", "torch", "stable-baselines3")


def pin_to_one_core() -> bool:
    """Keep this process and its children on one core, where the system can.

    Returns:
        Whether it did.
    """
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return True


def machine_facts(*, is_pinned: bool) -> dict[str, str]:
    """Processor, cores and versions, by what they are called in the table."""
    return {
        "processor": _processor(),
        "cores": f"{os.cpu_count()}, measured on {'one' if is_pinned else 'any (no pinning)'}",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in VERSIONS},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")
