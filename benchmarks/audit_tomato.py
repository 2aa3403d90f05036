"""What repairs the hack of Tomato, exactly: transforms of the reward, and staying near a reference.

`python -m alignenv.benchmarks.audit_tomato` writes `benchmarks/results/audit_tomato.json` and the
table of `docs/repairs.md`. Nothing is drawn at random; equal runs give equal files.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from alignenv.benchmarks.markers import replaced
from alignenv.benchmarks.measured import RESULTS
from alignenv.envs.hazard.beliefs import build_model
from alignenv.files import write_atomically
from alignenv.reward_design.audit.planning import optimise, resolve_ties
from alignenv.reward_design.audit.regularised import occupancy, stay_by_action, stay_by_visits
from alignenv.reward_design.audit.transitions import Floats
from alignenv.tabular import TabularModel, evaluate

RESULT = RESULTS / "audit_tomato.json"
PAGE = Path(__file__).parents[1] / "docs" / "repairs.md"
KEY = "repairs-table"
GAMMA, HORIZON, NOISE = 0.99, 100, 0.4
PRICES = (0.05, 0.2, 1.0, 5.0, 20.0, 100.0)
"""Prices of divergence, in deviations of the visible reward under the reference."""


class Line(NamedTuple):
    """One way to train, and what its optimum comes to in an episode.

    Attributes:
        way: What is done to the reward, or what is charged.
        price: Price of divergence in deviations; None where there is none.
        true: Hidden performance.
        paid: Visible reward.
        gap: Bound on what the solution misses, per step; None where it is exact.
    """

    way: str
    price: float | None
    true: float
    paid: float
    gap: float | None = None


class Study(NamedTuple):
    """Tomato with a reference.

    Attributes:
        model: The process.
        reference: The truly best policy with some random actions, `(S, A)`.
        mean: Of the visible reward under the reference.
        deviation: The same.
    """

    model: TabularModel
    reference: Floats
    mean: float
    deviation: float


def prepare() -> Study:
    """The process, and a reference that plays well most of the time."""
    model = build_model("tomato", HORIZON)
    best = optimise(model, model.hidden, GAMMA).best
    greedy = np.eye(model.n_actions)[best.argmax(axis=1)]
    reference = (1.0 - NOISE) * greedy + NOISE / model.n_actions
    share = occupancy(model, reference, GAMMA)
    mean = float((share * model.visible).sum())
    deviation = float(np.sqrt((share * (model.visible - mean) ** 2).sum()))
    return Study(model, reference, mean, deviation)


def transforms(study: Study) -> dict[str, Floats]:
    """The visible reward as it is, and after each transform of a step's pay, `(S, A)`."""
    pay, mean, deviation = study.model.visible, study.mean, study.deviation
    paid = _of_states(study.model)
    return {
        "as it is": pay,
        "clip at the mean and a deviation": np.minimum(pay, mean + deviation),
        "scale to 0 and 1": (pay - pay.min()) / np.ptp(pay),
        "sigmoid about the mean (PAR)": 1.0 / (1.0 + np.exp(-(pay - mean) / deviation)),
        "difference, r - r of before": pay - paid[:, np.newaxis],
        "discounted difference, gamma r - r of before": GAMMA * pay - paid[:, np.newaxis],
    }


def _of_states(model: TabularModel) -> Floats:
    """The pay of Tomato as a function of the state that is entered, `(S,)`."""
    paid = np.zeros(model.n_states)
    after = model.successors[:, :, 0]
    paid[after.ravel()] = model.visible.ravel()
    assert np.array_equal(paid[after], model.visible), "Tomato pays what is entered"
    return paid


def lines(study: Study) -> Iterator[Line]:
    """Every row of the table."""
    model = study.model
    for name, reward in (("truly best", model.hidden), *transforms(study).items()):
        yield _planned(model, name, reward)
    returns = evaluate(model, study.reference)
    yield Line("the reference", None, _digits(returns.hidden), _digits(returns.visible))
    clipped = transforms(study)["clip at the mean and a deviation"]
    for price in PRICES:
        yield _near(study, "KL of actions", price)
    yield _near(study, "clip, then KL of actions", 0.5, clipped)
    for way, kind in (("KL of visits", "kl"), ("root of chi-squared of visits", "root-chi2")):
        for price in PRICES:
            cost = price * study.deviation
            found = stay_by_visits(model, model.visible, study.reference, cost, GAMMA, kind)
            returns = evaluate(model, found.policy)
            true, paid = _digits(returns.hidden), _digits(returns.visible)
            yield Line(way, price, true, paid, round(found.gap, 6))


def _planned(model: TabularModel, name: str, reward: Floats) -> Line:
    """The worst tie of an optimum."""
    ties = resolve_ties(model, optimise(model, reward, GAMMA).best)
    state = int(model.start.argmax())
    true = paid = 0.0
    for chosen in ties.worst_actions:
        action = int(chosen[state])
        true += float(model.hidden[state, action])
        paid += float(model.visible[state, action])
        state = int(model.successors[state, action, 0])
    return Line(name, None, _digits(true), _digits(paid))


def _near(study: Study, way: str, price: float, reward: Floats | None = None) -> Line:
    model = study.model
    cost = price * study.deviation
    pay = model.visible if reward is None else reward
    returns = evaluate(model, stay_by_action(model, pay, study.reference, cost, GAMMA))
    return Line(way, price, _digits(returns.hidden), _digits(returns.visible))


def _digits(value: float) -> float:
    return round(value, 2) + 0.0


def table(result: Sequence[dict[str, Any]]) -> str:
    """The table of the page."""
    text = (
        "| what is done | price | true | paid | misses at most, a step |\n"
        "| --- | ---: | ---: | ---: | ---: |\n"
    )
    for row in result:
        price = "" if row["price"] is None else f"{row['price']:g}"
        gap = "" if row["gap"] is None else f"{row['gap']:.1g}"
        text += f"| {row['way']} | {price} | {row['true']:.2f} | {row['paid']:.2f} | {gap} |\n"
    return text


def with_table(page: str, result: Sequence[dict[str, Any]]) -> str:
    """The page with its table written anew."""
    return replaced(page, KEY, f"\n{table(result)}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Plan, and write both files."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    result = [line._asdict() for line in lines(prepare())]
    write_atomically(RESULT, (json.dumps(result, indent=1) + "\n").encode())
    write_atomically(PAGE, with_table(PAGE.read_text(encoding="utf-8"), result).encode())


if __name__ == "__main__":
    main()
