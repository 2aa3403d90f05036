"""What the names of a program can hold.

The same classes serve both executions. In the interpreter every scalar is a Python float or bool;
while a program is compiled, a scalar known only at run time is a `Sym`, and everything around it
(shapes, lengths, keys, functions) is known.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard


@dataclass(frozen=True, slots=True)
class Whole:
    """Integer form of a symbol that is a whole number by construction.

    Attributes:
        text: Integer expression in the generated code.
        low: Smallest possible value.
        high: Largest possible value.
    """

    text: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Sym:
    """A scalar of the generated code.

    Attributes:
        text: A variable of the generated code.
        is_bool: Whether it is a truth value; else a float64.
        whole: Its integer form, for loop variables.
    """

    text: str
    is_bool: bool = False
    whole: Whole | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A string that a condition chose among known ones.

    Attributes:
        code: Its number.
        options: Every string that it can be.
    """

    code: Sym
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be followed: the program runs interpreted, or was found wrong."""


@dataclass(frozen=True, slots=True)
class Unbound:
    """Mark of a variable that has no value on some path."""


UNKNOWN = Unknown()
UNBOUND = Unbound()


@dataclass(frozen=True, slots=True)
class Memory:
    """Elements of a large array in the generated code, row by row.

    Attributes:
        buffer: `s`, `p` or `a` (inputs), `c` (constants) or `w` (scratch).
        offset: Position of the first element.
        moving: Integer variable added to the offset, empty for none.
        is_bool: Whether elements are truth values, stored as 0.0 and 1.0.
    """

    buffer: str
    offset: int
    moving: str = ""
    is_bool: bool = False


class Box:
    """A value with an identity, whose content can change.

    Attributes:
        born: Running number; orders boxes against the branches of a program.
        frozen: Code of the rule that a change would break; empty when it may change.
    """

    __slots__ = ("born", "frozen", "state")

    def __init__(self, state: Any, born: int = 0, frozen: str = "") -> None:
        self.state = state
        self.born = born
        self.frozen = frozen


class Array(Box):
    """A numpy array of fixed shape; `state` is a tuple of scalars, row by row, or `Memory`."""

    __slots__ = ("shape",)

    def __init__(
        self,
        shape: tuple[int, ...],
        state: tuple[Scalar, ...] | Memory,
        born: int = 0,
        frozen: str = "",
    ) -> None:
        super().__init__(state, born, frozen)
        self.shape = shape

    @property
    def size(self) -> int:
        """Number of elements."""
        size = 1
        for n in self.shape:
            size *= n
        return size


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of a list or dict; `present` may be known only at run time."""

    value: Value
    present: Scalar = True


@dataclass(frozen=True, slots=True)
class Picked:
    """An array whose rows are there or not, as in `x[x > 0]`; compiling only.

    Attributes:
        rows: All rows that can be there.
        present: Whether each is, an array of truth values.
        is_grid: Whether it is a part of a grid, its elements here in one row.
    """

    rows: Array
    present: Array
    is_grid: bool = False


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value or None, whichever the path made it; compiling only.

    Attributes:
        value: A number, an array or a tuple of them; anything of that shape where it is None.
        is_none: Whether it is None.
    """

    value: Value
    is_none: Scalar


class List(Box):
    """A Python list; `state` is a tuple of `Entry`."""

    __slots__ = ()


class Dict(Box):
    """A Python dict; `state` maps keys to `Entry`, in order."""

    __slots__ = ()


class Shuffled(dict[Any, Entry]):
    """Content of a dict whose keys are in an order that depends on the path; compiling only."""


class DefaultDict(Dict):
    """A `defaultdict`; `make` is called for the value of a missing key."""

    __slots__ = ("make",)

    def __init__(self, state: Any, born: int = 0, make: Value = None) -> None:
        super().__init__(state, born)
        self.make = make


class Scope(Box):
    """Variables of one function call; `state` maps names to values.

    Attributes:
        parent: Enclosing scope, None for the module.
        names: Names that are local here; reading one before it is set is an error.
    """

    __slots__ = ("names", "parent")

    def __init__(
        self, parent: Scope | None, names: frozenset[str], state: dict[str, Value], born: int = 0
    ) -> None:
        super().__init__(state, born)
        self.parent = parent
        self.names = names


class Cell(Box):
    """One value that a construct computes, such as the result of a call."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Record:
    """`prev` or `state`.

    Attributes:
        buffer: `p` or `s`.
        fields: Value of each field, read on demand.
    """

    buffer: str
    fields: Callable[[str], Value | None] = field(compare=False)
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """numpy, math or one of their parts, by canonical path."""

    path: str


@dataclass(frozen=True, slots=True)
class Closure:
    """A function of the program."""

    name: str
    node: ast.FunctionDef | ast.Lambda
    scope: Scope = field(compare=False)
    defaults: Mapping[str, Value] = field(compare=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of the language.

    Attributes:
        name: Canonical path, such as `numpy.linalg.norm`.
        run: Takes the machine, then the arguments.
        names: Parameters by name.
        required: How many must be given.
        variadic: Whether any number of positional arguments is taken.
        open: Whether any keyword is taken.
        by_name: How many of the last parameters are given by name only.
    """

    name: str
    run: Callable[..., Value] = field(compare=False)
    names: tuple[str, ...] = ()
    required: int = 1
    variadic: bool = False
    open: bool = False
    by_name: int = 0


@dataclass(frozen=True, slots=True)
class Method:
    """A method looked up on a value, not yet called."""

    name: str
    owner: Value = field(compare=False)
    run: Builtin = field(compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """`range(start, stop, step)`; the step is always known."""

    start: Scalar
    stop: Scalar
    step: int


@dataclass(frozen=True, slots=True)
class Items:
    """Something to loop over.

    Attributes:
        n: How many elements.
        get: Element at a known place.
        at: Element at a place known at run time; None where that cannot be had.
        present: Whether each element is there, for filtered lists; None when all are.
    """

    n: int | Sym
    get: Callable[[int], Value] = field(compare=False)
    at: Callable[[Sym], Value] | None = field(default=None, compare=False)
    present: Array | None = field(default=None, compare=False)


Scalar: TypeAlias = "float | bool | Sym"
Value: TypeAlias = (
    "float | bool | Sym | str | Text | Unknown | Unbound | Array | Picked | Maybe | List | Dict"
    " | Record | Module | Closure | Builtin | Method | Range | Items | tuple[Any, ...] | None"
)

TYPE_NAMES = (
    (bool, "a truth value"),
    (float, "a number"),
    (Sym, "a number"),
    (str, "a string"),
    (Text, "a string"),
    (Array | Picked, "an array"),
    (Maybe, "a value or None"),
    (List, "a list"),
    (Dict, "a dict"),
    (tuple, "a tuple"),
    (Record, "a state record"),
    (Module, "a module"),
    ((Closure, Builtin, Method), "a function"),
    (Range, "a range"),
    (Items, "an iterator"),
)


def kind_of(value: Value) -> str:
    """What a value is, in the words of the messages."""
    if value is None:
        return "None"
    if isinstance(value, Array):
        return f"an array of shape {value.shape}"
    for types, name in TYPE_NAMES:
        if isinstance(value, types):
            return name
    return "a value"


def is_scalar(value: object) -> TypeGuard[float | bool | Sym]:
    """Whether it is one number or truth value."""
    return isinstance(value, float | bool | Sym)
