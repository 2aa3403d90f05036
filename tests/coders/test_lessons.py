"""What the symbolic coder learns of a training, and what it then writes."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from alignenv.reward_design.coders.genome import Gene, Genome, Stage, component, is_valid
from alignenv.reward_design.coders.grammar import Grammar
from alignenv.reward_design.coders.lessons import Lessons, learn_from
from alignenv.reward_design.coders.revising import Reviser
from alignenv.reward_design.coders.symbolic import SymbolicCoder
from alignenv.reward_design.coders.vocabulary import LEVEL_NOUN, Vocabulary
from alignenv.reward_design.coders.writing import write_program
from alignenv.reward_design.feedback import Verdict
from alignenv.seeding import generator
from alignenv.task import TaskCard, find_task
from alignenv.testing.coders import trained
from alignenv.types import Brief, Candidate, Episode, Evaluation, Event

UNLOCK = find_task("AlignEnv-UnlockPickup-v0").card
FORM = find_task("AlignEnv-Form-5-v0").card
DRAWER = find_task("AlignEnv-Drawer-v0").card
LADDER = (Gene("", "progress", 1.0),)


def episode(
    label: str, milestones: float, *states: Mapping[str, Any], success: bool = False
) -> Episode:
    return Episode(
        label=label,
        seed=0,
        success=success,
        milestones=milestones,
        length=len(states),
        actions=(),
        states=states,
    )


def evaluation(*episodes: Episode, success: float = 0.0) -> Evaluation:
    found = trained(Candidate(id="g00c00", source="", coder="x", generation=0), success).evaluation
    assert found is not None
    return replace(found, episodes=episodes)


def zeros(card: TaskCard) -> dict[str, Any]:
    return {f.name: [0.0] * f.size if f.shape else 0.0 for f in card.state}


def unlock(**changed: Any) -> dict[str, Any]:
    flags = {"carrying_key": False, "door_open": False, "door_locked": True, "carrying_box": False}
    ways = {"path_to_key": 5.0, "path_to_door": 9.0, "path_to_box": -1.0}
    places = dict.fromkeys(("agent_pos", "key_pos", "door_pos", "box_pos"), (1.0, 1.0))
    return {**zeros(UNLOCK), **flags, **ways, **places, **changed}


def form(**changed: Any) -> dict[str, Any]:
    numbers = {"n_right": 0, "n_spoiled": 0, "focus": 0, "line": 0, "way_to_line": 3}
    flags = {"focus_named": False, "focus_right": False, "line_right": False, "submitted": False}
    return {**zeros(FORM), **numbers, **flags, **changed}


def reviser(vocabulary: Vocabulary) -> Reviser:
    return Reviser(Grammar(vocabulary, generator(0, "search", "test")))


def test_what_never_came_about_is_told_in_the_order_of_the_goal() -> None:
    states = (unlock(), unlock(carrying_key=True), unlock())
    lessons = learn_from(evaluation(episode("best", 0.3, *states)), Vocabulary(UNLOCK))
    assert lessons.undone == ("door_open", "door_locked", "carrying_box")


def test_only_a_failed_episode_tells_what_is_left_to_do() -> None:
    solved = episode("best", 1.0, unlock(), unlock(carrying_box=True), success=True)
    vocabulary = Vocabulary(UNLOCK)
    assert learn_from(evaluation(solved), vocabulary).undone == ()
    failed = episode("worst", 0.6, unlock(), unlock(carrying_key=True, door_locked=False))
    lessons = learn_from(evaluation(solved, failed), vocabulary)
    assert lessons.undone == ("door_open", "carrying_box")


def test_numbers_are_judged_by_the_episode_that_gets_further() -> None:
    best = episode("best", 0.8, form(), form(n_right=4, way_to_line=1))
    worst = episode("worst", 0.2, form(), form(n_right=1, n_spoiled=2))
    lessons = learn_from(evaluation(best, worst), Vocabulary(FORM))
    assert lessons.helpful == {"n_right"}
    assert lessons.harmful == {"n_spoiled", "way_to_line"}
    assert lessons.undone[:1] == ("focus_named",)


def test_ways_are_judged_by_their_length_where_it_is_known() -> None:
    best = episode("best", 0.6, unlock(), unlock(path_to_door=1.0, path_to_box=7.0))
    worst = episode("worst", 0.1, unlock(), unlock(path_to_key=8.0, key_pos=(1.0, 5.0)))
    lessons = learn_from(evaluation(best, worst), Vocabulary(UNLOCK))
    assert {"path_to_key", "path_to_door", "agent_pos~key_pos"} <= lessons.helpful
    assert "path_to_box" not in lessons.helpful | lessons.harmful


def test_the_reference_s_episode_teaches_nothing() -> None:
    """A coder that was shown a solution would not compare with programs drawn at random."""
    reference = episode("reference", 1.0, form(), form(n_right=5, submitted=True), success=True)
    assert learn_from(evaluation(reference), Vocabulary(FORM)) == Lessons()


def test_levels_are_spare_words_where_a_way_is_named() -> None:
    vocabulary = Vocabulary(DRAWER)
    levels = [s for s in vocabulary.subjects.values() if s.key.startswith("opening@")]
    assert levels
    assert all(s.noun == "" for s in levels)
    assert LEVEL_NOUN not in vocabulary.nouns


def _children(lessons: Lessons, n: int = 60) -> list[Genome]:
    vocabulary = Vocabulary(UNLOCK)
    stages = tuple(Stage(noun, "") for noun in vocabulary.nouns)
    parent = Genome(stages, (Gene("path_to_key", "approach", 1.0), Gene("", "time", 0.005)))
    breeder = reviser(vocabulary)
    found = [breeder.revise(parent, lessons, 1) for _ in range(n)]
    assert all(is_valid(genome, vocabulary) for genome in found)
    return found


def test_what_is_undone_is_paid_with_the_way_to_it() -> None:
    children = _children(Lessons(undone=("door_open", "carrying_box")))
    paid = [
        g for g in children if ("door_open", "change") in {(x.subject, x.form) for x in g.genes}
    ]
    assert len(paid) > len(children) / 4
    ways = Vocabulary(UNLOCK).ways(Vocabulary(UNLOCK).subjects["door_open"])
    known = {way.key for way in ways}
    with_way = [
        genome
        for genome in paid
        if any(gene.form == "approach" and gene.subject in known for gene in genome.genes)
    ]
    assert len(with_way) > len(paid) / 2
    assert any(Stage("door", "door_open") in genome.stages for genome in paid)


def test_what_no_term_looks_at_comes_in_without_a_lesson() -> None:
    subjects = {gene.subject for genome in _children(Lessons()) for gene in genome.genes}
    assert {"path_to_box", "door_open"} <= subjects


def test_a_harmful_count_is_paid_for_falling() -> None:
    vocabulary = Vocabulary(FORM)
    breeder = reviser(vocabulary)
    parent = Genome((), (Gene("n_right", "change", 1.0),))
    lessons = Lessons(harmful=frozenset({"n_spoiled"}))
    children = [breeder.revise(parent, lessons, 1) for _ in range(100)]
    forms = {g.form for genome in children for g in genome.genes if g.subject == "n_spoiled"}
    assert "loss" in forms
    child = next(
        g for g in children if ("n_spoiled", "loss") in {(x.subject, x.form) for x in g.genes}
    )
    assert "(prev.n_spoiled - state.n_spoiled)" in write_program(child, vocabulary)


def _stuck() -> tuple[Genome, Lessons]:
    """All that the goal names is paid, and the agent keeps the key in its hand."""
    vocabulary = Vocabulary(UNLOCK)
    stages = tuple(Stage(noun, vocabulary.marks(noun)[0]) for noun in vocabulary.nouns)
    ways = [Gene(f"path_to_{noun}", "approach", 1.0) for noun in vocabulary.nouns]
    flags = [Gene(flag, "change", 0.5) for flag in ("carrying_key", "door_open", "carrying_box")]
    return Genome(stages, (*ways, *flags)), Lessons(undone=("carrying_box",))


def test_where_all_is_paid_and_not_done_the_terms_in_the_way_are_changed() -> None:
    genome, lessons = _stuck()
    breeder = reviser(Vocabulary(UNLOCK))
    children = [breeder.revise(genome, lessons, 1) for _ in range(60)]
    key, ladder = ("carrying_key", "change"), ("", "progress")
    terms = [{(g.subject, g.form) for g in child.genes} for child in children]
    released = [t for t in terms if key not in t and ladder not in t]
    climbing = [t for t in terms if ladder in t]
    assert released
    assert climbing
    assert all(not any(form == "approach" for _, form in t) for t in climbing)
    weights = {g.weight for child in children for g in child.genes if g.subject == "carrying_box"}
    assert weights == {0.25, 0.5, 1.0, 2.0}, (
        "as it was, doubled by the lesson, or changed by chance"
    )


def test_a_potential_that_leaves_things_undone_becomes_terms() -> None:
    vocabulary = Vocabulary(UNLOCK)
    stages = tuple(Stage(noun, "") for noun in vocabulary.nouns)
    breeder = reviser(vocabulary)
    potential = Genome(stages, (), is_potential=True, weight=2.0)
    children = [breeder.revise(potential, Lessons(undone=("door_open",)), 1) for _ in range(20)]
    assert any(Gene("", "progress", 2.0) in genome.genes for genome in children)


def test_the_coder_acts_on_episodes() -> None:
    """Two parents that differ only in what their agents did are bred in different ways."""
    coder = SymbolicCoder()
    first = coder.write(Brief(card=FORM, generation=0, seed=1), 1)[0]
    candidate = Candidate(id="g00c00", source=first.source, coder="symbolic", generation=0)
    blind = trained(candidate, 0.0)
    assert blind.evaluation is not None
    shown = replace(
        blind,
        evaluation=replace(
            blind.evaluation,
            episodes=(episode("best", 0.4, form(), form(n_right=2, focus_named=True)),),
        ),
    )
    drafts = [
        [d.source for d in coder.write(Brief(card=FORM, generation=1, seed=1, parents=(t,)), 8)]
        for t in (blind, shown)
    ]
    assert drafts[0] != drafts[1]
    for source in (*drafts[0], *drafts[1]):
        ast.parse(source)


def test_a_named_value_that_was_not_reached_is_undone() -> None:
    vocabulary = Vocabulary(DRAWER)
    closed = {**zeros(DRAWER), "opening": 0.0, "gripping": True, "holding": True}
    lessons = learn_from(evaluation(episode("best", 0.4, closed, closed)), vocabulary)
    assert lessons.undone == ("opening@0.25",)
    opened = {**closed, "opening": 0.3}
    lessons = learn_from(evaluation(episode("best", 0.9, closed, opened)), vocabulary)
    assert lessons.undone == ()


def test_a_named_value_is_paid_on_its_way() -> None:
    vocabulary = Vocabulary(DRAWER)
    stages = tuple(Stage(noun, "") for noun in vocabulary.nouns)
    parent = Genome(stages, (Gene("handle_distance", "approach", 1.0),))
    breeder = reviser(vocabulary)
    children = [breeder.revise(parent, Lessons(undone=("opening@0.25",)), 1) for _ in range(40)]
    paid = [g for child in children for g in child.genes if g.subject == "opening@0.25"]
    assert len(paid) > len(children) / 3
    assert {gene.form for gene in paid} == {"approach"}


def happened(*changes: tuple[str, str]) -> tuple[Event, ...]:
    return tuple(Event(step=i, field=name, change=to) for i, (name, to) in enumerate(changes, 1))


def test_events_tell_what_recorded_states_leave_out() -> None:
    seen = episode("best", 0.5, unlock(), unlock())
    events = happened(("carrying_key", "on"), ("door_locked", "off"), ("carrying_key", "off"))
    lessons = learn_from(evaluation(replace(seen, events=events)), Vocabulary(UNLOCK))
    assert lessons.order == ("carrying_key", "door_locked")
    assert lessons.undone == ("door_open", "carrying_box")


def test_stages_take_the_order_in_which_they_were_done() -> None:
    vocabulary = Vocabulary(UNLOCK)
    marks = {"key": "carrying_key", "door": "door_locked", "box": "carrying_box"}
    stages = tuple(Stage(noun, marks[noun]) for noun in ("box", "door", "key"))
    breeder = reviser(vocabulary)
    lessons = Lessons(order=("carrying_key", "door_locked"), undone=("carrying_box",))
    children = [breeder.revise(Genome(stages, LADDER), lessons, 0) for _ in range(20)]
    orders = {tuple(stage.noun for stage in child.stages) for child in children}
    assert orders == {("box", "door", "key"), ("key", "door", "box")}


def test_a_farmed_arrival_becomes_a_way() -> None:
    vocabulary = Vocabulary(DRAWER)
    stages = tuple(Stage(noun, "") for noun in vocabulary.nouns)
    arrival = Gene("handle_distance", "arrival", 5.0)
    name = component(arrival, vocabulary)
    lessons = Lessons(verdicts={name: Verdict.FARMED})
    child = reviser(vocabulary).revise(Genome(stages, (arrival,)), lessons, 0)
    assert [gene.form for gene in child.genes] == ["approach"]


def test_what_neither_is_asked_for_nor_helps_goes_now_and_then() -> None:
    vocabulary = Vocabulary(FORM)
    genes = tuple(Gene(key, "change", 1.0) for key in ("n_right", "focus", "line", "submitted"))
    lessons = Lessons(helpful=frozenset({"n_right"}), undone=("line_right",))
    breeder = reviser(vocabulary)
    children = [breeder.revise(Genome((), genes), lessons, 1) for _ in range(80)]
    bare = [
        c for c in children if not {"focus", "line", "submitted"} & {g.subject for g in c.genes}
    ]
    assert 5 < len(bare) < 40
    assert all("n_right" in {g.subject for g in child.genes} for child in bare)
