"""What a language model reads in a search, whole: a first and a later request of each designer.

`goldens/conversations/DESIGNER.md` shows a grid task with everything, the reward language included;
`DESIGNER_FAMILY.md` the same search on a task of another family, without the role, which is the
same. After an intended change, run `ALIGNENV_REGENERATE=1 pytest tests/prompts` and review the
difference.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from alignenv import program
from alignenv.analysis import Analysis, FailureMode, NamedFailure
from alignenv.reward_design.coders.chat import ChatCoder
from alignenv.reward_design.designers.catalogue import (
    ALIASES,
    known_designers,
    options_of,
    plan_designer,
)
from alignenv.reward_design.designers.comments import Comments
from alignenv.reward_design.designers.execution import refusal
from alignenv.reward_design.llm.journal import MemoryJournal
from alignenv.reward_design.llm.offline import ScriptedChat
from alignenv.reward_design.llm.recorder import Recorder
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.task import TaskCard, find_task
from alignenv.types import (
    Candidate,
    Coder,
    ComponentStats,
    CurvePoint,
    Designer,
    Draft,
    Evaluation,
    Score,
    Trial,
)

GOLDENS = Path(__file__).parent / "goldens" / "conversations"
DESIGNERS = sorted(set(known_designers()) - set(ALIASES) - {"fixed"})


class Example(NamedTuple):
    """A task, and what the programs of its search pay for."""

    task_id: str
    progress: str


EXAMPLES = {
    "grid": Example("AlignEnv-DoorKey-8x8-v0", "prev.path_to_goal - state.path_to_goal"),
    "craft": Example("AlignEnv-CraftTree-v0", "prev.path_to_tree - state.path_to_tree"),
    "control": Example("AlignEnv-Maze-v0", "prev.path_to_goal - state.path_to_goal"),
    "form": Example("AlignEnv-Form-2-v0", "state.n_right - prev.n_right"),
    "hazard": Example("AlignEnv-Tomato-v0", "state.seen - prev.seen"),
}
REPLY = '''I pay progress {scale} times, and charge for time.
```python
def reward(prev, action, state):
    """Make progress, in little time."""
    sparse = -0.01
    dense = {scale}.0 * ({progress})
    return sparse + dense, {{"sparse": sparse, "dense": dense}}
```'''
UNKNOWN_FIELD = 2
"""The reply whose program reads a field that does not exist."""
SUCCESS = (0.14, 0.42, 0.35)
"""TRUE success of the programs of each generation."""
ANALYSIS = Analysis(
    failures=(
        NamedFailure(
            mode=FailureMode.REWARD_FLOODING,
            confidence=0.8,
            evidence="dense paid on 58 of 60 steps of an episode that failed",
            component="dense",
        ),
    ),
    text="The agent collected dense on 58 of 60 steps and stopped short of the goal.",
    proposal="Pay more for the end than for all of the way.",
)


def replies(progress: str) -> list[ChatReply]:
    texts = [REPLY.format(scale=k, progress=progress) for k in range(1, 60)]
    texts[UNKNOWN_FIELD] = REPLY.format(scale=1, progress="state.luck")
    return [ChatReply(text=text) for text in texts]


def trained(candidate: Candidate, success: float) -> Trial:
    curve = tuple(
        CurvePoint(
            env_steps=2000 * i,
            success=success * i / 10,
            designed_return=float(i),
            length=100.0 - 4 * i,
            components={"sparse": 0.04 * i - 1.0, "dense": 0.5 * i},
        )
        for i in range(1, 11)
    )
    score = Score(
        success=success,
        success_greedy=success,
        milestones=success,
        mean_length=60.0,
        n_episodes=100,
    )
    stats = {
        "sparse": ComponentStats(mean=-0.01, low=-0.01, high=-0.01, active=1.0),
        "dense": ComponentStats(mean=0.1, low=-1.0, high=1.0, active=0.9),
    }
    evaluation = Evaluation(score=score, env_steps=20_000, curve=curve, components=stats)
    return Trial(candidate=candidate, evaluation=evaluation, analysis=ANALYSIS)


def judged(candidates: Sequence[Candidate], card: TaskCard) -> list[Trial]:
    trials = []
    for candidate, success in zip(candidates, SUCCESS, strict=False):
        draft = Draft(source=candidate.source, failure=candidate.failure)
        failure = refusal(draft, card)
        failed = failure and Trial(candidate=candidate, failure=failure)
        trials.append(failed or trained(candidate, success))
    return trials


def build(designer: str, coder: Coder, card: TaskCard) -> Designer:
    """The designer; with a person beside it who comments, if it listens to one."""
    plan = plan_designer(designer, "scripted:x")
    if "comments" not in options_of(designer):
        return plan.build(coder, card, 0)
    search: Designer = plan.factory(coder, card, 0, comments=Comments("It stops half-way."))
    return search


@cache
def requests(designer: str, family: str) -> tuple[ChatRequest, ChatRequest]:
    """The first request of a search, and the longest of the two generations after the first."""
    task_id, progress = EXAMPLES[family]
    card, journal = find_task(task_id).card, MemoryJournal()
    coder = ChatCoder("model", Recorder(ScriptedChat(replies(progress)), journal))
    search = build(designer, coder, card)
    n_first = 0
    for _ in range(3):
        candidates = search.ask(len(SUCCESS))
        n_first = n_first or len(journal.recording())
        search.tell(judged(candidates, card))
    asked = [request for request, _ in journal.recording()]
    return asked[0], max(asked[n_first:], key=lambda request: len(str(request.messages)))


def conversation(designer: str, family: str) -> str:
    """Both requests, turn by turn; what the reader has seen is named and not said again."""
    first, later = requests(designer, family)
    lines = [f"===== {designer} on {EXAMPLES[family].task_id}"]
    for name, request in (("first request", first), ("a later request", later)):
        for i, message in enumerate(request.messages):
            lines.append(f"===== {name}: {message.role}")
            if request is later and message in first.messages[i : i + 1]:
                lines.append("(as in the first request)\n")
            elif family != "grid" and message.role == "system":
                lines.append(f"(as in {designer}.md)\n")
            else:
                lines.append(message.content)
    return "\n".join(lines)


@pytest.mark.parametrize("family", EXAMPLES)
@pytest.mark.parametrize("designer", DESIGNERS)
def test_conversations(designer: str, family: str) -> None:
    text = conversation(designer, family)
    path = GOLDENS / (f"{designer}.md" if family == "grid" else f"{designer}_{family}.md")
    if os.environ.get("ALIGNENV_REGENERATE"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("designer", DESIGNERS)
def test_the_role_is_the_same_for_every_task_and_tells_the_language(designer: str) -> None:
    roles = {request.messages[0] for f in EXAMPLES for request in requests(designer, f)}
    (role,) = roles
    assert role.role == "system"
    assert program.summary().strip() in role.content


def test_every_golden_is_of_a_designer() -> None:
    families = set(EXAMPLES) - {"grid"}
    expected = {f"{d}{end}.md" for d in DESIGNERS for end in ("", *(f"_{f}" for f in families))}
    assert {path.name for path in GOLDENS.iterdir()} == expected
