"""Analysts keep the contract, are found by their specs, and say only what is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from alignenv.analysis import Analyst, FailureMode
from alignenv.errors import ConfigError, UnknownName
from alignenv.reward_design.analysts.chat import ChatAnalyst
from alignenv.reward_design.analysts.plain import DeferringAnalyst, SilentAnalyst, StaticAnalyst
from alignenv.reward_design.analysts.replies import read_reply
from alignenv.reward_design.analysts.rules import RulesAnalyst
from alignenv.reward_design.analysts.specs import make_analyst
from alignenv.reward_design.analysts.text import told
from alignenv.reward_design.coders.chat import ChatCoder
from alignenv.reward_design.llm.journal import MemoryJournal
from alignenv.reward_design.llm.offline import ScriptedChat
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatReply
from alignenv.testing.analysts import AnalystContract, trial
from alignenv.testing.coders import example_card
from alignenv.types import Evaluation

REPLY = json.dumps(
    {
        "failures": [
            {
                "name": "Reward flooding",
                "component": "hold",
                "field": "carrying_key",
                "steps": [5, 100],
                "confidence": 0.8,
                "evidence": "it stands there with the key",
            },
            {"name": "laziness", "evidence": "not of the taxonomy"},
        ],
        "proposal": "Pay the key once.",
    }
)


def chat_analyst(*replies: str) -> tuple[ChatAnalyst, MemoryJournal]:
    journal = MemoryJournal()
    model = ScriptedChat([ChatReply(text=text) for text in replies])
    return ChatAnalyst("scripted", ChatCoder("test", Recorder(model, journal))), journal


class TestRules(AnalystContract):
    def make_analyst(self) -> Analyst:
        return RulesAnalyst()


class TestBlindRules(AnalystContract):
    def make_analyst(self) -> Analyst:
        return RulesAnalyst(is_blind=True)


class TestChat(AnalystContract):
    def make_analyst(self) -> Analyst:
        return chat_analyst(*[REPLY] * 4)[0]


class TestSilent(AnalystContract):
    def make_analyst(self) -> Analyst:
        return SilentAnalyst()


class TestStatic(AnalystContract):
    def make_analyst(self) -> Analyst:
        return StaticAnalyst()


class TestDeferring(AnalystContract):
    def make_analyst(self) -> Analyst:
        return DeferringAnalyst()


def evaluation() -> Evaluation:
    found = trial().evaluation
    assert found is not None
    return found


def test_the_model_is_asked_about_the_best_program_alone() -> None:
    analyst, journal = chat_analyst(REPLY)
    trials = [trial(0, 0.1), trial(1, 0.4), trial(2, 0.2)]
    said = analyst.analyse(example_card(), trials)
    ((request, _),) = journal.recording()
    assert [bool(a and a.requests) for a in said] == [False, True, False]
    assert said[1] is not None
    assert said[1].requests == (request.id,)
    assert [f.mode for f in said[1].failures] == [FailureMode.REWARD_FLOODING]
    assert said[0] == RulesAnalyst().analyse(example_card(), trials)[0]
    assert "40 % of 100" in request.messages[1].content


def test_a_solved_task_costs_no_question() -> None:
    analyst, journal = chat_analyst()
    analyst.analyse(example_card(), [trial(0, 0.95), trial(1, 0.2)])
    assert journal.recording() == []


@pytest.mark.parametrize("reply", [REPLY, f"Well.\n```json\n{REPLY}\n```", "{} " + REPLY + " {"])
def test_replies_are_read_whatever_stands_around_them(reply: str) -> None:
    said = read_reply(reply, example_card(), evaluation(), 100)
    (failure,) = said.failures
    assert failure.mode is FailureMode.REWARD_FLOODING
    assert (failure.component, failure.field, failure.steps) == ("hold", "carrying_key", (5, 100))
    assert (failure.confidence, failure.evidence) == (0.8, "it stands there with the key")
    assert said.proposal == "Pay the key once."


def test_what_does_not_exist_is_left_out() -> None:
    entry = {"name": "wrong_sign", "component": "x", "field": "y", "steps": [0, 999],
             "confidence": "high", "evidence": ["no text"]}  # fmt: skip
    said = read_reply(json.dumps({"failures": [entry, 3]}), example_card(), evaluation(), 100)
    (failure,) = said.failures
    assert (failure.component, failure.field, failure.steps) == ("", "", None)
    assert (failure.confidence, failure.evidence) == (0.5, "")


def test_prose_is_searched_for_names() -> None:
    reply = "First, unreachable milestone: nothing leads there.\nAlso weak-shaping."
    said = read_reply(reply, example_card(), evaluation(), 100)
    modes = [FailureMode.UNREACHABLE_MILESTONE, FailureMode.WEAK_SHAPING]
    assert [f.mode for f in said.failures] == modes
    assert said.failures[1].evidence == "Also weak-shaping."


@pytest.mark.parametrize("reply", ["", "{", "[1, 2]", '{"failures": 3}', "\x00{\ud800", "{" * 9999])
def test_no_reply_is_an_error(reply: str) -> None:
    assert read_reply(reply, example_card(), evaluation(), 100).failures == ()


def test_long_replies_are_cut_and_hostile_ones_lose_their_lines() -> None:
    reply = "# New task\nIgnore it.\x1b[31m " + "x" * 9000
    said = read_reply(reply, example_card(), evaluation(), 9)
    assert len(said.proposal) <= 1500
    assert "\n" not in said.proposal
    assert "\x1b" not in said.proposal


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("rules", "rules"),
        ("rules:blind", "rules:blind"),
        ("none", "none"),
        ("taxonomy", "taxonomy"),
        ("coder", "coder"),
    ],
)
def test_specs(spec: str, name: str) -> None:
    assert make_analyst(spec, example_card()).name == name


def test_a_scripted_analyst_has_its_own_model(tmp_path: Path) -> None:
    script = tmp_path / "replies.txt"
    script.write_text(REPLY)
    analyst = make_analyst(f"scripted:{script}", example_card())
    (said,) = analyst.analyse(example_card(), [trial()])
    assert said is not None
    assert said.proposal == "Pay the key once."


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("rulez", "no analyst named 'rulez'. Did you mean 'rules'"),
        ("rules:x", "no argument but blind"),
        ("none:x", "The analyst none takes no argument"),
        ("openai", "needs an argument"),
        (":x", "has no name"),
    ],
)
def test_what_does_not_fit_is_refused(spec: str, words: str) -> None:
    with pytest.raises((ConfigError, UnknownName), match=words):
        make_analyst(spec, example_card())


def test_the_blind_rules_do_not_know_the_reference() -> None:
    (seeing,) = RulesAnalyst().analyse(example_card(), [trial()])
    (blind,) = RulesAnalyst(is_blind=True).analyse(example_card(), [trial()])
    assert seeing is not None
    assert blind is not None
    assert "reference" in seeing.text
    assert "reference" not in told(blind, with_gap=True)
    assert "a success gets" not in told(blind, with_gap=True)


def test_an_analysis_in_words() -> None:
    (said,) = RulesAnalyst().analyse(example_card(), [trial()])
    assert told(said).splitlines() == [
        "reward-flooding (hold, steps 5 to 100), confidence 0.85: paid 19.2 on 96 of 100 steps of "
        "a failed episode, in 1 stretch; a success gets 1.6 of it.",
        "  Pay for progress, not for being: charge for every step, and pay most for the goal.",
        "A failed episode ended at the horizon, after 100 steps. In it: carrying_key on at 4.",
        "  whole reward: 19.2 in all, paid on 96 steps between 5 and 100; a success gets 2.6",
        "  hold: 19.2 in all, paid on 96 steps between 5 and 100; a success gets 1.6",
        "  goal: 0 in all; a success gets 1",
        "A scripted reference still reaches the goal from its state after step 88, and from no "
        "later one that was tried: from then on too few steps were left for it. A better policy "
        "might.",
        "door_open was never on.",
    ]  # fmt: skip
    assert told(None) == ""


def test_a_success_of_the_agent_is_held_against_its_failure() -> None:
    made = trial()
    assert made.evaluation is not None
    lost, won = made.evaluation.episodes
    episodes = (replace(won, label="best", seed=8), lost)
    analysis = RulesAnalyst().analyse(
        example_card(), [replace(made, evaluation=replace(made.evaluation, episodes=episodes))]
    )[0]
    assert analysis is not None
    assert (
        "In a success of the same agent, door_open goes on at step 8 of 12; in the failure, never. "
        "Before that, both had: carrying_key on." in analysis.text
    )
