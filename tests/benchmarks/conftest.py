"""What tests of searches share: a search that is heard, not run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alignenv.benchmarks.assembly import resolve
from alignenv.benchmarks.evaluator import Trainee
from alignenv.benchmarks.evolve import Search
from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.settings import validate_settings


class Heard(Exception):  # noqa: N818 - carries trainees, no fault
    """Raised in place of a training, by the evaluator."""


class Listening:
    """An evaluator that stops at the first request."""

    def __init__(self, *parts: Any) -> None:
        del parts

    def over(self, store: Any) -> Listening:
        del store
        return self

    def run(self, trainees: Any) -> Any:
        raise Heard(trainees)


class Silent:
    def phase(self, text: str) -> None:
        del text


MakeSearch = Callable[..., Search]


@pytest.fixture
def make_search() -> MakeSearch:
    """Builds a search of some settings and protocol that trains nothing."""

    def make(protocol: dict[str, Any] | None = None, **settings: Any) -> Search:
        ref, _, preset = resolve(validate_settings(settings))
        unused: Any = None
        return Search(
            ref=ref,
            designer=unused,
            protocol=Protocol(report_seeds=1, **(protocol or {})),
            preset=preset,
            seed=0,
            evaluator=Listening(),  # type: ignore[arg-type]
            study=unused,
            view=Silent(),  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def report_trainees() -> Callable[[Search], list[Trainee]]:
    """What a search would train for its final comparison without a winner."""

    def trainees(search: Search) -> list[Trainee]:
        with pytest.raises(Heard) as heard:
            search.report(None)
        found: list[Trainee] = heard.value.args[0]
        return found

    return trainees


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException | None], list[Trainee]]:
    """Keeps `alignenv train` from training; reads what it asked for from its exception."""
    monkeypatch.setattr("alignenv.benchmarks.training.Evaluator", Listening)

    def asked(error: BaseException | None) -> list[Trainee]:
        assert isinstance(error, Heard)
        found: list[Trainee] = error.args[0]
        return found

    return asked
