"""Hostile programs are refused, or stopped by the checks at run time, in both executions."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from alignenv.errors import ProgramError, ValueFault
from alignenv.program import check_values, parse_program, warm_up
from alignenv.task import ActionSpec
from alignenv.testing.programs import edge_transitions

TEXT = (Path(__file__).parents[1] / "data" / "programs" / "hostile.jsonl").read_text("utf-8")
PROGRAMS = {row["id"]: row for row in map(json.loads, TEXT.splitlines())}
HARMLESS = {
    "a tuple of itself": "shared, not copied, and compared up to the first difference",
    "dos_append_while_iter": "the loop visits the list as it was",
    "lg_alias_local_confusion": "only a local name",
    "lg_posonly_shadow": "only parameter names",
    "lg_var_annotation": "annotations are never evaluated",
}
"""Accepted programs that run to their end, and why they do no harm here."""
MAX_SECONDS = 5.0
EVERY = 5


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where anything is opened, imported by name or run in a shell."""
    warm_up()

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"a program reached outside: {args}")

    for target in ("builtins.open", "os.system", "os.fork", "subprocess.Popen", "socket.socket"):
        monkeypatch.setattr(target, refuse)


def check(name: str, spec) -> None:
    source, action = PROGRAMS[name]["source"], ActionSpec(n=7)
    started = time.process_time()
    try:
        program = parse_program(source, spec, action)
    except ProgramError as error:
        assert all(problem.cure for problem in error.problems)
        assert "R099" not in str(error)
        return
    finally:
        assert time.process_time() - started < MAX_SECONDS
    inputs = edge_transitions(spec, action, 4)
    arrays = (inputs.prev, inputs.action, inputs.state, inputs.t)
    before = [array.tobytes() for array in arrays]
    for compiled in (False, None):
        runner = program.load(compiled=compiled)
        started = time.process_time()
        if name in HARMLESS:
            check_values(program, runner, *arrays)
        else:
            with pytest.raises(ValueFault, match=r"\[E0\d\d\]"):
                check_values(program, runner, *arrays)
        assert time.process_time() - started < MAX_SECONDS
    assert [array.tobytes() for array in arrays] == before


@pytest.mark.parametrize("name", [*list(PROGRAMS)[::EVERY], *(HARMLESS.keys() & PROGRAMS.keys())])
def test_hostile_programs_do_no_harm(name, spec, sealed):
    check(name, spec)


@pytest.mark.hostile
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_hostile_program_does_no_harm(name, spec, sealed):
    check(name, spec)


TECHNIQUES = {
    "a list that doubles": "x = [0.0]\n    for _ in range(40):\n        x = x + x\n    return len(x)",
    "a tuple of itself": "x = ()\n    for _ in range(60):\n        x = (x, x)\n    return 1.0 if x == (x,) else 2.0",
    "equal towers": (
        "x, y = (1,), (1,)\n    for _ in range(60):\n        x, y = (x, x), (y, y)\n    return float(x == y)"
    ),
    "an array of towers": "x = [1.0]\n    for _ in range(60):\n        x = [x, x]\n    return np.sum(np.array(x))",
    "a dict without end": (
        "d = {}\n    for i in range(20000):\n        d[i] = 1.0\n    return len(d)"
    ),
    "helpers that call twice": "".join(
        f"def f{i}():\n        return f{i - 1}() + f{i - 1}()\n    " if i else "def f0():\n        return 1.0\n    "
        for i in range(20)
    ) + "return f19()",
    "loops in loops": (
        "x = 0.0\n    for a in range(140):\n        for b in range(140):\n            for c in range(140):\n"
        "                x += 1\n    return x"
    ),
    "a power tower": "x = 2.0\n    for _ in range(30):\n        x = x ** x\n    return x",
    "a huge range": "return sum(range(10 ** 15))",
    "a matrix too large": "return (np.ones((100, 100)) @ np.ones((100, 100))).sum()",
    "a long string": "x = 'a'\n    for _ in range(60):\n        x = x + x\n    return 1.0",
    "a deep lambda": "f = lambda x: x\n    for _ in range(50):\n        f = lambda x, g=f: g(g(x))\n    return f(1.0)",
    "an index out of bounds": "return state.view[int(state.dist * 1e6), 0]",
    "an index that is no number": "return state.view[int(np.inf * 0.0), 0]",
    "a field behind a helper": "f = lambda s: s.truth\n    return f(state)",
    "a field of the action": "return action.flat",
    "a frozen view": "v = state.view[0]\n    v[0] = 1.0\n    return v[0]",
    "an input through a tuple": "t = (state.pos, 1)\n    t[0][0] = 5.0\n    return 1.0",
    "code in a name": "return 1.0, {'a\\nimport os': 1.0}",
    "nan as a component": "return 0.0, {'a': np.nan}",
    "minus infinity": "return -np.inf",
}  # fmt: skip


@pytest.mark.parametrize("name", TECHNIQUES)
def test_more_techniques_do_no_harm(name, spec, sealed):
    source = f"def reward(prev, action, state):\n    {TECHNIQUES[name]}\n"
    PROGRAMS[name] = {"source": source}
    check(name, spec)
