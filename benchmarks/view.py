"""What a long run tells the person who watches it."""

from __future__ import annotations

from typing import Protocol

from alignenv.types import Trial


class RunView(Protocol):
    """Receives the events of a search, a training or a report as they happen."""

    def begin(self, title: str, isolation: str, env_steps: int) -> None:
        """A run starts; `env_steps` is the most that it will train, over all jobs."""
        ...

    def phase(self, title: str) -> None:
        """A new part of the run, such as a generation."""
        ...

    def started(self, key: str, env_steps: int) -> None:
        """A training was handed to a worker, or its result was found in the study."""
        ...

    def advanced(self, key: str, env_steps: int, success: float | None) -> None:
        """A training reached `env_steps` of its own; success is training evidence."""
        ...

    def ended(self, key: str, outcome: str) -> None:
        """A training and its evaluation are over."""
        ...

    def judged(self, trials: list[Trial]) -> None:
        """The outcomes of one generation are final."""
        ...

    def note(self, text: str) -> None:
        """One line worth reading."""
        ...


class SilentView:
    """Shows nothing: `--quiet`, and tests."""

    def begin(self, title: str, isolation: str, env_steps: int) -> None:
        """Do nothing."""

    def phase(self, title: str) -> None:
        """Do nothing."""

    def started(self, key: str, env_steps: int) -> None:
        """Do nothing."""

    def advanced(self, key: str, env_steps: int, success: float | None) -> None:
        """Do nothing."""

    def ended(self, key: str, outcome: str) -> None:
        """Do nothing."""

    def judged(self, trials: list[Trial]) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""
