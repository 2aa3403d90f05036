"""From a program to the source of one batch kernel, by running it on symbols."""

from __future__ import annotations

from dataclasses import dataclass, field

from alignenv.errors import Problem
from alignenv.program import limits
from alignenv.program.emitter import FUEL_GATE, Emitter, number
from alignenv.program.machine import Machine
from alignenv.program.outline import Outline
from alignenv.program.paths import TooBig
from alignenv.program.rules import RULES
from alignenv.program.running import SEMANTICS, Result, module_scope, record, run_main
from alignenv.program.values import Memory, Scalar, Sym, Value
from alignenv.spec import StateSpec
from alignenv.task import ActionSpec


@dataclass(frozen=True, slots=True)
class Lowered:
    """The compiled form of a program, as source.

    Attributes:
        source: Python source of `kernel(p, a, s, t, c, w, out, bad_rows)`.
        constants: Content of buffer `c`.
        scratch: Size of buffer `w`.
        components: Names of the components, in the order of the output columns.
        why_not: Why there is no compiled form; empty when there is.
        problems: Rules found broken.
    """

    source: str
    constants: tuple[float, ...]
    scratch: int
    components: tuple[str, ...]
    why_not: str
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Columns:
    """Output columns, in the order in which paths name their components."""

    code: Emitter
    names: dict[str, int] = field(default_factory=dict)

    def take(self, result: Result) -> None:
        """Write the result of one path."""
        self._store(0, result.total)
        for name, value in result.components.items():
            self._store(self.names.setdefault(name, len(self.names) + 1), value)

    def _store(self, column: int, value: Scalar) -> None:
        self.code.effect(f"out[i, {column}] = {number(value)}")


def lower(outline: Outline, spec: StateSpec, action: ActionSpec) -> Lowered:
    """Check a program's kinds and shapes, and write its compiled form."""
    constants = Machine(SEMANTICS)
    scope = module_scope(outline, constants)
    code = Emitter()
    machine = Machine(SEMANTICS, code)
    columns = _Columns(code)
    args = symbols(machine, code, outline, spec, action)
    try:
        run_main(machine, outline, scope, args, columns.take)
    except (TooBig, RecursionError):
        machine.problems.append(
            Problem(
                line=machine.line,
                rule="R004",
                message="The program takes too many steps once its loops are unrolled.",
                cure=RULES["R004"].cure,
            )
        )
    problems = [*constants.problems, *machine.problems]
    if len(columns.names) > limits.MAX_COMPONENTS:
        message = f"There are more than {limits.MAX_COMPONENTS} components."
        cure = RULES["R060"].cure
        problems.append(Problem(line=outline.main.lineno, rule="R060", message=message, cure=cure))
    return Lowered(
        source="" if problems or code.why_not else kernel_source(code),
        constants=tuple(code.constants),
        scratch=code.scratch,
        components=tuple(columns.names),
        why_not=code.why_not,
        problems=tuple(problems),
    )


def symbols(
    m: Machine, code: Emitter, outline: Outline, spec: StateSpec, action: ActionSpec
) -> list[Value]:
    """Arguments of the program's function, as symbols."""

    def reader(buffer: str) -> Value:
        def leaf(column: int, is_bool: bool) -> Sym:
            return code.load(Memory(buffer, column, is_bool=is_bool))

        return record(m, spec, buffer, leaf, in_memory=True)

    state = reader("s")
    args: list[Value] = [state]
    if outline.kind == "reward":
        args = [reader("p"), action_value(m, code, action), state]
    if takes_time(outline):
        args.append(code.load(Memory("t", 0)))
    return args


def action_value(m: Machine, code: Emitter, action: ActionSpec) -> Value:
    """The action as a number or a vector of symbols."""
    if action.n:
        return code.load(Memory("a", 0))
    if action.size > limits.REGISTERS:
        made = m.array((action.size,), Memory("a", 0))
    else:
        leaves = tuple(code.load(Memory("a", i)) for i in range(action.size))
        made = m.array((action.size,), leaves)
    made.frozen = "R050"
    return made


def takes_time(outline: Outline) -> bool:
    """Whether the function has the parameter `t`."""
    args = outline.main.args
    names = [arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    return "t" in names[1:]


def kernel_source(code: Emitter) -> str:
    """The generated function: the row's code inside a loop over rows."""
    needs_fuel = code.fuel_bound > limits.FUEL
    code.prune(keep_fuel=needs_fuel)
    lines = [
        "def kernel(p, a, s, t, c, w, out, bad_rows):",
        "    n_bad = 0",
        "    for i in range(s.shape[0]):",
        "        bad = False",
        "        chk = 0.0",
    ]
    if needs_fuel:
        lines.append(f"        fuel = {limits.FUEL}.0")
    body = [*code.head.render(2), *code.body.render(2)]
    if not needs_fuel:
        body = [line.replace(FUEL_GATE, "") for line in body]
    gate = " or not fuel >= 0.0" if needs_fuel else ""
    lines += [
        *body,
        f"        if bad or chk != 0.0{gate}:",
        "            bad_rows[i] = True",
        "            n_bad += 1",
        "    return n_bad",
    ]
    return "\n".join(lines) + "\n"
