"""Workers of slow environments say that they are alive."""

from __future__ import annotations

from typing import Any

import pytest

from alignenv.benchmarks import jobs
from alignenv.benchmarks.jobs import HEARTBEAT_S, Pulse
from alignenv.reward_design.sandbox import Limits


class Notes:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)


def test_a_pulse_beats_at_its_own_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    notes = Notes()
    pulse = Pulse(notes)  # type: ignore[arg-type]
    for now in (1.0, 4.9, 5.0, 5.1, 9.9, 10.0, 60.0):  # noqa: B007 - the clock reads it
        pulse.beat()
    assert notes.sent == [{"kind": "alive"}] * 3


def test_a_pulse_is_faster_than_the_stall_limit() -> None:
    assert Limits().stall_s > 5 * HEARTBEAT_S
