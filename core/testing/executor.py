"""What every executor of jobs must do, as tests to inherit.

class TestMyExecutor(ExecutorContract):
    def open_executor(self, folder):
        return MyExecutor(folder)

    def make_job(self, **settings):
        return Job(**settings)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pytest

from alignenv.errors import CallOrderError, ConfigError
from alignenv.types import Failure, FailureKind

JOBS = "alignenv.testing.executor_jobs"

_ARRAYS: dict[str, npt.NDArray[Any]] = {
    "flags": np.array([True, False]),
    "weights": np.linspace(-1.0, 1.0, 6, dtype=np.float32).reshape(2, 3),
    "turned": np.arange(6.0).reshape(2, 3).T,
    "scalar": np.array(7, np.int64),
    "empty": np.zeros((0, 3), np.uint8),
    "edges": np.array([np.nan, np.inf, -0.0, 5e-324]),
}

_FAILURES = [
    ("prepare", FailureKind.INFRASTRUCTURE, "", "no such env"),
    ("value", FailureKind.VALUE, "E011", "log of -1"),
    ("program", FailureKind.RULE, "R034", "no such function"),
    ("memory", FailureKind.MEMORY, "W002", "memory"),
    ("nan", FailureKind.CRASH, "W005", "JSON"),
    ("object", FailureKind.CRASH, "W005", "dtype"),
    ("other", FailureKind.CRASH, "W004", "TypeError"),
]


class Result(Protocol):
    """How a job ended."""

    @property
    def job_id(self) -> str:
        """The job's id."""
        ...

    @property
    def ok(self) -> bool:
        """Whether it ended well."""
        ...

    @property
    def failure(self) -> Failure | None:
        """Why not."""
        ...

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What it sent."""
        ...

    @property
    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What it sent, by name."""
        ...

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        ...


class News(Protocol):
    """One event."""

    @property
    def job_id(self) -> str:
        """The job's id."""
        ...

    @property
    def message(self) -> dict[str, Any] | None:
        """What it sent."""
        ...

    @property
    def result(self) -> Result | None:
        """How it ended."""
        ...


class Runs(Protocol):
    """What is under test."""

    @property
    def tier(self) -> str:
        """Isolation in force."""
        ...

    def describe(self) -> str:
        """Isolation in one line."""
        ...

    def submit(self, job: Any) -> None:
        """Queue a job."""
        ...

    def next_event(self, timeout: float | None = None) -> News | None:
        """The next event."""
        ...

    def cancel(self, job_id: str) -> None:
        """End a job."""
        ...

    def map(
        self, jobs: Iterable[Any], on_message: Callable[[str, dict[str, Any]], None] | None = None
    ) -> list[Any]:
        """Run jobs."""
        ...

    def close(self) -> None:
        """Leave nothing behind."""
        ...


class ExecutorContract(ABC):
    """Inherit, give `open_executor` and `make_job`, and run with pytest."""

    @abstractmethod
    def open_executor(self, folder: Path) -> Runs:
        """A new executor with at least two workers, or one that runs jobs in turn."""

    @abstractmethod
    def make_job(self, **settings: Any) -> Any:
        """A job with the fields `id`, `entry`, `payload` and `arrays`."""

    @pytest.fixture
    def executor(self, tmp_path: Path) -> Iterator[Runs]:
        """An executor that has to leave its folder empty."""
        folder = tmp_path / "executor"
        executor = self.open_executor(folder)
        yield executor
        executor.close()
        assert not any(folder.glob("*")), "it left something behind"

    def _count(self, name: str, n: int, pause_s: float = 0.0) -> Any:
        payload = {"n": n, "pause_s": pause_s}
        return self.make_job(id=name, entry=f"{JOBS}:COUNT", payload=payload)

    def _echo(self, payload: dict[str, Any], arrays: dict[str, Any] | None = None) -> Any:
        return self.make_job(id="echo", entry=f"{JOBS}:ECHO", payload=payload, arrays=arrays or {})

    def test_it_says_how_jobs_are_isolated(self, executor: Runs) -> None:
        """`describe` begins with the tier, which has a name."""
        assert executor.tier
        assert executor.describe().startswith(f"isolation: {executor.tier}")

    def test_payload_reaches_prepare_and_run_unchanged(self, executor: Runs) -> None:
        """Both see the payload; text on the way back is cleaned."""
        payload = {"source": "é" * 9000 + "\x00", "seeds": [1, 2**62], "rate": 0.1, "none": None}
        (result,) = executor.map([self._echo(payload)])
        assert result.ok
        assert result.failure is None
        message = result.messages[0]
        assert message["run"] == message["prepared"]
        # The way back is cleaned and cut, the way in is not: its rest shows that it arrived.
        assert message["run"]["seeds"] == payload["seeds"]
        assert message["run"]["rate"] == payload["rate"]
        assert message["run"]["none"] is None
        assert set(message["run"]["source"]) == {"é"}

    def test_arrays_come_back_as_they_went(self, executor: Runs) -> None:
        """Type, shape and every bit survive, and the arrays are the caller's own."""
        (result,) = executor.map([self._echo({}, _ARRAYS)])
        assert list(result.arrays) == list(_ARRAYS)
        for name, sent in _ARRAYS.items():
            came = result.arrays[name]
            assert came.dtype == sent.dtype
            np.testing.assert_array_equal(came, sent)
            assert came.flags.writeable

    def test_results_are_in_the_order_of_the_jobs(self, executor: Runs) -> None:
        """`map` sorts by job, not by time, and passes every message on."""
        names = ["slow", "fast", "faster"]
        jobs = [self._count(n, 2, p) for n, p in zip(names, (0.1, 0.02, 0.0), strict=True)]
        heard: list[tuple[str, int]] = []
        results = executor.map(jobs, lambda name, message: heard.append((name, message["i"])))
        assert [result.job_id for result in results] == names
        assert sorted(heard) == sorted((name, i) for name in names for i in (0, 1))

    def test_messages_come_in_order_and_before_the_end(self, executor: Runs) -> None:
        """Events keep a job's order, and its result has them all."""
        executor.submit(self._count("counter", 50))
        events = []
        while (event := executor.next_event(timeout=20.0)) is not None:
            events.append(event)
        assert [e.message["i"] for e in events[:-1] if e.message] == list(range(50))
        last = events[-1].result
        assert last is not None
        assert [message["i"] for message in last.messages] == list(range(50))

    def test_nothing_in_flight_means_no_event(self, executor: Runs) -> None:
        """It returns at once instead of waiting for ever."""
        assert executor.next_event() is None

    @pytest.mark.parametrize(("how", "kind", "code", "words"), _FAILURES)
    def test_failures_are_typed_and_keep_what_was_sent(
        self, executor: Runs, how: str, kind: FailureKind, code: str, words: str
    ) -> None:
        """Each kind of exception has its kind and code."""
        job = self.make_job(id=how, entry=f"{JOBS}:FAIL", payload={"how": how})
        (result,) = executor.map([job])
        assert not result.ok
        assert result.failure is not None
        assert (result.failure.kind, result.failure.code) == (kind, code)
        assert words in result.failure.message
        assert all(c.isprintable() or c in "\n\t" for c in result.failure.message)
        sent = [] if how == "prepare" else [{"kind": "point", "env_steps": 64}]
        assert result.messages == sent

    def test_an_unknown_entry_is_not_the_programs_fault(self, executor: Runs) -> None:
        """What fails before the program is let in is infrastructure."""
        (result,) = executor.map([self.make_job(id="lost", entry="alignenv.nowhere:JOB")])
        assert result.failure is not None
        assert result.failure.kind is FailureKind.INFRASTRUCTURE
        assert "alignenv.nowhere" in result.failure.message

    def test_an_id_is_taken_until_its_end_was_told(self, executor: Runs) -> None:
        """Equal ids may follow, but not overlap, each other."""
        executor.submit(self._count("again", 0))
        with pytest.raises(CallOrderError, match="'again' is in flight"):
            executor.submit(self._count("again", 0))
        event = executor.next_event(timeout=20.0)
        assert event is not None
        assert event.result is not None
        (result,) = executor.map([self._count("again", 1)])
        assert result.ok

    @pytest.mark.parametrize(
        ("payload", "arrays"),
        [({"x": {1, 2}}, {}), ({"x": float("inf")}, {}), ({}, {"names": np.array(["a"])})],
        ids=["set", "inf", "text array"],
    )
    def test_what_cannot_be_sent_is_refused_at_once(
        self, executor: Runs, payload: dict[str, Any], arrays: dict[str, Any]
    ) -> None:
        """`submit` raises, and no job is in flight."""
        with pytest.raises(ConfigError, match="cannot be sent"):
            executor.submit(self._echo(payload, arrays))
        assert executor.next_event(timeout=0.0) is None

    def test_cancelled_jobs_say_so_and_others_go_on(self, executor: Runs) -> None:
        """Cancelling ends one job, and names unknown are passed over."""
        jobs = [self._count(f"c{i}", 3, 0.01) for i in range(6)]
        for job in jobs:
            executor.submit(job)
        executor.cancel("c5")
        executor.cancel("never heard of")
        results: dict[str, Result] = {}
        while len(results) < len(jobs):
            event = executor.next_event(timeout=20.0)
            assert event is not None
            if event.result is not None:
                results[event.job_id] = event.result
        assert [name for name, result in results.items() if result.cancelled] == ["c5"]
        assert [results[f"c{i}"].ok for i in range(6)] == [True] * 5 + [False]

    def test_a_closed_executor_takes_no_job(self, executor: Runs) -> None:
        """Closing drops what is in flight; closing twice is fine."""
        executor.submit(self._count("unfinished", 1000, 1.0))
        executor.close()
        executor.close()
        assert executor.next_event() is None
        with pytest.raises(CallOrderError, match="closed"):
            executor.submit(self._count("late", 0))
