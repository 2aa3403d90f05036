"""What coders are told, word for word.

`python tests/program/test_messages.py` writes the golden file anew; review its diff.
"""

from __future__ import annotations

import json
from pathlib import Path

from alignenv.errors import ProgramError
from alignenv.program import parse_program
from alignenv.spec import Field, StateSpec
from alignenv.task import ActionSpec

DATA = Path(__file__).parents[1] / "data" / "programs"
GOLDEN = DATA / "messages.txt"
SPEC = StateSpec(
    (
        Field(name="key_pos", kind="vec2"),
        Field(name="door_open", kind="bool"),
        Field(name="path_to_goal", kind="float", missing=-1.0),
    )
)
SLIPS = {
    "misspelt field": "return -state.path_to_gaol",
    "misspelt function": "return np.linalg.nrm(state.key_pos)",
    "misspelt name": "distance = 1.0\n    return -distnace",
    "distance of a flag": "return np.linalg.norm(state.door_open - state.pos)",
    "truth of an array": "return 1.0 if state.key_pos == prev.key_pos else 0.0",
    "shapes": "return np.sum(state.key_pos + np.zeros(3))",
    "dict access": "return -state['path_to_goal']",
    "get": "return -state.get('path_to_goal', 0)",
    "getattr": "return -getattr(state, 'path_to_goal', 0)",
    "old names": "return -next_obs[0]",
    "info": "return 1.0 if info['success'] else 0.0",
    "self": "return self.gamma * 1.0",
    "no return": "total = -state.path_to_goal",
    "not all paths return": "if state.door_open:\n        return 1.0",
    "three values": "return 1.0, {'a': 1.0}, {}",
    "list of components": "return 1.0, [1.0]",
    "component is a vector": "return 1.0, {'key': state.key_pos}",
    "try": "try:\n        return 1 / state.dist\n    except ZeroDivisionError:\n        return 0.0",
    "while": "d = state.path_to_goal\n    while d > 1:\n        d /= 2\n    return d",
    "sort key": "return sorted([1, 2], key=lambda x: -x)[0]",
    "in place": "d = state.key_pos\n    d -= 1\n    return d[0]",
    "unassigned": "if state.door_open:\n        bonus = 1.0\n    return bonus",
    "unpacking": "x, y, z = state.key_pos\n    return x",
    "no such key": "w = {'a': 1.0}\n    return w['b']",
    "number called": "d = 1.0\n    return d(2)",
    "too many arguments": "f = lambda x: x\n    return f(1, 2)",
}  # fmt: skip


def messages() -> str:
    """Every refusal of the hostile programs and of common slips, readable."""
    rows = map(json.loads, (DATA / "hostile.jsonl").read_text(encoding="utf-8").splitlines())
    sources = {row["id"]: row["source"] for row in rows}
    for name, body in SLIPS.items():
        sources[name] = f"def reward(prev, action, state):\n    {body}\n"
    parts = []
    for name, source in sources.items():
        try:
            parse_program(source, SPEC, ActionSpec(n=7))
            said = "accepted"
        except ProgramError as error:
            said = str(error)
        parts.append(f"## {name}\n{said}\n")
    return "\n".join(parts)


def test_messages_are_those_of_the_golden_file():
    assert messages() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(messages(), encoding="utf-8")
