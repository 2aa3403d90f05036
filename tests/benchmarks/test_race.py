"""Races as settings: what is read and written, what is refused, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from alignenv.agents.presets import Preset, load_preset
from alignenv.benchmarks.bench.suite import BenchProtocol
from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.race import Race, Rung, rungs_of
from alignenv.benchmarks.settings import load_settings
from alignenv.errors import ConfigError

SHARES = (0.125, 0.25, 0.5, 0.75)


def preset_of(n_envs: int) -> Preset:
    changes = {"n_envs": n_envs, "n_steps": 8, "batch_size": 8}
    return load_preset("AlignEnv-Empty-5x5-v0", "grid", changes)


def protocol(**values: Any) -> Protocol:
    return Protocol.model_validate(values)


def test_a_single_rung_is_written_as_the_number_that_was_read() -> None:
    told = protocol(rung=0.25, keep=0.5)
    assert told.model_dump(mode="json")["rung"] == 0.25
    assert told.rungs == (Rung(0.25, 0.5),)
    assert Protocol.model_validate(told.model_dump(mode="json")) == told


def test_several_rungs_keep_a_share_each_or_one_share_all() -> None:
    told = protocol(rung=[0.125, 0.25], keep=[0.75, 0.5])
    assert told.rungs == (Rung(0.125, 0.75), Rung(0.25, 0.5))
    assert told.model_dump(mode="json")["rung"] == [0.125, 0.25]
    assert protocol(rung=[0.25, 0.5], keep=0.5).rungs == (Rung(0.25, 0.5), Rung(0.5, 0.5))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rung": 2}, "less than or equal to 1"),
        ({"rung": []}, "at least 1 item"),
        ({"keep": 0}, "greater than 0"),
        ({"rung": [0.5, 0.25]}, "must rise"),
        ({"rung": [0.5, 1]}, "stay below 1"),
        ({"rung": [0.25, 0.5], "keep": [0.5, 0.5, 0.5]}, "3 shares for 2 rungs"),
    ],
)
def test_what_is_no_race_is_refused(values: dict[str, Any], said: str) -> None:
    for model in (Protocol, BenchProtocol):
        with pytest.raises(ValidationError, match=said):
            model.model_validate(values)


def test_a_race_can_be_set_from_the_command_line() -> None:
    given_there = ["protocol.rung=[0.25, 0.5]", "protocol.keep=[0.5, 0.25]"]
    settings = load_settings(None, {"env": "AlignEnv-Empty-5x5-v0"}, given_there)
    assert settings.protocol.rungs == (Rung(0.25, 0.5), Rung(0.5, 0.25))
    with pytest.raises(ConfigError, match=r"protocol\.rung.*less than or equal to 1"):
        load_settings(None, {"env": "AlignEnv-Empty-5x5-v0"}, ["protocol.rung=2"])


def test_a_race_costs_what_is_trained() -> None:
    preset = preset_of(1)
    race = Race.of(rungs_of([0.125, 0.25, 0.5], [0.75, 0.5, 1 / 3]), preset, 64)
    assert race.legs == ((0, 8), (8, 16), (16, 32), (32, 64))
    assert race.most_steps(8) == 8 * 8 + 6 * 8 + 3 * 16 + 1 * 32
    whole = Race.of(rungs_of([1.0], [0.5]), preset, 64)
    assert whole.most_steps(8) == 8 * 64


@given(
    some.lists(some.sampled_from(SHARES), min_size=1, unique=True).map(sorted),
    some.floats(0.01, 1.0),
    some.integers(1, 40),
)
def test_legs_join_and_a_race_never_costs_more_than_full_training(
    shares: list[float], keep: float, n: int
) -> None:
    preset = preset_of(2)
    race = Race.of(rungs_of(shares, [keep]), preset, 160)
    assert race.legs[0][0] == 0
    assert race.legs[-1][1] == 160
    assert all(a[1] == b[0] for a, b in zip(race.legs, race.legs[1:], strict=False))
    assert race.ends[0] * n <= race.most_steps(n) <= 160 * n
