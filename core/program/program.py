"""A checked reward program: text, hash, component names, and how it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alignenv.errors import ProgramError
from alignenv.program.lowering import Lowered, lower, takes_time
from alignenv.program.outline import Outline, find_main, outline
from alignenv.program.subset import check_subset, fields_read
from alignenv.program.text import digest, normalise, parse, refuse
from alignenv.spec import StateSpec
from alignenv.task import ActionSpec

if TYPE_CHECKING:
    from alignenv.program.runner import Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that passed every static check.

    Attributes:
        source: Its normalised text.
        id: First 16 hex digits of the text's sha256.
        kind: `reward` or `potential`.
        components: Names of its components, in the order of the output columns.
        fields: State fields it can read, from `prev` or `state`.
        uses_time: Whether it takes `t`, the episode's progress.
        spec: Fields of the records it was checked for.
        action: The action it was checked for.
    """

    source: str
    id: str
    kind: str
    components: tuple[str, ...]
    fields: frozenset[str]
    uses_time: bool
    spec: StateSpec = field(repr=False)
    action: ActionSpec = field(repr=False)
    _outline: Outline = field(repr=False, compare=False)
    _lowered: Lowered = field(repr=False, compare=False)

    @property
    def why_not(self) -> str:
        """Why there is no compiled form; empty when there is one."""
        return self._lowered.why_not

    def load(self, *, compiled: bool | None = None) -> Runner:
        """Make the program ready to run.

        Args:
            compiled: None compiles where possible; True insists; False interprets.

        Returns:
            A runner; its `compiled` and `why_not` say what it became.

        Raises:
            ProgramError: `compiled=True` and there is no compiled form (R070).
        """
        from alignenv.program.interpreter import Interpreter
        from alignenv.program.runner import Runner

        if compiled and self.why_not:
            raise refuse("R070", f"The program does not compile: {self.why_not}.")
        interpreter = Interpreter(self._outline, self.spec, self.action, self.components)
        if compiled is False:
            return Runner(interpreter, why_not="interpretation was asked for")
        if self.why_not:
            return Runner(interpreter, why_not=self.why_not)
        from alignenv.program.kernel import compile_kernel

        lowered = self._lowered
        try:
            kernel = compile_kernel(lowered.source)
        except Exception as error:  # numba's errors have no common base
            reason = f"numba failed with {type(error).__name__}"
            if compiled:
                raise refuse("R070", f"The program does not compile: {reason}.") from error
            return Runner(interpreter, why_not=reason)
        return Runner(interpreter, kernel, lowered.constants, lowered.scratch)


def parse_program(source: str, spec: StateSpec, action: ActionSpec) -> Program:
    """Check a reward program; nothing of it is run.

    Args:
        source: The untrusted text.
        spec: Fields of the state records.
        action: What `action` is.

    Returns:
        The program.

    Raises:
        ProgramError: It breaks rules; all problems found in one pass, each with line and cure.
    """
    try:
        return _parse_program(source, spec, action)
    except ProgramError:
        raise
    except Exception as error:  # a fault of the checker must never admit or crash
        detail = f"The checker failed on this program ({type(error).__name__})."
        raise refuse("R099", detail) from error


def _parse_program(source: str, spec: StateSpec, action: ActionSpec) -> Program:
    if not isinstance(source, str):
        raise refuse("R001", "A program is text.")
    text = normalise(source)
    tree = parse(text)
    if problems := check_subset(tree, spec):
        raise ProgramError(problems)
    main = find_main(tree)
    assert main is not None, "checked with the subset"
    parts = outline(tree, main)
    lowered = lower(parts, spec, action)
    if lowered.problems:
        raise ProgramError(sorted(lowered.problems, key=lambda p: p.line))
    return Program(
        source=text,
        id=digest(text),
        kind=parts.kind,
        components=lowered.components,
        fields=fields_read(tree, spec),
        uses_time=takes_time(parts),
        spec=spec,
        action=action,
        _outline=parts,
        _lowered=lowered,
    )
