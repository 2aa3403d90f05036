"""Every error that alignenv raises on purpose: what was expected, what came, what to do.

One tree, so that the command line can turn any of them into one message, one JSON object and one
exit code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any


class AlignEnvError(Exception):
    """Base of all errors raised on purpose.

    Attributes:
        message: What was expected and what came, one sentence or two.
        cure: What the reader can do about it; may be empty.
        exit_code: What the `alignenv` command exits with: 1 negative verdict, 2 usage or
            configuration, 3 environment or machine.
    """

    exit_code: int = 2

    def __init__(self, message: str, *, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".rstrip()

    @property
    def kind(self) -> str:
        """Name of the error's class, stable for scripts."""
        return type(self).__name__

    def to_json(self) -> dict[str, Any]:
        """The `error` object of every failing `--json` document."""
        return {"kind": self.kind, "message": self.message, "cure": self.cure}


class UnknownName(AlignEnvError, KeyError):  # noqa: N818 - a name, like KeyError
    """Something was asked for by a name that nothing provides."""

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str]) -> UnknownName:
        """Build the error with the nearest known name as a hint."""
        names = sorted(known)
        close = get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names) or 'none'}."
        return cls(f"There is no {kind} named {name!r}.", cure=hint)


class ConfigError(AlignEnvError, ValueError):
    """A setting, file or argument is malformed or contradicts another."""


class CallOrderError(AlignEnvError, RuntimeError):
    """Two calls came in an order that has no meaning, such as `tell` before `ask`."""


class MachineError(AlignEnvError, RuntimeError):
    """The machine cannot do what was asked: no isolation, full disk, read-only folder."""

    exit_code = 3


class StudyError(AlignEnvError, RuntimeError):
    """A study folder is missing, in use, corrupt or of another configuration."""

    exit_code = 3


class LLMError(AlignEnvError, RuntimeError):
    """A language model could not be reached or refused the request."""

    exit_code = 3


class BudgetExceeded(AlignEnvError, RuntimeError):  # noqa: N818 - reads as the event it is
    """The next request could pass a cap on calls, tokens or money; it was not sent."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason to refuse a reward program, in the words the coder is given.

    Attributes:
        line: 1-based line of the program, 0 when the whole text is meant.
        rule: Stable code, such as `R034`; docs/reward-language.md lists them.
        message: What is wrong there.
        cure: What to write instead.
    """

    line: int
    rule: str
    message: str
    cure: str = ""

    def __str__(self) -> str:
        cure = f" Fix: {self.cure}" if self.cure else ""
        return f"line {self.line}: [{self.rule}] {self.message}{cure}"

    def to_json(self) -> dict[str, Any]:
        """The entry of `errors` in `alignenv check --json`."""
        return asdict(self)


class ProgramError(AlignEnvError, ValueError):
    """A reward program was refused before it ran.

    Attributes:
        problems: Every problem found in one pass, in line order; never empty.
    """

    exit_code = 1

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class ValueFault(AlignEnvError, ValueError):  # noqa: N818 - the language's word for it
    """A reward program produced no usable number for one transition.

    Attributes:
        code: `E001` loop fuel, `E010` division by zero, `E011` domain, `E012` overflow,
            `E020` not finite, `E021` larger than allowed, `E022` not pure, `E023` index.
        component: Name of the component, or "total"; empty when not attributable.
        env_index: Row of the batch.
        line: 1-based line of the program, 0 when unknown.
    """

    exit_code = 1

    def __init__(
        self, message: str, *, code: str, component: str = "", env_index: int = 0, line: int = 0
    ) -> None:
        super().__init__(message)
        self.code, self.component = code, component
        self.env_index, self.line = env_index, line
