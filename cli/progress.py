"""Live progress on stderr: what runs, the best TRUE success so far, the time left."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from alignenv.types import Trial


class LiveView:
    """A `RunView` for people; a context manager around one run.

    On a terminal it redraws one block; otherwise it prints a line per event that matters.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4, transient=True)
        self._title = self._phase = ""
        self._planned = 0
        self._running: dict[str, tuple[int, int, float | None]] = {}
        self._done_steps = 0
        self._best: tuple[str, float] | None = None
        self._begun = time.monotonic()

    def __enter__(self) -> LiveView:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def begin(self, title: str, isolation: str, env_steps: int) -> None:
        """Print what runs and how it is isolated."""
        self._title, self._planned, self._begun = title, env_steps, time.monotonic()
        self._done_steps = 0
        self._console.print(title, style="bold", highlight=False, markup=False)
        self._console.print(isolation, style="dim", highlight=False, markup=False)

    def phase(self, title: str) -> None:
        """Head a new part."""
        self._phase = title
        if not self._console.is_terminal:
            self._console.print(title, markup=False)
        self._draw()

    def started(self, key: str, env_steps: int) -> None:
        """Show a waiting training."""
        self._running[key] = (0, env_steps, None)
        self._draw()

    def advanced(self, key: str, env_steps: int, success: float | None) -> None:
        """Move a training's bar."""
        if key in self._running:
            _, total, _ = self._running[key]
            self._running[key] = (min(env_steps, total), total, success)
            self._draw()

    def ended(self, key: str, outcome: str) -> None:
        """Print a training's outcome and take its bar away."""
        _, total, _ = self._running.pop(key, (0, 0, None))
        self._done_steps += total
        self._console.print(f"  {key:<18} {outcome}", markup=False, highlight=False)
        self._draw()

    def judged(self, trials: list[Trial]) -> None:
        """Remember the best candidate."""
        for trial in trials:
            if trial.evaluation is not None:
                success = trial.evaluation.score.success
                if self._best is None or success > self._best[1]:
                    self._best = (trial.candidate.id, success)
        if self._best is not None:
            self._console.print(
                f"best so far: {self._best[0]} with TRUE success {self._best[1]:.0%}",
                markup=False,
            )

    def note(self, text: str) -> None:
        """Print a line."""
        self._console.print(text, markup=False, style="yellow", soft_wrap=True)

    def _draw(self) -> None:
        if self._live.is_started:
            self._live.update(Group(self._headline(), self._bars()))

    def _headline(self) -> Text:
        best = f"{self._best[1]:.0%} ({self._best[0]})" if self._best else "none yet"
        return Text(f"{self._phase} | best TRUE success {best} | time left {self._time_left()}")

    def _time_left(self) -> str:
        done = self._done_steps + sum(steps for steps, _, _ in self._running.values())
        if not done:
            return "?"
        spent = time.monotonic() - self._begun
        left = int(spent * max(0, self._planned - done) / done)
        return f"{left // 60}:{left % 60:02d}"

    def _bars(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for key, (steps, total, success) in list(self._running.items())[:12]:
            rate = "" if success is None else f"training success {success:.0%}"
            table.add_row(key, ProgressBar(total=total, completed=steps, width=30), rate)
        return table
