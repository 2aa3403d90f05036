"""A reply's form is offered, given up where it is refused, and never needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from alignenv.errors import BudgetExceeded
from alignenv.reward_design import talkers
from alignenv.reward_design.analysts import replies
from alignenv.reward_design.coders.specs import read_settings
from alignenv.reward_design.critic import model
from alignenv.reward_design.critic.specs import make_critic
from alignenv.reward_design.llm import errors, forms
from alignenv.reward_design.llm.fake_script import Entry
from alignenv.reward_design.llm.fake_server import FakeServer
from alignenv.reward_design.llm.forms import Ladder, ReplyForm
from alignenv.reward_design.llm.journal import MemoryJournal
from alignenv.reward_design.llm.openai_chat import OpenAIChat
from alignenv.reward_design.llm.recorder import Recorder, RetryPolicy
from alignenv.reward_design.llm.types import ChatRequest, Message
from alignenv.testing.coders import example_card
from alignenv.testing.critics import SOUND, example_case
from alignenv.types import Turn

ASK = [Turn("user", "hello")]
JSON = '{"findings": [], "p_success": 0.25}'


@pytest.fixture(autouse=True)
def _fresh_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    from alignenv.reward_design.llm import vendor

    monkeypatch.setattr(vendor, "LADDER", Ladder())


def request(slot: int) -> ChatRequest:
    return ChatRequest(model="fake", messages=(Message("user", "hello"),), slot=slot)


def recorder(server: FakeServer, **settings: Any) -> Recorder:
    chat = OpenAIChat("fake", base_url=server.base_url, timeout_s=10.0, form=model.FORM)
    return Recorder(chat, MemoryJournal(), sleep=lambda _: None, **settings)


@pytest.mark.parametrize(
    ("refuses", "asked"),
    [
        ((), ["json_schema", "json_schema"]),
        (("json_schema",), ["json_schema", "json_object", "json_object"]),
        (("json_schema", "json_object"), ["json_schema", "json_object", "", ""]),
        (("json_object",), ["json_schema", "json_schema"]),
    ],
)
def test_a_refused_form_is_asked_for_once(refuses: tuple[str, ...], asked: list[str]) -> None:
    with FakeServer([JSON, JSON], refuses=refuses) as server:
        asking = recorder(server)
        texts = [asking.complete([request(slot)])[0].text for slot in (0, 1)]
        seen = [one.form for one in server.seen]
    assert texts == [JSON, JSON]
    assert seen == asked
    assert asking.journal.totals().calls == len(asked), "what was refused was sent, and counts"


def test_many_requests_that_are_refused_at_once_are_one_step() -> None:
    with FakeServer([JSON] * 8, refuses=("json_schema",)) as server:
        asking = recorder(server)
        asking.complete([request(slot) for slot in range(8)])
        seen = {one.form for one in server.seen}
    assert seen == {"json_schema", "json_object"}


def test_a_model_that_refuses_says_nothing_of_others() -> None:
    ladder = Ladder()
    assert ladder.refuse("here", "old", "json_schema") == "json_object"
    assert ladder.refuse("here", "old", "json_schema") == "json_object"
    assert ladder.refuse("here", "old", "json_object") == "text"
    assert ladder.mode("here", "new") == ladder.mode("there", "old") == "json_schema"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("400", errors.RequestRefused),
        ("context", errors.ContextTooLong),
        ("401", errors.AccessRefused),
        ("404", errors.UnknownModel),
    ],
)
def test_other_errors_do_not_change_the_form(fault: str, kind: type[Exception]) -> None:
    with FakeServer([Entry(text=JSON, faults=(fault,))]) as server:
        asking = recorder(server)
        with pytest.raises(kind, match=r"\d"):
            asking.complete([request(0)])
        asking.complete([request(0)])
        seen = [one.form for one in server.seen]
    assert seen == ["json_schema", "json_schema"]


def test_a_refusal_is_on_record_and_not_silent() -> None:
    with FakeServer([JSON], refuses=("json_schema",)) as server:
        chat = OpenAIChat("fake", base_url=server.base_url, form=model.FORM)
        with pytest.raises(errors.FormRefused, match="400 to a reply as json_schema") as caught:
            chat.complete(request(0))
    assert "asked for json_object" in caught.value.cure
    assert caught.value.retryable
    assert not caught.value.billed


def test_a_cap_holds_for_what_is_refused() -> None:
    from alignenv.reward_design.llm.budget import Budget

    with FakeServer([JSON], refuses=("json_schema", "json_object")) as server:
        asking = recorder(server, budget=Budget(calls=2), retry=RetryPolicy(first_s=0.0))
        with pytest.raises(BudgetExceeded, match="calls=2"):
            asking.complete([request(0)])
        assert len(server.seen) == 2


def test_a_form_is_no_part_of_the_recorded_request() -> None:
    """Recordings of before are replayed, and those of now by servers without a schema."""
    ids = []
    for form in (None, model.FORM):
        journal = MemoryJournal()
        with FakeServer([JSON]) as server:
            settings = read_settings(
                "openai:fake", example_card(), journal=journal, budget="", price="",
                base_url=server.base_url,
            )  # fmt: skip
            talkers.make_openai(settings, form).talk([ASK], 0)
            sent = server.seen[0].body
        assert ("response_format" in sent) == (form is not None)
        ids.append([asked.to_json() for asked, _ in journal.recording()])
    assert ids[0] == ids[1]


def test_the_critic_asks_for_words_first_and_then_for_a_form() -> None:
    with FakeServer(["- Is it paid once?", JSON]) as server:
        critic = make_critic("openai:fake", example_card(), base_url=server.base_url)
        assert critic is not None
        (judgement,) = critic.judge([example_case(SOUND)])
        seen = [one.form for one in server.seen]
    assert seen == ["", "json_schema"]
    assert judgement.voices["fake"] == 0.25


@pytest.mark.parametrize("form", [model.FORM, replies.FORM], ids=lambda form: form.name)
def test_forms_are_what_strict_servers_take(form: ReplyForm) -> None:
    """Every object closed, every key required, no default: the rules of strict schemas."""
    objects = list(_objects(form.schema))
    assert form.schema in objects
    for one in objects:
        assert one["additionalProperties"] is False
        assert sorted(one["required"]) == sorted(one["properties"])
        assert not any("default" in part for part in one["properties"].values())
    chat = OpenAIChat("fake", base_url="http://localhost:1/v1")
    asked = chat.arguments(request(0), form, forms.SCHEMA)["response_format"]["json_schema"]
    assert asked == {"name": form.name, "strict": True, "schema": form.schema}


def _objects(schema: Any) -> list[Mapping[str, Any]]:
    if isinstance(schema, list):
        return [found for part in schema for found in _objects(part)]
    if not isinstance(schema, dict):
        return []
    inner = [found for part in schema.values() for found in _objects(part)]
    return [schema, *inner] if schema.get("type") == "object" else inner


@pytest.mark.parametrize(
    "text", ["{" * 5000, '{"a": {"p_success": ', "", "{}", '["p_success"]', '{"p_success"}']
)
def test_what_is_no_object_is_not_found(text: str) -> None:
    assert list(forms.find_objects(text, {"p_success"})) == []


def test_an_object_is_found_inside_others() -> None:
    text = 'Here: {"reply": {"p_success": 0.5}} and {"p_success": 0.1} more'
    found = [one["p_success"] for one in forms.find_objects(text, {"p_success"})]
    assert found == [0.5, 0.1]
