from __future__ import annotations

from alignenv.reward_design.critic.reading import fields_of_components, guarded_fields

PROGRAM = """
def near(path):
    return 1.0 if path < 3 else 0.0

def stage(s):
    return s.path_to_key if not s.carrying_key else s.path_to_door

def reward(prev, action, state):
    way = stage(prev) - stage(state)
    if state.door_open:
        bonus = 1.0
    else:
        bonus = 0.0
    parts = {"way": way}
    parts["close"] = near(state.path_to_goal)
    parts["effort"] = -0.1 * action
    return way + bonus, {**parts, "bonus": bonus}
"""


def test_components_are_followed_to_the_fields_behind_them() -> None:
    found = fields_of_components(PROGRAM, ["way", "bonus", "close", "effort", "other"])
    fields = {"path_to_key", "carrying_key", "path_to_door", "path_to_goal", "door_open"}
    assert found["way"] & fields == {"path_to_key", "carrying_key", "path_to_door"}
    assert found["bonus"] & fields == {"door_open"}
    assert found["close"] & fields == {"path_to_goal"}
    assert found["effort"] & fields == set()
    assert found["other"] >= fields, "a name that is not written out may depend on anything"


def test_guards_are_tests_bounds_and_functions_that_test() -> None:
    fields = {"path_to_key", "path_to_door", "path_to_goal"}
    assert guarded_fields(PROGRAM) & fields == {"path_to_goal"}
    bounded = "def potential(state):\n    return max(state.path_to_key, 0.0)\n"
    assert guarded_fields(bounded) & fields == {"path_to_key"}
