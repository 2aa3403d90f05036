"""The reference execution: one row at a time, on Python numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alignenv.errors import ValueFault
from alignenv.program.lowering import takes_time
from alignenv.program.machine import Machine, Shelf
from alignenv.program.outline import Outline
from alignenv.program.paths import TooBig
from alignenv.program.rules import FAULTS, Fault, Wrong
from alignenv.program.running import SEMANTICS, Result, module_scope, record, run_main
from alignenv.program.values import Record, Scalar, Value
from alignenv.spec import StateSpec
from alignenv.task import ActionSpec

Row = npt.NDArray[np.float64]


@dataclass
class Interpreter:
    """Runs a checked program on single rows.

    Args:
        outline: The program.
        spec: Fields of the records.
        action: The action.
        components: Names of the output columns after the total.

    Attributes:
        work: Syntax nodes that the last run visited.
    """

    outline: Outline
    spec: StateSpec
    action: ActionSpec
    components: tuple[str, ...]

    def __post_init__(self) -> None:
        self._scope = module_scope(self.outline, Machine(SEMANTICS))
        self._takes_time = takes_time(self.outline)
        self._shelf: Shelf = {}
        self.work = 0

    def run(self, prev: Row, action: Row, state: Row, t: float, index: int) -> list[float]:
        """Total and components of one transition.

        Args:
            prev: Record before, shape `(size,)`; ignored for a potential.
            action: Action, shape `(k,)`; ignored for a potential.
            state: Record after, shape `(size,)`.
            t: Episode progress in [0, 1].
            index: Row of the batch, for messages.

        Raises:
            ValueFault: A value went wrong.
        """
        machine = Machine(SEMANTICS, shelf=self._shelf)
        found: list[Result] = []
        try:
            args = self._arguments(machine, prev, action, state, t)
            run_main(machine, self.outline, self._scope, args, found.append)
        except Fault as fault:
            raise self._error(fault.code, fault.message, machine.line, index) from None
        except Wrong as wrong:
            raise self._error("E024", wrong.message, machine.line, index) from None
        except (TooBig, RecursionError):
            message = "too much work in one call"
            raise self._error("E001", message, machine.line, index) from None
        except Exception as error:  # a fault of ours must end the run, in words
            message = f"the interpreter failed ({type(error).__name__})"
            raise self._error("E024", message, machine.line, index) from error
        finally:
            self.work = machine.work
        return self._row(found[0])

    def _arguments(
        self, machine: Machine, prev: Row, action: Row, state: Row, t: float
    ) -> list[Value]:
        def reader(buffer: str, row: Row) -> Record:
            values = row.tolist()

            def leaf(column: int, is_bool: bool) -> Scalar:
                return bool(values[column]) if is_bool else float(values[column])

            return record(machine, self.spec, buffer, leaf)

        args: list[Value] = [reader("s", state)]
        if self.outline.kind == "reward":
            args = [reader("p", prev), self._action(machine, action), *args]
        return [*args, float(t)] if self._takes_time else args

    def _action(self, machine: Machine, action: Row) -> Value:
        if self.action.n:
            return float(action[0])
        made = machine.array((self.action.size,), tuple(action.tolist()))
        made.frozen = "R050"
        return made

    def _row(self, result: Result) -> list[float]:
        values = {name: float(value) for name, value in result.components.items()}  # type: ignore[arg-type]
        return [float(result.total), *(values.get(name, 0.0) for name in self.components)]  # type: ignore[arg-type]

    def _error(self, code: str, message: str, line: int, index: int) -> ValueFault:
        return fault_error(code, message, line=line, index=index)


def fault_error(
    code: str, message: str, *, component: str = "", line: int = 0, index: int = 0
) -> ValueFault:
    """The error of one row, in words."""
    where = f"line {line}: " if line else ""
    what = f" of component {component!r}" if component else ""
    text = f"{where}[{code}] {message or FAULTS[code]}{what} (env {index})."
    return ValueFault(text, code=code, component=component, env_index=index, line=line)
