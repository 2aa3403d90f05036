"""What grids say of themselves: whole games that a human can read, and what words never change.

After an intended change write the games anew and review them:
`ALIGNENV_REGENERATE=1 python -m pytest tests/envs/grid/test_texts.py`.
"""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignenv.envs.grid.cells import (
    BALL,
    BLUE,
    BOX,
    CLOSED,
    DOOR,
    EMPTY_CELL,
    GREEN,
    GREY,
    KEY,
    KEY_BOX,
    LAVA,
    LOCKED,
    OPEN,
    RED,
    WALL_CELL,
    YELLOW,
    code,
)
from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.layouts.texts import COLOR_WORDS, KIND_WORDS
from alignenv.envs.grid.rows import GRID_ROWS
from alignenv.envs.grid.rules import DODGE, MATCH, NO_RULE, SAY_BESIDE
from alignenv.envs.grid.texts import Deed, list_things, tell_deed
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.suite import SUITE
from alignenv.errors import CallOrderError
from alignenv.testing.envs import snapshot

WORDS = ("left", "right", "forward", "pickup", "drop", "toggle", "done")
LEFT, RIGHT, FORWARD, PICK_UP, DROP, TOGGLE, DONE = range(7)
GAMES = sorted((Path(__file__).parent / "playthroughs").glob("*.txt"))
KINDS = sorted({row.world.kind: row.id for row in reversed(GRID_ROWS)}.values())
STATES = ("open ", "closed ", "locked ")
SINGULAR = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}


def open_core(task_id: str, n_envs: int = 1, obs: str = "image") -> GridCore:
    core = make_batch(EnvRef(id=task_id, obs=obs), n_envs)
    assert isinstance(core, GridCore)
    core.reset(list(range(n_envs)))
    return core


def retell(game: str, make_minigrid: Callable[[GridLayout], Any]) -> str:
    """The game again from its seed and actions: MiniGrid's maps, and what is told."""
    title, _, told, _ = game.split("\n\n")
    task_id, seed = title.removesuffix("\n").split(", seed ")
    core = open_core(task_id)
    env = make_minigrid(core.layout)
    core.reset([int(seed)])
    env.reset(seed=int(seed))
    first, lines = env.pprint_grid(), [f"start   | {core.texts()[0]}"]
    for line in told.strip().splitlines():
        word = line.partition("|")[0].strip()
        if word == "start":
            continue
        assert not core.terminated[0]
        core.step(np.array([WORDS.index(word)]), autoreset=False)
        env.step(WORDS.index(word))
        lines.append(f"{word:8}| {core.texts()[0]}")
    assert core.terminated[0]
    return "\n\n".join([title, first, "\n".join(lines), env.pprint_grid()]) + "\n"


@pytest.mark.parametrize("path", GAMES, ids=[path.stem for path in GAMES])
def test_playthroughs(path: Path, make_minigrid: Callable[[GridLayout], Any]) -> None:
    game = path.read_text(encoding="utf-8")
    again = retell(game, make_minigrid)
    if os.environ.get("ALIGNENV_REGENERATE"):
        path.write_text(again, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == again


def test_the_documented_words_are_those_of_a_game() -> None:
    root = Path(__file__).parents[3]
    page = (root / "benchmarks" / "observations.md.jinja").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("```")[0].splitlines()
    told = iter((GAMES[0].parent / "DoorKey-6x6-v0.txt").read_text(encoding="utf-8").splitlines())
    assert len(shown) == 6
    assert all(line in told for line in shown), "a line is missing, or they are out of order"


def test_the_games_show_every_kind_of_thing_and_end() -> None:
    games = {path.stem.partition("-")[0] for path in GAMES}
    named = {"DoorKey", "KeyCorridorS3R2", "ObstructedMaze", "Fetch", "PutNear", "Dynamic"}
    assert games == named | {"LavaCrossingS9N1"}


YELLOW_DOOR = code(DOOR, YELLOW, LOCKED)
YELLOW_KEY, RED_BOX = code(KEY, YELLOW), code(BOX, RED)
BLUE_BALL = code(BALL, BLUE)


def deed(action: int, **facts: Any) -> Deed:
    plain = {"held": 0, "holds": 0, "front": EMPTY_CELL, "under": 0, "hit": False, "rule": NO_RULE}
    given = {**plain, **facts}
    return Deed(action=action, **{"left": given["front"], **given})


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (deed(LEFT), ""),
        (deed(FORWARD, under=EMPTY_CELL), ""),
        (deed(FORWARD, front=WALL_CELL), "walked into a wall"),
        (deed(FORWARD, front=YELLOW_DOOR), "walked into the locked yellow door"),
        (deed(FORWARD, front=RED_BOX), "walked into the red box"),
        (deed(FORWARD, under=code(LAVA)), "fell into lava"),
        (deed(FORWARD, front=BLUE_BALL, left=EMPTY_CELL, under=EMPTY_CELL, hit=True, rule=DODGE),
         "walked into the blue ball"),
        (deed(FORWARD, left=BLUE_BALL, rule=DODGE), "were stopped by the blue ball"),
        (deed(PICK_UP, front=YELLOW_KEY, left=EMPTY_CELL, holds=YELLOW_KEY),
         "picked up the yellow key"),
        (deed(PICK_UP, front=YELLOW_KEY, held=BLUE_BALL, holds=BLUE_BALL), ""),
        (deed(PICK_UP, front=BLUE_BALL, rule=MATCH), ""),
        (deed(PICK_UP, front=RED_BOX, left=EMPTY_CELL, rule=MATCH),
         "opened the red box: it was empty"),
        (deed(DROP, held=YELLOW_KEY, left=YELLOW_KEY), "dropped the yellow key"),
        (deed(DROP, front=WALL_CELL, held=YELLOW_KEY, holds=YELLOW_KEY),
         "could not drop the yellow key there"),
        (deed(DROP), ""),
        (deed(TOGGLE, front=YELLOW_DOOR), "found the yellow door locked"),
        (deed(TOGGLE, front=YELLOW_DOOR, held=YELLOW_KEY, left=code(DOOR, YELLOW, OPEN)),
         "unlocked and opened the yellow door"),
        (deed(TOGGLE, front=code(DOOR, RED, CLOSED), left=code(DOOR, RED, OPEN)),
         "opened the red door"),
        (deed(TOGGLE, front=code(DOOR, RED, OPEN), left=code(DOOR, RED, CLOSED)),
         "closed the red door"),
        (deed(TOGGLE, front=RED_BOX, left=EMPTY_CELL), "opened the red box: it was empty"),
        (deed(TOGGLE, front=KEY_BOX + GREEN, left=code(KEY, GREEN)),
         "opened the grey box: a green key was in it"),
        (deed(TOGGLE, front=WALL_CELL), ""),
        (deed(DONE), ""),
        (deed(DONE, rule=SAY_BESIDE), 'said "done"'),
    ],
)  # fmt: skip
def test_deeds_in_words(done: Deed, words: str) -> None:
    assert tell_deed(done) == words


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([], ""),
        ([code(BOX, GREY), code(BOX, GREY)], "two grey boxes"),
        (
            [code(DOOR, RED, OPEN), BLUE_BALL, YELLOW_DOOR, BLUE_BALL],
            "an open red door, two blue balls and a locked yellow door",
        ),
        ([code(LAVA)] * 5 + [YELLOW_KEY], "lava and a yellow key"),
    ],
)
def test_lists_of_things(cells: list[int], words: str) -> None:
    assert list_things(cells) == words


def in_view(image: Any) -> Counter[str]:
    """Names of the things in one of MiniGrid's images, the agent's own cell left out."""
    shown = image.copy()
    shown[3, 6] = 0
    names = [
        f"{STATES[state] if kind == DOOR else ''}{COLOR_WORDS[color]} {KIND_WORDS[kind]}"
        for kind, color, state in shown.reshape(-1, 3).tolist()
        if KIND_WORDS[kind] in ("door", "key", "ball", "box", "goal", "lava")
    ]
    return Counter("lava" if name == "red lava" else name for name in names)


def told_of(text: str) -> Counter[str]:
    """Names of the things that a text says are seen."""
    told = Counter[str]()
    sight = text.partition("You see ")[2].partition(".")[0].replace(" and ", ", ")
    for part in filter(None, sight.split(", ")):
        number, _, name = part.partition(" ")
        many = SINGULAR.get(number, 1)
        if many > 1:
            name = name.removesuffix("es") if name.endswith("xes") else name.removesuffix("s")
        told["lava" if part == "lava" else name.removesuffix(" square")] += many
    return told


@pytest.mark.parametrize("task_id", KINDS)
def test_words_tell_what_minigrids_view_shows(task_id: str) -> None:
    core, rng = open_core(task_id, 12), np.random.default_rng(0)
    seen: Any = core.observations["image"]  # type: ignore[call-overload]
    assert seen.shape == (12, 7, 7, 3)
    n_told = 0
    for n, text in enumerate(core.texts()):
        shown = in_view(seen[n])
        shown["lava"] = min(shown["lava"], 1)
        assert told_of(text) == +shown
        assert text.startswith(f"Mission: {core.mission(n)}.")
    for _ in range(150):
        before = seen.copy()
        core.step(rng.integers(int(core.action_space.n), size=12), autoreset=False)  # type: ignore[attr-defined]
        for n, text in enumerate(core.texts()):
            told, shown = told_of(text), in_view(seen[n])
            assert told <= shown, f"{text} of {shown}"
            if core.terminated[n] or core.truncated[n]:
                assert not told
            elif (before[n] == seen[n]).all() and "Obstacles" not in task_id:
                assert not told, f"{text}, but nothing is new"
            else:
                assert set(shown) - set(in_view(before[n])) - changed(text) <= set(told)
            n_told += sum(told.values())
        core.reset(mask=core.terminated | core.truncated)
    assert n_told > 10


def changed(text: str) -> set[str]:
    """Things that a deed brought into view, which the deed tells of."""
    verbs = ("opened the ", "closed the ", "dropped the ")
    if not any(verb in text for verb in verbs):
        return set()
    colored = [
        f"{color} {kind}" for color in COLOR_WORDS for kind in ("door", "key", "ball", "box")
    ]
    named = {name for name in colored if name in text}
    return named | {f"{state}{name}" for name in named for state in STATES}


actions = st.lists(st.tuples(*[st.integers(0, 6)] * 3), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(task_id=st.sampled_from(KINDS), seed=st.integers(0, 1000), played=actions)
def test_to_be_told_changes_nothing(
    task_id: str, seed: int, played: list[tuple[int, int, int]]
) -> None:
    told, silent = open_core(task_id, 3), open_core(task_id, 3)
    n_actions = int(told.action_space.n)  # type: ignore[attr-defined]
    for core in (told, silent):
        core.track([field.name for field in core.task.card.state])
        core.reset([seed, seed + 1, seed + 2])
    told.texts()
    for chosen in played:
        for core in (told, silent):
            core.step(np.array(chosen) % n_actions, autoreset=True)
        assert all(told.texts())
        assert snapshot(told) == snapshot(silent)
    assert [stream.tolist() for stream in told.world.streams] == silent.world.streams.tolist()


def test_a_copy_tells_on_alike() -> None:
    core, rng = open_core("AlignEnv-DoorKey-6x6-v0", 4), np.random.default_rng(0)
    core.texts()
    twins = [deepcopy(core), pickle.loads(pickle.dumps(core))]
    texts = set()
    for _ in range(200):
        chosen = rng.integers(7, size=4)
        for one in (core, *twins):
            one.step(chosen, autoreset=True)
        assert core.texts() == twins[0].texts() == twins[1].texts()
        texts |= set(core.texts())
    assert len(texts) > 10


def test_texts_before_the_first_reset_are_refused() -> None:
    core = make_batch(EnvRef(id="AlignEnv-Empty-5x5-v0"), 2)
    assert isinstance(core, GridCore)
    with pytest.raises(CallOrderError, match="reset"):
        core.texts()


def test_every_env_has_its_own_words() -> None:
    """An env that begins anew tells of its mission, the others of their last transition."""
    core = open_core("AlignEnv-GoToDoor-5x5-v0", 3)
    core.texts()
    core.step(np.array([DONE, LEFT, DONE]), autoreset=True)
    begins = [text.startswith("Mission: go to the ") for text in core.texts()]
    assert begins == [True, False, True]
    core.step(np.array([LEFT, DONE, LEFT]), autoreset=False)
    assert core.texts()[1].startswith('You said "done". The mission ')
    core.reset(mask=np.array([False, True, False]))
    assert core.texts()[1].startswith("Mission: go to the ")


@pytest.mark.parametrize("split", [None, "train"])
def test_single_envs_tell(split: str | None) -> None:
    env = gym.make("AlignEnv-Fetch-6x6-N2-v0", text_info=True, split=split)
    _, info = env.reset(seed=1)
    assert info["text"].startswith("Mission: ")
    *_, info = env.step(LEFT)
    assert "Mission" not in info["text"]
    silent = gym.make("AlignEnv-Fetch-6x6-N2-v0", split=split)
    assert "text" not in silent.reset(seed=1)[1]
    assert "text" not in silent.step(LEFT)[-1]


@pytest.mark.parametrize("split", [None, "test"])
@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_vector_envs_tell_how_an_episode_ends_and_the_next_begins(
    mode: str, split: str | None
) -> None:
    task_id, rng = "AlignEnv-GoToDoor-6x6-v0", np.random.default_rng(0)
    assert SUITE.row(task_id) is not None
    told = gym.make_vec(task_id, 4, autoreset_mode=mode, text_info=True, split=split)
    silent = gym.make_vec(task_id, 4, autoreset_mode=mode, split=split)
    first, infos = told.reset(seed=3)
    np.testing.assert_array_equal(first, silent.reset(seed=3)[0])
    assert all(text.startswith("Mission: ") for text in infos["text"])
    n_ended, were_over = 0, np.zeros(4, dtype=np.bool_)
    for _ in range(200):
        chosen = rng.choice([LEFT, FORWARD, TOGGLE, DONE], p=[0.45, 0.45, 0.05, 0.05], size=4)
        seen, rewards, terminated, truncated, infos = told.step(chosen)
        for ours, theirs in zip((seen, rewards, terminated), silent.step(chosen), strict=False):
            np.testing.assert_array_equal(ours, theirs)
        over = terminated | truncated
        begins = were_over if mode == "NextStep" else over
        last = infos if mode == "NextStep" or not over.any() else infos["final_info"]
        for n in range(4):
            assert infos["text"][n].startswith("Mission: ") == begins[n]
            if over[n]:
                assert last["text"][n].endswith((" has failed.", "fulfilled.", "Time is up."))
        n_ended, were_over = n_ended + int(over.sum()), over
    assert n_ended > 10
    assert "text" not in silent.step(np.zeros(4, dtype=np.int64))[-1]
