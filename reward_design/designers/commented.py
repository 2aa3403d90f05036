"""Designers whose best agent a person watches, and says something about in plain words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from alignenv.reward_design.designers.base import DesignerOptions, GenerationalDesigner
from alignenv.reward_design.designers.comments import Commenter, Comments
from alignenv.reward_design.designers.preferences import Showing
from alignenv.task import TaskCard
from alignenv.types import Coder, Trial


class CommentedDesigner(GenerationalDesigner):
    """A designer that a person's words reach, about one agent of each generation.

    Args:
        coder: Who writes.
        card: The task.
        seed: Root of the coder's randomness.
        options: What may be set.
        comments: Who comments.
    """

    def __init__(
        self,
        coder: Coder,
        card: TaskCard,
        seed: int,
        options: DesignerOptions | None,
        comments: Commenter,
    ) -> None:
        super().__init__(coder, card, seed, options)
        self._comments = comments
        self._heard = ""

    @abstractmethod
    def discussed(self, trials: Sequence[Trial]) -> Trial | None:
        """Whose agent is commented on once these are told; None where none was trained.

        It changes nothing.
        """

    def hear(self, trials: Sequence[Trial]) -> str:
        """What is said of this generation; empty for nothing."""
        subject = self.discussed(trials)
        self._heard = self._comments.on(self.generation, subject) if subject is not None else ""
        return self._heard

    @property
    def asks_person(self) -> bool:
        """Whether a person writes while the search waits."""
        return isinstance(self._comments, Comments) and self._comments.is_awaited

    def showing(self, trials: Sequence[Trial]) -> Showing | None:
        """The agent that is commented on, where a person comments while the search waits."""
        subject = self.discussed(trials)
        if not isinstance(self._comments, Comments) or not self.asks_person or subject is None:
            return None
        return Showing((subject,), (), self._comments.wish(self.generation))

    def answer(self) -> Sequence[str]:
        """What was said last, line by line."""
        return self._heard.splitlines()
