"""Voices are heard by their record, and none of them rejects without evidence."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from alignenv.critique import Case, Critic, Judgement, Verdict
from alignenv.reward_design.coders.chat import ChatCoder
from alignenv.reward_design.critic.model import ModelVoice, read_opinion
from alignenv.reward_design.critic.panel import Opinion, Panel, is_rejected
from alignenv.reward_design.critic.rules import CLEAN
from alignenv.reward_design.critic.specs import make_critic
from alignenv.reward_design.llm.journal import MemoryJournal
from alignenv.reward_design.llm.offline import ScriptedChat
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.testing.coders import example_card
from alignenv.testing.critics import FARMED, SOUND, CriticContract, example_case, refused_case

REPLIES = ["- Is the goal paid most?", "FINDING: pay more\nP(success): 0.9", "P(success): 0.4"]


class Says:
    """Always of one opinion."""

    def __init__(self, name: str, p: float | None) -> None:
        self.name, self.p = name, p
        self.asked = 0

    def opinions(
        self, cases: Sequence[Case], judgements: Sequence[Judgement]
    ) -> Sequence[Opinion | None]:
        self.asked += len(cases)
        return [None if self.p is None else Opinion(p_success=self.p) for _ in cases]


def model(journal: MemoryJournal | None = None) -> ModelVoice:
    chat = ScriptedChat([ChatReply(text=text) for text in REPLIES])
    coder = ChatCoder("model", Recorder(chat, journal or MemoryJournal()))
    return ModelVoice("model", coder, example_card())


class TestPanelWithAModel(CriticContract):
    def make_critic(self) -> Critic:
        return Panel([model()])


def test_untried_voices_count_alike() -> None:
    (judgement,) = Panel([Says("hope", 1.0)]).judge([example_case(SOUND)])
    assert judgement.p_success == pytest.approx((CLEAN + 1.0) / 2)
    assert judgement.voices == {"rules": CLEAN, "hope": 1.0}


def test_a_voice_that_was_wrong_is_heard_less() -> None:
    panel = Panel([Says("hope", 1.0)])
    case = example_case(SOUND)
    before = panel.judge([case])[0]
    panel.tell([Verdict(source=SOUND, judgement=before, success=0.1)] * 4)
    after = panel.judge([case])[0]
    assert panel.weight("hope") < panel.weight("rules")
    assert after.p_success < before.p_success


def test_a_model_rejects_nothing_by_itself() -> None:
    (judgement,) = Panel([Says("gloom", 0.0), Says("doom", 0.0)]).judge([example_case(SOUND)])
    assert judgement.p_success < 0.3
    assert not judgement.send_back


def test_a_model_saves_nothing_that_was_seen_to_fail() -> None:
    (judgement,) = Panel([Says("hope", 1.0)]).judge([example_case(FARMED)])
    assert judgement.send_back
    assert judgement.p_success > 0.5
    assert is_rejected(judgement)


def test_only_what_is_sent_back_can_be_rejected() -> None:
    assert not is_rejected(Judgement(p_success=0.0))
    assert is_rejected(Judgement(p_success=0.1, send_back=True))
    assert not is_rejected(Judgement(p_success=0.6, send_back=True, voices={"rules": 0.6}))


def test_a_voice_without_a_probability_is_left_out() -> None:
    (judgement,) = Panel([Says("mute", None)]).judge([example_case(SOUND)])
    assert judgement.voices == {"rules": CLEAN}


def test_nobody_is_asked_about_what_has_no_value() -> None:
    voice = Says("hope", 1.0)
    Panel([voice]).judge([refused_case()])
    assert voice.asked == 0


def test_the_rubric_is_written_once_before_any_program() -> None:
    journal = MemoryJournal()
    panel = Panel([model(journal)])
    panel.judge([example_case(SOUND, 0)])
    judgement = panel.judge([example_case(FARMED, 1)])[0]
    requests: list[ChatRequest] = [request for request, _ in journal.recording()]
    assert [request.slot for request in requests] == [0, 1, 2]
    assert "def reward" not in requests[0].messages[1].content
    for request, source in zip(requests[1:], (SOUND, FARMED), strict=True):
        text = request.messages[1].content
        assert "> - Is the goal paid most?" in text
        assert all(f"> {line}".rstrip() in text for line in source.strip().splitlines())
    assert "> - fault farmable:" in requests[2].messages[1].content
    assert judgement.voices["model"] == 0.4


@pytest.mark.parametrize(
    ("text", "p", "n_findings"),
    [
        ("FINDING: a\nFINDING: b\nP(success): 0.25", 0.25, 2),
        ("**P(success)**: **0.7**", 0.7, 0),
        ("I say P(success) = 35 %.", 0.35, 0),
        ("P(success): 0.2 at first, on reflection\nP(Success): .6", 0.6, 0),
        ("- finding: wrong sign\n`P(success): 0`", 0.0, 1),
        ("P(success): 7", None, 0),
        ('{"findings": ["a", "b"], "p_success": 0.25}', 0.25, 2),
        ('```json\n{"p_success": "0.5", "findings": [], "why": "more"}\n```', 0.5, 0),
        ('{"findings": [], "p_success": 7}', None, 0),
        ('{"p_success": null}\nP(success): 0.4', 0.4, 0),
        ('{"findings": ["cut o', None, 0),
        ("It will work.", None, 0),
        ("", None, 0),
    ],
)
def test_opinions_are_read_whatever_surrounds_them(
    text: str, p: float | None, n_findings: int
) -> None:
    opinion = read_opinion(text)
    assert (opinion.p_success if opinion else None) == p
    if opinion:
        assert [f.severity for f in opinion.findings] == ["doubt"] * n_findings
        assert all(f.evidence == "" for f in opinion.findings)


def test_critics_by_name() -> None:
    assert make_critic("none", example_card()) is None
    rules = make_critic("rules", example_card())
    assert rules is not None
    assert rules.name == "rules"
