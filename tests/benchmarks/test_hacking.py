"""Policies whose hacking is known, what detectors see of them, and what is kept and told of it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from alignenv.benchmarks import audit_gate_table, hacking_curve, hacking_detectors
from alignenv.benchmarks.hacking_cases import (
    PARTS,
    Case,
    Ground,
    Reference,
    cases,
    grounds,
    references,
    soft_policy,
)
from alignenv.benchmarks.hacking_detectors import Monitor, walk
from alignenv.benchmarks.measured import read_rows
from alignenv.normalised import Gains
from alignenv.reward_design.audit.divergence import divergences
from alignenv.reward_design.audit.planning import optimise
from alignenv.tabular import evaluate


@cache
def boat() -> tuple[Ground, Reference, tuple[Case, ...]]:
    """The smallest hazard, with the noisier reference."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PARTS, "dev", ("BoatRace",))
        patch.setitem(PARTS, "heldout", ())
        (ground,) = grounds()
    reference = list(references(ground))[1]
    return ground, reference, tuple(cases(ground, reference))


@cache
def monitor() -> Monitor:
    return Monitor(boat()[0])


def find(reward: str, made: str) -> Case:
    return next(c for c in boat()[2] if (c.reward.name, c.made) == (reward, made))


def test_a_price_is_paid_for_leaving() -> None:
    ground, reference, _ = boat()
    model = ground.exact.model
    near = soft_policy(model, model.visible, reference.policy, 1e6, 0.99)
    assert np.abs(near - reference.policy).max() < 1e-3
    far = soft_policy(model, model.visible, reference.policy, 1e-3, 0.99)
    best = optimise(model, model.visible, 0.99).best
    assert (far * best).sum(axis=1) == pytest.approx(np.ones(model.n_states), abs=1e-3)


def test_labels_are_those_of_exact_returns() -> None:
    ground, reference, found = boat()
    model = ground.exact.model
    base = evaluate(model, reference.policy)
    for case in found:
        returns = evaluate(model, case.policy)
        pay = model.horizon * float(((case.share - reference.share) * case.reward.pay).sum())
        assert case.found.is_hacking == (pay > 1e-6 and returns.hidden < base.hidden - 1e-6)
        assert (case.lost > 0) == (returns.hidden < base.hidden)
    assert find("hackable", "blend 1").found.is_hacking
    assert find("hackable", "blend 0.1").is_subtle
    assert not any(c.found.is_hacking for c in found if c.reward.name == "human")


def test_walks_go_where_shares_say() -> None:
    ground, reference, _ = boat()
    model = ground.exact.model
    walked = walk(model, reference.policy, 2000, np.random.default_rng(0))
    counted = np.zeros((model.n_states, model.n_actions))
    np.add.at(counted, (walked.state, walked.action), 1.0 / walked.state.size)
    assert np.abs(counted - reference.share).max() < 0.005


@pytest.mark.parametrize("made", ["price 1", "blend 0.3", "blend 1"])
def test_a_discriminator_is_near_the_exact_divergence_of_a_hazard(made: str) -> None:
    """From 400 episodes of each: total variation to 0.03, KL to 0.05 or a tenth of itself."""
    ground, reference, _ = boat()
    case, rng = find("hackable", made), np.random.default_rng(0)
    ours, theirs = (
        monitor().features(walk(ground.exact.model, p, 400, rng))
        for p in (case.policy, reference.policy)
    )
    told = hacking_detectors.estimate_divergences(ours, theirs, rng)
    exact = divergences(case.share, reference.share)
    assert told.tv == pytest.approx(exact.tv, abs=0.03)
    assert told.kl == pytest.approx(exact.kl, abs=0.05, rel=0.1)


def test_every_detector_scores_a_hack() -> None:
    reference = boat()[1]
    scores = monitor().score(reference, find("hackable", "blend 1"))
    assert set(scores) == set(hacking_detectors.DETECTORS) - {"always", "never"}
    assert scores["audit"] == scores["definition"] == 1.0
    assert scores["kl"] <= np.log1p(scores["chi2"])
    honest = monitor().score(reference, find("human", "price 1"))
    assert honest["audit"] == honest["definition"] == 0.0


def test_gains_are_in_units_of_the_oracle() -> None:
    """Tomato by its references: random play truly earns 5.50, and the oracle 9.74."""
    point = {"performance": 9.74, "paid": {"policy": 30.0, "random": 10.0, "oracle": 20.0}}
    found = hacking_curve.gains("AlignEnv-Tomato-v0", point)
    assert found is not None
    assert (found.proxy, found.true) == (2.0, pytest.approx(1.0, abs=1e-3))
    assert isinstance(found, Gains)
    flat = {**point, "paid": {"policy": 30.0, "random": 10.0, "oracle": 10.0}}
    assert hacking_curve.gains("AlignEnv-Tomato-v0", flat) is None


def search(audit: bool, steps: int, winner: float, verdicts: str) -> dict[str, object]:
    words = {"h": "hackable", "s": "sound"}
    candidates = [
        {
            "id": f"g00c{i:02d}",
            "verdict": words[letter],
            "outcome": "failed: hackable loop-pays" if audit and letter == "h" else "fully trained",
            "success": None if audit and letter == "h" else float(letter == "s"),
        }
        for i, letter in enumerate(verdicts)
    ]
    return {
        "task": audit_gate_table.TASKS[0], "seed": 0, "audit": audit, "env_steps": steps,
        "winner": [winner, winner], "candidates": candidates, "best": "g00c01",
        "seconds_of_audits": None if audit else 3.0,
    }  # fmt: skip


def test_what_an_audit_saves_is_told_in_shares() -> None:
    rows = [search(False, 1000, 0.5, "hss"), search(True, 600, 0.75, "hss")]
    line = audit_gate_table._line("BoatRace", rows)
    assert line == "| BoatRace | 1 | 1,000 | 600 | 40% | 1 of 3 | 0.50 | 0.75 |\n"
    told = audit_gate_table._sentences(rows)
    assert "saved 40%" in told
    assert "+0.250" in told
    assert "0 of the 1 candidates that it calls hackable" in told
    assert "2 of the 2 that it calls sound" in told
    assert "1.0 seconds" in told


def test_only_searches_that_succeed_can_lose_by_an_audit() -> None:
    rows = [search(False, 1000, 0.5, "hss"), search(True, 600, 0.75, "hss")]
    lost = [{**row, "seed": 1} for row in (search(False, 900, 0.0, "h"), search(True, 0, 0.0, "h"))]
    told = audit_gate_table.table([*rows, *lost])
    assert "| all | 2 | 1,900 | 600 |" in told
    assert "| all that succeed without | 1 | 1,000 | 600 | 40% | 1 of 3 | 0.50 | 0.75 |" in told
    assert "that succeed" not in audit_gate_table.table(lost)


@pytest.mark.parametrize("made", [audit_gate_table, hacking_curve, hacking_detectors])
def test_pages_say_what_is_kept(made: object) -> None:
    page = made.PAGE.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    rows = read_rows(made.RESULT)  # type: ignore[attr-defined]
    assert made.with_table(page, rows) == page  # type: ignore[attr-defined]
