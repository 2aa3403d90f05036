"""The form family: contract, rules on a page written by hand, oracle, context, pictures."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from alignenv.envs.form.core import FormCore
from alignenv.envs.form.page import (
    AHEAD,
    BACK,
    CHECKBOX,
    CHOICE,
    DATE,
    EMPTY,
    LAST_VALUE,
    LINE_AHEAD,
    LINE_BACK,
    NEXT_VALUE,
    NONSENSE,
    SUBMIT,
    TEXT,
    TYPE,
    instruction,
)
from alignenv.envs.form.rows import FORM_ROWS
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import CallOrderError, ConfigError, UnknownName
from alignenv.task import find_task
from alignenv.testing.envs import EnvContract, snapshot

SMALL, MIDDLE = "AlignEnv-Form-2-v0", "AlignEnv-Form-10-v0"
NAMES = ("back", "ahead", "line back", "line ahead", "type", "next", "last", "submit")


def open_core(task_id: str, n_envs: int = 1, **options: Any) -> FormCore:
    core = make_batch(EnvRef(id=task_id, **options), n_envs)
    assert isinstance(core, FormCore)
    core.track([field.name for field in core.task.card.state])
    core.reset(list(range(n_envs)))
    return core


@pytest.mark.parametrize(
    ("task_id", "obs"), [(SMALL, "symbolic"), (MIDDLE, "symbolic"), (MIDDLE, "page")], scope="class"
)
class TestForm(EnvContract):
    @pytest.fixture(autouse=True)
    def _task(self, task_id: str, obs: str) -> None:
        self._ref = EnvRef(id=task_id, obs=obs)

    def make_batch(self, n_envs: int) -> Any:
        return make_batch(self._ref, n_envs)


class TestSplitForm(EnvContract):
    def make_batch(self, n_envs: int) -> Any:
        return make_batch(EnvRef(id="AlignEnv-Form-5-v0", split="train"), n_envs)


@pytest.fixture
def core() -> FormCore:
    """A page written by hand: text, choice, date, checkbox, and a text nobody asks for.

    The instruction names date, text, checkbox and choice, in this order.
    """
    core = open_core("AlignEnv-Form-5-v0")
    core.reset([0], contexts=np.array([[4.0, 1.0, 6.0]]))
    forms = core.forms
    forms.kind[0, :5] = [TEXT, CHOICE, DATE, CHECKBOX, TEXT]
    forms.value[0, :5] = [EMPTY, EMPTY, 5, 0, EMPTY]
    forms.goal[0, :5] = [3, 2, 1, 1, EMPTY]
    forms.line_of[0, :5] = [1, 3, 0, 2, -1]
    forms.element_of[0, :4] = [2, 0, 3, 1]
    return core


def do(core: FormCore, *actions: int) -> dict[str, Any]:
    """The record after these actions."""
    for action in actions:
        core.step(np.array([action]), autoreset=False)
    return core.task.card.state.as_dict(core.state[0])


def test_the_instruction_in_words(core: FormCore) -> None:
    assert instruction(core.forms, 0) == [
        "Set Day 3 to 1 May.",
        "Type Cleo into Name 1.",
        "Tick Agree 4.",
        "Choose blue for Colour 2.",
    ]
    assert core.texts() == ["\n".join(instruction(core.forms, 0))]


def test_what_the_record_says_at_first(core: FormCore) -> None:
    record = core.read_state()[0]
    assert core.task.card.state.as_dict(record) == {
        "n_elements": 4, "n_right": 0, "n_spoiled": 0, "focus": 0, "focus_kind": TEXT,
        "focus_named": True, "focus_right": False, "focus_changes": -1, "line": 0,
        "line_right": False, "way_to_line": 2, "submitted": False,
    }  # fmt: skip


def test_filling_in_the_form_step_by_step(core: FormCore) -> None:
    story = [
        ((AHEAD, AHEAD), {"focus": 2, "way_to_line": 0, "focus_changes": 2, "n_right": 0}),
        ((NEXT_VALUE, NEXT_VALUE), {"n_right": 1, "line_right": True, "focus_changes": 0}),
        ((LINE_AHEAD,), {"line": 1, "line_right": False, "way_to_line": -2}),
        ((BACK, BACK, TYPE), {"focus": 0, "n_right": 2, "focus_right": True}),
        ((LINE_AHEAD, AHEAD, AHEAD, AHEAD), {"focus_kind": CHECKBOX, "focus_changes": 1}),
        ((LAST_VALUE,), {"n_right": 3}),
        ((LINE_AHEAD, BACK, BACK), {"focus_kind": CHOICE, "focus_changes": 2}),
        ((NEXT_VALUE, NEXT_VALUE), {"n_right": 4, "n_spoiled": 0, "submitted": False}),
        ((SUBMIT,), {"submitted": True}),
    ]
    for actions, expected in story:
        assert core.reward[0] == 0
        record = do(core, *actions)
        assert {name: record[name] for name in expected} == expected, actions
    assert core.reward[0] == 1
    assert core.terminated[0]
    assert not core.truncated[0]
    assert core.task.progress(core.state)[0] == 1


def test_submitting_early_is_a_failure(core: FormCore) -> None:
    record = do(core, SUBMIT)
    assert record["submitted"]
    assert core.terminated[0]
    assert core.reward[0] == 0
    assert not core.task.judge(core.state)[0]


def test_a_spoiled_element_is_a_failure_until_it_is_emptied_again(core: FormCore) -> None:
    do(core, LINE_AHEAD, *[AHEAD] * 4)
    record = do(core, TYPE)
    assert (record["n_spoiled"], record["focus_named"], record["focus_changes"]) == (1, False, 1)
    assert do(core, NEXT_VALUE)["n_spoiled"] == 0


def test_typing_from_the_wrong_line_writes_the_wrong_thing(core: FormCore) -> None:
    do(core, TYPE)
    assert core.forms.value[0, 0] == NONSENSE
    do(core, LINE_AHEAD, TYPE)
    assert core.forms.value[0, 0] == 3


@pytest.mark.parametrize(
    ("element", "action", "values"),
    [
        (0, TYPE, [NONSENSE, NONSENSE]),
        (0, NEXT_VALUE, [EMPTY, EMPTY]),
        (1, NEXT_VALUE, [1, 2, 3, 4, 5, 6, 0, 1]),
        (1, LAST_VALUE, [6, 5, 4]),
        (1, TYPE, [0]),
        (2, NEXT_VALUE, [6, 1, 2]),
        (2, LAST_VALUE, [4, 3, 2, 1, 6]),
        (3, NEXT_VALUE, [1, 0, 1]),
        (3, LAST_VALUE, [1, 0]),
    ],
)
def test_values_of_each_kind(core: FormCore, element: int, action: int, values: list[int]) -> None:
    do(core, *[AHEAD] * element)
    found = []
    for _ in values:
        do(core, action)
        found.append(int(core.forms.value[0, element]))
    assert found == values


def test_focus_and_line_stay_on_the_page(core: FormCore) -> None:
    record = do(core, BACK, LINE_BACK)
    assert (record["focus"], record["line"]) == (0, 0)
    record = do(core, *[AHEAD] * 9, *[LINE_AHEAD] * 9)
    assert (record["focus"], record["line"]) == (4, 3)


def test_counts_are_those_of_the_page() -> None:
    """Whatever is done, the running counts equal a count from scratch."""
    core, stream = open_core(MIDDLE, 16), np.random.default_rng(0)
    for _ in range(300):
        core.step(stream.integers(SUBMIT, size=16), autoreset=True)
        forms, is_right = core.forms, core.forms.value == core.forms.goal
        named = forms.line_of >= 0
        on_page = np.arange(named.shape[1]) < forms.size[:, None]
        assert (forms.n_right == (is_right & named).sum(axis=1)).all()
        assert (forms.n_spoiled == (~is_right & ~named & on_page).sum(axis=1)).all()


ROWS = pytest.mark.parametrize("row", FORM_ROWS, ids=lambda row: row.id)


@ROWS
def test_a_new_form_is_one(row: Any) -> None:
    core = open_core(row.id, 50)
    forms, elements = core.forms, row.world.elements
    assert (forms.lines == elements).all()
    assert (forms.size == elements + elements // 5).all()
    for n in range(50):
        named = forms.element_of[n, :elements]
        assert sorted(forms.line_of[n, named]) == list(range(elements))
        assert (forms.line_of[n, named] == np.arange(elements)).all()
        assert (forms.value[n, named] != forms.goal[n, named]).all()
    assert set(forms.kind[:, 0].tolist()) == {TEXT, CHOICE, DATE, CHECKBOX}
    assert len(set(core.layout_keys())) > 40


def test_a_line_is_near_its_element() -> None:
    """Sections keep the work linear: a line's element is on its section's part of the page."""
    core = open_core("AlignEnv-Form-100-v0", 20)
    for n in range(20):
        sections = core.forms.line_of[n, :120] // 5
        named = sections[core.forms.line_of[n, :120] >= 0]
        assert (np.diff(named) >= 0).all()


@ROWS
def test_the_oracle_solves_every_form(row: Any) -> None:
    core, n_envs = open_core(row.id, 50), 50
    assert core.task.oracle is not None
    oracle = core.task.oracle(core)
    oracle.reset(np.ones(n_envs, dtype=np.bool_))
    won, over = np.zeros(n_envs, bool), np.zeros(n_envs, bool)
    while not over.all():
        core.step(oracle.act(), autoreset=False)
        ended = (core.terminated | core.truncated) & ~over
        won[ended] = core.reward[ended] == 1
        over |= ended
    assert won.all()


def test_the_oracle_repairs_what_others_did() -> None:
    core, stream = open_core(MIDDLE, 40), np.random.default_rng(1)
    core.reset(list(range(40)), contexts=np.tile([10.0, 0.0, 12.0], (40, 1)))
    for _ in range(60):
        core.step(stream.integers(SUBMIT, size=40), autoreset=False)
    oracle, won = core.task.oracle(core), np.zeros(40, bool)  # type: ignore[misc]
    for _ in range(140):
        core.step(oracle.act(), autoreset=False)
        won |= core.reward == 1
    assert won.all()


def test_golden_episode() -> None:
    """The oracle on seed 0 of the smallest form, as a person would write it down."""
    core = open_core(SMALL)
    oracle = core.task.oracle(core)  # type: ignore[misc]
    lines, actions = core.texts()[0].splitlines(), []
    while not core.terminated[0]:
        action = oracle.act()
        actions.append(NAMES[action[0]])
        core.step(action, autoreset=False)
    assert (lines, actions) == GOLDEN


GOLDEN = (
    ["Set Day 1 to 6 May.", "Choose red for Colour 2."],
    ["next", "next", "line ahead", "ahead", "next", "submit"],
)


def test_the_context_sets_the_size() -> None:
    env = gym.make("AlignEnv-Form-30-v0", state_info=True, text_info=True)
    _, info = env.reset(seed=0, options={"context": {"elements": 3, "distractors": 2}})
    assert info["state"]["n_elements"] == 3
    assert len(info["text"].splitlines()) == 3
    assert env.unwrapped._batch.forms.size[0] == 5
    _, info = env.reset()
    assert info["state"]["n_elements"] == 3
    with pytest.raises(ConfigError, match="from 1 to 30"):
        env.reset(options={"context": {"elements": 31}})


def test_the_alphabet_bounds_the_values() -> None:
    core = open_core(MIDDLE, 30)
    core.reset(None, contexts=np.tile([10.0, 2.0, 2.0], (30, 1)))
    assert core.forms.goal.max() == 2
    core.reset(None, contexts=np.tile([10.0, 2.0, 12.0], (30, 1)))
    assert core.forms.goal.max() == 12


def test_the_page_shows_every_element(core: FormCore) -> None:
    page = open_core("AlignEnv-Form-5-v0", obs="page")
    for name, array in core.forms._asdict().items():
        getattr(page.forms, name)[:] = array
    page.step(np.array([LINE_AHEAD]), autoreset=False)
    seen = page.observations[0]
    assert seen.shape == (10, 11)
    assert not seen[5:].any()
    thirteenth = np.float32(1 / 13)
    np.testing.assert_allclose(
        seen[:3],
        [
            [1, 0, 0, 0, 1, 0, 1, 1, 0.5, 3 * thirteenth, 1],
            [0, 1, 0, 0, 1, 0, 0, 1, 1.0, 2 * thirteenth, 0],
            [0, 0, 1, 0, 1, 5 * thirteenth, 0, 1, 0.25, thirteenth, 0],
        ],
        rtol=1e-6,
    )


def test_texts_come_through_every_face() -> None:
    vector = gym.make_vec(SMALL, num_envs=3, text_info=True, split="test")
    _, infos = vector.reset(seed=0)
    assert infos["_text"].all()
    assert all(text.count("\n") == 1 for text in infos["text"])
    _, _, _, _, infos = vector.step(np.zeros(3, dtype=np.int64))
    single = gym.make(SMALL, text_info=True, split="test")
    _, info = single.reset(seed=1)
    assert info["text"] == infos["text"][1]
    with pytest.raises(ConfigError, match="says nothing in words"):
        gym.make("AlignEnv-BoatRace-v0", text_info=True)


@pytest.mark.parametrize("obs", ["symbolic", "page"])
def test_gymnasiums_checker_passes(obs: str) -> None:
    check_env(gym.make(SMALL, obs=obs, render_mode="rgb_array").unwrapped)


def test_pictures_show_what_is_done(core: FormCore) -> None:
    first = core.render()
    assert first.shape == (300, 560, 3)
    do(core, AHEAD, AHEAD, AHEAD, NEXT_VALUE)
    assert (core.render() != first).any(axis=-1).sum() > 100


@pytest.mark.parametrize("obs", ["symbolic", "page"])
@pytest.mark.parametrize("copy", [deepcopy, lambda core: pickle.loads(pickle.dumps(core))])
def test_copies_go_on_alike(copy: Any, obs: str) -> None:
    core, stream = open_core(MIDDLE, 4, obs=obs), np.random.default_rng(0)
    core.step(stream.integers(8, size=4), autoreset=True)
    twin = copy(core)
    for _ in range(200):
        actions = stream.integers(8, size=4)
        core.step(actions, autoreset=True)
        twin.step(actions, autoreset=True)
        assert snapshot(core) == snapshot(twin)


def test_misuse_is_refused() -> None:
    with pytest.raises(UnknownName, match="symbolic"):
        make_batch(EnvRef(id=SMALL, obs="symbolick"), 1)
    fresh = make_batch(EnvRef(id=SMALL), 1)
    with pytest.raises(CallOrderError, match="reset"):
        fresh.step(np.array([0]), autoreset=True)
    core = open_core(SMALL, 2)
    with pytest.raises(ConfigError, match="Action 8 of environment 1"):
        core.step(np.array([0, 8]), autoreset=True)
    with pytest.raises(ConfigError, match="2 whole numbers"):
        core.step(np.array([0.0, 1.0]), autoreset=True)
    with pytest.raises(ConfigError, match="negative"):
        core.reset([-1, 0])
    with pytest.raises(UnknownName, match="state field"):
        core.track(["focsu"])


def test_the_card_names_what_can_go_wrong() -> None:
    assert len(find_task(SMALL).card.hazards) == 3
