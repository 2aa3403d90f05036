"""Confine the calling process, in the order that the kernel's rules require.

Limits and namespaces come first (they need what is given up next), then Landlock while there is
one thread, then the filter. What is in force is returned, never assumed; whether it holds is for
the self-test to say.
"""

from __future__ import annotations

import contextlib
import os
import resource
from dataclasses import dataclass
from pathlib import Path

from alignenv.reward_design.sandbox import kernel, landlock, seccomp
from alignenv.reward_design.sandbox.grants import own_grants
from alignenv.reward_design.sandbox.landlock import Grants
from alignenv.reward_design.sandbox.limits import Limits

LAYERS = ("landlock", "seccomp", "network", "capabilities")
"""What can be layered below the limits; all of them unless a test leaves some off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """Layers that the kernel accepted.

    Attributes:
        landlock_abi: Landlock's version, 0 if it is not in force.
        has_filter: Whether the system call filter is.
        has_own_network: Whether the process is alone in a network namespace.
    """

    landlock_abi: int = 0
    has_filter: bool = False
    has_own_network: bool = False

    def __str__(self) -> str:
        names = [f"Landlock ABI {self.landlock_abi}"] if self.landlock_abi else []
        names += ["seccomp"] if self.has_filter else []
        names += ["netns"] if self.has_own_network else []
        return ", ".join(names) or "limits only"


def first_stage(folder: Path, shared: Grants, limits: Limits, layers: frozenset[str]) -> InForce:
    """Confine this process to what building an env needs.

    Args:
        folder: The only one that it may change.
        shared: What else it may read.
        limits: Its limits.
        layers: Those of `LAYERS` to use.

    Raises:
        OSError: The kernel has a layer and refused to apply it.
        RuntimeError: There is more than one thread.
    """
    if kernel.n_threads() != 1:
        raise RuntimeError("The sandbox must be applied while the process has one thread.")
    os.umask(0o077)
    set_limits(limits)
    if not kernel.is_linux():
        return InForce()
    has_own_network = "network" in layers and _leave_network()
    kernel.set_process_option(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if "capabilities" in layers:
        kernel.drop_capabilities()
    landlock_abi = 0
    if "landlock" in layers and landlock.abi():
        landlock_abi = landlock.restrict(own_grants(shared, folder))
    has_filter = "seccomp" in layers and seccomp.is_available()
    if has_filter:
        seccomp.own_first_stage(landlock_abi)
    return InForce(
        landlock_abi=landlock_abi, has_filter=has_filter, has_own_network=has_own_network
    )


def second_stage(in_force: InForce) -> None:
    """Forbid new processes and, where Landlock is missing, every change of a file."""
    if in_force.has_filter:
        seccomp.own_second_stage(in_force.landlock_abi)


def set_limits(limits: Limits) -> None:
    """Set the kernel's limits for this process, soft and hard."""
    wanted = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (limits.file_bytes, limits.file_bytes),
        resource.RLIMIT_NOFILE: (limits.n_handles, limits.n_handles),
        resource.RLIMIT_DATA: (limits.memory_bytes, limits.memory_bytes),
        # The hard limit kills a process that outlives the signal at the soft one.
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 1),
    }
    for which, (soft, hard) in wanted.items():
        most = resource.getrlimit(which)[1]
        if most != resource.RLIM_INFINITY:
            resource.setrlimit(which, (min(soft, most), min(hard, most)))
        else:
            resource.setrlimit(which, (soft, hard))


def _leave_network() -> bool:
    """Enter a network of its own; False where the system forbids it, as containers do."""
    own = kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC
    user, group = os.getuid(), os.getgid()
    for flags in (own, own | kernel.CLONE_NEWUSER):
        try:
            kernel.unshare(flags)
        except OSError:
            continue
        if flags & kernel.CLONE_NEWUSER:
            _keep_identity(user, group)
        return True
    return False


def _keep_identity(user: int, group: int) -> None:
    # Without the maps the process is "nobody" to itself; files and limits know its true owner.
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
