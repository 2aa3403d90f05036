"""Drafts go back to their coder with the findings, a bounded number of times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from alignenv.critique import Finding, Judgement
from alignenv.reward_design.coders.chat import ChatCoder
from alignenv.reward_design.coders.symbolic import SymbolicCoder
from alignenv.reward_design.critic.rounds import CriticisedCoder
from alignenv.reward_design.designers.catalogue import plan_designer
from alignenv.reward_design.llm.journal import MemoryJournal
from alignenv.reward_design.llm.offline import ScriptedChat
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatReply
from alignenv.testing.coders import CoderContract, example_card
from alignenv.types import Brief, Coder, ManyBriefsCoder, Talker

BAD, GOOD, FAIR = (f"def reward(prev, action, state):\n    return {n}.0, {{}}\n" for n in range(3))
SEEN = Finding(code="farmable", message="It can be farmed.", evidence="actions 3 4 pay 1")


@dataclass
class Desk:
    """Sends back what does not return 1; thinks a little of what returns 2."""

    judged: list[str] = field(default_factory=list)

    def judge(self, sources: Sequence[str]) -> Sequence[Judgement]:
        self.judged += sources
        return [
            Judgement(p_success=0.9)
            if "return 1.0" in source
            else Judgement(
                p_success=0.3 if "return 2.0" in source else 0.1, findings=(SEEN,), send_back=True
            )
            for source in sources
        ]


class Content:
    """Sends nothing back."""

    def judge(self, sources: Sequence[str]) -> Sequence[Judgement]:
        return [Judgement(p_success=0.5) for _ in sources]


class TestCriticisedSymbolic(CoderContract):
    def make_coder(self) -> Coder:
        return CriticisedCoder.around(SymbolicCoder(), Desk(), 2)


def scripted(replies: Sequence[str], rounds: int) -> tuple[Coder, Desk, MemoryJournal]:
    journal, desk = MemoryJournal(), Desk()
    chat = ScriptedChat([ChatReply(text=f"```python\n{text}```") for text in replies])
    coder = ChatCoder("test", Recorder(chat, journal))
    return CriticisedCoder.around(coder, desk, rounds), desk, journal


def brief(slot: int = 0) -> Brief:
    return Brief(card=example_card(), generation=0, seed=0, slot=slot)


def test_a_draft_goes_back_until_it_is_accepted() -> None:
    coder, desk, journal = scripted([BAD, FAIR, GOOD], rounds=2)
    (draft,) = coder.write(brief(), 1)
    requests = [request for request, _ in journal.recording()]
    assert draft.source == GOOD
    assert draft.requests == tuple(request.id for request in requests)
    assert len(desk.judged) == 3
    last = requests[-1].messages
    assert [m.role for m in last[-4:]] == ["assistant", "user", "assistant", "user"]
    assert "> - It can be farmed. Seen: actions 3 4 pay 1" in last[-1].content


def test_rounds_are_bounded_and_the_best_draft_is_kept() -> None:
    coder, _, journal = scripted([FAIR, BAD, BAD, GOOD], rounds=2)
    (draft,) = coder.write(brief(), 1)
    assert draft.source == FAIR, "the critic thought more of the first than of what followed"
    assert len(journal.recording()) == 3 == len(draft.requests)


def test_a_reply_without_a_program_does_not_replace_one() -> None:
    journal = MemoryJournal()
    replies = [ChatReply(text=f"```python\n{BAD}```"), ChatReply(text="I would rather not.")]
    coder = ChatCoder("test", Recorder(ScriptedChat(replies), journal))
    (draft,) = CriticisedCoder.around(coder, Desk(), 1).write(brief(), 1)
    assert draft.source == BAD
    assert draft.failure is None


def test_no_round_means_no_request_more() -> None:
    coder, desk, journal = scripted([BAD], rounds=0)
    (draft,) = coder.write(brief(), 1)
    assert draft.source == BAD
    assert len(journal.recording()) == 1
    assert desk.judged == []


def test_only_what_is_sent_back_is_written_again() -> None:
    coder, _, journal = scripted([GOOD, BAD, BAD, GOOD, BAD, BAD], rounds=1)
    first, second = coder.write(brief(), 2)
    assert (first.source, second.source) == (GOOD, GOOD)
    assert (len(first.requests), len(second.requests)) == (1, 2)
    assert [request.slot for request, _ in journal.recording()] == [0, 1, 3]


def test_requests_of_two_briefs_have_numbers_of_their_own() -> None:
    coder, _, journal = scripted([BAD] * 12, rounds=2)
    assert isinstance(coder, ManyBriefsCoder)
    coder.write(brief(slot=0), 2)
    coder.write_each([brief(slot=2), brief(slot=3)])
    assert sorted(request.slot for request, _ in journal.recording()) == list(range(12))


def test_words_are_passed_on_where_the_coder_has_some() -> None:
    coder, _, _ = scripted([GOOD], rounds=1)
    assert isinstance(coder, Talker)
    assert not isinstance(CriticisedCoder.around(SymbolicCoder(), Content(), 1), Talker)


def test_a_critic_reads_what_will_be_trained() -> None:
    """Auto MC-Reward fixes magnitudes after the coder wrote; the critic sees them fixed."""
    desk, form = Desk(), plan_designer("auto-mc-reward").factory.trained_form
    CriticisedCoder.around(SymbolicCoder(), desk, 1, form).write(brief(), 2)
    assert len(desk.judged) >= 2
    assert all("np.sign(of_outcome)" in source for source in desk.judged)


def test_a_critic_that_sends_nothing_back_changes_no_program() -> None:
    """Every designer over the symbolic coder proposes what it proposes without a critic."""
    for name in ("eureka", "revolve", "map-elites", "mcts", "text2reward", "auto-mc-reward"):
        plan = plan_designer(name)
        plain = plan.build(SymbolicCoder(), example_card(), 0).ask(4)
        coder = CriticisedCoder.around(SymbolicCoder(), Content(), 2)
        assert plan.build(coder, example_card(), 0).ask(4) == plain
