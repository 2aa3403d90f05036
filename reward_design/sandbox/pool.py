"""The pool: the one path by which untrusted reward programs run."""

from __future__ import annotations

import os
import queue
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from alignenv.errors import CallOrderError, ConfigError, MachineError, UnknownName
from alignenv.reward_design.sandbox import kernel, landlock
from alignenv.reward_design.sandbox.channel import encode_order
from alignenv.reward_design.sandbox.confine import LAYERS
from alignenv.reward_design.sandbox.environment import own_sys_path
from alignenv.reward_design.sandbox.forking import ForkLauncher
from alignenv.reward_design.sandbox.jobs import Event, Executor, Job
from alignenv.reward_design.sandbox.launch import Launcher
from alignenv.reward_design.sandbox.limits import Limits
from alignenv.reward_design.sandbox.running import SelfTest, Ticket
from alignenv.reward_design.sandbox.spawning import SpawnLauncher
from alignenv.reward_design.sandbox.supervisor import Supervisor
from alignenv.reward_design.sandbox.template import TemplateSpec
from alignenv.reward_design.sandbox.tiers import KERNEL, PROCESS, is_weaker
from alignenv.reward_design.sandbox.worker import SELF_TEST_ENTRY

ISOLATIONS = ("auto", KERNEL)
STARTS = ("fork", "spawn")
_STRICT_CURE = (
    "Use Linux 5.13 or newer with Landlock, in a container whose profile allows it; "
    "`alignenv doctor` shows each check. `--isolation auto` runs with what there is."
)
_SELF_TEST_LIMITS = Limits(wall_s=120.0, stall_s=120.0)


class Pool(Executor):
    """Runs each job in a fresh, confined process forked from a clean template.

    A job that reaches a limit is killed with its whole process group within a second and comes
    back with a typed failure; others are not disturbed. Nothing a worker sends is unpickled.

    Args:
        n_workers: Jobs at a time, >= 1.
        preload: Modules that the template imports once, such as torch and the jobs' own.
        warm_up: `"package.module:function"` that the template calls after the imports, such as
            one that compiles kernels, and the strings to call it with; it must leave no thread
            behind.
        isolation: `auto` takes what the machine gives; `kernel` refuses anything weaker.
        run_dir: Where workers' folders are made; None for the system's temporary folder.
            Everything made there is removed by `close`.
        reads: Files and folders that workers may read beside Python's own, such as data of an
            env's package.
        start: `fork` from a template, or `spawn` a fresh interpreter per job (slower); None for
            what suits the system.
        layers: Layers of confinement to use; fewer only in tests of the weaker tiers.

    Raises:
        ConfigError: `n_workers` is no positive number.
        UnknownName: `isolation` or `start` is none of the above.
    """

    def __init__(
        self,
        n_workers: int,
        *,
        preload: Sequence[str] = (),
        warm_up: Sequence[str] = (),
        isolation: str = "auto",
        run_dir: Path | None = None,
        reads: Sequence[str | Path] = (),
        start: str | None = None,
        layers: Sequence[str] = LAYERS,
    ) -> None:
        if n_workers < 1:
            raise ConfigError(f"A pool needs at least one worker, not {n_workers}.")
        if isolation not in ISOLATIONS:
            raise UnknownName.of("isolation", isolation, ISOLATIONS)
        if start is not None and start not in STARTS:
            raise UnknownName.of("way to start workers", start, STARTS)
        self._n_workers, self._isolation, self._run_dir = n_workers, isolation, run_dir
        self._start_method = start or ("fork" if kernel.is_linux() else "spawn")
        self._preload, self._warm_up = tuple(preload), tuple(warm_up)
        self._reads = tuple(str(Path(path).absolute()) for path in reads)
        self._layers = tuple(layers)
        self._supervisor: Supervisor | None = None
        self._root: Path | None = None
        self._self_test: SelfTest | None = None
        self._required_tier = PROCESS
        self._in_flight: set[str] = set()
        self._n_tickets = 0
        self._is_closed = False

    def start(self) -> Self:
        """Start the template and test the isolation; a pool that has started is left alone.

        Entering the pool as a context and submitting a job do it too.

        Raises:
            MachineError: The template or a worker cannot be started, or `isolation` is `kernel`
                and the self-test saw less.
            CallOrderError: The pool is closed.
        """
        if self._is_closed:
            raise CallOrderError("The pool is closed.", cure="Make a new one.")
        if self._supervisor is None:
            try:
                self._open()
            except BaseException:
                self.close()
                raise
        return self

    def __enter__(self) -> Self:
        return self.start()

    def _open(self) -> None:
        if os.name != "posix":
            raise MachineError(
                "The sandbox needs a POSIX system.", cure="Run in WSL, a container or a VM."
            )
        if kernel.is_linux() and not ("landlock" in self._layers and landlock.abi()):
            # Without path rules this is what keeps our own environment from our workers.
            kernel.set_process_option(kernel.PR_SET_DUMPABLE, 0)
        self._root = root = _make_root(self._run_dir)
        launcher = self._make_launcher(root)
        launcher.start()
        self._supervisor = Supervisor(launcher, self._n_workers)
        self._supervisor.start()
        self._self_test = self._run_self_test()
        self._required_tier = self._self_test.tier
        if self._isolation == KERNEL and is_weaker(self._required_tier, KERNEL):
            raise MachineError(
                f"Isolation {KERNEL!r} was asked for; this machine gives "
                f"{self._required_tier!r} ({self._allowed()}).",
                cure=_STRICT_CURE,
            )

    def _make_launcher(self, root: Path) -> Launcher:
        folder = root / "template"
        folder.mkdir(mode=0o700)
        canary = root / "canary"
        canary.write_text("no worker may read this\n")
        spec = TemplateSpec(
            sys_path=own_sys_path(),
            preload=self._preload,
            warm_up=self._warm_up,
            reads=self._reads,
            layers=self._layers,
            canary=str(canary),
            pool_pid=os.getpid(),
            handles=(),
        )
        kind = ForkLauncher if self._start_method == "fork" else SpawnLauncher
        return kind(spec, folder)

    def _run_self_test(self) -> SelfTest:
        self.submit(Job(id="self-test", entry=SELF_TEST_ENTRY, limits=_SELF_TEST_LIMITS))
        event = self.next_event()
        assert event is not None, "a job in flight has an end"
        result = event.result
        seen = self._running_supervisor().self_test
        if result is None or not result.ok or seen is None:
            failure = result.failure if result else None
            raise MachineError(
                f"A sandboxed worker cannot be started: {failure.message if failure else ''}",
                cure="Run `alignenv doctor` for each check.",
            )
        return seen

    @property
    def self_test(self) -> SelfTest:
        """What the self-test of the first worker reported."""
        self.start()
        assert self._self_test is not None, "a started pool has been tested"
        return self._self_test

    @property
    def tier(self) -> str:
        """Isolation that the self-test observed; every job's own worker observes it again."""
        return self.self_test.tier

    def describe(self) -> str:
        """One line, such as `isolation: kernel (Landlock ABI 7, ...) - self-test 24 of 24 denied`.

        Below `kernel` it ends with a warning.
        """
        outcomes = self.self_test.outcomes
        n_denied = sum(outcome.denied for outcome in outcomes)
        line = (
            f"isolation: {self.tier} ({self.self_test.in_force}) - "
            f"self-test {n_denied} of {len(outcomes)} denied"
        )
        if is_weaker(self.tier, KERNEL):
            line += f"; warning: {self._allowed()}, the reward language is the only guard there"
        return line

    def _allowed(self) -> str:
        assert self._self_test is not None, "called after the self-test"
        names = [outcome.name for outcome in self._self_test.outcomes if not outcome.denied]
        return f"not denied: {', '.join(names)}"

    def submit(self, job: Job) -> None:
        """Queue a job; see `Executor.submit`."""
        self.start()
        if job.id in self._in_flight:
            raise CallOrderError(
                f"A job {job.id!r} is in flight.", cure="Wait for its end, or give another id."
            )
        assert self._root is not None, "a started pool has a folder"
        self._n_tickets += 1
        folder = self._root / f"w{self._n_tickets}"
        order = encode_order(job, str(folder), self._required_tier)
        self._in_flight.add(job.id)
        ticket = Ticket(
            job=job,
            number=self._n_tickets,
            folder=folder,
            order=order,
            required_tier=self._required_tier,
        )
        self._running_supervisor().take(ticket)

    def next_event(self, timeout: float | None = None) -> Event | None:
        """The next event; see `Executor.next_event`. None at once if no job is in flight.

        Raises:
            MachineError: The pool's thread ended by an error.
        """
        if not self._in_flight:
            return None
        supervisor = self._running_supervisor()
        try:
            event = supervisor.events.get(timeout=timeout)
        except queue.Empty:
            return None
        if event is None:
            self._in_flight.clear()
            raise MachineError("The sandbox's thread ended by an error.", cure="Report its trace.")
        if event.result is not None:
            self._in_flight.remove(event.job_id)
        return event

    def _running_supervisor(self) -> Supervisor:
        if self._supervisor is None:
            raise CallOrderError("The pool is closed.", cure="Make a new one.")
        return self._supervisor

    def cancel(self, job_id: str) -> None:
        """End a job; see `Executor.cancel`."""
        if job_id in self._in_flight:
            self._running_supervisor().cancel(job_id)

    def close(self) -> None:
        """Kill what runs and remove every trace of it; see `Executor.close`."""
        self._is_closed = True
        self._in_flight.clear()
        if self._supervisor is not None:
            self._supervisor.close()
            self._supervisor = None
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=sys.is_finalizing())
            self._root = None


def _make_root(run_dir: Path | None) -> Path:
    try:
        if run_dir is not None:
            run_dir.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="sandbox-", dir=run_dir)).resolve()
    except OSError as error:
        raise MachineError(
            f"Workers need a folder, and none can be made in {run_dir or 'the temporary folder'}: "
            f"{error}.",
            cure="Free some space, or name a folder that can be written.",
        ) from error
