"""What `alignenv doctor` says about the sandbox of this machine."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from typing import Any

from alignenv.errors import MachineError
from alignenv.reward_design.sandbox import landlock, seccomp
from alignenv.reward_design.sandbox.jobs import Channel, Job
from alignenv.reward_design.sandbox.limits import MIB, Limits
from alignenv.reward_design.sandbox.pool import Pool
from alignenv.reward_design.sandbox.probes import PROBES, Outcome
from alignenv.reward_design.sandbox.tiers import KERNEL

_LANDLOCK_CURE = (
    "Use Linux 5.13 or newer with `landlock` in the kernel's lsm= list, and a container runtime "
    "of 2022 or newer."
)
_SECCOMP_CURE = "Use Linux on x86_64 or aarch64; a container must allow the seccomp call."
_LIMITS_CURE = "Raise the hard limits of this shell (`ulimit -H -a`) above the sandbox's own."
_NO_NETWORK = (
    "none: it needs root or unprivileged user namespaces; the filter refuses sockets all the same"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the doctor's report.

    Attributes:
        name: Stable name.
        ok: Whether it is as it should be.
        detail: What was found.
        cure: What to do about it; empty when `ok`.
    """

    name: str
    ok: bool
    detail: str
    cure: str = ""


class _Limits:
    """Reports the limits that hold inside a worker."""

    def prepare(self, payload: dict[str, Any], arrays: dict[str, Any]) -> None:
        """Need nothing."""

    def run(self, context: None, payload: dict[str, Any], channel: Channel) -> None:
        """Send soft limits by name."""
        del context, payload
        names = ("CPU", "DATA", "FSIZE", "NOFILE", "CORE")
        channel.send({n: resource.getrlimit(getattr(resource, f"RLIMIT_{n}"))[0] for n in names})


LIMITS = _Limits()


def sandbox_checks() -> list[Check]:
    """Start a sandboxed worker and report what it saw, the row of the tier first.

    It takes about a second. A machine without any isolation gives rows that are not `ok`, never
    an error.
    """
    try:
        with Pool(1) as pool:
            seen = pool.self_test
            rows = [_tier_row(pool), _landlock_row(), _seccomp_row()]
            rows.append(_network_row("netns" in seen.in_force))
            rows.append(_limits_row(pool))
    except MachineError as error:
        return [Check(name="isolation", ok=False, detail=error.message, cure=error.cure)]
    return rows + [_probe_row(outcome) for outcome in seen.outcomes]


def _tier_row(pool: Pool) -> Check:
    ok = pool.tier == KERNEL
    cure = "" if ok else "See the rows below; docs/safety.md says what each tier leaves open."
    return Check(name="isolation", ok=ok, detail=pool.describe(), cure=cure)


def _landlock_row() -> Check:
    version = landlock.abi()
    detail = f"Landlock ABI {version}" if version else "this kernel has no Landlock"
    cure = "" if version else _LANDLOCK_CURE
    return Check(name="landlock", ok=version > 0, detail=detail, cure=cure)


def _seccomp_row() -> Check:
    ok = seccomp.is_available()
    detail = "system call filters work" if ok else "system calls cannot be filtered"
    return Check(name="seccomp", ok=ok, detail=detail, cure="" if ok else _SECCOMP_CURE)


def _network_row(has_own: bool) -> Check:
    # Never a fault: the filter refuses sockets with and without a namespace.
    detail = "workers have one of their own" if has_own else _NO_NETWORK
    return Check(name="network-namespace", ok=True, detail=detail)


def _limits_row(pool: Pool) -> Check:
    limits = Limits()
    wanted = {
        "CPU": limits.cpu_seconds,
        "DATA": limits.memory_bytes,
        "FSIZE": limits.file_bytes,
        "NOFILE": limits.n_handles,
        "CORE": 0,
    }
    result = pool.map([Job(id="limits", entry=f"{__name__}:LIMITS", limits=limits)])[0]
    found = result.messages[-1] if result.messages else {}
    ok = found == wanted
    detail = f"memory {limits.memory_bytes // MIB} MiB, CPU {limits.cpu_seconds} s, and others"
    if not ok:
        detail = f"expected {wanted}, found {found}"
    return Check(name="limits", ok=ok, detail=detail, cure="" if ok else _LIMITS_CURE)


def _probe_row(outcome: Outcome) -> Check:
    needs_paths = {probe.name for probe in PROBES if probe.needs_paths}
    cure = _LANDLOCK_CURE if outcome.name in needs_paths else _SECCOMP_CURE
    word = "denied" if outcome.denied else "NOT denied"
    return Check(
        name=f"self-test: {outcome.name}",
        ok=outcome.denied,
        detail=f"{word} ({outcome.detail})",
        cure="" if outcome.denied else cure,
    )
