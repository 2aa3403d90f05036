"""Tree search over programs: each node is a program, each edge an edit that answers its training.

As in Wang et al., "PromptAgent", ICLR 2024, figure 3, with programs in place of prompts; selection
by UCT (Kocsis and Szepesvari, ECML 2006) with progressive widening (Coulom, 2007).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from alignenv.reward_design.archive import worth
from alignenv.reward_design.designers.base import DesignerOptions, GenerationalDesigner
from alignenv.task import TaskCard
from alignenv.types import Coder, Draft, Trial


class MctsOptions(DesignerOptions):
    """What may be set of the tree search."""

    exploration: float = Field(
        default=0.5, ge=0, description="Weight of the rarely visited against the good."
    )
    widening: float = Field(
        default=1.5, gt=0, description="Children of a node with v visits: widening * sqrt(v)."
    )
    repairs: int = Field(default=2, ge=0, description="Most attempts to repair one failed program.")


@dataclass(eq=False, slots=True)
class Node:
    """A program in the tree; the root has none.

    Attributes:
        trial: Its outcome; None for the root, and for a child that is still being written.
        parent: Node it is an edit of.
        children: Its edits.
    """

    trial: Trial | None = None
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def visits(self) -> int:
        """Programs at and below it."""
        return 1 + sum(child.visits for child in self.children)

    @property
    def value(self) -> float:
        """Worth of the best program at or below it: a search wants the best, not the mean."""
        own = worth(self.trial) if self.trial else 0.0
        return max([own, *(child.value for child in self.children)])

    @property
    def is_failed(self) -> bool:
        """Whether its program could not be trained."""
        return self.trial is not None and self.trial.failure is not None

    @property
    def is_mendable(self) -> bool:
        """Whether it failed by its own fault, so that its coder can be told."""
        failure = self.trial.failure if self.trial else None
        return failure is not None and failure.kind.is_coders


class Mcts(GenerationalDesigner):
    """Tree search: walks from the root to a promising program and writes one edit of it.

    An edit answers the training of its parent, or its failure. The value of a node is the best
    success below it; rarely visited nodes are tried too.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of the coder's randomness.
        options: What may be set.
    """

    Options = MctsOptions

    def __init__(
        self, coder: Coder, card: TaskCard, seed: int, options: MctsOptions | None = None
    ) -> None:
        super().__init__(coder, card, seed)
        self._options = options or MctsOptions()
        self._root = Node()
        self._chosen: list[Node] = []

    def propose(self, n: int) -> Sequence[Draft]:
        """One edit for each of `n` descents; an unfinished child counts as a visit."""
        chosen = self._choose(n)
        drafts = self.write_each([_edit(node) for node in chosen])
        self._chosen = chosen
        return drafts

    def learn(self, trials: Sequence[Trial]) -> None:
        """Hang every program under the node that it is an edit of."""
        for trial in trials:
            parent = self._chosen[self.position(trial)]
            parent.children.append(Node(trial=trial, parent=parent))

    def facts(self) -> Mapping[str, Any]:
        """Size and depth of the tree, without its root."""
        return {"nodes": self._root.visits - 1, "depth": _depth(self._root)}

    def _choose(self, n: int) -> list[Node]:
        """The nodes to edit. Each choice leaves an unfinished child; all are taken off again."""
        chosen: list[Node] = []
        for _ in range(n):
            node = self._descend()
            node.children.append(Node(parent=node))
            chosen.append(node)
        for node in chosen:
            node.children = [child for child in node.children if child.trial is not None]
        return chosen

    def _descend(self) -> Node:
        node = self._root
        while not self._wants_a_child(node):
            open_children = [child for child in node.children if self._is_open(child)]
            if not open_children:
                return node if not node.is_failed else self._root
            node = max(open_children, key=self._uct)
        return node

    def _wants_a_child(self, node: Node) -> bool:
        if node.is_mendable:
            return len(node.children) < self._options.repairs
        return len(node.children) < math.ceil(self._options.widening * math.sqrt(node.visits))

    def _is_open(self, node: Node) -> bool:
        """Whether an edit may come at or below a node."""
        if node.trial is None:
            return False
        if not node.is_failed:
            return True
        mendable = node.is_mendable and len(node.children) < self._options.repairs
        return mendable or any(self._is_open(child) for child in node.children)

    def _uct(self, node: Node) -> float:
        assert node.parent is not None, "the root is never compared"
        spread = math.sqrt(math.log(node.parent.visits) / node.visits)
        return node.value + self._options.exploration * spread


def _edit(node: Node) -> Mapping[str, Any]:
    """Fields of a brief: from nothing, from a training, or from an error."""
    if node.trial is None:
        return {}
    return {"failed" if node.is_failed else "parents": (node.trial,)}


def _depth(node: Node) -> int:
    return max((1 + _depth(child) for child in node.children), default=0)
