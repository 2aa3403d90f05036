from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alignenv.analysis import Analysis
from alignenv.program import parse_program
from alignenv.reward_design.coders.chat import ChatCoder
from alignenv.reward_design.coders.symbolic import SymbolicCoder
from alignenv.reward_design.designers import critics
from alignenv.reward_design.designers.auto_mc_reward import AutoMcReward, AutoMcRewardOptions
from alignenv.reward_design.designers.signs import with_fixed_magnitudes
from alignenv.reward_design.llm.journal import MemoryJournal
from alignenv.reward_design.llm.offline import ScriptedChat
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card, trained
from alignenv.testing.designers import DesignerContract
from alignenv.types import Coder, Designer, Draft, Episode, Trial

GOOD = """
def reward(prev, action, state):
    sparse = 1.0 if state.path_to_goal == 0 else 0.0
    dense = prev.path_to_goal - state.path_to_goal
    return sparse + dense, {"sparse": sparse, "dense": dense}
"""


class TestAutoMcReward(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return AutoMcReward(coder, card, seed)


def scripted(replies: Sequence[str], **options: int) -> tuple[AutoMcReward, MemoryJournal]:
    journal = MemoryJournal()
    model = ScriptedChat([ChatReply(text=text) for text in replies])
    coder = ChatCoder("test", Recorder(model, journal))
    return AutoMcReward(coder, example_card(), 0, AutoMcRewardOptions(**options)), journal


def asked(journal: MemoryJournal) -> list[ChatRequest]:
    return [request for request, _ in journal.recording()]


def fenced(source: str) -> str:
    return f"Thoughts.\n```python\n{source}\n```"


def role(request: ChatRequest) -> str:
    return request.messages[0].content.split("You are the ", 1)[1].split(".", 1)[0]


def episode(states: Sequence[dict[str, Any]], *, length: int, success: bool = False) -> Episode:
    return Episode(
        label="worst", seed=length, success=success, milestones=0.0, length=length, actions=(0,),
        states=tuple(states),
    )  # fmt: skip


def with_episodes(trial: Trial, *episodes: Episode) -> Trial:
    assert trial.evaluation is not None
    return replace(trial, evaluation=replace(trial.evaluation, episodes=episodes))


def test_only_signs_count() -> None:
    source = with_fixed_magnitudes(GOOD)
    assert source is not None
    card = example_card()
    program = parse_program(source, card.state, card.action)
    assert program.components == ("sparse", "dense")
    prev, state = card.state.empty(5), card.state.empty(5)
    card.state.view(prev)["path_to_goal"] = [5, 5, 5, 9, 3]
    card.state.view(state)["path_to_goal"] = [4, 5, 8, 0, 0]
    runner = program.load(compiled=False)
    out = np.zeros((5, runner.width))
    runner.reward(prev, np.zeros(5), state, np.full(5, 0.5), out)
    assert np.allclose(out[:, 0], [0.1, 0.0, -0.1, 1.1, 1.1])
    assert np.allclose(out[:, 1:], [[0, 0.1], [0, 0], [0, -0.1], [1, 0.1], [1, 0.1]])


@pytest.mark.parametrize(
    "source",
    [
        "def potential(state):\n    return 1.0\n",
        "def reward(prev, action, state):\n    return 1.0\n",
        "def reward(prev, action, state):\n    return 1.0, {}\n",
        GOOD.replace("    dense =", "    if state.bumped:\n        return 0.0, {}\n    dense ="),
        "def reward(",
    ],
)
def test_other_forms_have_no_fixed_magnitudes(source: str) -> None:
    assert with_fixed_magnitudes(source) is None


def test_fixing_magnitudes_twice_changes_nothing_more() -> None:
    once = with_fixed_magnitudes(GOOD)
    assert once is not None
    twice = with_fixed_magnitudes(once)
    assert twice is not None
    card = example_card()
    assert parse_program(twice, card.state, card.action).components == ("sparse", "dense")


def test_programs_of_the_grammar_can_be_bred_from_once_fixed() -> None:
    designer = AutoMcReward(SymbolicCoder(), example_card(), 0)
    first = designer.ask(6)
    assert all('"sparse"' in c.source or "'sparse'" in c.source for c in first)
    designer.tell([trained(c, i / 6, ("sparse", "dense")) for i, c in enumerate(first)])
    hurt = episode([{"bumped": True}], length=3)
    designer._best = with_episodes(designer._best, hurt) if designer._best else None
    assert any(c.parents == ("g00c05",) for c in designer.ask(6))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (GOOD, ""),
        (GOOD.replace("state.path_to_goal == 0", "state.at_goal"), "at_goal"),
        (GOOD.replace("prev.path_to_goal -", "state.truth -"), "truth"),
        (GOOD.replace(', {"sparse": sparse, "dense": dense}', ""), "named sparse and dense"),
        ("def reward(prev, action):\n    return 0.0, {}\n", "reward"),
    ],
)
def test_the_critic_by_rule(source: str, words: str) -> None:
    fault = critics.by_rule(Draft(source=source), example_card())
    assert words in fault
    assert bool(fault) is bool(words)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("ACCEPT", ""),
        ("`ACCEPT`\nWell done.", ""),
        ("REWRITE\nline 3: wrong sign", "line 3: wrong sign"),
        ("**REWRITE:** line 3: wrong sign", "line 3: wrong sign"),
        ("rewrite", ""),
        ("I am not sure.", ""),
        ("", ""),
    ],
)
def test_verdicts(answer: str, fault: str) -> None:
    assert critics.verdict(answer) == fault


def test_designer_and_critic_talk_until_the_critic_accepts() -> None:
    replies = [fenced(GOOD), "REWRITE\nline 4: the sign is wrong", fenced(GOOD), "ACCEPT"]
    designer, journal = scripted(replies)
    (candidate,) = designer.ask(1)
    requests = asked(journal)
    assert [role(r) for r in requests] == ["Reward Designer", "Reward Critic"] * 2
    assert "> line 4: the sign is wrong" in requests[2].messages[-1].content
    assert candidate.requests == (requests[0].id, requests[2].id)
    designer.tell([trained(candidate, 0.5)])
    assert designer.facts() == {"rejected": 1}


def test_rounds_are_bounded_and_the_rules_come_first() -> None:
    """What the language refuses never costs a question to the model's critic."""
    bad = fenced(GOOD.replace("state.path_to_goal == 0", "state.at_goal"))
    designer, journal = scripted([bad] * 9, rounds=2)
    designer.ask(1)
    assert [role(r) for r in asked(journal)] == ["Reward Designer"] * 3


def test_the_coder_s_model_plays_the_analyst() -> None:
    steps = [{"path_to_goal": 3.0, "bumped": False}, {"path_to_goal": 3.0, "bumped": True}]
    replies = [fenced(GOOD), "ACCEPT", "It bumps into the wall.", fenced(GOOD), "ACCEPT"]
    designer, journal = scripted(replies)
    (candidate,) = designer.ask(1)
    won = episode([{"path_to_goal": 0.0}], length=9, success=True)
    designer.tell([with_episodes(trained(candidate, 0.5), won, episode(steps, length=40))])
    designer.ask(1)
    _, _, analyst, rewrite, _ = asked(journal)
    assert role(analyst) == "Trajectory Analyst"
    assert "> step 40: path_to_goal=3, bumped=True" in analyst.messages[1].content
    assert "step 9" not in analyst.messages[1].content
    assert "> It bumps into the wall." in rewrite.messages[-1].content


@pytest.mark.parametrize(
    ("analysis", "n_turns"), [(Analysis(), 2), (Analysis(proposal="Charge for bumping."), 4)]
)
def test_another_analyst_is_heard_instead(analysis: Analysis, n_turns: int) -> None:
    designer, journal = scripted([fenced(GOOD), "ACCEPT"] * 2)
    (candidate,) = designer.ask(1)
    lost = with_episodes(trained(candidate, 0.5), episode([], length=40))
    designer.tell([replace(lost, analysis=analysis)])
    designer.ask(1)
    rewrite = asked(journal)[2].messages
    assert len(rewrite) == n_turns
    assert ("> Charge for bumping." in rewrite[-1].content) is bool(analysis.proposal)


def test_as_published_the_model_criticises_alone() -> None:
    bad = fenced(GOOD.replace("state.path_to_goal == 0", "state.at_goal"))
    replies = [bad, "REWRITE\nThere is no such field.", "No code.", fenced(GOOD), "ACCEPT"]
    designer, journal = scripted(replies, faithful=True)
    (candidate,) = designer.ask(1)
    writes, reads = "Reward Designer", "Reward Critic"
    assert [role(r) for r in asked(journal)] == [writes, reads, writes, writes, reads]
    assert "at_goal" not in candidate.source


def test_as_published_a_coder_without_words_is_criticised_by_rule() -> None:
    plain = AutoMcReward(SymbolicCoder(), example_card(), 0)
    options = AutoMcRewardOptions(faithful=True)
    published = AutoMcReward(SymbolicCoder(), example_card(), 0, options)
    assert [c.source for c in published.ask(4)] == [c.source for c in plain.ask(4)]


@pytest.mark.parametrize(("is_faithful", "shown"), [(False, "4.0"), (True, "3.0")])
def test_what_was_better_is_let_go_as_published(is_faithful: bool, shown: str) -> None:
    texts = [GOOD.replace("1.0 if", f"{value}.0 if") for value in (4, 3, 2)]
    designer, journal = scripted(
        [word for text in texts for word in (fenced(text), "ACCEPT")], faithful=is_faithful
    )
    for success in (0.6, 0.3):
        (candidate,) = designer.ask(1)
        lost = with_episodes(trained(candidate, success), episode([], length=40))
        designer.tell([replace(lost, analysis=Analysis(proposal="Hurry."))])
    designer.ask(1)
    assert f"{shown} if" in asked(journal)[4].messages[2].content
