"""The tier is what the self-test saw; strict pools refuse less than they were promised."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from alignenv.errors import ConfigError, MachineError, UnknownName
from alignenv.reward_design.sandbox import JobResult, Pool, sandbox_checks
from alignenv.reward_design.sandbox.confine import LAYERS
from alignenv.reward_design.sandbox.probes import PROBES, Outcome
from alignenv.reward_design.sandbox.running import _read_self_test
from alignenv.reward_design.sandbox.tiers import TIERS, expected_tier, observed_tier, weakest

BARE = """
import json, os, resource, sys, tempfile
from pathlib import Path
from alignenv.reward_design.sandbox.probes import Targets, run_probes
with tempfile.TemporaryDirectory() as name:
    canary = Path(name, "canary")
    canary.write_text("unharmed")
    folder = Path(name, "folder")
    folder.mkdir()
    before = resource.getrlimit(resource.RLIMIT_CORE), set(os.listdir("/proc/self/ns"))
    outcomes = run_probes(Targets(canary, folder, os.getpid()))
    assert before == (resource.getrlimit(resource.RLIMIT_CORE), set(os.listdir("/proc/self/ns")))
    assert canary.read_text() == "unharmed"
    assert sorted(os.listdir(name)) == ["canary", "folder"] and not os.listdir(folder)
    os.kill(os.getppid(), 0)
print(json.dumps(outcomes))
"""


def test_tier_is_the_one_expected_here(pool: Pool) -> None:
    assert pool.tier == expected_tier()
    if promised := os.environ.get("ALIGNENV_EXPECT_TIER"):
        assert pool.tier == promised


def test_all_24_are_denied_and_it_is_said(pool: Pool) -> None:
    assert len(PROBES) == len({probe.name for probe in PROBES}) == 24
    if pool.tier == "kernel":
        assert [o.name for o in pool.self_test.outcomes if not o.denied] == []
        assert pool.describe().startswith("isolation: kernel (Landlock ABI ")
        assert pool.describe().endswith("self-test 24 of 24 denied")


def test_self_test_without_a_sandbox_harms_nothing_and_finds_everything_allowed() -> None:
    shm = set(Path("/dev/shm").iterdir())
    done = subprocess.run(
        [sys.executable, "-c", BARE],
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
    )
    assert done.returncode == 0, done.stderr
    assert set(Path("/dev/shm").iterdir()) == shm
    allowed = {name for name, denied, _ in json.loads(done.stdout) if not denied}
    assert allowed >= {probe.name for probe in PROBES} - _denied_by_the_system()


def _denied_by_the_system() -> set[str]:
    """What this system forbids to this process without any sandbox of ours."""
    status = dict(
        line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines()
    )
    denied = set()
    try:
        Path("/proc/1/environ").read_bytes()
    except OSError:
        denied.add("read-init-environ")
    if not int(status["CapEff"], 16) >> 21 & 1:  # CAP_SYS_ADMIN
        denied |= {"load-bpf", "raise-limit"}
    if int(status["Seccomp"]):  # a container's filter
        denied |= {"load-bpf", "mount", "new-namespace", "io-uring", "trace"}
    io_uring = Path("/proc/sys/kernel/io_uring_disabled")
    if not io_uring.exists() or io_uring.read_text().strip() != "0":
        denied.add("io-uring")
    if not Path("/dev/shm").is_dir():
        denied.add("create-in-shared-memory")
    return denied


@pytest.mark.parametrize(
    "left_out", [("landlock",), ("seccomp",), ("landlock", "seccomp"), LAYERS], ids="+".join
)
def test_layer_that_is_missing_is_noticed(left_out: tuple[str, ...]) -> None:
    layers = tuple(layer for layer in LAYERS if layer not in left_out)
    with Pool(1, layers=layers) as pool:
        assert pool.tier == expected_tier(frozenset(layers)) != "kernel"
        assert "; warning: not denied: " in pool.describe()
    with pytest.raises(MachineError, match="'kernel' was asked for") as told:
        Pool(1, layers=layers, isolation="kernel").start()
    assert told.value.exit_code == 3
    assert "doctor" in told.value.cure


def test_strict_pool_runs_where_the_kernel_gives_all() -> None:
    if expected_tier() == "kernel":
        with Pool(1, isolation="kernel") as pool:
            assert pool.tier == "kernel"
    else:
        with pytest.raises(MachineError, match="'kernel' was asked for"):
            Pool(1, isolation="kernel").start()


def test_worker_weaker_than_its_pool_lets_no_program_in(
    run_on: Callable[..., JobResult],
) -> None:
    with Pool(1, preload=("hostile_jobs",), layers=("capabilities",)) as pool:
        pool._required_tier = "kernel"
        result = run_on(pool, "use_own_folder")
    assert result.failure is not None
    assert result.failure.code == "W008"
    assert not result.failure.kind.is_coders
    assert result.messages == []


def test_tiers_follow_from_outcomes() -> None:
    denied = [Outcome(probe.name, True, "EPERM") for probe in PROBES]
    assert observed_tier(denied) == "kernel"
    for probe, outcome in zip(PROBES, denied, strict=True):
        seen = [o if o is not outcome else o._replace(denied=False) for o in denied]
        assert observed_tier(seen) == ("syscall" if probe.needs_paths else "process")


@pytest.mark.parametrize(
    "report",
    [{}, {"outcomes": 3}, {"outcomes": [[1, 2]]}, {"outcomes": [["fork", "yes", ""]]}],
    ids=str,
)
def test_self_test_that_says_nothing_proves_nothing(report: dict[str, object]) -> None:
    assert _read_self_test(report).tier == "process"


def test_doctor_has_a_row_for_everything() -> None:
    rows = {row.name: row for row in sandbox_checks()}
    assert list(rows)[:5] == ["isolation", "landlock", "seccomp", "network-namespace", "limits"]
    assert {f"self-test: {probe.name}" for probe in PROBES} == set(list(rows)[5:])
    assert rows["limits"].ok, rows["limits"]
    assert rows["isolation"].ok == (expected_tier() == "kernel")
    assert all(row.cure for row in rows.values() if not row.ok)
    assert all(row.detail for row in rows.values())


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"n_workers": 0}, ConfigError, "at least one worker"),
        ({"n_workers": 1, "isolation": "kernal"}, UnknownName, "isolation named 'kernal'"),
        ({"n_workers": 1, "start": "forkserver"}, UnknownName, "start workers"),
    ],
)
def test_settings_are_checked(
    settings: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        Pool(**settings)  # type: ignore[arg-type]


def test_the_weakest_tier_counts() -> None:
    """Of a training under one and its evaluation under another."""
    assert [weakest((tier, "syscall")) for tier in TIERS] == ["none", "process", *2 * ["syscall"]]
