"""How well each distance between rewards tells regret, on random processes.

`python -m alignenv.benchmarks.audit_regret` writes `benchmarks/results/audit_regret.json` and the
second table of `docs/audit.md`. The setting is that of Skalse et al., "STARC" (ICLR 2024): 32
states, 4 actions, discount 0.95, rewards on the line between two random ones. Equal runs give equal
files.
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
from alignenv.files import write_atomically
from alignenv.reward_design.audit.canonical import (
    dard,
    epic,
    minimal_choice,
    policy_values,
    val,
    val_potential,
)
from alignenv.reward_design.audit.distance import pearson, pearson_distance, spearman, starc
from alignenv.reward_design.audit.transitions import (
    Coverage,
    Floats,
    as_table,
    cover,
    every_choice,
    uniform_draws,
)
from alignenv.seeding import generator
from alignenv.tabular import TabularModel, deterministic, plan_discounted

RESULT = RESULTS / "audit_regret.json"
PAGE = Path(__file__).parents[1] / "docs" / "audit.md"
KEY = "regret-table"
N_MODELS, N_PAIRS, N_STEPS = 24, 4, 8
N_STATES, N_ACTIONS, GAMMA = 32, 4, 0.95
N_BOOTSTRAP = 2000
METRICS = ("none", "epic", "dard", "val_potential", "val", "minimal")


class Pair(NamedTuple):
    """Two rewards of one process.

    Attributes:
        model: Number of the process.
        regret: Mean of both ways, share of the range of returns.
        distances: One per metric.
    """

    model: int
    regret: float
    distances: tuple[float, ...]


def random_model(rng: np.random.Generator) -> TabularModel:
    """Transitions from normal numbers: those above one deviation are possible, by softmax."""
    shape = (N_STATES, N_ACTIONS, N_STATES)
    drawn = rng.normal(size=shape)
    is_possible = drawn > 1.0
    is_possible[..., 0] |= ~is_possible.any(axis=2)
    chance = np.where(is_possible, np.exp(drawn), 0.0)
    chance /= chance.sum(axis=2, keepdims=True)
    nothing = np.zeros(shape[:2])
    return TabularModel(
        successors=np.broadcast_to(np.arange(N_STATES), shape).copy(),
        probabilities=chance,
        visible=nothing,
        hidden=nothing,
        start=np.full(N_STATES, 1.0 / N_STATES),
        terminal=np.zeros(N_STATES, dtype=np.bool_),
        horizon=100,
    )


def random_reward(rng: np.random.Generator) -> Floats:
    """Normal numbers, some sparse, scaled, shifted or shaped, `(S, A, S)`."""
    reward = rng.normal(size=(N_STATES, N_ACTIONS, N_STATES))
    if rng.random() < 0.2:
        reward = np.where(reward > 3.0, reward, 0.0)
    if rng.random() < 0.7:
        reward = reward * rng.uniform(0.0, 10.0)
    if rng.random() < 0.3:
        reward = reward + rng.uniform(0.0, 10.0)
    if rng.random() < 0.5:
        potential = rng.normal(size=N_STATES) * rng.uniform(0.0, 10.0)
        reward = reward + GAMMA * potential - potential[:, np.newaxis, np.newaxis]
    return np.asarray(reward)


class _Forms:
    """All canonical forms of a reward; they are linear, so that a line of rewards needs two."""

    def __init__(self, model: TabularModel) -> None:
        self.model, self.shares = model, every_choice(model)
        self.rows: Coverage = cover(model, self.shares)
        self.policy = np.full((N_STATES, N_ACTIONS), 1.0 / N_ACTIONS)

    def of(self, reward: Floats) -> dict[str, Floats]:
        """Forms by metric, and the mean reward of each choice as `mean`."""
        model, rows, table = self.model, self.rows, as_table(reward)
        mean = (reward * model.probabilities).sum(axis=2)
        direct = table(rows.before, rows.action, rows.after)
        return {
            "none": direct,
            "epic": epic(table, rows, uniform_draws(model), GAMMA),
            "dard": dard(table, rows, model, self.policy[0], GAMMA),
            "val_potential": val_potential(direct, mean, model, self.policy, rows, GAMMA),
            "val": val(mean, model, self.policy, GAMMA),
            "minimal": minimal_choice(mean, model, self.shares, GAMMA),
            "mean": mean,
        }

    def distance(self, metric: str, one: Floats, two: Floats) -> float:
        """Distance of two forms of one metric."""
        if metric in ("none", "epic", "dard"):
            return pearson_distance(one, two, self.rows.weight)
        weight = self.rows.weight if one.ndim == 1 else self.shares
        return starc(one, two, weight, (1e-9, 1e-9))


def regret(model: TabularModel, one: Floats, two: Floats) -> float:
    """Share of the range of returns under `one` that the best policy of `two` loses."""
    worth = []
    for wanted in (one, -one, two):
        policy = deterministic(plan_discounted(model, wanted, GAMMA), N_ACTIONS)
        worth.append(float(model.start @ policy_values(one, model, policy, GAMMA)))
    best, worst, got = worth
    return (best - got) / (best - worst) if best > worst else 0.0


def study(n_models: int = N_MODELS) -> Iterator[Pair]:
    """Every pair of every process."""
    for number in range(n_models):
        rng = generator(0, "audit", "regret", number)
        model = random_model(rng)
        forms = _Forms(model)
        for _ in range(N_PAIRS):
            ends = [forms.of(random_reward(rng)) for _ in range(2)]
            for step in range(1, N_STEPS + 1):
                yield _pair(number, forms, ends, step / N_STEPS)


def _pair(number: int, forms: _Forms, ends: list[dict[str, Floats]], share: float) -> Pair:
    first = ends[0]
    second = {name: (1.0 - share) * first[name] + share * ends[1][name] for name in first}
    both = [
        regret(forms.model, first["mean"], second["mean"]),
        regret(forms.model, second["mean"], first["mean"]),
    ]
    apart = tuple(forms.distance(name, first[name], second[name]) for name in METRICS)
    return Pair(number, float(np.mean(both)), apart)


def summary(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Correlations with regret by metric, with intervals of a bootstrap over processes."""
    models = np.array([pair.model for pair in pairs])
    lost = np.array([pair.regret for pair in pairs])
    rng = generator(0, "audit", "regret", "bootstrap")
    n_models = int(models.max()) + 1
    by_model = [np.flatnonzero(models == number) for number in range(n_models)]
    draws = [
        np.concatenate([by_model[i] for i in rng.integers(n_models, size=n_models)])
        for _ in range(N_BOOTSTRAP)
    ]
    found = []
    for column, metric in enumerate(METRICS):
        values = np.array([pair.distances[column] for pair in pairs])
        again = [pearson(values[rows], lost[rows]) for rows in draws]
        found.append(
            {
                "metric": metric,
                "pearson": round(pearson(values, lost), 4),
                "interval": [round(float(q), 4) for q in np.quantile(again, [0.025, 0.975])],
                "spearman": round(spearman(values, lost), 4),
            }
        )
    return found


def table(result: dict[str, Any]) -> str:
    """The table of the page."""
    text = (
        "| distance | correlation with regret | 95 % interval | of ranks |\n"
        "| --- | ---: | ---: | ---: |\n"
    )
    for row in result["metrics"]:
        low, high = row["interval"]
        text += f"| {row['metric']} | {row['pearson']:.2f} | {low:.2f} to {high:.2f} | "
        text += f"{row['spearman']:.2f} |\n"
    return text


def with_table(page: str, result: dict[str, Any]) -> str:
    """The page with its table written anew."""
    return replaced(page, KEY, f"\n{table(result)}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write both files."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    pairs = list(study())
    result = {"n_models": N_MODELS, "n_pairs": len(pairs), "metrics": summary(pairs)}
    write_atomically(RESULT, (json.dumps(result, indent=1) + "\n").encode())
    write_atomically(PAGE, with_table(PAGE.read_text(encoding="utf-8"), result).encode())


if __name__ == "__main__":
    main()
