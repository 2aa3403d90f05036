"""Hostile programs are refused, or stopped by the checks at run time, in both executions."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from alignenv.errors import ProgramError, ValueFault
from alignenv.program import check_values, parse_program, warm_up
from alignenv.spec import StateSpec
from alignenv.task import ActionSpec
from alignenv.testing.programs import as_function, edge_transitions, read_cases

DATA = Path(__file__).parents[1] / "data" / "programs"
ROWS = map(json.loads, (DATA / "hostile.jsonl").read_text(encoding="utf-8").splitlines())
PROGRAMS = {row["id"]: row["source"] for row in ROWS}
TECHNIQUES = read_cases(DATA / "techniques.txt")
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


def check(name: str, source: str, spec: StateSpec) -> None:
    action = ActionSpec(n=7)
    started = time.process_time()
    try:
        program = parse_program(source, spec, action)
    except ProgramError as error:
        refusal = error
    else:
        refusal = None
    assert time.process_time() - started < MAX_SECONDS
    if refusal is not None:
        assert all(problem.cure for problem in refusal.problems)
        assert "R099" not in str(refusal)
        return
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


@pytest.mark.parametrize(
    "name", [*list(PROGRAMS)[::EVERY], *sorted(HARMLESS.keys() & PROGRAMS.keys())]
)
def test_hostile_programs_do_no_harm(name, spec, sealed):
    check(name, PROGRAMS[name], spec)


@pytest.mark.hostile
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_hostile_program_does_no_harm(name, spec, sealed):
    check(name, PROGRAMS[name], spec)


@pytest.mark.parametrize("name", TECHNIQUES)
def test_more_techniques_do_no_harm(name, spec, sealed):
    check(name, as_function(TECHNIQUES[name]), spec)
