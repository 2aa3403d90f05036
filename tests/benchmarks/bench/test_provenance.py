"""A record that names no commit says so, wherever it is shown."""

from __future__ import annotations

import json

import pytest

from alignenv.benchmarks.bench.cells import cells_of
from alignenv.benchmarks.bench.collect import collect
from alignenv.benchmarks.bench.page import render_page
from alignenv.benchmarks.bench.provenance import commit_words, record_facts
from alignenv.benchmarks.bench.tables import make_tables


@pytest.fixture
def named(suite, store, write_records):
    """Six records: two name a commit, one of them with changes, and four name none."""
    one = suite.model_copy(update={"rows": ("human",), "tasks": suite.tasks[:1]})
    write_records(one, store, {"human": lambda task, i: 0.9})
    told = iter(["a" * 40, "b" * 40 + "+changes", "", "", "", "unknown"])
    for cell, commit in zip(cells_of(one), told, strict=True):
        record = json.loads(store.path(cell).read_text())
        record["volatile"]["commit"] = commit
        store.path(cell).write_text(json.dumps(record))
    return one


def test_commits_are_counted_and_none_is_unknown(named, store) -> None:
    found = collect(named, store)
    assert commit_words(found) == (
        "2 of 6 records name the commit they were made from, 1 of these with changes to it that "
        "were not committed; 4 are unknown"
    )
    assert record_facts(found)["commits"] == ["a" * 40, "b" * 40 + "+changes", "unknown"]
    html = render_page(make_tables(named, store))
    assert "4 are unknown. " in html


def test_a_record_is_made_with_what_is_known_of_its_commit(named, store, write_records) -> None:
    write_records(named, store, {"human": lambda task, i: 0.9})
    commit = store.find(cells_of(named)[0])["volatile"]["commit"]
    assert commit == "unknown" or len(commit.removesuffix("+changes")) == 40
