"""Recipes, what hands can hold, and what is never gained nor lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alignenv.envs.craft.cells import CAPACITY, DIAMOND, IRON, N_ITEMS, STONE, TABLE, TREE
from alignenv.envs.craft.core import CraftCore
from alignenv.envs.craft.dynamics import N_ACTIONS, PLACE_STONE, PLACE_TABLE
from alignenv.envs.craft.recipes import RECIPES, Recipe

Lay = Callable[[CraftCore, list[str]], None]
RICH = ["TT#i#TT.", "T.....#i", "#.@..T#D", "i....t##", "#T..##TT", "TT#i#T#D"]


def stock(core: CraftCore) -> Any:
    agents: Any = core.world.agents
    return agents[0]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
@pytest.mark.parametrize("lacking", [None, "item", "table"])
def test_recipes(
    recipe: Recipe, lacking: str | None, build_core: Callable[..., CraftCore], lay: Lay
) -> None:
    if lacking == "table" and not recipe.needs_table:
        pytest.skip("needs no table")
    core = build_core("CraftDiamond-v0")
    lay(core, ["t..", ".@.", "..."] if lacking != "table" else ["....", ".@..", "...t"])
    core.step(np.array([PLACE_STONE]), autoreset=False)
    agent = stock(core)
    for item, count in recipe.costs.items():
        agent["items"][item] = count - (lacking == "item")
    before = agent["items"].copy()
    core.step(np.array([PLACE_TABLE + RECIPES.index(recipe)]), autoreset=False)
    gained = agent["items"] - before
    if lacking:
        assert not gained.any()
        assert (agent["crafted"], agent["tier"], agent["tables"]) == (0, 0, lacking != "table" or 1)
        return
    assert agent["crafted"] == 1 + RECIPES.index(recipe)
    assert agent["tier"] == recipe.tier
    expected = np.zeros(N_ITEMS, dtype=np.int64)
    for item, count in recipe.costs.items():
        expected[item] -= count
    expected[1] += recipe.gives
    assert gained.tolist() == expected.tolist()


@pytest.mark.parametrize(("tier", "yields"), [(0, "T"), (1, "T#"), (2, "T#i"), (3, "T#iD")])
def test_what_a_pickaxe_takes(
    tier: int, yields: str, build_core: Callable[..., CraftCore], lay: Lay
) -> None:
    for letter in "T#iD~t":
        core = build_core("CraftIron-v0")
        lay(core, ["...", ".@.", f".{letter}."])
        stock(core)["tier"] = tier
        core.step(np.array([4]), autoreset=False)
        assert bool(stock(core)["collected"]) == (letter in yields)
        assert stock(core)["items"].sum() == (letter in yields)


def test_what_hands_cannot_hold_is_lost(build_core: Callable[..., CraftCore], lay: Lay) -> None:
    core = build_core("CraftStone-v0")
    lay(core, ["...", ".@.", ".T."])
    stock(core)["items"][0] = CAPACITY
    core.step(np.array([4]), autoreset=False)
    assert stock(core)["items"][0] == CAPACITY
    assert stock(core)["collected"] == 0
    assert not (core.world.cells[0] == TREE).any()


def ledger(core: CraftCore, made: list[Recipe]) -> tuple[int, int, int, int]:
    """What can only shrink, by what does not fit into the hands: wood, stone, iron, diamonds.

    What went into the pickaxes made so far counts on.
    """
    agent, kinds = stock(core), Counter(core.world.cells[0].tolist())
    wood, planks, stone, iron, diamond = (int(count) for count in agent["items"][:5])
    used = Counter[int]()
    for recipe in made:
        used.update(recipe.costs)
    halves = 2 * (kinds[TREE] + wood + kinds[TABLE]) + planks + used[1]
    return (
        halves,
        kinds[STONE] + stone + used[2],
        kinds[IRON] + iron + used[3],
        kinds[DIAMOND] + diamond,
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
@given(actions=st.lists(st.integers(0, N_ACTIONS - 1), max_size=300), full=st.booleans())
def test_nothing_comes_from_nothing(
    actions: list[int], full: bool, build_core: Callable[..., CraftCore], lay: Lay
) -> None:
    core = build_core("CraftDiamond-v0", horizon=1000)
    lay(core, RICH)
    if full:
        stock(core)["items"][:4] = 7
    made: list[Recipe] = []
    before, had = ledger(core, made), stock(core)["items"].copy()
    for action in actions:
        core.step(np.array([action]), autoreset=False)
        if crafted := int(stock(core)["crafted"]):
            recipe = RECIPES[crafted - 1]
            assert all(had[item] >= count for item, count in recipe.costs.items())
            made += [recipe] * bool(recipe.tier)
        now, has = ledger(core, made), stock(core)["items"].copy()
        assert ((has >= 0) & (has <= CAPACITY)).all()
        lost = np.array(before) - np.array(now)
        is_full = had[[0, 2, 3, 4]] == CAPACITY
        assert (lost[~is_full] == 0).all()
        assert ((lost >= 0) & (lost <= 2)).all()
        before, had = now, has
