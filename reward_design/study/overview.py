"""Studies at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alignenv.errors import StudyError
from alignenv.reward_design.study.database import DATABASE_FILE, not_a_study
from alignenv.reward_design.study.lease import holder
from alignenv.reward_design.study.reader import StudyReader
from alignenv.reward_design.text import plain
from alignenv.types import Trial

NOTE_LIMIT = 160
"""Most characters of a note in a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One row of a list of studies.

    Attributes:
        path: Its folder.
        state: `finished`, `running`, `capped`, `interrupted`, or `damaged`.
        env_id: Gymnasium id of its task.
        method: `designer[coder]`.
        seed: Root of its randomness.
        candidates: Candidates proposed so far.
        failed: Candidates without a score.
        best_success: Highest TRUE success of a fully trained candidate on selection seeds, or
            None.
        calls: Model calls so far, retries and lost ones included.
        usd: US dollars so far.
        note: Why it is damaged, or who is running it.
    """

    path: str
    state: str
    env_id: str = ""
    method: str = ""
    seed: int | None = None
    candidates: int = 0
    failed: int = 0
    best_success: float | None = None
    calls: int = 0
    usd: float = 0.0
    note: str = ""

    @classmethod
    def of(cls, study: StudyReader) -> Overview:
        """The row of an open study."""
        trials, spent, settings = study.trials(), study.journal.totals(), study.settings
        driver = holder(study.path)
        evaluated = [t.evaluation for t in trials if t.evaluation is not None]
        complete = [e.score.success for e in evaluated if e.stopped_at is None]
        return cls(
            path=str(study.path),
            state="running" if driver else _state(study),
            env_id=settings.env_id,
            method=settings.row,
            seed=settings.seed,
            candidates=len(study.candidates()),
            failed=len(trials) - len(evaluated),
            best_success=max(complete, default=None),
            calls=spent.calls,
            usd=spent.usd,
            note=str(driver) if driver else "",
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values for `--json`."""
        return asdict(self)


def _state(study: StudyReader) -> str:
    """Where the last driver left the study."""
    if study.summary() is not None:
        return "finished"
    return "interrupted" if study.stopped() is None else "capped"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """One candidate of a study in a table.

    Attributes:
        id: Candidate id.
        parents: Ids of its parents.
        coder: Who wrote it.
        success: TRUE success on selection seeds, or None for a failure.
        milestones: True progress, or None for a failure.
        outcome: `fully trained`, `stopped at rung N`, or `failed: KIND CODE`.
        note: The failure's message, or else the coder's note; one short line of printable text.
    """

    id: str
    parents: tuple[str, ...]
    coder: str
    success: float | None
    milestones: float | None
    outcome: str
    note: str

    @classmethod
    def of(cls, trial: Trial) -> OutcomeRow:
        """The row of a trial."""
        candidate, evaluation, failure = trial.candidate, trial.evaluation, trial.failure
        return cls(
            id=candidate.id,
            parents=candidate.parents,
            coder=candidate.coder,
            success=evaluation.score.success if evaluation else None,
            milestones=evaluation.score.milestones if evaluation else None,
            outcome=trial.outcome,
            note=plain(failure.message if failure else candidate.note, NOTE_LIMIT),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values for `--json`."""
        return asdict(self)


def list_studies(folder: Path | str) -> list[Overview]:
    """The studies in a folder and in its direct subfolders, by path; damaged ones too.

    Raises:
        StudyError: The folder does not exist.
    """
    root = Path(folder)
    if not root.is_dir():
        raise not_a_study(root)
    return [_glance(path) for path in _study_folders(root)]


def _study_folders(root: Path) -> Iterator[Path]:
    for path in [root, *sorted(root.iterdir())]:
        if (path / DATABASE_FILE).is_file():
            yield path


def _glance(path: Path) -> Overview:
    try:
        with StudyReader.open(path) as study:
            return Overview.of(study)
    except StudyError as error:
        return Overview(path=str(path), state="damaged", note=error.message)
