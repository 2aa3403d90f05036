"""The report is one honest, harmless, readable file."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from alignenv.analysis import Analysis, FailureMode, NamedFailure
from alignenv.benchmarks.report import render_report, write_report
from alignenv.benchmarks.report_text import percent, verdict
from alignenv.errors import MachineError
from alignenv.types import ComponentStats

VOID = {"meta", "img", "input", "source", "br"}
HOSTILE = "</pre></script><script>alert(1)</script><img src=x onerror=alert(2)>\"' --\u2028\ud800"


class Page(HTMLParser):
    """Tags with their attributes, the text, and whether tags are balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another tag"

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_headline_tells_the_whole_comparison(make):
    page = Page(render_report(make()))
    for fact in (
        "AlignEnv-DoorKey-8x8-v0",
        "the agent truly succeeds in 97.3 % of fresh episodes (95 % interval 93.1 % to 98.9 %",
        "observation symbolic, equal env steps",
        "That is above the sparse reward's 0 %: the intervals do not meet.",
        "It cannot be told apart from the human reward's 98.5 %",
        "3 \N{MULTIPLICATION SIGN} 200",
        "200,704",
        "16 candidates: 6 fully trained, 8 stopped early, 2 failed",
        "failed: timeout W002",
        'gym.make("AlignEnv-DoorKey-8x8-v0", reward="runs/AlignEnv-DoorKey-8x8-v0-s0/best',
        "24 of 24 forbidden actions refused",
        "3,411,968",
        "final comparison",
    ):
        assert fact in page.text


def test_it_is_one_file_without_network_or_script(make):
    html = render_report(make())
    page = Page(html)
    assert page.open == []
    assert page.all("script") == page.all("link") == page.all("iframe") == []
    sources = [a.get("src") or a.get("srcset", "") for t in ("img", "source") for a in page.all(t)]
    assert sources
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    for word in ("http://", "https://", "url(//", "@import", "javascript:"):
        assert word not in html
    assert any("default-src 'none'" in tag.get("content", "") for tag in page.all("meta"))


def test_it_can_be_used_without_a_mouse_and_without_eyes(make):
    page = Page(render_report(make()))
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    assert all(image.get("alt") for image in page.all("img"))
    assert all(cell.get("scope") for cell in page.all("th"))
    assert all("tabindex" in block for block in page.all("pre"))
    assert all(svg.get("aria-label") or svg.get("aria-hidden") for svg in page.all("svg"))
    ids = Counter(a["id"] for _, a in page.tags if "id" in a)
    assert max(ids.values()) == 1
    links = {a["href"][1:] for a in page.all("a")} | {a["for"] for a in page.all("label")}
    assert links <= set(ids)


def test_text_of_models_and_programs_stays_text(make):
    data = make()
    trials = tuple(
        replace(
            trial,
            candidate=replace(trial.candidate, source=HOSTILE, note=HOSTILE, coder=HOSTILE),
            evaluation=trial.evaluation
            and replace(
                trial.evaluation,
                components={HOSTILE: ComponentStats(mean=0.0, low=0.0, high=1.0, active=0.5)},
                curve=tuple(
                    replace(p, components={HOSTILE: 1.0, "$\\frac{": 2.0, "_x": 1.0})
                    for p in trial.evaluation.curve
                ),
            ),
            failure=trial.failure and replace(trial.failure, message=HOSTILE),
        )
        for trial in data.trials
    )
    clips = tuple(replace(clip, title=HOSTILE, caption=HOSTILE) for clip in data.clips)
    facts = {HOSTILE: HOSTILE}
    hostile = replace(
        data,
        trials=trials,
        clips=clips,
        goal=HOSTILE,
        env_id=HOSTILE,
        method=HOSTILE,
        program=HOSTILE,
        settings=facts,
        versions=facts,
        isolation=HOSTILE,
        seconds={HOSTILE: 1.0},
    )
    page = Page(render_report(hostile))
    assert page.open == []
    assert page.all("script") == []
    assert not any(name.startswith("on") for _, a in page.tags for name in a)
    assert all(a.get("src", "data:").startswith("data:") for a in page.all("img"))
    assert page.text.count("alert(1)") > 20


def test_equal_data_give_equal_reports(make):
    assert render_report(make()) == render_report(make())


def test_a_search_without_a_winner_still_has_a_report(make):
    data = make()
    failed = tuple(t for t in data.trials if t.failure)
    page = Page(render_report(make(trials=failed, best=None, clips=(), arms=data.arms[:2])))
    assert "No candidate could be trained" in page.text
    assert page.open == []
    empty = Page(render_report(make(trials=(), best=None, clips=(), arms=(), seconds={}, cost={})))
    assert "0 candidates" in empty.text


def test_the_program_comes_with_its_difference_to_the_parent(make):
    page = Page(render_report(make()))
    kinds = Counter(a.get("class") for a in page.all("span"))
    assert kinds["added"] == 7
    assert kinds["removed"] == 4
    assert "What it changed of its parent g00c03" in page.text
    orphan = Page(render_report(make(best="g00c05")))
    assert "written from the task card alone" in orphan.text


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((0.4, 0.6), "above the other"),
        ((0.0, 0.05), "below the other"),
        ((0.2, 0.35), "told apart"),
    ],
)
def test_the_verdict_claims_what_the_intervals_allow(make, interval, words):
    best = replace(make().arms[2], interval=interval)
    other = replace(make().arms[1], label="other", interval=(0.1, 0.3))
    assert words in verdict(make(arms=(other, best)))[1]


def test_rates_are_rounded_to_what_is_known():
    assert [percent(x) for x in (0.0, 1.0, 0.9733, 0.005)] == ["0 %", "100 %", "97.3 %", "0.5 %"]


def test_it_is_written_whole_or_not_at_all(make, tmp_path):
    write_report(tmp_path / "out" / "report.html", make(clips=()))
    assert (tmp_path / "out" / "report.html").read_text().startswith("<!doctype html>")
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match="could not be written"):
        write_report(tmp_path / "file" / "report.html", make(clips=()))


def test_drawing_libraries_are_imported_when_a_report_is_written():
    code = (
        "import sys, alignenv.benchmarks.report\n"
        "assert not {'matplotlib', 'jinja2', 'PIL', 'torch', 'sqlalchemy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_an_analyst_says_is_told_and_escaped(make):
    data = make()
    failure = NamedFailure(
        mode=FailureMode.WRONG_SIGN,
        confidence=0.8,
        evidence=HOSTILE,
        component="near",
        steps=(3, 9),
    )
    said = Analysis(failures=(failure,), text=HOSTILE, gap="The gap is large.")
    trials = (replace(data.trials[0], analysis=said), *data.trials[1:])
    html = render_report(replace(data, trials=trials))
    page = Page(html)
    assert "what went wrong: wrong-sign" in page.text
    assert "wrong-sign (near, steps 3 to 9), confidence 0.8" in page.text
    assert "The gap is large." in page.text
    assert page.all("script") == []
    assert "what went wrong" not in Page(render_report(data)).text
