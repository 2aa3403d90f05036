"""How well the rules of the critic tell faulty programs from good ones.

`python -m alignenv.benchmarks.critic_table PART ...` judges the programs of a part through the path
of a search, workers included, keeps what came of each in `benchmarks/results/critic.json`, and
writes the tables of `docs/critic.md`; without a part it only writes the tables. Parts are `dev` and
`heldout`, labelled by what they were written to be; `references`, the suite's own rewards, labelled
by kind; and `llm`, programs of a language model, labelled by training them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console

from alignenv.benchmarks.critic_desk import Examiner
from alignenv.benchmarks.critic_evidence import record_evidence
from alignenv.benchmarks.critic_llm import TASKS, llm_programs, trained_success
from alignenv.benchmarks.markers import replaced
from alignenv.benchmarks.measured import RESULTS, success_rates
from alignenv.benchmarks.workers import open_pool, preset_of
from alignenv.critique import SUCCESS
from alignenv.envs.make import EnvRef
from alignenv.files import write_atomically
from alignenv.reward_design.critic.rules import RulesCritic
from alignenv.reward_design.sandbox import Executor, InlinePool
from alignenv.statistics import wilson_interval
from alignenv.task import find_task, known_task_ids

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "tests" / "data" / "critic"
RESULT = RESULTS / "critic.json"
PAGE = ROOT / "docs" / "critic.md"
PARTS = ("dev", "heldout", "references", "llm")
KEY = "critic-table"

_NAMES = {
    "dev": "development",
    "heldout": "held out",
    "references": "rewards of the suite",
    "llm": "a language model's, by training",
}
_FAULT = re.compile(r"# Fault: ([a-z-]+):")


class Labelled(NamedTuple):
    """One program with its label.

    Attributes:
        task: Gymnasium id.
        name: Its name, unique in task and part.
        source: Its text.
        fault: Kind of fault; empty for a good program.
        success: TRUE success of agents trained on it; None where that was not measured.
    """

    task: str
    name: str
    source: str
    fault: str
    success: float | None = None

    @property
    def sha256(self) -> str:
        """Hash of its text, by which a row of results is known to be about it."""
        return hashlib.sha256(self.source.encode()).hexdigest()


def written(part: str, root: Path = PROGRAMS) -> list[Labelled]:
    """The programs of `dev` or `heldout`, labelled by their folder and first comment."""
    found = []
    for path in sorted((root / part).glob("*/*/*.py")):
        source = path.read_text(encoding="utf-8")
        is_good = path.parent.name == "good"
        named = _FAULT.match(source)
        fault = "" if is_good else named.group(1) if named else "unnamed"
        found.append(Labelled(path.parents[1].name, path.stem, source, fault))
    return found


def references() -> Iterator[Labelled]:
    """The suite's human and hackable rewards, of tasks that an oracle solves."""
    for task_id in known_task_ids():
        task = find_task(task_id)
        rates = success_rates(task_id, task.family)
        if task.oracle is None or task.card.horizon > 1000:
            continue
        for name, reward in task.rewards.items():
            if name != "sparse":
                fault = "" if reward.kind == "human" else "hackable"
                yield Labelled(task_id, name, reward.source, fault, rates.get(name))


def of_a_model() -> Iterator[Labelled]:
    """A language model's programs, each trained once: here and now where it never was."""
    known = {(r["task"], r["sha256"]): r["success"] for r in read().get("llm", [])}
    for word, task_id in TASKS.items():
        programs = [Labelled(task_id, name, text, "") for name, text in llm_programs(word).items()]
        new = {p.name: p.source for p in programs if (task_id, p.sha256) not in known}
        rates = trained_success(task_id, new) if new else {}
        for program in programs:
            success = rates.get(program.name, known.get((task_id, program.sha256)))
            assert success is not None, "it was trained now or before"
            fault = "" if success >= SUCCESS else "fails"
            yield program._replace(fault=fault, success=success)


def judge(programs: Sequence[Labelled], *, trusted: bool, console: Console) -> list[dict[str, Any]]:
    """What the rules say of each program, task by task.

    Args:
        programs: The programs, those of one task side by side.
        trusted: Whether they are the suite's own and may run in this process.
        console: Where progress is told.
    """
    rows: list[dict[str, Any]] = []
    for task_id, group in groupby(programs, key=lambda p: p.task):
        ref, chosen = EnvRef(id=task_id), list(group)
        evidence = record_evidence(ref, preset_of(ref, {})[1].gamma)
        with _pool(ref, trusted=trusted) as pool:
            cases = Examiner(ref, evidence, pool).examine([p.source for p in chosen])
        for program, judgement in zip(chosen, RulesCritic().judge(cases), strict=True):
            rows.append(
                {
                    "task": task_id,
                    "name": program.name,
                    "sha256": program.sha256,
                    "fault": program.fault,
                    "success": program.success,
                    "sent_back": judgement.send_back,
                    "p_success": judgement.p_success,
                    "findings": [f.code for f in judgement.findings if f.severity != "unseen"],
                }
            )
            console.print(f"{task_id} {program.name}: {judgement.send_back}", markup=False)
    return rows


def _pool(ref: EnvRef, *, trusted: bool) -> Executor:
    return InlinePool() if trusted else open_pool(ref, n_workers=1, isolation="auto")


def measure(part: str, console: Console) -> list[dict[str, Any]]:
    """Rows of one part; `llm` trains its programs first."""
    if part == "references":
        return judge(list(references()), trusted=True, console=console)
    if part == "llm":
        return judge(list(of_a_model()), trusted=False, console=console)
    return judge(written(part), trusted=False, console=console)


def read() -> dict[str, list[dict[str, Any]]]:
    """What was measured, by part."""
    if not RESULT.exists():
        return {}
    found: dict[str, list[dict[str, Any]]] = json.loads(RESULT.read_text(encoding="utf-8"))
    return found


def tables(results: dict[str, list[dict[str, Any]]]) -> str:
    """All tables of the page, in Markdown."""
    parts = [part for part in PARTS if part in results]
    blocks = [
        _table(
            "programs | tasks | detector | faulty caught | 95 % interval | good passed | "
            "95 % interval",
            (row for part in parts for row in _detectors(_NAMES[part], results[part])),
        )
    ]
    kinds = [part for part in parts if part in ("dev", "heldout")]
    if kinds:
        names = sorted({r["fault"] for part in kinds for r in results[part] if r["fault"]})
        blocks.append(
            _table(
                " | ".join(["fault", *(_NAMES[part] for part in kinds)]),
                ([n, *(_share(_of(results[part], n)) for part in kinds)] for n in names),
            )
        )
    trained = [row for part in parts for row in results[part] if row["success"] is not None]
    if trained:
        blocks.append(_calibration(trained))
    for part in kinds:
        wrong = [r for r in results[part] if r["sent_back"] != bool(r["fault"])]
        lines = [f"`{r['task']}` {'faulty' if r['fault'] else 'good'} `{r['name']}`" for r in wrong]
        blocks.append(f"Judged wrongly, {_NAMES[part]}: {', '.join(lines) or 'none'}.\n")
    return "\n".join(blocks)


def _detectors(name: str, rows: Sequence[dict[str, Any]]) -> Iterator[list[str]]:
    faulty = [r for r in rows if r["fault"]]
    good = [r for r in rows if not r["fault"]]
    tasks = str(len({r["task"] for r in rows}))
    caught = sum(r["sent_back"] for r in faulty)
    passed = sum(not r["sent_back"] for r in good)
    for detector, k, m in (
        ("rules", caught, passed),
        ("always faulty", len(faulty), 0),
        ("never faulty", 0, len(good)),
    ):
        yield [name, tasks, detector, *_figures(k, len(faulty)), *_figures(m, len(good))]


def _calibration(rows: Sequence[dict[str, Any]]) -> str:
    """How often agents succeeded where the critic said what."""
    bounds = (0.0, 0.1, 0.4, 1.01)
    lines = []
    for low, high in pairwise(bounds):
        inside = [r for r in rows if low <= r["p_success"] < high]
        if inside:
            said = sum(r["p_success"] for r in inside) / len(inside)
            came = sum(r["success"] >= SUCCESS for r in inside)
            label = f"{low:g} to {min(high, 1.0):g}"
            lines.append([label, f"{said:.2f}", *_figures(came, len(inside))])
    outcomes = [float(r["success"] >= SUCCESS) for r in rows]
    brier = sum((r["p_success"] - o) ** 2 for r, o in zip(rows, outcomes, strict=True)) / len(rows)
    rate = sum(outcomes) / len(rows)
    head = "P(success) | mean said | trained to success | 95 % interval"
    return (
        _table(head, lines)
        + f"\nBrier score over these {len(rows)} trained rewards: {brier:.3f}; always saying their "
        f"share of successes, {rate:.2f}, scores {rate * (1 - rate):.3f}.\n"
    )


def _of(rows: Iterable[dict[str, Any]], fault: str) -> list[dict[str, Any]]:
    return [r for r in rows if r["fault"] == fault]


def _share(rows: Sequence[dict[str, Any]]) -> str:
    return f"{sum(r['sent_back'] for r in rows)} of {len(rows)}" if rows else ""


def _figures(k: int, n: int) -> tuple[str, str]:
    if not n:
        return "", ""
    low, high = wilson_interval(k, n)
    return f"{k} of {n}, {k / n:.0%}", f"{100 * low:.0f} to {100 * high:.0f} %"


def _table(head: str, rows: Iterable[Sequence[str]]) -> str:
    columns = head.count("|") + 1
    lines = [f"| {head} |", "|" + " --- |" * columns]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge the parts that are named, then write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}")
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    for part in given.parts:
        if part not in PARTS:
            parser.error(f"{part!r} is none of {', '.join(PARTS)}")
        rows = measure(part, console)
        text = json.dumps({**read(), part: rows}, indent=1, sort_keys=True) + "\n"
        write_atomically(RESULT, text.encode())
    page = replaced(PAGE.read_text(encoding="utf-8"), KEY, tables(read()).rstrip())
    write_atomically(PAGE, page.encode())


if __name__ == "__main__":
    main()
