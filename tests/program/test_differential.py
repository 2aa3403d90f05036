"""Compiled and interpreted values are equal bit for bit, also on programs nobody would write."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alignenv.program import parse_program
from alignenv.task import ActionSpec
from alignenv.testing.programs import assert_agree, edge_transitions

N_EXAMPLES = int(os.environ.get("ALIGNENV_DIFFERENTIAL_EXAMPLES", "12"))
NAMES = ("a", "b", "c")
HELPERS = """\
TABLE = (0.0, 1.5, -2.0, 4.0)


def early(x, k=2.0):
    if x < 0:
        return -x
    for i in range(4):
        if x * i > k:
            return x * i
        x += TABLE[i]
    return x


"""


def numbers() -> st.SearchStrategy[str]:
    fields = ["state.dist", "state.speed", "prev.dist", "state.level", "state.vel[1]", "action"]
    cells = ["state.view[3, 2]", "prev.view[int(state.level), 4]", "TABLE[int(prev.level)]"]
    flags = ["state.flag", "prev.done"]
    literals = ["0.0", "-0.0", "1", "-1.5", "2.0", "1e-9", "1e3", "0.1"]
    return st.sampled_from([*NAMES, *NAMES, *fields, *cells, *flags, *literals])


def expressions() -> st.SearchStrategy[str]:
    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        binary = st.sampled_from(["+", "-", "*", "/", "%", "//"])
        unary = ["-{}", "abs({})", "np.tanh({})", "math.sin({})", "np.floor({})", "float({} > 0)"]
        unary += ["np.sqrt(abs({}))", "({}) ** 2", "np.exp(-abs({}))", "early({})", "int({})"]
        unary += ["np.sum(state.vel * ({}))", "np.clip({}, -1, 1)", "(not {})", "round({})"]
        pairs = ["min({}, {})", "max({}, {})", "np.where({}, {}, 0.5)", "np.hypot({}, {})"]
        pairs += ["({} and {})", "({} or {})", "math.atan2({}, {})", "np.isclose({}, {})"]
        pairs += ["({} if state.flag else {})", "sum(v * {} for v in state.vel if v > {})"]
        return st.one_of(
            st.tuples(inner, binary, inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
            st.tuples(st.sampled_from(unary), inner).map(lambda p: p[0].format(p[1])),
            st.tuples(st.sampled_from(pairs), inner, inner).map(lambda p: p[0].format(p[1], p[2])),
        )

    return st.recursive(numbers(), extend, max_leaves=5)


def conditions() -> st.SearchStrategy[str]:
    compare = st.sampled_from(["<", "<=", "==", "!=", ">"])
    simple = st.tuples(expressions(), compare, expressions()).map(" ".join)
    chained = st.tuples(numbers(), numbers(), numbers()).map(lambda p: f"{p[0]} <= {p[1]} < {p[2]}")
    flags = st.sampled_from(["state.flag", "not prev.done", "state.flag and prev.done", "8 in xs"])
    return st.one_of(simple, chained, flags)


def simple_statements() -> st.SearchStrategy[str]:
    name = st.sampled_from(NAMES)
    return st.one_of(
        st.tuples(name, expressions()).map(lambda p: f"{p[0]} = {p[1]}"),
        st.tuples(name, st.sampled_from(["+=", "-=", "*="]), expressions()).map(" ".join),
        st.tuples(st.permutations(NAMES)).map(lambda p: f"a, b, c = {', '.join(p[0])}"),
        st.tuples(st.integers(0, 2), expressions()).map(lambda p: f"xs[{p[0]}] = {p[1]}"),
        expressions().map(lambda e: f"xs[int(state.level)] += {e}"),
        st.tuples(st.sampled_from("pqr"), expressions()).map(lambda p: f"parts['{p[0]}'] = {p[1]}"),
    )


def indent(body: list[str]) -> str:
    return "\n".join(f"    {line}" for part in body for line in part.split("\n"))


def statements(depth: int = 2, *, in_loop: bool = False) -> st.SearchStrategy[str]:
    if depth == 0:
        return simple_statements()
    body = st.lists(statements(depth - 1, in_loop=in_loop), min_size=1, max_size=2).map(indent)
    looped = st.lists(statements(depth - 1, in_loop=True), min_size=1, max_size=2).map(indent)
    leave = ["return a, parts", "return b"] + (["break", "continue"] if in_loop else [])
    ranges = ["range(3)", "range(9)", "range(int(state.level))", "state.vel", "state.view", "xs"]
    ranges += ["range(5, 0, -2)", "enumerate(state.vel)", "zip(state.vel, prev.vel)"]
    loop = st.tuples(st.sampled_from(ranges), looped).map(
        lambda p: f"for i in {p[0]}:\n    a += 0.5\n{p[1]}"
    )
    return st.one_of(
        simple_statements(),
        st.tuples(conditions(), body, body).map(lambda p: f"if {p[0]}:\n{p[1]}\nelse:\n{p[2]}"),
        st.tuples(conditions(), body).map(lambda p: f"if {p[0]}:\n{p[1]}"),
        st.tuples(conditions(), st.sampled_from(leave)).map(lambda p: f"if {p[0]}:\n    {p[1]}"),
        loop,
    )


@st.composite
def programs(draw: st.DrawFn) -> str:
    body = draw(st.lists(statements(3), min_size=2, max_size=5))
    start = ["a, b, c = state.dist, 1.0, False", "xs = [0.0, 1.0, 2.0, 3.0]"]
    start.append("parts = {'p': 0.0, 'q': 1.0}")
    end = ["parts['total'] = a", "return a + b - c + sum(xs), parts"]
    return f"{HELPERS}def reward(prev, action, state):\n{indent([*start, *body, *end])}\n"


@settings(
    max_examples=N_EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(source=programs(), seed=st.integers(0, 1000))
def test_generated_programs_agree(spec, source, seed):
    program = parse_program(source, spec, ActionSpec(n=7))
    if not program.why_not:
        assert_agree(program, edge_transitions(spec, ActionSpec(n=7), 12, seed))
