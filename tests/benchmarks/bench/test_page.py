"""The page: one file, nothing missing is hidden, nothing untrusted gets out of its place."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from alignenv.benchmarks.bench.cells import cells_of
from alignenv.benchmarks.bench.drawings import pareto_drawing
from alignenv.benchmarks.bench.page import forest, program_pairs, render_page, write_page
from alignenv.benchmarks.bench.suite import load_suite
from alignenv.benchmarks.bench.tables import make_tables
from alignenv.benchmarks.figures import Across, Line, line_figure

HOSTILE = 'def reward(prev, action, state):\n    """</pre><script>alert(1)</script>"""\n'
RATES = {
    "random": lambda task, i: 0.0,
    "sparse": lambda task, i: 0.1 + 0.01 * i,
    "human": lambda task, i: 0.9 - 0.01 * i,
    "hackable": lambda task, i: 0.02 * i,
    "eureka[symbolic]": lambda task, i: 0.5 + 0.03 * i,
    "oracle": lambda task, i: 1.0,
}


class Reader(HTMLParser):
    """Counts tags and checks that they close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attributes) -> None:
        self.tags.append(tag)
        told = dict(attributes)
        self.ids += [told["id"]] if told.get("id") else []
        self.links += [told["href"]] if told.get("href") else []
        if tag not in ("meta", "input", "br", "img", "use", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes) -> None:
        self.tags.append(tag)
        told = dict(attributes)
        self.ids += [told["id"]] if told.get("id") else []

    def handle_endtag(self, tag) -> None:
        if tag in ("path", "use"):
            return
        assert self.open.pop() == tag


@pytest.fixture
def tables(suite, store, write_records):
    returns = {"policy": 3.0, "random": 1.0, "oracle": 2.0}
    curve = [[20_000, 0.2, 1.5], [40_000, 0.4, 2.0], [60_000, 0.6, 2.5]]
    write_records(
        suite,
        store,
        RATES,
        returns=lambda cell: returns,
        sums=lambda cell: returns,
        curve=lambda cell: curve,
    )
    return make_tables(suite, store, peers=True)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def test_the_page_is_whole_and_points_at_itself(tables, tmp_path) -> None:
    write_page(tmp_path / "page.html", tables)
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    reader = read(html)
    assert "script" not in reader.tags
    assert all(link.startswith("#") and link[1:] in reader.ids for link in reader.links)
    assert len(set(reader.ids)) == len(reader.ids)
    assert not re.search(r"(?:src|href)=[\"']?https?:", html)
    assert reader.tags.count("svg") > 6
    for text in ("Goodhart curves", "As peers report", "eureka[symbolic]", "DoorKey-5x5-v0"):
        assert text in html


def test_equal_records_give_an_equal_page(tables) -> None:
    assert render_page(tables) == render_page(tables)


def test_without_records_everything_is_missing(suite, store) -> None:
    html = render_page(make_tables(suite, store, peers=True))
    read(html)
    assert "0 of " in html
    assert "cells have a record; what is missing is shown as missing" in html
    assert "Nothing to compare yet" in html


def test_programs_cannot_leave_their_place(suite, store, tables) -> None:
    cell = next(c for c in cells_of(suite) if c.row == "eureka[symbolic]")
    record = store.find(cell)
    record["search"]["source"] = HOSTILE
    record["runs"] = [{**run, "success": 1.0} for run in record["runs"]]
    store.keep(cell, {k: record[k] for k in ("runs", "search", "cost")}, {"cpu_s": 1.0})
    html = render_page(make_tables(suite, store))
    assert "alert(1)" in html
    assert "script" not in read(html).tags


def test_the_best_winner_stands_beside_the_human_reward(tables) -> None:
    pair = program_pairs(tables.found)[0]
    assert (pair.task, pair.row) == ("DoorKey-5x5-v0", "eureka[symbolic]")
    assert pair.success == pytest.approx(0.5 + 0.03 * 4.5)
    assert pair.human_success == pytest.approx(0.875)
    assert "def reward" in pair.human


def test_forests_hold_every_row_but_the_bar(tables) -> None:
    bars = forest(tables.found, tables.results, "human")
    assert [bar.label for bar in bars] == ["sparse", "hackable", "eureka[symbolic]"]
    assert all(0 <= bar.low <= bar.at <= bar.high <= 1 for bar in bars)


def test_axes_say_what_they_are() -> None:
    line = Line(label="a", color=1, x=[0.0, 0.5], y=[0.1, 0.2], tag="k")
    for across, told in (
        (Across(), "env steps"),
        (Across(label="gain", is_count=False), "gain"),
        (Across(label="level", is_rate=True, high=1.0), "100%"),
    ):
        svg = line_figure([line], name="n", y_label="y", is_rate=True, across=across)
        assert f">{told}<" in svg
        assert ">k<" in svg


def test_the_frontier_joins_what_no_row_passes_in_both(tables) -> None:
    steps = {"sparse": 1.0, "human": 3.0, "hackable": 2.0, "eureka[symbolic]": 2.0}
    results = [
        replace(result, cost=replace(result.cost, env_steps=steps.get(result.row.name, 0.0)))
        for result in tables.results
    ]
    success = {result.row.name: result.success for result in results}
    assert success["hackable"] < success["sparse"]
    frontier = pareto_drawing(tables.found, results).legend[0]
    assert frontier.label == "frontier"
    assert frontier.x.tolist() == [1.0, 2.0, 3.0]
    expected = [success[row] for row in ("sparse", "eureka[symbolic]", "human")]
    assert frontier.y.tolist() == expected


def test_captions_say_what_lines_and_bands_are(tables) -> None:
    html = render_page(tables)
    assert "drawn for sparse, human, hackable, eureka[symbolic]." in html
    assert "Each line is the mean over a row&#39;s trainings" in html
    assert "from the lowest run to the highest" in html


def test_the_programs_after_the_first_generation_have_a_section(suite, store, write_records):
    protocol = suite.protocol.model_copy(update={"generations": 2})
    two = suite.with_rows(["random-programs"]).model_copy(update={"protocol": protocol})
    write_records(two, store, {**RATES, "random-programs": RATES["eureka[symbolic]"]})
    html = render_page(make_tables(two, store))
    assert '<a href="#later">' in html
    assert "the programs after the first generation</h3>" in html
    assert "Programs of each search</h3>" in html
    read(html)


@pytest.mark.parametrize("name", ["racing", "algorithms"])
def test_every_section_is_in_the_navigation(name, store) -> None:
    reader = read(render_page(make_tables(load_suite(name), store)))
    assert f"#{name}" in reader.links
    assert all(link[1:] in reader.ids for link in reader.links)
