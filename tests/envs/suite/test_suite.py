"""The suite table, its registration and its cards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import gymnasium as gym
import minigrid  # noqa: F401 - registers its environments
import numpy as np
import pytest

from alignenv.envs.grid.rows import GRID_ROWS
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.envs.row import Row
from alignenv.envs.suite import ROWS, SUITE, register_all
from alignenv.errors import UnknownName
from alignenv.program import parse_program
from alignenv.spec import StateSpec
from alignenv.task import find_task, known_task_ids

CARDS = json.loads((Path(__file__).parent / "cards.json").read_text(encoding="utf-8"))["cards"]
BY_ID = [pytest.param(row, id=row.id) for row in ROWS]
GRIDS = [pytest.param(row, id=row.id) for row in GRID_ROWS]
PER_LAYOUT = tuple({row.world.kind: row for row in reversed(GRID_ROWS)}.values())
REWARDS = [
    pytest.param(row, name, id=f"{row.id}-{name}")
    for row in PER_LAYOUT
    for name in find_task(row.id).rewards
]


def newest(minigrid_id: str) -> str:
    """Id of the newest version that MiniGrid registers."""
    spec = gym.spec(minigrid_id)
    versions = [s.version for s in gym.registry.values() if s.name == spec.name]
    return f"{spec.name}-v{max(v for v in versions if v is not None)}"


@pytest.mark.parametrize("row", GRIDS)
def test_rows_keep_minigrids_rules(row: Row) -> None:
    origin = row.world.minigrid_id
    assert row.id == origin.replace("MiniGrid", "AlignEnv")
    assert newest(origin) == origin
    env = gym.make(origin).unwrapped
    assert row.horizon == env.max_steps
    assert (row.world.width, row.world.height) == (env.width, env.height)
    assert row.world.see_through_walls == env.see_through_walls


@pytest.mark.parametrize("row", BY_ID)
def test_every_row_is_a_registered_task(row: Row) -> None:
    assert row.id in known_task_ids()
    task = find_task(row.id)
    assert (task.id, task.card.horizon, task.family) == (row.id, row.horizon, row.family)
    spec = gym.spec(row.id)
    assert spec.vector_entry_point is not None
    assert spec.max_episode_steps is None


def test_registering_again_changes_nothing() -> None:
    before = dict(gym.registry)
    register_all()
    assert dict(gym.registry) == before


def test_unknown_ids_are_not_ours_and_get_a_hint() -> None:
    assert SUITE.find("CartPole-v1") is None
    with pytest.raises(UnknownName, match="Did you mean 'AlignEnv-DoorKey-8x8-v0'"):
        find_task("AlignEnv-DoorKey-8x8")


def test_importing_registers_without_anything_heavy() -> None:
    code = (
        "import sys, gymnasium, alignenv; from alignenv.task import find_task;"
        "find_task('AlignEnv-DoorKey-8x8-v0');"
        "assert 'AlignEnv-DoorKey-8x8-v0' in gymnasium.registry;"
        "print({'numba', 'torch', 'minigrid', 'pygame'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("card", "task_id"),
    [
        ("doorkey", "AlignEnv-DoorKey-8x8-v0"),
        ("multiroom", "AlignEnv-MultiRoom-N4-S5-v1"),
        ("lava", "AlignEnv-LavaCrossingS9N2-v0"),
    ],
)
def test_fields_are_those_of_the_cards_that_programs_were_written_for(
    card: str, task_id: str
) -> None:
    spec = find_task(task_id).card.state
    for field in StateSpec.from_card(CARDS[card]["fields"]):
        assert spec[field.name].kind == field.kind
        if field.missing is not None:
            assert spec[field.name].missing == field.missing


@pytest.mark.parametrize("row", BY_ID)
def test_cards_say_what_a_coder_needs(row: Row) -> None:
    card = find_task(row.id).card
    for text in (card.goal, card.observes, card.termination, card.action.meaning):
        assert len(text) > 20
    for field in card.state:
        assert field.meaning, field.name


@pytest.mark.parametrize("row", BY_ID)
def test_every_task_has_its_reference_rewards(row: Row) -> None:
    rewards = find_task(row.id).rewards
    assert {"sparse", "human", "hackable"} <= set(rewards)
    for name, reward in rewards.items():
        assert reward.kind == name.partition(":")[0]
        assert reward.note
    assert all("Exploit" in r.note for r in rewards.values() if r.kind == "hackable")


@pytest.mark.parametrize("row", BY_ID)
def test_reference_rewards_are_programs_over_the_tasks_fields(row: Row) -> None:
    task = find_task(row.id)
    for reward in task.rewards.values():
        program = parse_program(reward.source, task.card.state, task.card.action)
        assert program.kind == "reward"
        assert program.components


@pytest.mark.parametrize(("row", "name"), REWARDS)
def test_reference_rewards_compile_and_agree_with_plain_python(row: Row, name: str) -> None:
    task = find_task(row.id)
    program = parse_program(task.reward(name).source, task.card.state, task.card.action)
    compiled, plain = program.load(compiled=True), program.load(compiled=False)
    batch = make_batch(EnvRef(id=row.id), 8)
    batch.track([field.name for field in task.card.state])
    batch.reset(list(range(8)))
    stream = np.random.default_rng(0)
    for step in range(1, 60):
        before, actions = batch.start.copy(), stream.integers(task.card.action.n, size=8)
        batch.step(actions, autoreset=True)
        paid = np.zeros((2, 8, 1 + len(program.components)))
        t = np.full(8, min(1.0, step / row.horizon))
        for runner, out in zip((compiled, plain), paid, strict=True):
            runner.reward(before, actions.astype(float), batch.state, t, out)
        assert np.array_equal(*paid)
        if name == "sparse":
            assert (paid[0][:, 0] == batch.reward).all()


@pytest.mark.parametrize("row", [row for row in GRIDS if row.values[0] in PER_LAYOUT])
def test_human_rewards_cannot_be_farmed(row: Row) -> None:
    """Random play never pays more than the goal, one span of progress each stage and no more."""
    env = make_sb3(EnvRef(id=row.id), 32, seed=0)
    task = find_task(row.id)
    source = task.reward("human").source
    env.use_program(parse_program(source, task.card.state, task.card.action))
    env.reset()
    stream, best = np.random.default_rng(0), -np.inf
    for _ in range(row.horizon + 200):
        *_, infos = env.step(stream.integers(task.card.action.n, size=32))
        best = max([best, *(info["episode"]["r"] for info in infos if info)])
    assert -np.inf < best < 5.0
