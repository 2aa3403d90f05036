"""What every analyst must do, as tests to inherit.

class TestMyAnalyst(AnalystContract):
    def make_analyst(self):
        return MyAnalyst()
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from alignenv.analysis import Analysis, Analyst, FailureMode
from alignenv.evidence import WHOLE, Event, LastChance, Payment
from alignenv.testing.coders import example_card, failed, trained
from alignenv.types import Candidate, Episode, FailureKind, Trial

PROGRAM = """def reward(prev, action, state):
    hold = 0.2 if state.carrying_key else 0.0
    goal = 1.0 if state.path_to_goal == 0 else 0.0
    return hold + goal, {"hold": hold, "goal": goal}
"""
"""A program that floods whoever holds the key."""


def episode(label: str = "worst", *, success: bool = False) -> Episode:
    """An episode on the example card: an agent that holds the key, or one that uses it."""
    n = 12 if success else 100
    holding = n - 4
    states = (
        {"carrying_key": False, "door_open": False, "path_to_key": 3.0, "path_to_goal": -1.0},
        {"carrying_key": True, "door_open": success, "path_to_key": 0.0, "path_to_goal": -1.0},
    )
    events = [Event(step=4, field="carrying_key", change="on")]
    if success:
        events.append(Event(step=8, field="door_open", change="on"))
    hold = 0.2 * holding
    return Episode(
        label=label,
        seed=7,
        success=success,
        milestones=float(success),
        length=n,
        actions=(2,) * n,
        states=states,
        events=tuple(events),
        payments=(
            _payment(WHOLE, hold + success, n_paid=holding, last=n),
            _payment("hold", hold, n_paid=holding, last=n),
            Payment(component="goal", total=float(success), end=float(success)),
        ),
        last_chance=None if success else LastChance(step=88, needed=12, n_tried=9),
    )


def _payment(component: str, total: float, *, n_paid: int, last: int) -> Payment:
    return Payment(
        component=component,
        total=total,
        end=0.2,
        n_paid=n_paid,
        n_times=1,
        first=last - n_paid + 1,
        last=last,
    )


def trial(number: int = 0, success: float = 0.0, *, source: str = PROGRAM) -> Trial:
    """A trained program, with a failed episode of its agent and the reference's success."""
    candidate = Candidate(id=f"g00c{number:02d}", source=source, coder="x", generation=0)
    made = trained(candidate, success, ("hold", "goal"))
    assert made.evaluation is not None, "it was trained"
    episodes = (episode(), episode("reference", success=True))
    return replace(made, evaluation=replace(made.evaluation, episodes=episodes))


class AnalystContract(ABC):
    """An analyst: one analysis per trial, a function of the trials, names from the taxonomy."""

    @abstractmethod
    def make_analyst(self) -> Analyst:
        """A fresh analyst."""

    def generation(self) -> list[Trial]:
        """A program that was flooded, one that failed, one that solves the task, and one more."""
        broken = Candidate(id="g00c01", source="", coder="x", generation=0)
        return [trial(), failed(broken, FailureKind.RULE), trial(2, 1.0), trial(3, 0.3)]

    def test_has_a_name(self) -> None:
        """The name goes into records."""
        assert self.make_analyst().name

    def test_there_is_one_analysis_per_trial(self) -> None:
        """Of none, of one and of many."""
        for trials in ([], [trial()], self.generation()):
            said = self.make_analyst().analyse(example_card(), trials)
            assert len(said) == len(trials)

    def test_equal_trials_give_equal_analyses(self) -> None:
        """Two analysts say the same of the same."""
        first, second = (
            list(self.make_analyst().analyse(example_card(), self.generation())) for _ in range(2)
        )
        assert first == second

    def test_nothing_is_named_where_nothing_is_to_be_named(self) -> None:
        """Programs that failed, and programs whose agent reaches the goal."""
        said = self.make_analyst().analyse(example_card(), self.generation())
        for analysis in (said[1], said[2]):
            assert analysis is None or analysis.failures == ()

    def test_what_is_named_is_known(self) -> None:
        """Names are of the taxonomy; components, fields and steps exist."""
        for analysis in self.make_analyst().analyse(example_card(), self.generation()):
            for failure in analysis.failures if analysis is not None else ():
                assert isinstance(failure.mode, FailureMode)
                assert 0.0 <= failure.confidence <= 1.0
                assert failure.component in ("", "hold", "goal")
                assert failure.field == "" or failure.field in example_card().state
                if failure.steps is not None:
                    assert 1 <= failure.steps[0] <= failure.steps[1] <= 100

    def test_true_progress_stays_untold(self) -> None:
        """Milestones and hidden performance are the evaluator's; no words depend on them."""
        hidden: list[Analysis | None] = []
        for progress in (0.0, 0.618):
            made = trial()
            assert made.evaluation is not None, "it was trained"
            score = replace(made.evaluation.score, milestones=progress, performance=progress)
            told = tuple(replace(e, milestones=progress) for e in made.evaluation.episodes)
            evaluation = replace(made.evaluation, score=score, episodes=told)
            hidden += self.make_analyst().analyse(
                example_card(), [replace(made, evaluation=evaluation)]
            )
        assert _words(hidden[0]) == _words(hidden[1])


def _words(analysis: Analysis | None) -> tuple[object, ...]:
    """All of an analysis but the ids of requests."""
    if analysis is None:
        return ()
    return (analysis.failures, analysis.text, analysis.gap, analysis.proposal)
