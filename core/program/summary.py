"""The reward language in words, generated from the tables that define it."""

from __future__ import annotations

from alignenv.program import limits
from alignenv.program.functions import CONSTANTS, TABLE
from alignenv.program.methods import method_names
from alignenv.program.rules import FAULTS, RULES

_UNTOLD = {
    *("ndarray", "integer", "floating", "number", "bool_", "True_", "False_", "newaxis"),
    *("float32", "float64", "int8", "int16", "int32", "int64", "uint8"),
    *("add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "negative"),
    *("greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "reciprocal"),
    *("absolute", "amin", "amax", "around", "fmin", "fmax", "float_power", "remainder", "identity"),
}
"""Other spellings of what the list has already."""


def summary() -> str:
    """What a program may contain, in about 15 lines, for prompts and for people."""
    lines = (
        "One function `def reward(prev, action, state):` that returns `total, components`, the"
        " latter a dict of numbers, or only the total;",
        "or one function `def potential(state):` that returns a number. `t`, the episode's progress"
        " 0..1, may be added as last parameter.",
        "prev and state have exactly the fields of the task card. Numbers are floats, flags count"
        " 0 and 1, vectors and grids are numpy arrays.",
        "Above it: helper functions, constants, classes of constants. Inside: assignments,"
        " if/elif/else, match, for, while, break, continue, return, nested functions.",
        "Loops are bounded: `for` over range, arrays, lists, tuples, zip, enumerate, and `while`;"
        f" at most {limits.FUEL} iterations a call.",
        "Arithmetic, comparisons, and/or/not, `a if test else b`, indexing and slices, tuples,"
        " lists, dicts, comprehensions, lambda.",
        f"Built in: {_names('builtins')}.",
        f"math: {_names('math')}.",
        f"np: {_names('numpy')}.",
        f"Methods: {', '.join(method_names())}.",
        f"Also: {_library()}.",
        "Not there: try, with, objects and methods of your own, yield, other modules, recursion,"
        " randomness, eval, `out=`.",
        "Inputs and constants are never changed; nothing is kept between calls. Copy before"
        " changing: `x = np.array(state.pos)`.",
        "A variable must be assigned on every path before it is read, and every path returns.",
        "Division by zero, log of 0 and overflow are failures: guard them. A field may hold a"
        " stated value for 'none', such as -1: test for it first.",
        f"Components have literal names, at most {limits.MAX_COMPONENTS}; every value is finite"
        f" and at most {limits.MAX_VALUE:g} in size.",
    )
    return "\n".join(f"- {line}" for line in lines)


def rule_table() -> str:
    """Markdown table of every reason to refuse a program."""
    rows = [f"| {code} | {rule.title} | {rule.cure} |" for code, rule in RULES.items()]
    return "\n".join(["| code | what | cure |", "| --- | --- | --- |", *rows])


def fault_table() -> str:
    """Markdown table of every way in which a value can fail."""
    rows = [f"| {code} | {title} |" for code, title in FAULTS.items()]
    return "\n".join(["| code | what |", "| --- | --- |", *rows])


def limit_table() -> str:
    """Markdown table of the bounds on a program and on its values."""
    rows = (
        ("text", f"{limits.MAX_BYTES} bytes, {limits.MAX_LINES} lines, {limits.MAX_TOKENS} tokens"),
        ("syntax", f"{limits.MAX_NODES} nodes, {limits.MAX_DEPTH} levels deep"),
        ("functions", f"{limits.MAX_FUNCTIONS}, calls {limits.MAX_CALL_DEPTH} deep"),
        ("loops", f"{limits.MAX_LOOP_DEPTH} nested, {limits.FUEL} iterations in one call"),
        ("literals", f"whole numbers up to 2**53, strings of {limits.MAX_TEXT_CHARS} characters"),
        ("lists and arrays", f"{limits.MAX_ITEMS} elements"),
        ("components", f"{limits.MAX_COMPONENTS}, names of {limits.MAX_NAME_CHARS} characters"),
        ("values", f"finite, at most {limits.MAX_VALUE:g} in size"),
    )
    lines = [f"| {what} | {bound} |" for what, bound in rows]
    return "\n".join(["| what | at most |", "| --- | --- |", *lines])


def _library() -> str:
    modules = ("functools", "itertools", "operator", "collections")
    return ", ".join(sorted(path for path in TABLE if path.startswith(modules)))


def _names(module: str) -> str:
    prefix = f"{module}."
    found = {path.removeprefix(prefix) for path in (*TABLE, *CONSTANTS) if path.startswith(prefix)}
    return ", ".join(sorted(found - _UNTOLD))
