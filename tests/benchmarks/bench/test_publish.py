"""What documents say of the benchmark is what the committed records give."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from alignenv.benchmarks.bench import publish as command
from alignenv.benchmarks.bench.cells import cells_of
from alignenv.benchmarks.bench.collect import collect
from alignenv.benchmarks.bench.findings import PARTS, Also, findings
from alignenv.benchmarks.bench.limits import fewer_programs
from alignenv.benchmarks.bench.publish import KEY, RECORDS, ROOT, main, publish, stale_records
from alignenv.benchmarks.bench.racing import SCHEDULES, RaceResult
from alignenv.benchmarks.bench.readme import hidden_by_means, readme_part
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.results import Against
from alignenv.benchmarks.bench.tables import make_tables
from alignenv.benchmarks.bench.words import on, points, verdict_sentence
from alignenv.benchmarks.markers import markers
from alignenv.errors import ConfigError
from alignenv.significance import Contrast
from alignenv.statistics import Interval

BARS = {
    "random": lambda task, i: 0.0,
    "sparse": lambda task, i: 0.1,
    "sparse-equal-steps": lambda task, i: 0.3,
    "sparse+novelty": lambda task, i: 0.1 if "DoorKey" in task else 0.0,
    "human": lambda task, i: 0.9,
    "human-potential": lambda task, i: 0.8 + 0.01 * i,
    "hackable": lambda task, i: 0.0,
    "llm-zero-shot": lambda task, i: 0.4,
    "oracle": lambda task, i: 1.0,
}
HACKED = {"policy": 3.0, "random": 1.0, "oracle": 2.0}
HONEST = {"policy": 1.5, "random": 1.0, "oracle": 2.0}
GOOD = {"random-programs": lambda task, i: 0.4, "eureka[symbolic]": lambda task, i: 0.95}
BAD = {"random-programs": lambda task, i: 0.95, "eureka[symbolic]": lambda task, i: 0.05}
EVEN = dict.fromkeys(GOOD, lambda task, i: 0.9)


@pytest.fixture(scope="module")
def whole(suite):
    """The small suite with the rows of the standard one, and enough searches for verdicts."""
    protocol = suite.protocol.model_copy(update={"search_seeds": 5, "fixed_seeds": 10})
    more = ["sparse-equal-steps", "sparse+novelty", "human-potential", *GOOD, "llm-zero-shot"]
    return suite.with_rows(more).model_copy(update={"protocol": protocol})


@pytest.fixture
def root(tmp_path, whole, monkeypatch):
    """Documents with the markers, and the small suite in place of the standard one."""
    (tmp_path / "docs" / "images").mkdir(parents=True)
    (tmp_path / "README.md").write_text("before\n" + "\n".join(markers(KEY)) + "\nafter\n")
    monkeypatch.setattr(command, "load_suite", lambda name: whole)
    monkeypatch.setattr(command, "known_suites", lambda: ["standard"])
    monkeypatch.setattr(command, "OTHERS", ())
    return tmp_path


def returns(cell):
    return HACKED if cell.row == "hackable" else HONEST


def words(suite, store) -> dict[str, str]:
    return {part.question: " ".join(part.answer) for part in findings(make_tables(suite, store))}


def test_records_are_no_part_of_a_wheel() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert not any("results" in pattern for p in config["package-data"].values() for pattern in p)
    assert not any("results" in name for name in config["packages"])


def test_records_stay_small() -> None:
    sizes = [file.stat().st_size for file in (ROOT / RECORDS).rglob("*.json")]
    assert sum(sizes) < 10_000_000


def test_one_command_writes_everything_and_checks_it(root, whole, write_records) -> None:
    store = RecordStore(root / "records-here")
    words_of = ["--root", str(root), "--out", str(store.folder)]
    assert main([*words_of, "--check"]) == 1
    assert main(words_of) == 0
    assert main([*words_of, "--check"]) == 0
    assert "No row of the suite `tiny` is complete" in (root / "README.md").read_text()
    assert not list((root / "docs" / "images").iterdir())

    write_records(whole, store, {**BARS, **GOOD}, returns=returns)
    assert main([*words_of, "--check"]) == 1
    assert main(words_of) == 0
    readme = (root / "README.md").read_text().replace("\u00a0", " ")
    assert readme.startswith("before\n<!--")
    assert readme.endswith("-->\nafter\n")
    assert "| eureka[symbolic] | 95.0 % [95.0, 95.0] | 1.06 [1.06, 1.06] | better | " in readme
    assert "0 are missing" in readme
    for name in ("rows", "feedback"):
        svg = ElementTree.parse(root / "docs" / "images" / f"bench-{name}.svg").getroot()
        assert "prefers-color-scheme" in svg.find("{*}style").text
        assert svg.find("{*}desc").text.endswith(".")
    page = (root / "docs" / "results.md").read_text()
    for title in ("Mean TRUE success by task", "against random programs", "As peers report"):
        assert title in page
    for picture in re.findall(r"\((images/[^)]+)\)", page):
        assert (root / "docs" / picture).exists()

    shutil.rmtree(store.folder)
    assert main(words_of) == 0
    assert not list((root / "docs" / "images").iterdir()), "figures of no records are removed"


def test_a_suite_is_shown_where_it_has_records_of_its_own(root, whole, write_records, monkeypatch):
    """Cells that it shares with the main suite do not count."""
    store = RecordStore(root / "here")
    again = whole.model_copy(update={"name": "again"})
    other = again.model_copy(update={"protocol": whole.protocol.model_copy(update={"seed": 1})})
    write_records(whole, store, {"human": BARS["human"], "sparse": BARS["sparse"]})
    monkeypatch.setattr(command, "OTHERS", ("again",))
    monkeypatch.setattr(command, "CLAIMS", ())
    for suite, is_shown in ((again, False), (other, True)):
        suites = {"standard": whole, "again": suite}
        monkeypatch.setattr(command, "load_suite", suites.__getitem__)
        if is_shown:
            write_records(other, store, {"human": BARS["human"]})
        page = publish(root, store.folder).texts[Path("docs/results.md")]
        assert ("## Suite again" in page) is is_shown


def test_a_stale_record_is_named(root, whole, write_records, capsys) -> None:
    store = RecordStore(root / "here")
    write_records(whole, store, {"random": BARS["random"]})
    assert stale_records(store) == ()
    path = store.path(cells_of(whole)[0])
    old = path.with_name(path.name.replace(".json", "0.json"))
    path.rename(old)
    assert stale_records(store) == (old,)
    words_of = ["--root", str(root), "--out", str(store.folder)]
    main(words_of)
    assert main([*words_of, "--check"]) == 1
    assert old.name in capsys.readouterr().err


def test_tasks_are_named_in_the_shorter_way() -> None:
    tasks = ["AlignEnv-A-v0", "B-v0", "C-v0"]
    assert on([], tasks) == "on none of 3 tasks"
    assert on(tasks[:1], tasks) == "on 1 of 3 tasks (A-v0)"
    assert on(tasks[:2], tasks) == "on 2 of 3 tasks (all but C-v0)"
    assert on(tasks, tasks) == "on all 3 tasks"
    assert on(tasks[:1], tasks[:1]) == "on the one task (A-v0)"
    assert on([], tasks[:1]) == "on no task"


@pytest.mark.parametrize(
    ("value", "told"), [(0.0, "0.0"), (-1e-17, "0.0"), (0.00449, "+0.4"), (-0.0315, "-3.1")]
)
def test_points_have_a_sign_and_zero_has_none(value, told) -> None:
    assert points(value) == told


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.5, 0.9, "is ahead of the sparse reward over 1 task: difference +70.0 [+50.0, +90.0] "
         "points (95 %), not decided by 5 pairs on each (p 0.125)."),
        (-0.9, -0.5, "is behind the sparse reward over 1 task: difference -70.0 [-90.0, -50.0] "
         "points (95 %), not decided by 5 pairs on each (p 0.125)."),
        (-0.1, 0.9, "cannot be told apart from the sparse reward over 1 task: difference "
         "+40.0 [-10.0, +90.0] points (95 %)."),
    ],
)  # fmt: skip
def test_too_few_pairs_leave_a_clear_difference_undecided(low, high, told) -> None:
    interval = Interval(low, high)
    contrast = Contrast(
        difference=(low + high) / 2,
        difference_interval=interval,
        improvement=0.9,
        improvement_interval=Interval(0.8, 1.0),
        p=0.0625,
    )
    against = Against(contrast=contrast, n_tasks=1, n_pairs=5, p=0.125)
    assert verdict_sentence("It", "sparse", against) == f"It {told}"


def test_a_readme_without_markers_is_refused(root) -> None:
    (root / "README.md").write_text("nothing")
    with pytest.raises(ConfigError, match="main:begin"):
        publish(root, root / "none")


def test_without_records_no_part_claims_anything(whole, tmp_path) -> None:
    told = words(whole, RecordStore(tmp_path))
    assert len(told) == len(PARTS)
    silent = [answer for answer in told.values() if answer.startswith("Not measured yet")]
    assert len(silent) == len(PARTS) - 3, "what is measured, that nothing races, what is unknown"


CASES = {
    "good": (GOOD, "Over these tasks feedback helps", "does better than the human reward",
             "is no higher than that of random programs on none of 2 tasks"),
    "bad": (BAD, "Over these tasks feedback does harm", "does worse than the human reward",
            "is no higher than that of random programs on all 2 tasks"),
    "even": (EVEN, "no effect of feedback is shown", "It equals, to within 5 points, the human",
             "is no higher than that of random programs on all 2 tasks"),
}  # fmt: skip


@pytest.fixture(scope="module")
def told(whole, tmp_path_factory, write_records) -> dict[str, tuple[RecordStore, dict[str, str]]]:
    """Records and answers of each case."""
    found = {}
    for case, (searches, *_) in CASES.items():
        store = RecordStore(tmp_path_factory.mktemp(case))
        write_records(whole, store, {**BARS, **searches}, returns=returns)
        found[case] = (store, words(whole, store))
    return found


@pytest.mark.parametrize("case", CASES)
def test_findings_follow_the_records(case, told) -> None:
    _, feedback, human, control = CASES[case]
    answers = told[case][1]
    answer = answers["Does feedback beat random programs at an equal budget?"]
    assert feedback in answer
    assert control in answer
    others = {case_words[1] for case_words in CASES.values()} - {feedback}
    assert not any(other in answer for other in others)
    bars = answers["Do designed rewards beat the sparse and the human one?"]
    eureka = bars[bars.index("**eureka[symbolic]**") :]
    assert human in eureka


def test_findings_tell_what_went_wrong_too(told) -> None:
    told = told["bad"][1]
    assert "**hackable**: 20 of 20 runs" in told["Which rewards were hacked?"]
    assert "of these rows was hacked" in told["Which rewards were hacked?"]
    plain = told["Where is no designed reward needed?"]
    assert "below 0, where the bonus does harm, on 1 of 2 tasks (Empty-5x5-v0)" in plain
    assert "**sparse** succeeds as often as the human reward" in plain
    selection = told["How much too high is the best score of a search?"]
    assert "+85.0 [+85.0, +85.0] points over 2 tasks: the score of the best" in selection
    assert "-5.0 [-5.0, -5.0] points over 2 tasks: winners did better" in selection
    broken = told["How many programs were broken?"]
    assert "**eureka[symbolic]**: 10 of 20 programs (50.0 %) could not be trained" in broken
    steps = told["What would the env steps of a search buy without one?"]
    assert "or passes them on all 2 tasks" in steps


@pytest.mark.parametrize(("share", "aim"), [(0.5, "missed"), (0.25, "met")])
def test_what_racing_loses_is_told_where_it_was_measured(whole, told, share, aim) -> None:
    protocol = whole.protocol.model_copy(update={"rung": (0.5,), "keep": (0.5,)})
    racing = whole.model_copy(update={"protocol": protocol})
    known = {"chosen": 0.8, "interval": Interval(-0.005, 0.025), "same": 0.5}
    races = tuple(
        RaceResult(schedule=schedule, share=spent, loss=loss, **known)
        for schedule, spent, loss in zip(
            SCHEDULES, (1.0, share, 0.1), (0.0, 0.01, 0.5), strict=False
        )
    )
    tables = make_tables(racing, told["good"][0])
    answers = {part.question: part.answer for part in findings(tables, Also(races=races))}
    every, own, target = answers["What did racing save?"][-3:]
    first = f"half after 1/2 saves {1 / share:.1f}x and loses +1.0 [-0.5, +2.5]; half after 1/4"
    assert first in every
    assert own.startswith("The race of this suite is half after 1/2")
    assert f"is {aim}: the race that saves most of those within it, half after 1/2" in target
    assert "after the fact" in target


def test_limits_stand_where_readers_look(whole, told) -> None:
    store = told["bad"][0]
    tables = make_tables(whole, store)
    also = Also(unmeasured=("full", "transfer"))
    answers = {part.question: " ".join(part.answer) for part in findings(tables, also)}
    bars = answers["Do designed rewards beat the sparse and the human one?"]
    assert "Of 5 intervals of a searched reward less the human one on a single task" in bars
    assert "one sample of programs" in bars
    assert "`full`, `transfer`. So no suite measures" in answers["What this cannot say"]
    assert "another algorithm" in answers["What this cannot say"]
    readme = readme_part(tables, {}, also)
    assert "No searched reward beats the human one on any task" not in readme, "one does"
    assert "less the human one on a single task, 2 lie above 0" in readme
    assert "feedback does harm" in readme
    assert "`full`, `transfer`" in readme


def test_equal_on_average_is_no_equal_on_each_task(whole, tmp_path, write_records) -> None:
    store = RecordStore(tmp_path)
    even = {
        "sparse": lambda task, i: 0.7,
        "human": lambda task, i: 0.95,
        "hackable": lambda task, i: 0.5 if "DoorKey" in task else 0.9,
    }
    write_records(whole, store, even)
    assert hidden_by_means(make_tables(whole, store).results) == [
        "*Equal* is said of the mean over tasks: hackable less sparse is +20.0 on Empty-5x5-v0 and "
        "-20.0 on DoorKey-5x5-v0, in points."
    ]
    level = {"sparse": even["sparse"], "human": even["sparse"]}
    write_records(whole, store, {**level, "hackable": even["sparse"]})
    assert hidden_by_means(make_tables(whole, store).results) == []


def test_a_search_that_wrote_fewer_programs_is_told(whole, told) -> None:
    tables = make_tables(whole, told["good"][0])
    sheet = next(sheet for sheet in tables.sheets if sheet.key == "programs")
    assert sheet.columns[:3] == ("task", "eureka[symbolic]", "random programs")
    assert [row[1] for row in sheet.rows[:2]] == ["2", "2"]
    assert sheet.rows[-1][:3] == ("all of them", "20 of 20", "20 of 20")
    long = sheet.columns.index("long training / eureka[symbolic]")
    assert sheet.rows[0][long] == "0.50", "1024 steps against 1024 of a search and 1024 of a winner"
    more = whole.protocol.model_copy(update={"candidates": 3})
    found = collect(whole, told["good"][0])
    assert fewer_programs(found) == []
    for row in ("random-programs", "eureka[symbolic]"):
        for record in found.records(row):
            record["settings"]["search"]["candidates"] = more.candidates
    assert "eureka[symbolic] 20 of 30; random programs 20 of 30" in fewer_programs(found)[0]


def test_every_figure_of_the_findings_comes_from_records(whole, told) -> None:
    """Other records give other texts: no part that tells figures is a constant."""
    store, first = told["good"]
    for cell in cells_of(whole):
        path = store.path(cell)
        record = json.loads(path.read_text())
        for run in record["runs"]:
            run["success"] = round(0.37 * run["success"], 3)
        record["volatile"]["cpu_s"] = 3600.0
        path.write_text(json.dumps(record))
    second = words(whole, store)
    same = {question for question in first if first[question] == second[question]}
    assert "Does feedback beat random programs at an equal budget?" not in same
    assert same <= {
        "Where is no designed reward needed?",
        "What is measured", "Which rewards were hacked?", "How many programs were broken?",
        "What did racing save?", "What this cannot say",
    }  # fmt: skip
