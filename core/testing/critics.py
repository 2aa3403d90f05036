"""What every critic must do, as tests to inherit.

class TestMyCritic(CriticContract):
    def make_critic(self):
        return MyCritic()
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from alignenv.critique import Case, Critic, Evidence, LearningCritic, Payments, Recording, Verdict
from alignenv.testing.coders import example_card
from alignenv.types import Failure, FailureKind

SOUND = """def reward(prev, action, state):
    approach = 0.1 * (prev.path_to_goal - state.path_to_goal)
    goal = 2.0 if state.path_to_goal == 0 else 0.0
    return approach + goal, {"approach": approach, "goal": goal}
"""
FARMED = SOUND.replace("0.1 * (", "max(0.0, ")
"""As `SOUND`, but coming nearer pays and going away costs nothing."""

WAY, HORIZON = 8, 100
"""Steps from the start to the goal of the example's corridor, and its longest episode."""
NEAR, AWAY, REST = 2, 3, 6
"""Actions of the corridor: one step nearer to the goal, one step away, none."""


def corridor() -> Evidence:
    """A corridor of `WAY` steps, as an oracle and others play it from every place."""
    card = example_card()
    states = card.state.empty(2 * WAY + 1)
    card.state.view(states)["path_to_goal"] = np.arange(2 * WAY + 1)
    rows: list[tuple[int, int, int, float]] = []
    recordings: list[Recording] = []

    def play(label: str, doing: str, start: int, actions: Sequence[int]) -> None:
        place, first = start, len(rows)
        for n, action in enumerate(actions, start=1):
            to = max(0, min(2 * WAY, place + {NEAR: -1, AWAY: 1, REST: 0}[action]))
            rows.append((place, to, action, (WAY - start + n) / HORIZON))
            place = to
            if place == 0:
                break
        won = place == 0
        recordings.append(
            Recording(
                label=label,
                doing=doing,
                layout=0,
                first=first,
                n_steps=len(rows) - first,
                branch=WAY - start,
                success=won,
                terminated=won,
            )
        )

    play("oracle", "plays as one who knows the way", WAY, [NEAR] * WAY)
    for start in range(1, WAY + 1):
        play("still", "repeats action 6", start, [REST] * 8)
        play("cycle", "repeats actions 3 2", start, [AWAY, NEAR] * 4)
        play("cycle", "repeats actions 3 6", start, [AWAY, REST] * 4)
    before, after, action, t = zip(*rows, strict=True)
    return Evidence(
        states=states,
        before=np.array(before),
        after=np.array(after),
        action=np.array(action, dtype=np.float64),
        t=np.array(t),
        recordings=tuple(recordings),
        gamma=0.99,
        horizon=HORIZON,
    )


def example_case(source: str = SOUND, number: int = 0) -> Case:
    """One of `SOUND` and `FARMED` on the corridor."""
    evidence = corridor()
    gain = (evidence.before - evidence.after).astype(np.float64)
    approach = np.maximum(gain, 0.0) if source == FARMED else 0.1 * gain
    goal = np.where(evidence.after == 0, 2.0, 0.0)
    paid = Payments(
        total=approach + goal,
        components=np.column_stack([approach, goal]),
        names=("approach", "goal"),
    )
    return Case(card=example_card(), source=source, evidence=evidence, payments=paid, number=number)


def refused_case() -> Case:
    """A program that the language refuses."""
    failure = Failure(kind=FailureKind.RULE, code="R035", message="no field `truth`")
    return Case(
        card=example_card(),
        source="def reward(prev, action, state):\n    return state.truth\n",
        evidence=corridor(),
        failure=failure,
    )


class CriticContract(ABC):
    """A critic: one judgement per case, a function of the cases and of what it was told."""

    @abstractmethod
    def make_critic(self) -> Critic:
        """A fresh critic."""

    def cases(self) -> list[Case]:
        """A sound program, a farmed one, and a refused one."""
        return [example_case(SOUND, 0), example_case(FARMED, 1), refused_case()]

    def test_has_a_name(self) -> None:
        """The name goes into records."""
        assert self.make_critic().name

    def test_one_judgement_per_case(self) -> None:
        """Probabilities are probabilities, and what is sent back is told why."""
        critic = self.make_critic()
        assert len(critic.judge([])) == 0
        judged = critic.judge(self.cases())
        assert len(judged) == 3
        for judgement in judged:
            assert 0.0 <= judgement.p_success <= 1.0
            assert judgement.findings or not judgement.send_back

    def test_equal_cases_give_equal_judgements(self) -> None:
        """Two critics, and one critic twice, say the same."""
        critic = self.make_critic()
        first = list(critic.judge(self.cases()))
        assert list(critic.judge(self.cases())) == first
        assert list(self.make_critic().judge(self.cases())) == first

    def test_a_case_is_judged_by_itself(self) -> None:
        """What else is judged at the same time changes nothing: a resumed search asks for less."""
        together = list(self.make_critic().judge(self.cases()))
        assert [self.make_critic().judge([case])[0] for case in self.cases()] == together

    def test_what_has_no_value_is_sent_back(self) -> None:
        """There is nothing to train on, and the reason is told."""
        (judgement,) = self.make_critic().judge([refused_case()])
        assert judgement.send_back
        assert judgement.p_success < 0.5

    def test_learns_only_when_told(self) -> None:
        """Outcomes may change what is said next, equally for equal outcomes."""
        critics = [self.make_critic(), self.make_critic()]
        for critic in critics:
            judged = critic.judge(self.cases()[:2])
            if isinstance(critic, LearningCritic):
                pairs = zip((SOUND, FARMED), judged, (0.9, 0.1), strict=True)
                critic.tell([Verdict(source=s, judgement=j, success=x) for s, j, x in pairs])
        first, second = (list(critic.judge(self.cases())) for critic in critics)
        assert first == second
