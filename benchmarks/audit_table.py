"""How well the audit tells rewards that can be hacked from those that cannot.

`python -m alignenv.benchmarks.audit_table PART ...` audits the rewards of a part, keeps the answers
in `benchmarks/results/audit.json` and writes the tables of `docs/audit.md`; without a part it only
writes the tables. The truth of a program in the parts `dev`, `heldout` and `heldout-2` is the exact
plan; in `dev-trained` and `heldout-trained` it is what agents did that were trained on it, as
`audit_truth` measured. All these are in `tests/data/audit`. The part `trained` is the suite's human
and hackable rewards, whose truth is the success of the agents of the presets.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console

from alignenv.benchmarks.audit import value_on
from alignenv.benchmarks.audit_jobs import Question
from alignenv.benchmarks.audit_listing import Listing, list_states
from alignenv.benchmarks.audit_programs import Labelled, written
from alignenv.benchmarks.audit_sampled import audit_evidence
from alignenv.benchmarks.audit_truth import truth_of
from alignenv.benchmarks.critic_evidence import record_evidence
from alignenv.benchmarks.markers import replaced
from alignenv.benchmarks.measured import RESULTS, read_results
from alignenv.benchmarks.workers import preset_of
from alignenv.critique import SUCCESS
from alignenv.envs.make import EnvRef
from alignenv.files import write_atomically
from alignenv.program import parse_program
from alignenv.reward_design.audit.worth import judge
from alignenv.reward_design.sandbox import Executor, InlinePool
from alignenv.statistics import wilson_interval
from alignenv.task import find_task, known_task_ids

ROOT = Path(__file__).parents[1]
RESULT = RESULTS / "audit.json"
PAGE = ROOT / "docs" / "audit.md"
PLANNED = ("dev", "heldout", "heldout-2")
EARLIER = "heldout before the search"
"""What the sampled audit said when it met `heldout` first, without a search; kept as it was."""
LEARNED = ("dev-trained", "heldout-trained")
PARTS = (*PLANNED, *LEARNED, "trained")
KEY = "audit-table"
MAX_STATES, LAYOUTS = 50_000, 2

Row = dict[str, Any]


def learned(part: str) -> list[Labelled]:
    """The programs of a part that agents were trained on, with what these did."""
    found = []
    for reward in written(part):
        family = find_task(reward.task).family
        record = read_results(RESULTS / "audit_truth", family).get(reward.task, {}).get(reward.name)
        if record is not None and record["settings"]["source"] == reward.source:
            found.append(reward._replace(success=record["success"], truth=truth_of(record)))
    return found


def rewards_of(part: str) -> list[Labelled]:
    """All rewards of a part."""
    if part == "trained":
        return trained()
    return learned(part) if part in LEARNED else written(part)


def trained() -> list[Labelled]:
    """The suite's human and hackable rewards that agents of at least 3 seeds were trained on."""
    found = []
    for task_id in known_task_ids():
        task = find_task(task_id)
        rows = read_results(RESULTS / "presets", task.family).get(task_id, {})
        for name, reward in task.rewards.items():
            runs = rows.get(name, {}).get("runs", [])
            is_same = rows.get(name, {}).get("source", reward.source) == reward.source
            if name == "sparse" or len(runs) < 3 or not is_same:
                continue
            success = sum(run["success"] for run in runs) / len(runs)
            found.append(Labelled(task_id, name, reward.source, "", success))
    return found


def audit_all(rewards: Sequence[Labelled], console: Console) -> Iterator[Row]:
    """Both audits of each reward, task by task; the rewards are ours and run in this process."""
    for task_id, group in groupby(rewards, key=lambda reward: reward.task):
        ref, chosen = EnvRef(id=task_id), list(group)
        task, preset = preset_of(ref, {})
        listing = list_states(ref, task, MAX_STATES, LAYOUTS)
        evidence = record_evidence(ref, preset.gamma)
        with InlinePool() as pool:
            for reward in chosen:
                program = parse_program(reward.source, task.card.state, task.card.action)
                question = Question(program, False, reward.name)
                sampled = audit_evidence(pool, ref, task, question, None, evidence)
                exact = _exact(pool, ref, listing, question, preset.gamma)
                console.print(f"{task_id} {reward.name}: {exact} {sampled.verdict}", markup=False)
                yield {
                    "task": task_id,
                    "family": task.family,
                    "name": reward.name,
                    "label": reward.label,
                    "success": reward.success,
                    "truth": reward.truth,
                    "exact": exact,
                    "sampled": sampled.verdict,
                    "signs": [sign.code for sign in sampled.signs if sign.weight != "note"],
                }


def _exact(
    pool: Executor, ref: EnvRef, listing: Listing, question: Question, gamma: float
) -> str | None:
    """The exact verdict; None where the states cannot be listed."""
    if not listing.tasks:
        return None
    paid = value_on(pool, ref, question.program, listing.tasks)
    if paid is None:
        return "undecided"
    pairs = zip(listing.tasks, paid, strict=True)
    are_sound = [judge(task, task.pay(one, gamma), gamma).is_sound for task, one in pairs]
    return "sound" if all(are_sound) else "hackable"


class Line(NamedTuple):
    """How one detector does on one group of rewards.

    Attributes:
        group: Which rewards.
        detector: What tells them apart.
        n: Rewards.
        n_hackable: Of which truly hackable.
        n_found: Hackable ones that it names.
        n_false: Others that it names.
    """

    group: str
    detector: str
    n: int
    n_hackable: int
    n_found: int
    n_false: int

    @property
    def recall(self) -> float | None:
        """Share of the hackable ones that it names."""
        return self.n_found / self.n_hackable if self.n_hackable else None

    @property
    def precision(self) -> float | None:
        """Share of the hackable ones among those that it names."""
        named = self.n_found + self.n_false
        return self.n_found / named if named else None


def lines(results: dict[str, list[Row]]) -> list[Line]:
    """All lines of the tables."""
    found: list[Line] = []
    for part in ("dev", EARLIER, *PLANNED[1:]):
        for family in ("hazard", "grid"):
            rows = [row for row in results.get(part, []) if row["family"] == family]
            found += _compare(f"{part}, {family}", rows, _by_plan, ("sampled",))
    for part in LEARNED:
        for family in ("control", "craft"):
            rows = [row for row in results.get(part, []) if row["family"] == family]
            known = [row for row in rows if row["truth"] != "not learned"]
            group = f"{part}, {family}"
            if len(known) < len(rows):
                group += f" ({len(rows) - len(known)} not learned, left out)"
            found += _compare(group, known, _by_agents, ("sampled",))
    rows = results.get("trained", [])
    listed = [row for row in rows if row["exact"] is not None]
    found += _compare("trained, states listed", listed, _by_training, ("exact", "sampled"))
    rest = [row for row in rows if row["exact"] is None]
    families = sorted({row["family"] for row in rest})
    for family in families:
        chosen = [row for row in rest if row["family"] == family]
        found += _compare(f"trained, {family}, not listed", chosen, _by_training, ("sampled",))
    return found


def _by_plan(row: Row) -> bool:
    return bool(row["exact"] == "hackable")


def _by_training(row: Row) -> bool:
    return bool(row["success"] < SUCCESS)


def _by_agents(row: Row) -> bool:
    return bool(row["truth"] == "hackable")


def _names(detector: str, row: Row) -> bool:
    if detector in ("always", "never"):
        return detector == "always"
    return bool(row[detector] == "hackable")


def _compare(
    group: str, rows: Sequence[Row], truth: Callable[[Row], bool], detectors: Sequence[str]
) -> Iterator[Line]:
    if not rows:
        return
    for detector in (*detectors, "always", "never"):
        named = [(truth(row), _names(detector, row)) for row in rows]
        n_hackable = sum(is_hackable for is_hackable, _ in named)
        n_found = sum(is_hackable and is_named for is_hackable, is_named in named)
        n_false = sum(is_named and not is_hackable for is_hackable, is_named in named)
        yield Line(group, detector, len(rows), n_hackable, n_found, n_false)


_DETECTORS = {
    "exact": "exact audit",
    "sampled": "sampled audit",
    "always": "always hackable",
    "never": "never hackable",
}


def table(results: dict[str, list[Row]]) -> str:
    """The table of the page."""
    text = (
        "| rewards | detector | rewards | hackable | recall | precision |\n"
        "| --- | --- | ---: | ---: | ---: | ---: |\n"
    )
    for line in lines(results):
        recall = _share(line.n_found, line.n_hackable)
        precision = _share(line.n_found, line.n_found + line.n_false)
        text += f"| {line.group} | {_DETECTORS[line.detector]} | {line.n} | {line.n_hackable} | "
        text += f"{recall} | {precision} |\n"
    return text


def _share(n: int, of: int) -> str:
    if not of:
        return "-"
    low, high = wilson_interval(n, of)
    return f"{n / of:.2f} ({low:.2f} to {high:.2f})"


def with_table(page: str, results: dict[str, list[Row]]) -> str:
    """The page with its table written anew."""
    return replaced(page, KEY, f"\n{table(results)}")


def read() -> dict[str, list[Row]]:
    """What was measured, by part."""
    if not RESULT.exists():
        return {}
    found: dict[str, list[Row]] = json.loads(RESULT.read_text(encoding="utf-8"))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Audit, keep, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--keep", action="store_true", help="audit only what has no answer yet")
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    results = read()
    for part in given.parts:
        rewards = rewards_of(part)
        kept = results.get(part, []) if given.keep else []
        known = {(row["task"], row["name"]) for row in kept}
        results[part] = kept
        missing = [reward for reward in rewards if (reward.task, reward.name) not in known]
        for row in audit_all(missing, console):
            results[part] = sorted([*results[part], row], key=lambda r: (r["task"], r["name"]))
            text = json.dumps(results, indent=1, sort_keys=True) + "\n"
            write_atomically(RESULT, text.encode())
    page = with_table(PAGE.read_text(encoding="utf-8"), results)
    write_atomically(PAGE, page.encode())


if __name__ == "__main__":
    main()
