"""A designer of one's own: it writes afresh until something works, and then changes the best."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alignenv.benchmarks.settings import validate_settings
from alignenv.benchmarks.summary import evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.reward_design.archive import Elites, ranked
from alignenv.reward_design.designers.base import GenerationalDesigner, coders_failures
from alignenv.types import Draft, Trial

SMALL = {"generations": 2, "candidates": 2, "env_steps": 2048, "rung": 1,
         "select_episodes": 20, "report_seeds": 1, "report_episodes": 100}  # fmt: skip


class Patient(GenerationalDesigner):
    """Samples from nothing until a program works, then edits the best one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.best = Elites(1)
        self.failed: Sequence[Trial] = ()

    def propose(self, n: int) -> Sequence[Draft]:
        # A coder with a language model is told how the parents did, and why others failed.
        return self.write_each([{"parents": self.best.best(), "failed": self.failed}] * n)

    def learn(self, trials: Sequence[Trial]) -> None:
        self.failed = coders_failures(trials)
        for trial in ranked(trials):
            if trial.evaluation and trial.evaluation.score.success > 0:
                self.best.add(trial)


def main() -> None:
    # Installed under the entry-point group `alignenv.designers`, it goes by a name of its own.
    settings = validate_settings(
        {"env": "AlignEnv-Empty-5x5-v0", "designer": f"{__name__}:Patient", "protocol": SMALL}
    )
    with tempfile.TemporaryDirectory() as folder:
        files = evolve_to_files(settings, Path(folder) / "study", SilentView())
    for trial in files.finding.trials:
        print(trial.candidate.id, "from", trial.candidate.parents or "nothing:", trial.outcome)
    print(f"{files.document['designer']} chose {files.document['best']['id']}")


if __name__ == "__main__":  # workers may import this file
    main()
