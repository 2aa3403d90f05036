"""What made the records of a suite: versions, commits, machines and times."""

from __future__ import annotations

from typing import Any

from alignenv.benchmarks.bench.collect import Collected
from alignenv.benchmarks.bench.records import CHANGED, UNKNOWN
from alignenv.benchmarks.bench.words import count


def record_facts(found: Collected) -> dict[str, list[str]]:
    """Versions, commits and machines of all records, each value once."""
    volatile = _volatile(found)
    versions = {f"{n} {v}" for told in volatile for n, v in told["versions"].items()}
    facts = {
        "versions": sorted(versions),
        "commits": sorted({told["commit"] or UNKNOWN for told in volatile}),
        "machines": sorted({told["machine"] for told in volatile}),
        "isolation": sorted({told["tier"] for told in volatile if told.get("tier")}),
        "finished": [],
    }
    if volatile:
        times = sorted(told["finished"] for told in volatile)
        facts["finished"] = [f"{times[0]} to {times[-1]}"]
    return facts


def commit_words(found: Collected) -> str:
    """How many records name the commit of the code that made them, and how many name it alone."""
    commits = [told["commit"] or UNKNOWN for told in _volatile(found)]
    named = [commit for commit in commits if commit != UNKNOWN]
    changed = sum(commit.endswith(CHANGED) for commit in named)
    words = f"{len(named):,} of {count(len(commits), 'record')} name the commit they were made from"
    if changed:
        words += f", {changed:,} of these with changes to it that were not committed"
    unknown = len(commits) - len(named)
    return f"{words}; {unknown:,} are {UNKNOWN}" if unknown else words


def _volatile(found: Collected) -> list[dict[str, Any]]:
    return [record["volatile"] for row in found.suite.rows for record in found.records(row)]
