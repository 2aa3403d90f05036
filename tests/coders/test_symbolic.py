from __future__ import annotations

import ast
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignenv.program import parse_program
from alignenv.reward_design.coders.genome import (
    FARMABLE,
    PREFIX,
    Gene,
    Genome,
    Stage,
    component,
    decode,
    encode,
    is_valid,
)
from alignenv.reward_design.coders.grammar import Grammar
from alignenv.reward_design.coders.lessons import Lessons
from alignenv.reward_design.coders.revising import Reviser
from alignenv.reward_design.coders.symbolic import SymbolicCoder
from alignenv.reward_design.coders.vocabulary import Role, Vocabulary
from alignenv.reward_design.coders.writing import write_program
from alignenv.reward_design.feedback import Verdict
from alignenv.seeding import generator
from alignenv.spec import Field, StateSpec
from alignenv.task import ActionSpec, TaskCard, find_task
from alignenv.testing.coders import CoderContract, example_card, trained
from alignenv.types import Brief, Candidate, Coder, ComponentStats, Trial

# Task cards and their goals, written for alignenv.
CARDS = json.loads((Path(__file__).parents[1] / "data" / "cards.json").read_text())["cards"]


def card(name: str) -> TaskCard:
    data = CARDS[name]
    return TaskCard(
        id=f"{name}-v0",
        goal=data["goal"],
        observes="",
        action=ActionSpec(n=7),
        termination="",
        horizon=data["horizon"],
        state=StateSpec.from_card(data["fields"]),
    )


def grammar(task: TaskCard, seed: int = 0) -> tuple[Grammar, Vocabulary]:
    vocabulary = Vocabulary(task)
    return Grammar(vocabulary, generator(seed, "search", "test")), vocabulary


def reviser(vocabulary: Vocabulary) -> Reviser:
    return Reviser(Grammar(vocabulary, generator(0, "search", "test")))


def samples(name: str, n: int) -> Iterator[tuple[Genome, Vocabulary]]:
    breeder, vocabulary = grammar(card(name))
    for _ in range(n):
        yield breeder.sample(), vocabulary


class TestSymbolicCoder(CoderContract):
    def make_coder(self) -> Coder:
        return SymbolicCoder()

    def test_drafts_differ(self) -> None:
        sources = [draft.source for draft in self.make_coder().write(self.brief(), 16)]
        assert len(set(sources)) == 16


@pytest.mark.parametrize(
    ("name", "nouns"),
    [
        ("doorkey", ("key", "door", "goal")),
        ("multiroom", ("room", "door", "goal")),
        ("lava", ("goal",)),
        ("keycorridor", ("key", "door", "room", "ball")),
        ("push", ("puck", "target")),
        ("gripper", ("cube", "target")),
    ],
)
def test_stages_follow_the_goal_sentence(name: str, nouns: tuple[str, ...]) -> None:
    assert Vocabulary(card(name)).nouns == nouns


@pytest.mark.parametrize(
    ("task_id", "nouns"),
    [
        ("AlignEnv-UnlockPickup-v0", ("key", "door", "box")),
        ("AlignEnv-PutNear-6x6-N2-v0", ("thing", "target")),
        ("AlignEnv-SideEffects-v0", ("goal", "coin")),
        ("AlignEnv-Form-5-v0", ()),
    ],
)
def test_words_that_name_nothing_are_no_stages(task_id: str, nouns: tuple[str, ...]) -> None:
    """Codes of fields begin with such words too: a direction is "up", and one picks a box up."""
    assert Vocabulary(find_task(task_id).card).nouns == nouns


def test_numbers_of_things_in_a_state_are_counts_and_numbers_of_things_are_not() -> None:
    found = Vocabulary(find_task("AlignEnv-Form-5-v0").card).subjects
    assert found["n_right"].role is Role.COUNT
    assert "n_elements" not in found


def test_doorkey_s_quantities_are_understood() -> None:
    vocabulary = Vocabulary(card("doorkey"))
    by_role = {
        role: [s.key for s in vocabulary.subjects.values() if s.role is role] for role in Role
    }
    assert by_role[Role.FLAG] == ["carrying_key", "door_open", "door_locked"]
    assert by_role[Role.HAZARD] == ["bumped"]
    assert by_role[Role.DISTANCE][:3] == ["path_to_key", "path_to_door", "path_to_goal"]
    assert "agent_pos~goal_pos" in by_role[Role.DISTANCE]
    assert vocabulary.subjects["door_locked"].expression == "not {s}.door_locked"
    assert vocabulary.subjects["path_to_goal"].known == "{s}.path_to_goal >= 0"
    assert "agent_dir" not in vocabulary.subjects


def test_what_the_goal_warns_of_is_a_hazard() -> None:
    vocabulary = Vocabulary(card("lava"))
    assert vocabulary.subjects["lava_ahead"].role is Role.HAZARD
    assert vocabulary.subjects["dead"].role is Role.HAZARD


def test_coded_numbers_become_flags() -> None:
    vocabulary = Vocabulary(card("keycorridor"))
    assert [s.noun for s in vocabulary.subjects.values() if s.key.startswith("carrying=")] == [
        "key",
        "ball",
    ]


def test_a_task_of_plain_numbers_gets_levels() -> None:
    spec = StateSpec(
        (
            Field(name="position", kind="float", low=-1.2, high=0.6),
            Field(name="velocity", kind="float", low=-0.07, high=0.07),
        )
    )
    task = dataclasses.replace(
        example_card(), state=spec, goal="Drive the car to position 0.45 or beyond."
    )
    keys = list(Vocabulary(task).subjects)
    assert keys[0] == "position@0.45"
    assert "velocity@0" in keys


@pytest.mark.parametrize("name", sorted(CARDS))
def test_programs_are_python_and_carry_their_genome(name: str) -> None:
    for genome, vocabulary in samples(name, 60):
        source = write_program(genome, vocabulary)
        tree = ast.parse(source)
        entry = "potential" if genome.is_potential else "reward"
        assert tree.body[-1].name == entry  # type: ignore[attr-defined]
        assert decode(source, vocabulary) == genome
        assert max(len(line) for line in source.splitlines()) < 160


def test_every_form_is_within_reach() -> None:
    """The honest baseline can write what is farmed, and what is not."""
    forms = {g.form for genome, _ in samples("doorkey", 400) for g in genome.genes}
    assert forms >= {"approach", "distance", "closeness", "arrival", "change", "time"}
    assert forms >= set(FARMABLE) - {"away"}
    assert forms >= {"progress", "lag", "penalty"}
    assert any(genome.is_potential for genome, _ in samples("doorkey", 400))


@pytest.mark.parametrize("name", sorted(CARDS))
def test_offspring_are_valid(name: str) -> None:
    breeder, vocabulary = grammar(card(name))
    changer, parent = reviser(vocabulary), breeder.sample()
    for _ in range(80):
        numbers = (Role.COUNT, Role.DISTANCE)
        lessons = Lessons(
            verdicts={component(g, vocabulary): Verdict.FARMED for g in parent.genes},
            undone=tuple(s.key for s in vocabulary.subjects.values() if s.role is Role.FLAG),
            harmful=frozenset(s.key for s in vocabulary.subjects.values() if s.role in numbers),
        )
        child = breeder.cross(changer.revise(parent, lessons, 2), breeder.sample())
        assert is_valid(child, vocabulary)
        ast.parse(write_program(child, vocabulary))
        parent = child


def test_a_farmed_term_becomes_safe() -> None:
    vocabulary = Vocabulary(card("doorkey"))
    stages = tuple(Stage(noun, "") for noun in vocabulary.nouns)
    genome = Genome(stages, (Gene("carrying_key", "event", 0.3), Gene("", "time", 0.01)))
    child = reviser(vocabulary).revise(
        genome, Lessons(verdicts={"event_carrying_key": Verdict.FARMED}), 0
    )
    assert [(g.subject, g.form) for g in child.genes] == [("carrying_key", "change"), ("", "time")]


def test_a_dominating_term_is_lowered() -> None:
    vocabulary = Vocabulary(card("doorkey"))
    stages = tuple(Stage(noun, "") for noun in vocabulary.nouns)
    genome = Genome(stages, (Gene("path_to_key", "approach", 4.0), Gene("", "time", 0.01)))
    child = reviser(vocabulary).revise(
        genome, Lessons(verdicts={"approach_key": Verdict.DOMINATING}), 0
    )
    assert child.genes[0].weight == 1.0


def farmed_parent(success: float) -> Trial:
    vocabulary = Vocabulary(card("doorkey"))
    stages = tuple(Stage(noun, "") for noun in vocabulary.nouns)
    genome = Genome(stages, (Gene("carrying_key", "event", 0.3), Gene("", "time", 0.01)))
    source = write_program(genome, vocabulary)
    trial = trained(Candidate(id="g00c00", source=source, coder="x", generation=0), success)
    assert trial.evaluation is not None
    stats = {"event_carrying_key": ComponentStats(mean=0.1, low=0.0, high=0.3, active=0.4)}
    return dataclasses.replace(
        trial, evaluation=dataclasses.replace(trial.evaluation, components=stats)
    )


def test_feedback_reaches_the_next_generation() -> None:
    brief = Brief(card=card("doorkey"), generation=1, seed=1, parents=(farmed_parent(0.0),))
    drafts = SymbolicCoder().write(brief, 8)
    children = [draft for draft in drafts if draft.parents]
    assert children
    assert all("event_carrying_key" not in draft.source for draft in children)
    assert all("drop event_carrying_key" in draft.note for draft in children)


def test_every_mutant_says_what_changed() -> None:
    coder = SymbolicCoder()
    for seed in range(5):
        first = coder.write(Brief(card=card("doorkey"), generation=0, seed=seed), 1)[0]
        parent = trained(Candidate(id="g00c00", source=first.source, coder="x", generation=0), 0.8)
        brief = Brief(card=card("doorkey"), generation=1, seed=seed, parents=(parent,))
        notes = [draft.note for draft in coder.write(brief, 8) if draft.parents]
        assert notes
        assert "unchanged" not in notes


def test_a_working_parent_gets_more_children_than_a_failing_one() -> None:
    def children(success: float) -> list[bool]:
        parents = (farmed_parent(success),)
        brief = Brief(card=card("doorkey"), generation=1, seed=1, parents=parents)
        return [bool(draft.parents) for draft in SymbolicCoder().write(brief, 8)]

    assert children(0.9) == [False] * 2 + [True] * 6
    assert children(0.0) == [False] * 4 + [True] * 4


def test_two_parents_are_crossed() -> None:
    coder = SymbolicCoder()
    sources = [d.source for d in coder.write(Brief(card=card("doorkey"), generation=0, seed=0), 2)]
    parents = tuple(
        trained(Candidate(id=f"g00c0{i}", source=s, coder="x", generation=0), 0.5)
        for i, s in enumerate(sources)
    )
    brief = Brief(card=card("doorkey"), generation=1, seed=0, parents=parents)
    assert any(len(draft.parents) == 2 for draft in coder.write(brief, 8))


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "not json",
        "[]",
        '{"stages":[],"genes":[],"potential":0}',
        '{"stages":[["key",""],["door",""],["goal",""]],"genes":[["secret","hold",1,0]],"potential":0}',
        '{"stages":[["key",""],["door",""],["goal",""]],"genes":[["bumped","hold",1,0]],"potential":0}',
        '{"stages":[["key",""],["door",""],["goal",""]],"genes":[["","time",1e99,0]],"potential":0}',
        '{"stages":[["key","os"],["door",""],["goal",""]],"genes":[["","time",1,0]],"potential":0}',
        "[" * 100_000,
    ],
)
def test_foreign_genomes_are_ignored(lines: str) -> None:
    source = f"def reward(prev, action, state):\n    return 0.0, {{}}\n{PREFIX}{lines}\n"
    assert decode(source, Vocabulary(card("doorkey"))) is None


@given(st.text(max_size=200))
def test_any_text_can_be_decoded(text: str) -> None:
    vocabulary = Vocabulary(example_card())
    assert decode(PREFIX + text, vocabulary) is None or "genes" in text


def test_the_same_in_every_process() -> None:
    code = (
        "from alignenv.testing.coders import example_card; from alignenv.types import Brief;"
        "from alignenv.reward_design.coders.symbolic import SymbolicCoder;"
        "b = Brief(card=example_card(), generation=0, seed=5);"
        "print('\\n'.join(d.source for d in SymbolicCoder().write(b, 8)))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(outputs) == 1


def test_encode_is_comments_only() -> None:
    for genome, _ in samples("craft_diamond", 5):
        lines = encode(genome).splitlines()
        assert all(line.startswith(PREFIX) and len(line) <= 100 for line in lines)


@pytest.mark.parametrize("name", sorted(CARDS))
def test_programs_are_in_the_reward_language(name: str) -> None:
    task = card(name)
    for genome, vocabulary in samples(name, 20):
        program = parse_program(write_program(genome, vocabulary), task.state, task.action)
        assert program.kind == ("potential" if genome.is_potential else "reward")
        names = [component(gene, vocabulary) for gene in genome.genes]
        assert list(program.components) == names


def test_a_term_that_no_stage_is_about_has_no_gate() -> None:
    """A level beside a way belongs to no noun of the goal, so that no stage could gate it."""
    vocabulary = Vocabulary(find_task("AlignEnv-Drawer-v0").card)
    grammar = Grammar(vocabulary, generator(0, "search", "gates"))
    stages = tuple(Stage(noun, "") for noun in vocabulary.nouns)
    spare = Genome(stages, (Gene("opening@0.25", "approach", 1.0),))
    gated = Genome(stages, (Gene("opening@0.25", "approach", 1.0, gated=True),))
    assert not is_valid(gated, vocabulary)
    for _ in range(200):
        edited = grammar.edit(spare)
        assert is_valid(edited, vocabulary)
        write_program(edited, vocabulary)
