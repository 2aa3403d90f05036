"""Tasks of the form family: card, judges, context and reference rewards."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alignenv.batch import BatchEnv
from alignenv.context import ContextSpec, Parameter
from alignenv.envs.form.page import KINDS, MAX_ALPHABET, N_ACTIONS
from alignenv.envs.form.rows import FormWorld
from alignenv.envs.reward_files import read_rewards
from alignenv.envs.row import Row
from alignenv.spec import Field, StateSpec
from alignenv.task import ActionSpec, Oracle, Task, TaskCard, Truth

ACTION = ActionSpec(
    n=N_ACTIONS,
    meaning="0 focus the element above, 1 the one below, 2 read the previous line of the "
    "instruction, 3 the next line, 4 type the word of that line into the focused text element, "
    "5 next value of the focused element, 6 its previous value (both tick or clear a checkbox and "
    "empty a text), 7 submit",
)

_ABOUT = """\
The page has text fields, choices, dates and checkboxes. The instruction has one line for each
element that is to be filled in; the page has other elements too, which must stay as they are. The
agent has a focus on the page and reads one line at a time. Text is typed from the line being read:
with another element's line it is the wrong word. Choices and dates go round their values, one step
at a time.

Page and instruction come in sections of five lines, in an order of their own each. So the work
grows in proportion to the number of elements, while the chance to get it all right by luck
vanishes. A form that is submitted while anything is wrong has failed.

The family is a small symbolic model of web navigation by instruction, of the kind of QWeb (Gur,
Rueckert, Faust and Hakkani-Tur, *Learning to Navigate the Web*, ICLR 2019), made for curricula over
the number of elements: the context parameter `elements` sets it, from one up to the task's own.
`text_info=True` in `gymnasium.make` adds the instruction in words to `info`, and `obs="page"` shows
every element as a row of numbers, for networks that read sets.
"""


def _spec(world: FormWorld) -> StateSpec:
    elements, size = world.elements, world.capacity
    turns = (MAX_ALPHABET + 1) // 2
    return StateSpec(
        (
            Field(
                name="n_elements", kind="int", low=1, high=elements,
                meaning="elements that the instruction names",
            ),
            Field(
                name="n_right", kind="int", low=0, high=elements,
                meaning="how many of them hold what it asks for",
            ),
            Field(
                name="n_spoiled", kind="int", low=0, high=elements,
                meaning="other elements that no longer hold what they held at first",
            ),
            Field(
                name="focus", kind="int", low=0, high=size - 1,
                meaning="focused element, counted from 0 at the top",
            ),
            Field(
                name="focus_kind", kind="int", low=0, high=len(KINDS) - 1,
                meaning="kind of the focused element: 0 text, 1 choice, 2 date, 3 checkbox",
            ),
            Field(
                name="focus_named", kind="bool", low=0, high=1,
                meaning="the instruction names the focused element",
            ),
            Field(
                name="focus_right", kind="bool", low=0, high=1,
                meaning="it holds what is asked for, or at first held if it is not named",
            ),
            Field(
                name="focus_changes", kind="int", low=0, high=turns, missing=-1,
                meaning="fewest actions 5 or 6 that make the focused element right; "
                "-1 where a word must be typed",
            ),
            Field(
                name="line", kind="int", low=0, high=elements - 1,
                meaning="line being read, counted from 0",
            ),
            Field(
                name="line_right", kind="bool", low=0, high=1,
                meaning="the element of that line holds what the line asks for",
            ),
            Field(
                name="way_to_line", kind="int", unit="elements", low=1 - size, high=size - 1,
                meaning="from the focus down to the element of that line; negative is up",
            ),
            Field(
                name="submitted", kind="bool", low=0, high=1,
                meaning="the form was submitted, which ends the episode",
            ),
        )
    )  # fmt: skip


def _context(world: FormWorld) -> ContextSpec:
    return ContextSpec(
        (
            Parameter(
                name="elements", low=1, high=world.elements, default=world.elements, whole=True,
                meaning="elements that the instruction names",
            ),
            Parameter(
                name="distractors", low=0, high=world.elements, default=world.distractors,
                whole=True, meaning="elements that it does not name",
            ),
            Parameter(
                name="alphabet", low=2, high=MAX_ALPHABET, default=world.alphabet, whole=True,
                meaning="words, options and days that an element may hold",
            ),
        )
    )  # fmt: skip


def _is_filled(state: npt.NDArray[np.void]) -> npt.NDArray[np.bool_]:
    filled: npt.NDArray[np.bool_] = (state["n_right"] == state["n_elements"]) & (
        state["n_spoiled"] == 0
    )
    return filled


def _success(state: npt.NDArray[np.void], truth: Truth) -> npt.NDArray[np.bool_]:
    """Submitted with every named element right, and the others as they were."""
    del truth
    return _is_filled(state) & (state["submitted"] > 0)


def _milestones(state: npt.NDArray[np.void], truth: Truth) -> npt.NDArray[np.float64]:
    """Right elements less spoiled ones over elements and one; submitting is the last part."""
    progress = np.maximum(state["n_right"] - state["n_spoiled"], 0) / (state["n_elements"] + 1)
    return np.where(_success(state, truth), 1.0, progress)


def _oracle(batch: BatchEnv) -> Oracle:
    from alignenv.envs.form.oracle import FormOracle

    return FormOracle(batch)


def build_task(row: Row) -> Task:
    """The task of one row of the suite."""
    world: FormWorld = row.world
    card = TaskCard(
        id=row.id,
        goal="Fill in every element of the form that the instruction names, with the value it "
        "asks for, leave the others as they are, then submit, in as few steps as possible.",
        observes="The agent sees kind and value of the focused element, kind and value that the "
        "line being read asks for, whether that line is done, the direction to its element and "
        "how far the focused element is from its value, on which side lines are left to do and "
        "elements are spoiled, and whether all is right.",
        action=ACTION,
        termination="Ends when the form is submitted, in success or failure, or at the horizon.",
        horizon=row.horizon,
        state=_spec(world),
        hazards=(
            "Submitting while anything is wrong ends the episode in failure.",
            "A right element can be made wrong and right again any number of times.",
            "Elements that the instruction does not name must keep their value.",
        ),
    )
    return Task(
        card=card,
        success=_success,
        milestones=_milestones,
        rewards=read_rewards("alignenv.envs.form", "rewards"),
        family=row.family,
        obs="symbolic",
        judged_on=frozenset({"n_elements", "n_right", "n_spoiled", "submitted"}),
        context=_context(world),
        oracle=_oracle,
        about=_ABOUT,
    )
