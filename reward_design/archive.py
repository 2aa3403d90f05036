"""What a search keeps: distinct programs, ranked by TRUE success and then by true progress."""

from __future__ import annotations

import ast
import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from alignenv.archive import Archive, Fitness
from alignenv.errors import UnknownName
from alignenv.registry import Registry
from alignenv.types import Trial

T = TypeVar("T")

_MILESTONES = 0.1


def fingerprint(source: str) -> str:
    """Hash of what a program does, blind to comments, docstrings, layout and names of its own.

    Two programs with one fingerprint do the same. Equal behaviour written otherwise is not seen.
    """
    try:
        tree = ast.parse(source)
        names = {name: f"_{i}" for i, name in enumerate(dict.fromkeys(_own_names(tree)))}
        text = ast.dump(_Renamed(names).visit(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _digest(source)  # a text that Python cannot parse, or cannot print again
    return _digest(text)


def _own_names(tree: ast.Module) -> Iterator[str]:
    """Names that a program chooses itself, in order of appearance."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef) and node.name not in ("reward", "potential"):
            yield node.name


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg, node.annotation = self._names[node.arg], None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name, node.returns = self._names.get(node.name, node.name), None
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def worth(trial: Trial) -> float:
    """One number in [0, 1] for averages: TRUE success, and a tenth of true progress; failures 0."""
    if trial.evaluation is None:
        return 0.0
    score = trial.evaluation.score
    return (score.success + _MILESTONES * score.milestones) / (1 + _MILESTONES)


def merit(trial: Trial) -> tuple[float, ...]:
    """`Trial.merit`, the fitness where nothing else is asked for."""
    return trial.merit


def promise(trial: Trial) -> tuple[float, ...]:
    """What parents are compared by: the TRUE success of a whole training, then true progress.

    Progress counts however far the training went: where nobody succeeds, a program that was stopped
    at a rung and is further on than those that finished is the better one to go on from.
    """
    finished, success, milestones, haste = trial.merit
    return (finished * success, milestones, haste)


def ranked(trials: Sequence[Trial], fitness: Fitness = merit) -> list[Trial]:
    """Trained trials, best first; of equals the earlier."""
    return sorted((t for t in trials if t.evaluation), key=fitness, reverse=True)


def distinct(trials: Iterable[Trial]) -> list[Trial]:
    """The first of each program.

    Trials are of one program where their texts are, up to layout and names, and where the search
    found that they pay the same on recorded transitions.
    """
    texts: set[str] = set()
    origins: set[str] = set()
    kept = []
    for trial in trials:
        text, origin = fingerprint(trial.candidate.source), trial.twin or trial.candidate.id
        if text not in texts and origin not in origins:
            kept.append(trial)
        texts.add(text)
        origins.add(origin)
    return kept


class Elites:
    """The best distinct programs so far.

    Args:
        size: Most that are kept; None for all.
        fitness: What they are compared by; what it says of a program may change between calls.
    """

    def __init__(self, size: int | None, fitness: Fitness = merit) -> None:
        self._size, self._fitness = size, fitness
        self._trials: list[Trial] = []

    def __len__(self) -> int:
        return len(self._trials)

    def __iter__(self) -> Iterator[Trial]:
        return iter(self._trials)

    def add(self, trial: Trial) -> bool:
        """Take a trained trial in; False where it is no better than what is there."""
        self._trials = distinct(ranked([*self._trials, trial], self._fitness))[: self._size]
        return any(kept is trial for kept in self._trials)

    def best(self, n: int = 1) -> tuple[Trial, ...]:
        """The best `n`, best first."""
        return tuple(ranked(self._trials, self._fitness)[:n])


def make_archive(name: str, size: int | None, fitness: Fitness = merit) -> Archive:
    """An empty archive by the name of its entry point.

    Args:
        name: `elites`, `cells`, or the name of another package's archive.
        size: Most programs that it may keep; None for no bound.
        fitness: What they are compared by.

    Raises:
        UnknownName: No installed package provides such an archive.
    """
    registry: Registry[Archive] = Registry("archive")
    return registry.make(name, size, fitness)


def known_archive(name: str) -> str:
    """The name, where an archive goes by it.

    Raises:
        UnknownName: None does.
    """
    registry: Registry[Archive] = Registry("archive")
    if name not in set(registry):
        raise UnknownName.of("archive", name, registry)
    return name


def pick_by_rank(options: Sequence[T], rng: np.random.Generator, temperature: float = 1.0) -> T:
    """Draw one of several, best first: each is exp(-1 / temperature) as likely as the one before.

    Ranks, not values: a success rate that is zero everywhere still has a best.
    """
    weights = np.array([math.exp(-rank / temperature) for rank in range(len(options))])
    return options[int(rng.choice(len(options), p=weights / weights.sum()))]


def pick_by_softmax(
    options: Sequence[T], values: Sequence[float], rng: np.random.Generator, temperature: float
) -> T:
    """Draw one of several, each by exp(value / temperature)."""
    weights = np.exp((np.array(values) - max(values)) / temperature)
    return options[int(rng.choice(len(options), p=weights / weights.sum()))]
