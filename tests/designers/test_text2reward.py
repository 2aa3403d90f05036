from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alignenv.reward_design.coders.chat import ChatCoder
from alignenv.reward_design.designers.text2reward import Text2Reward, Text2RewardOptions
from alignenv.reward_design.llm.journal import MemoryJournal
from alignenv.reward_design.llm.offline import ScriptedChat
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.task import TaskCard
from alignenv.testing.coders import example_card, failed, trained
from alignenv.testing.designers import DesignerContract, NotingCoder
from alignenv.types import Coder, Designer, Failure, FailureKind


class TestText2Reward(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return Text2Reward(coder, card, seed)


def program(value: float, field: str = "path_to_goal") -> str:
    return f"```python\ndef reward(prev, action, state):\n    return {value} * state.{field}\n```"


def scripted(replies: Sequence[str], **options: int) -> tuple[Text2Reward, MemoryJournal]:
    journal = MemoryJournal()
    model = ScriptedChat([ChatReply(text=text) for text in replies])
    coder = ChatCoder("test", Recorder(model, journal))
    options_ = Text2RewardOptions(**options)
    return Text2Reward(coder, example_card(), 0, options_), journal


def asked(journal: MemoryJournal) -> list[ChatRequest]:
    return [request for request, _ in journal.recording()]


def test_a_program_goes_back_with_its_error_until_it_is_accepted() -> None:
    designer, journal = scripted([program(1, "speed"), "no code", program(2)])
    (candidate,) = designer.ask(1)
    assert candidate.source.endswith("2 * state.path_to_goal\n")
    assert len(candidate.requests) == 3
    first, second, third = asked(journal)
    assert "speed" in second.messages[-1].content
    assert [m.role for m in second.messages] == ["system", "user", "assistant", "user"]
    assert second.messages[:2] == first.messages
    assert "held no program" in third.messages[-1].content


def test_repairs_are_bounded() -> None:
    designer, journal = scripted([program(i, "speed") for i in range(9)], repairs=2)
    (candidate,) = designer.ask(1)
    assert len(asked(journal)) == len(candidate.requests) == 3
    assert "2 * state.speed" in candidate.source


class Dividing:
    """Says that programs which pay 3 times or less have no value, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def failures(self, sources: Sequence[str]) -> Sequence[Failure | None]:
        self.asked.append([source.partition("return ")[2][0] for source in sources])
        fault = Failure(kind=FailureKind.VALUE, code="E010", message="line 2: division by zero")
        return [fault if int(value) <= 3 else None for value in self.asked[-1]]


def test_what_does_not_run_goes_back_with_its_error_until_it_does() -> None:
    replies = [program(1, "speed"), program(7), program(2), program(3), program(4)]
    designer, journal = scripted(replies)
    runs = Dividing()
    designer.use(runs)
    mended, kept = designer.ask(2)
    assert [c.source.partition("return ")[2][0] for c in (mended, kept)] == ["4", "7"]
    assert runs.asked == [["7"], ["2"], ["3"]], "refused texts are not run, nor the last attempt"
    assert (len(mended.requests), len(kept.requests)) == (4, 1)
    assert "division by zero" in asked(journal)[3].messages[-1].content
    assert "3 * state.path_to_goal" in asked(journal)[4].messages[-2].content


def test_only_the_broken_one_is_repaired() -> None:
    designer, journal = scripted([program(0), program(1, "speed"), program(2), program(3)])
    candidates = designer.ask(3)
    assert [len(c.requests) for c in candidates] == [1, 2, 1]
    values = [c.source.partition("return ")[2][0] for c in candidates]
    assert values == ["0", "3", "2"]
    assert len(asked(journal)) == 4


def test_what_failed_in_a_worker_is_repaired_in_the_next_generation() -> None:
    designer, journal = scripted([program(i) for i in range(1, 9)])
    first, second = designer.ask(2)
    designer.tell([trained(first, 0.5), failed(second, FailureKind.VALUE, "E012 overflow")])
    candidates = designer.ask(2)
    assert [c.parents for c in candidates] == [(), ("g00c01",)]
    anew, repair = asked(journal)[2:]
    assert [m.role for m in anew.messages] == ["system", "user"]
    assert "E012 overflow" in repair.messages[-1].content


def test_no_figure_of_a_training_is_shown() -> None:
    """Without a person, every generation is written from the same words."""
    designer, journal = scripted([program(i) for i in range(1, 9)])
    for _ in range(2):
        designer.tell([trained(c, 0.5) for c in designer.ask(2)])
    assert len({request.messages for request in asked(journal)}) == 1


def test_examples_are_shown_when_asked_for() -> None:
    designer, journal = scripted([program(1)], examples=2)
    designer.ask(1)
    task = asked(journal)[0].messages[1].content
    assert [f"# Solved example {k}" in task for k in (1, 2, 3)] == [True, True, False]


def test_a_person_s_words_change_the_best_program(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("Hurry.\n=====\nDo not drop the key.\n")
    coder = NotingCoder()
    designer = Text2Reward(coder, example_card(), 0, Text2RewardOptions(comments=file))
    for _ in range(2):
        designer.tell([trained(c, i / 4) for i, c in enumerate(designer.ask(2))])
    designer.ask(2)
    last = coder.briefs[-1]
    assert [t.candidate.id for t in last.parents] == ["g00c01"]
    assert "> Do not drop the key." in last.turns[-1].text
    assert "> Hurry." in last.turns[-1].text
    assert designer.facts() == {"comments": 2}


def faithful(comments: Path | None = None) -> tuple[Text2Reward, NotingCoder]:
    coder = NotingCoder()
    options = Text2RewardOptions(faithful=True, comments=comments)
    return Text2Reward(coder, example_card(), 0, options), coder


def test_as_published_words_rewrite_the_last_program_even_if_worse(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("Hurry.\n=====\nHurry more.\n=====\n")
    designer, coder = faithful(file)
    for success in (0.9, 0.1):
        (candidate,) = designer.ask(4)
        designer.tell([trained(candidate, success)])
    designer.ask(4)
    assert [t.candidate.id for t in coder.briefs[-1].parents] == ["g01c00"]
    assert designer.choice() == "g01c00"


def test_as_published_the_last_that_was_trained_is_the_result() -> None:
    designer, _ = faithful()
    assert designer.choice() is None
    (first,) = designer.ask(1)
    designer.tell([trained(first, 0.2)])
    (second,) = designer.ask(1)
    designer.tell([failed(second, FailureKind.VALUE)])
    assert designer.choice() == first.id


def test_otherwise_true_success_chooses() -> None:
    designer = Text2Reward(NotingCoder(), example_card(), 0)
    designer.tell([trained(c, 0.5) for c in designer.ask(2)])
    assert designer.choice() is None


def test_the_agent_that_words_are_about_is_shown(tmp_path: Path) -> None:
    options = Text2RewardOptions(comments=tmp_path / "words.txt")
    designer = Text2Reward(NotingCoder(), example_card(), 0, options)
    told = [trained(c, success) for c, success in zip(designer.ask(2), (0.9, 0.1), strict=True)]
    assert designer.asks_person
    showing = designer.showing(told)
    assert showing is not None
    assert [trial.candidate.id for trial in showing.agents] == ["g00c00"]
    assert showing.pairs == ()
    assert "block 1 of words.txt" in showing.wish
    (tmp_path / "words.txt").write_text("Hurry.\nAnd mind the wall.\n=====\n")
    designer.tell(told)
    assert designer.answer() == ["Hurry.", "And mind the wall."]


def test_nobody_is_shown_where_nobody_is_asked_or_nothing_was_trained(tmp_path: Path) -> None:
    without = Text2Reward(NotingCoder(), example_card(), 0)
    assert not without.asks_person
    assert without.showing([trained(c, 0.5) for c in without.ask(2)]) is None
    options = Text2RewardOptions(comments=tmp_path / "words.txt")
    broken = Text2Reward(NotingCoder(), example_card(), 0, options)
    assert broken.showing([failed(c, FailureKind.VALUE) for c in broken.ask(2)]) is None
