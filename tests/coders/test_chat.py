"""The language-model coder over scripted models."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from alignenv.errors import BudgetExceeded, ConfigError, UnknownName
from alignenv.reward_design.coders import make_coder, parse_coder_spec
from alignenv.reward_design.coders.chat import ChatCoder
from alignenv.reward_design.llm.fake_script import Entry
from alignenv.reward_design.llm.fake_server import FakeServer
from alignenv.reward_design.llm.journal import FileJournal, MemoryJournal
from alignenv.reward_design.llm.offline import ScriptedChat
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.testing.coders import CoderContract, example_card, failed, trained
from alignenv.types import Brief, Candidate, Coder, FailureKind


def program(value: float) -> str:
    return f"def reward(prev, action, state):\n    return {value}, {{}}\n"


def reply(value: float) -> str:
    return f"This pays {value}.\n\n```python\n{program(value)}```\n"


def scripted(texts: Sequence[str | ChatReply]) -> tuple[ChatCoder, MemoryJournal]:
    replies = [ChatReply(text=t) if isinstance(t, str) else t for t in texts]
    journal = MemoryJournal()
    return ChatCoder("test", Recorder(ScriptedChat(replies), journal)), journal


def asked(journal: MemoryJournal) -> list[ChatRequest]:
    return [request for request, _ in journal.recording()]


class TestChatCoder(CoderContract):
    def make_coder(self) -> Coder:
        return scripted([reply(i) for i in range(16)])[0]


def brief(**more: object) -> Brief:
    generation = 1 if more else 0
    return Brief(card=example_card(), generation=generation, seed=0, **more)  # type: ignore[arg-type]


def candidate(index: int, source: str = "") -> Candidate:
    source = source or program(index)
    return Candidate(id=f"g00c{index:02d}", source=source, coder="test", generation=0)


def test_replies_become_drafts_in_order() -> None:
    coder, journal = scripted([reply(0), "no code", ChatReply(text="x", finish_reason="length")])
    drafts = coder.write(brief(), 3)
    assert drafts[0].source == program(0)
    assert drafts[0].note == "This pays 0."
    kinds = [draft.failure.kind for draft in drafts[1:] if draft.failure]
    assert kinds == [FailureKind.NO_CODE, FailureKind.CUT_OFF]
    assert [draft.requests for draft in drafts] == [(r.id,) for r in asked(journal)]


def test_filtered_replies_are_told_apart() -> None:
    coder, _ = scripted([ChatReply(text="", finish_reason="content_filter")])
    failure = coder.write(brief(), 1)[0].failure
    assert failure is not None
    assert "content filter" in failure.message


def test_the_first_prompt_is_system_and_task() -> None:
    coder, journal = scripted([reply(0)])
    coder.write(brief(), 1)
    assert [m.role for m in asked(journal)[0].messages] == ["system", "user"]
    assert example_card().goal in asked(journal)[0].messages[1].content


def test_the_incumbent_is_shown_with_its_reflection() -> None:
    coder, journal = scripted([reply(i) for i in range(4)])
    coder.write(brief(parents=(trained(candidate(7), 0.25),)), 2)
    for request in asked(journal):
        assert [m.role for m in request.messages] == ["system", "user", "assistant", "user"]
        assert program(7).strip() in request.messages[2].content
        assert "25 %" in request.messages[3].content


def test_drafts_take_turns_over_parents() -> None:
    coder, journal = scripted([reply(i) for i in range(8)])
    parents = tuple(trained(candidate(i), 0.5) for i in range(2))
    drafts = coder.write(brief(parents=parents), 4)
    assert [d.parents for d in drafts] == [("g00c00",), ("g00c01",)] * 2
    assert program(1).strip() in asked(journal)[1].messages[2].content


def test_when_all_failed_each_failure_is_sent_back() -> None:
    coder, journal = scripted([reply(i) for i in range(8)])
    trials = (
        failed(candidate(0), FailureKind.RULE, "line 2: [R001] no imports"),
        failed(candidate(1, " "), FailureKind.NO_CODE, "no function named reward"),
    )
    coder.write(brief(failed=(trials[0],)), 1)
    assert "no imports" in asked(journal)[0].messages[3].content
    empty = Candidate(id="g00c01", source="", coder="test", generation=0)
    coder.write(brief(failed=(failed(empty, FailureKind.NO_CODE, "no function"),)), 1)
    last = asked(journal)[-1]
    assert [m.role for m in last.messages] == ["system", "user"]
    assert "no function" in last.messages[1].content


def test_other_failures_stand_beside_the_reflection_once() -> None:
    coder, journal = scripted([reply(i) for i in range(8)])
    trials = tuple(failed(candidate(i), FailureKind.RULE, "no imports") for i in range(3))
    coder.write(brief(parents=(trained(candidate(9), 0.1),), failed=trials), 1)
    assert asked(journal)[0].messages[3].content.count("no imports") == 1


def test_requests_of_a_generation_differ_and_are_repeatable() -> None:
    ids = []
    for _ in range(2):
        coder, journal = scripted([reply(i) for i in range(8)])
        coder.write(brief(), 8)
        ids.append([request.id for request in asked(journal)])
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 8


def test_a_generation_that_the_budget_cannot_cover_is_not_begun(tmp_path: Path) -> None:
    script = tmp_path / "s.json"
    script.write_text(json.dumps([reply(i) for i in range(8)]))
    journal = MemoryJournal()
    coder = make_coder(f"scripted:{script}", example_card(), journal=journal, budget="calls=3")
    with pytest.raises(BudgetExceeded, match="calls=3"):
        coder.write(brief(), 4)
    assert journal.totals().calls == 0
    assert len(coder.write(brief(), 3)) == 3


def test_a_recording_replays_without_a_server(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with FakeServer([Entry(text=reply(i), faults=("500",) * (i % 2)) for i in range(4)]) as server:
        live = make_coder(
            "openai:fake", example_card(), journal=FileJournal(path), base_url=server.base_url
        )
        drafts = list(live.write(brief(), 4))
    replayed = make_coder(f"replay:{path}", example_card())
    assert list(replayed.write(brief(), 4)) == drafts


def test_specs_are_read() -> None:
    spec = parse_coder_spec("openai:org/model:tag")
    assert (spec.kind, spec.argument) == ("openai", "org/model:tag")
    assert parse_coder_spec("manual").argument == ""
    with pytest.raises(ConfigError, match="no name"):
        parse_coder_spec(":x")


def test_unknown_coders_get_a_hint() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'symbolic'"):
        make_coder("symbolc", example_card())


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("openai", "needs an argument"),
        ("replay:", "needs an argument"),
        ("scripted", "needs an argument"),
        ("symbolic:x", "takes no argument"),
        ("openai:gpt-5", "No key"),
    ],
)
def test_incomplete_specs_are_refused(
    spec: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigError, match=words):
        make_coder(spec, example_card())


def test_a_money_cap_needs_a_price() -> None:
    where = {"base_url": "http://localhost:1/v1", "budget": "usd=2"}
    with pytest.raises(ConfigError, match="price of my-model is not known") as caught:
        make_coder("openai:my-model", example_card(), **where)  # type: ignore[arg-type]
    assert "--price" in caught.value.cure
    make_coder("openai:my-model", example_card(), price="in=1,out=2", **where)  # type: ignore[arg-type]
    make_coder("openai:gpt-5-mini", example_card(), **where)  # type: ignore[arg-type]


def test_the_default_coder_is_light() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from alignenv.reward_design.coders import make_coder;"
        "from alignenv.testing.coders import example_card; make_coder('symbolic', example_card());"
        "bad = {'openai', 'torch', 'numba', 'jinja2'} & set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
