"""What every coder must do, as tests to inherit.

class TestMyCoder(CoderContract):
    def make_coder(self):
        return MyCoder()
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from alignenv.spec import Field, StateSpec
from alignenv.task import ActionSpec, TaskCard
from alignenv.types import (
    Brief,
    Candidate,
    Coder,
    ComponentStats,
    CurvePoint,
    Draft,
    Evaluation,
    Failure,
    FailureKind,
    ManyBriefsCoder,
    Score,
    Trial,
)

FOREIGN = "def reward(prev, action, state):\n    return 0.0, {}\n"
"""A program that no coder under test wrote."""


def example_card() -> TaskCard:
    """A small task: fetch a key, open a door, reach a goal."""
    spec = StateSpec(
        (
            Field(name="carrying_key", kind="bool"),
            Field(name="door_open", kind="bool"),
            Field(name="path_to_key", kind="float", unit="steps", low=0, high=64, missing=-1),
            Field(name="path_to_goal", kind="float", unit="steps", low=0, high=64, missing=-1),
            Field(name="bumped", kind="bool", meaning="the last move was blocked"),
        )
    )
    return TaskCard(
        id="Example-v0",
        goal="Fetch the key, open the door and reach the green goal square.",
        observes="What is near.",
        action=ActionSpec(n=7, meaning="0 turn left, 1 turn right, 2 forward"),
        termination="Ends on the goal square.",
        horizon=100,
        state=spec,
    )


def trained(candidate: Candidate, success: float, components: tuple[str, ...] = ()) -> Trial:
    """A trial of a candidate that was trained and reached that success."""
    stats = {name: ComponentStats(mean=0.2, low=0.0, high=0.2, active=0.9) for name in components}
    point = CurvePoint(env_steps=1000, success=success, designed_return=1.0, length=50.0)
    score = Score(
        success=success,
        success_greedy=success,
        milestones=success,
        mean_length=50.0,
        n_episodes=100,
    )
    evaluation = Evaluation(score=score, env_steps=1000, curve=(point,), components=stats)
    return Trial(candidate=candidate, evaluation=evaluation)


def failed(candidate: Candidate, kind: FailureKind, message: str = "it failed") -> Trial:
    """A trial of a candidate that failed."""
    return Trial(candidate=candidate, failure=Failure(kind=kind, message=message))


class CoderContract(ABC):
    """A coder: exactly n drafts, a function of the brief alone."""

    @abstractmethod
    def make_coder(self) -> Coder:
        """A fresh coder."""

    def brief(
        self, *, seed: int = 0, parents: tuple[Trial, ...] = (), failed: tuple[Trial, ...] = ()
    ) -> Brief:
        """A brief on the example card."""
        generation = 1 if parents or failed else 0
        return Brief(
            card=example_card(), generation=generation, seed=seed, parents=parents, failed=failed
        )

    def parent(self, source: str, success: float = 0.3) -> Trial:
        """A trained parent with that program."""
        return trained(Candidate(id="g00c00", source=source, coder="x", generation=0), success)

    def test_has_a_name(self) -> None:
        """The name goes into candidates and tables."""
        assert self.make_coder().name

    def test_writes_exactly_n(self) -> None:
        """As many drafts as asked, each a program or a reason."""
        for n in (1, 2, 8):
            drafts = self.make_coder().write(self.brief(), n)
            assert len(drafts) == n
            assert all(_is_sound(draft) for draft in drafts)

    def test_equal_briefs_give_equal_drafts(self) -> None:
        """Two coders, and one coder twice, write the same."""
        coder = self.make_coder()
        first = list(coder.write(self.brief(), 4))
        assert list(coder.write(self.brief(), 4)) == first
        assert list(self.make_coder().write(self.brief(), 4)) == first

    def test_improves_on_parents(self) -> None:
        """Drafts from parents name only parents they were given."""
        source = next(d.source for d in self.make_coder().write(self.brief(), 8) if d.source)
        drafts = self.make_coder().write(self.brief(parents=(self.parent(source),)), 8)
        assert len(drafts) == 8
        assert all(set(draft.parents) <= {"g00c00"} for draft in drafts)
        assert any(draft.parents for draft in drafts)

    def test_takes_foreign_parents(self) -> None:
        """A parent that another coder wrote is no error."""
        drafts = self.make_coder().write(self.brief(parents=(self.parent(FOREIGN),)), 4)
        assert all(_is_sound(draft) for draft in drafts)

    def test_goes_on_when_all_failed(self) -> None:
        """A generation of failures is answered with drafts."""
        candidate = Candidate(id="g00c00", source=FOREIGN, coder="x", generation=0)
        trials = tuple(failed(candidate, kind) for kind in FailureKind if kind.is_coders)
        drafts = self.make_coder().write(self.brief(failed=trials), 4)
        assert all(_is_sound(draft) for draft in drafts)

    def test_true_progress_changes_nothing(self) -> None:
        """Milestones and hidden performance are the evaluator's; no draft depends on them."""
        written = []
        for progress in (0.0, 0.618):
            parent = self.parent(FOREIGN)
            assert parent.evaluation is not None, "it was trained"
            score = replace(parent.evaluation.score, milestones=progress, performance=progress)
            evaluation = replace(parent.evaluation, score=score)
            brief = self.brief(parents=(replace(parent, evaluation=evaluation),))
            written.append(list(self.make_coder().write(brief, 4)))
        assert written[0] == written[1]

    def test_many_briefs_get_one_draft_each(self) -> None:
        """A coder that takes many at once gives each its own, equally for equal briefs."""
        coder, again = self.make_coder(), self.make_coder()
        if not isinstance(coder, ManyBriefsCoder) or not isinstance(again, ManyBriefsCoder):
            return
        briefs = [replace(self.brief(seed=i), slot=i) for i in range(3)]
        drafts = list(coder.write_each(briefs))
        assert len(drafts) == 3
        assert all(_is_sound(draft) for draft in drafts)
        assert list(again.write_each(briefs)) == drafts


def _is_sound(draft: Draft) -> bool:
    return bool(draft.source) != (draft.failure is not None)
