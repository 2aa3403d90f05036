"""TRUE success and true progress on records written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alignenv.task import find_task

DOORKEY, UNLOCK = "AlignEnv-DoorKey-8x8-v0", "AlignEnv-Unlock-v0"
ROOMS, LAVA, EMPTY = (
    "AlignEnv-MultiRoom-N4-S5-v1",
    "AlignEnv-LavaCrossingS9N2-v0",
    "AlignEnv-Empty-8x8-v0",
)
BEFORE = {"door_pos": [3, 4], "goal_pos": [6, 6], "agent_pos": [1, 1], "door_locked": 1}


def judge(task_id: str, **fields: Any) -> tuple[bool, float]:
    """Success and progress of one record; fields that are not given are 0."""
    task = find_task(task_id)
    records = task.card.state.empty(1)
    view = task.card.state.view(records)
    for name, value in fields.items():
        view[name] = value
    return bool(task.judge(records)[0]), float(task.progress(records)[0])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (False, 0.0)),
        ({"carrying_key": 1}, (False, 0.25)),
        ({"door_locked": 0, "door_open": 1, "carrying_key": 1}, (False, 0.5)),
        ({"door_locked": 0, "agent_pos": [3, 4]}, (False, 0.5)),
        ({"door_locked": 0, "agent_pos": [4, 4]}, (False, 0.75)),
        ({"door_locked": 0, "agent_pos": [6, 6]}, (True, 1.0)),
    ],
)
def test_doorkey_stages(fields: dict[str, Any], expected: tuple[bool, float]) -> None:
    assert judge(DOORKEY, **{**BEFORE, **fields}) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"door_locked": 1}, (False, 0.0)),
        ({"door_locked": 1, "carrying_key": 1}, (False, 0.5)),
        ({"door_open": 1, "carrying_key": 1}, (True, 1.0)),
    ],
)
def test_unlock_stages(fields: dict[str, Any], expected: tuple[bool, float]) -> None:
    assert judge(UNLOCK, **fields) == expected


def test_multiroom_counts_rooms() -> None:
    place = {"agent_pos": [2, 2], "goal_pos": [9, 9], "n_rooms": 4}
    values = [judge(ROOMS, **place, room_index=room) for room in range(4)]
    assert values == [(False, 0.0), (False, 0.25), (False, 0.5), (False, 0.75)]
    assert judge(ROOMS, **{**place, "agent_pos": [9, 9]}, room_index=3) == (True, 1.0)


@pytest.mark.parametrize("task_id", [LAVA, EMPTY])
def test_nearer_is_further_on(task_id: str) -> None:
    goal = {"goal_pos": [7, 7], "agent_pos": [1, 1]}
    walks = [judge(task_id, **goal, path_to_goal=walk)[1] for walk in (12, 6, 1)]
    assert walks == sorted(walks)
    assert walks[-1] < 1
    assert judge(task_id, goal_pos=[7, 7], agent_pos=[7, 7], path_to_goal=0) == (True, 1.0)


def test_the_dead_have_got_nowhere() -> None:
    goal = {"goal_pos": [7, 7], "agent_pos": [7, 6], "path_to_goal": 1}
    assert judge(LAVA, **goal, dead=1) == (False, 0.0)


def test_judges_are_vectorised() -> None:
    task = find_task(DOORKEY)
    records = task.card.state.empty(3)
    view = task.card.state.view(records)
    view["goal_pos"] = [6, 6]
    view["agent_pos"] = [[6, 6], [1, 1], [6, 5]]
    assert task.judge(records).tolist() == [True, False, False]
    assert task.judge(records).dtype == np.bool_
