"""What every store of a search must do, as tests to inherit.

class TestMyStore(StoreContract):
    def open_store(self, folder):
        return MyStore(folder)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pytest

from alignenv.errors import CallOrderError, ConfigError, StudyError
from alignenv.types import Candidate, Episode, Evaluation, Failure, FailureKind, Score, Trial

DTYPES = ("f4", "f8", "i8", "u1", "?", "U5")


class Result(Protocol):
    """A finished piece of work."""

    @property
    def document(self) -> Any:
        """JSON values."""
        ...

    @property
    def arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        """Arrays by name."""
        ...

    @property
    def volatile(self) -> Mapping[str, Any]:
        """What another run would have otherwise."""
        ...


class Store(Protocol):
    """The part of a study that a search writes to."""

    def find_result(self, key: str) -> Result | None:
        """The finished work of that key, or None."""
        ...

    def record_result(
        self,
        key: str,
        document: Any,
        arrays: Mapping[str, npt.NDArray[Any]] | None = None,
        *,
        volatile: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep a finished piece of work."""
        ...

    def record_candidate(self, candidate: Candidate) -> None:
        """Keep a proposed candidate."""
        ...

    def record_trial(self, trial: Trial) -> None:
        """Keep the outcome of a candidate."""
        ...

    def record_decision(self, key: str, document: Any) -> None:
        """Keep a decision."""
        ...

    def candidates(self) -> tuple[Candidate, ...]:
        """Every candidate, in id order."""
        ...

    def trials(self) -> tuple[Trial, ...]:
        """Every trial, in id order."""
        ...

    def decisions(self) -> Mapping[str, Any]:
        """Every decision by key."""
        ...

    def export(self, *, canonical: bool = False) -> bytes:
        """The whole store as JSON."""
        ...

    def close(self) -> None:
        """Release it."""
        ...


def a_candidate(number: int = 0, **changes: Any) -> Candidate:
    """A candidate with every field set."""
    facts: dict[str, Any] = {
        "id": f"g00c{number:02d}",
        "source": "def reward(prev, action, state):\n    return 0.0, {}\n",
        "coder": "symbolic",
        "generation": 0,
        "parents": ("g00c00",) if number else (),
        "requests": ("r1", "r2"),
        "note": "closer to the door\u2028\ud800 <b>",
    }
    return Candidate(**{**facts, **changes})


def a_trial(number: int = 0, *, success: float = 0.5) -> Trial:
    """A fully trained trial with one recorded episode."""
    score = Score(
        success=success, success_greedy=0.4, milestones=0.7, mean_length=31.5, n_episodes=100
    )
    episode = Episode(
        label="best",
        seed=number,
        success=True,
        milestones=1.0,
        length=2,
        actions=(1, 2),
        states=({"distance": 1.5, "door_open": True, "key_pos": [1.0, 2.0]},),
    )
    evaluation = Evaluation(
        score=score, env_steps=1000, episodes=(episode,), cpu_s=1.25, tier="kernel"
    )
    return Trial(candidate=a_candidate(number), evaluation=evaluation)


class StoreContract(ABC):
    """Inherit it and say how a store is opened."""

    @abstractmethod
    def open_store(self, folder: Path) -> Store:
        """A store over `folder`: empty the first time, afterwards with what was recorded."""

    def test_what_is_recorded_is_there_after_reopening(self, tmp_path: Path) -> None:
        """Results, candidates, trials and decisions come back equal."""
        trial = a_trial()
        failure = Failure(kind=FailureKind.TIMEOUT, code="W002", message="stopped after 61.2 s")
        failed = Trial(candidate=a_candidate(1), failure=failure)
        store = self.open_store(tmp_path)
        assert store.find_result("a/train") is None
        store.record_result("a/train", {"x": [1, 2.5, None, "\ud800"]}, volatile={"cpu_s": 2.0})
        for one in (trial, failed):
            store.record_candidate(one.candidate)
            store.record_trial(one)
        store.record_decision("g00/rung0", {"kept": ["g00c00"]})
        store.close()
        store = self.open_store(tmp_path)
        found = store.find_result("a/train")
        assert found is not None
        assert found.document == {"x": [1, 2.5, None, "\ud800"]}
        assert found.volatile["cpu_s"] == 2.0
        assert store.candidates() == (trial.candidate, failed.candidate)
        assert store.trials() == (trial, failed)
        assert store.decisions() == {"g00/rung0": {"kept": ["g00c00"]}}
        store.close()

    def test_arrays_come_back_bit_for_bit(self, tmp_path: Path) -> None:
        """Any dtype without objects, any shape, NaN included; objects are refused."""
        arrays = {f"mlp/{i}.weight": np.ones((i, 2), d) for i, d in enumerate(DTYPES)}
        arrays["nan"] = np.array([np.nan, -0.0, np.inf])
        store = self.open_store(tmp_path)
        store.record_result("a", {}, arrays)
        found = store.find_result("a")
        assert found is not None
        assert found.arrays.keys() == arrays.keys()
        for name, array in arrays.items():
            assert found.arrays[name].dtype == array.dtype
            assert found.arrays[name].shape == array.shape
            assert found.arrays[name].tobytes() == array.tobytes()
        with pytest.raises(ConfigError, match="Python objects"):
            store.record_result("b", {}, {"bad": np.array([object()])})
        store.close()

    def test_a_fact_is_recorded_once(self, tmp_path: Path) -> None:
        """The same again is harmless, another in its place is refused and changes nothing."""
        store = self.open_store(tmp_path)
        store.record_candidate(a_candidate())
        store.record_candidate(a_candidate())
        store.record_result("a", {"x": 1}, volatile={"cpu_s": 1})
        store.record_result("a", {"x": 1}, volatile={"cpu_s": 2})
        with pytest.raises(StudyError, match="another result under 'a'"):
            store.record_result("a", {"x": 2})
        with pytest.raises(StudyError, match="another candidate under 'g00c00'"):
            store.record_candidate(a_candidate(source="def potential(state):\n    return 1.0\n"))
        found = store.find_result("a")
        assert found is not None
        assert (found.document, found.volatile["cpu_s"]) == ({"x": 1}, 1)
        store.close()

    def test_what_cannot_be_recorded_is_named(self, tmp_path: Path) -> None:
        """Keys and documents are checked; a trial needs its candidate."""
        store = self.open_store(tmp_path)
        with pytest.raises(ConfigError, match="JSON values only"):
            store.record_result("a", {"x": {1, 2}})
        with pytest.raises(ConfigError, match="no key of a study"):
            store.record_result("../a b", {})
        with pytest.raises(CallOrderError, match="before its candidate"):
            store.record_trial(a_trial())
        assert store.find_result("a") is None
        store.close()

    def test_the_canonical_export_knows_no_order_and_no_clock(self, tmp_path: Path) -> None:
        """Two stores with the same facts, recorded in other orders at other speeds, are equal."""
        exports = []
        for number, order in enumerate([(0, 1, 2), (2, 0, 1)]):
            (tmp_path / str(number)).mkdir()
            store = self.open_store(tmp_path / str(number))
            for i in order:
                store.record_candidate(a_candidate(i))
                store.record_result(
                    f"g00c{i:02d}/train", {"i": i}, volatile={"cpu_s": number, "host": number}
                )
            exports.append(store.export(canonical=True))
            store.close()
        assert exports[0] == exports[1]
