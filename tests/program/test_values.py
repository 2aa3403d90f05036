"""What happens when values go wrong, and the contract of runners."""

from __future__ import annotations

import numpy as np
import pytest

from alignenv.errors import ProgramError, ValueFault
from alignenv.program import check_values, edge_records, edge_values
from alignenv.program.limits import FUEL, MAX_VALUE
from alignenv.program.rules import FAULTS
from alignenv.spec import Field
from alignenv.task import ActionSpec
from alignenv.testing.programs import as_function, edge_transitions, outcome, run


def reward(*lines: str) -> str:
    return as_function("\n".join(lines))


# Code: (program, line, component) for a state of zeros.
FAULTY = {
    "E001": (reward(f"x = 0.0\nfor i in range({FUEL} + 1):\n    x += 1.0", "return x"), 3, ""),
    "E010": (reward("a = state.dist + 1", "return a / state.dist"), 3, ""),
    "E011": (reward("return math.log(state.dist)"), 2, ""),
    "E012": (reward("return math.exp(1000 + state.dist)"), 2, ""),
    "E020": (reward("return 0.0, {'a': state.dist + np.inf}"), 0, "a"),
    "E021": (reward(f"return state.dist + {MAX_VALUE * 2}"), 0, "total"),
    "E023": (reward("return [1.0, 2.0][int(state.dist) + 5]"), 2, ""),
    "E024": (
        reward("xs = np.argwhere(state.view == 8)", "return xs[0] if len(xs) else state.pos"),
        3,
        "",
    ),
    "E025": (
        reward("if state.dist < 1:\n    raise ValueError('near')", "return state.dist"),
        3,
        "",
    ),
}
NOT_A_PROGRAM_S = {"E022"}


def test_every_fault_has_an_example():
    assert FAULTY.keys() | NOT_A_PROGRAM_S == FAULTS.keys()


@pytest.mark.parametrize("code", FAULTY)
def test_both_executions_raise_the_same_fault(code, parse, spec):
    source, line, component = FAULTY[code]
    program = parse(source)
    inputs = edge_transitions(spec, ActionSpec(n=7), 3)
    inputs.state[:] = 0.0
    words = []
    for compiled in (None, False):
        with pytest.raises(ValueFault, match=rf"\[{code}\]") as fault:
            run(program, program.load(compiled=compiled), inputs)
        error = fault.value
        assert (error.code, error.line, error.component) == (code, line, component)
        words.append(str(error))
    assert words[0] == words[1]


def test_the_faulty_row_is_named(parse, spec):
    program = parse(reward("return 1.0 / state.dist"))
    inputs = edge_transitions(spec, ActionSpec(n=7), 6)
    inputs.state[:, spec.offsets["dist"]] = [1.0, 2.0, 4.0, 0.0, 1.0, 0.0]
    for compiled in (True, False):
        with pytest.raises(ValueFault, match=r"env 3") as fault:
            run(program, program.load(compiled=compiled), inputs)
        assert fault.value.env_index == 3


@pytest.mark.parametrize(
    "expression",
    [
        "min(state.dist, np.inf) + max(-np.inf, state.speed)",
        "np.exp(-np.inf) + state.dist",
        "1.0 / np.inf + state.dist",
        "math.atan2(state.dist, np.inf)",
        "1.0 if np.isnan(np.nan) else state.dist",
    ],
)
def test_infinity_may_be_used_on_the_way(expression, parse, spec):
    program = parse(reward(f"return {expression}"))
    inputs = edge_transitions(spec, ActionSpec(n=7), 16)
    fast = run(program, program.load(compiled=True), inputs)
    assert fast.tobytes() == run(program, program.load(compiled=False), inputs).tobytes()
    assert np.isfinite(fast).all()


def test_a_fault_in_a_branch_not_taken_does_not_count(parse, spec):
    program = parse(reward("return 1.0 / state.dist if state.dist != 0 else -1.0"))
    inputs = edge_transitions(spec, ActionSpec(n=7), 4)
    inputs.state[:] = 0.0
    assert run(program, program.load(), inputs)[:, 0].tolist() == [-1.0] * 4


def test_batches_are_rows(parse, spec):
    source = reward("d = np.linalg.norm(state.pos - state.goal)", "return action - d, {'d': d}")
    program = parse(source)
    runner = program.load(compiled=True)
    inputs = edge_transitions(spec, ActionSpec(n=7), 50)
    whole = run(program, runner, inputs)
    assert whole.shape == (50, 2)
    for i in (0, 7, 49):
        assert run(program, runner, inputs.row(i)).tobytes() == whole[i : i + 1].tobytes()


def test_an_empty_batch_is_fine(parse, spec):
    program = parse(reward("return 1.0 / state.dist"))
    empty = edge_transitions(spec, ActionSpec(n=7), 0)
    for compiled in (True, False):
        assert run(program, program.load(compiled=compiled), empty).shape == (0, 1)


def test_the_output_is_overwritten_completely(parse, spec):
    program = parse(reward("if state.flag:\n    return 1.0, {'a': 1.0}", "return 2.0, {'b': 2.0}"))
    inputs = edge_transitions(spec, ActionSpec(n=7), 8)
    for compiled in (True, False):
        out = np.full((8, 3), 77.0)
        program.load(compiled=compiled).reward(
            inputs.prev, inputs.action, inputs.state, inputs.t, out
        )
        assert not (out == 77.0).any()


def test_a_potential_of_states_alone(parse, spec):
    program = parse("def potential(state, t):\n    return state.dist * t\n")
    inputs = edge_transitions(spec, ActionSpec(n=7), 9)
    expected = (inputs.state[:, spec.offsets["dist"]] * inputs.t)[:, None]
    for compiled in (True, False):
        assert np.array_equal(run(program, program.load(compiled=compiled), inputs), expected)


def test_vector_actions(parse, spec):
    program = parse(
        reward("return -np.sum(np.square(action)) + action[0] * len(action)"), ActionSpec(size=3)
    )
    inputs = edge_transitions(spec, ActionSpec(size=3), 9)
    fast = run(program, program.load(compiled=True), inputs)
    assert fast.tobytes() == run(program, program.load(compiled=False), inputs).tobytes()


def test_what_cannot_be_compiled_is_interpreted_and_says_so(parse, spec):
    program = parse(reward("return len(np.unique(state.view))"))
    runner = program.load()
    assert not runner.compiled
    assert "run time" in runner.why_not
    inputs = edge_transitions(spec, ActionSpec(n=7), 5)
    grid = inputs.state[:, spec.offsets["view"] :].reshape(5, -1)[:, :49]
    assert run(program, runner, inputs)[:, 0].tolist() == [len(set(row)) for row in grid.tolist()]
    with pytest.raises(ProgramError, match="R070"):
        program.load(compiled=True)


def test_compiled_says_nothing_of_why_not(parse):
    runner = parse(reward("return 1.0")).load()
    assert runner.compiled
    assert runner.why_not == ""
    assert runner.width == 1


def test_checked_values_pass(parse, spec):
    program = parse(reward("return np.tanh(state.dist), {'a': state.speed}"))
    inputs = edge_transitions(spec, ActionSpec(n=7), 40)
    for compiled in (True, False):
        check_values(
            program,
            program.load(compiled=compiled),
            inputs.prev,
            inputs.action,
            inputs.state,
            inputs.t,
        )


def test_a_kernel_that_differs_is_found(parse, spec):
    program = parse(reward("return state.dist"))
    runner = program.load(compiled=True)
    right = runner.kernel
    assert right is not None

    def wrong(*args: np.ndarray) -> int:
        n_bad = right(*args)
        args[6][-1, 0] += 1e-9
        return n_bad

    runner.kernel = wrong
    inputs = edge_transitions(spec, ActionSpec(n=7), 5)
    with pytest.raises((ProgramError, ValueFault), match=r"R098|E022"):
        check_values(program, runner, inputs.prev, inputs.action, inputs.state, inputs.t)


def test_a_kernel_with_a_memory_is_found(parse, spec):
    program = parse(reward("return state.dist"))
    runner = program.load(compiled=True)
    right, calls = runner.kernel, []
    assert right is not None

    def counting(*args: np.ndarray) -> int:
        n_bad = right(*args)
        calls.append(0)
        args[6][:, 0] += len(calls)
        return n_bad

    runner.kernel = counting
    inputs = edge_transitions(spec, ActionSpec(n=7), 5)
    with pytest.raises(ValueFault, match="E022"):
        check_values(program, runner, inputs.prev, inputs.action, inputs.state, inputs.t)


def test_edge_values_are_those_at_which_programs_break():
    missing = Field(name="d", kind="float", low=0.0, high=20.0, missing=-1.0)
    assert {0.0, 20.0, -1.0}.issubset(edge_values(missing))
    assert [v for v in edge_values(missing) if v == 0.0 and np.signbit(v)] == [-0.0]
    assert edge_values(Field(name="f", kind="bool")) == (0.0, 1.0)
    whole = edge_values(Field(name="n", kind="int", low=0.0, high=3.0))
    assert all(v.is_integer() and 0 <= v <= 3 for v in whole)


def test_edge_records_respect_kinds(spec):
    records = edge_records(spec, 200, np.random.default_rng(0))
    view = spec.view(records)
    assert set(np.unique(view["flag"])) == {0.0, 1.0}
    assert np.array_equal(view["level"], np.rint(view["level"]))
    assert (view["dist"] == -1.0).any()
    assert records.flags["C_CONTIGUOUS"]


def test_outcomes_tell_faults_from_values(parse, spec):
    program = parse(reward("return 1.0 / state.dist"))
    inputs = edge_transitions(spec, ActionSpec(n=7), 1)
    inputs.state[:] = 0.0
    assert str(outcome(program, program.load(compiled=False), inputs)).startswith("E010")
