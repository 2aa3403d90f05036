"""A search in a few lines, small enough to end at once; the real thing is `alignenv evolve`."""

import tempfile
from pathlib import Path

from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.summary import evolve_to_files
from alignenv.benchmarks.view import SilentView

SMALL = Protocol(
    generations=1,
    candidates=2,
    env_steps=8192,
    rung=1,
    report_seeds=1,
    report_episodes=100,
)


def main() -> None:
    settings = SearchSettings(env="AlignEnv-Empty-5x5-v0", seed=0, protocol=SMALL)
    with tempfile.TemporaryDirectory() as folder:
        files = evolve_to_files(settings, Path(folder) / "study", SilentView())
        for name, arm in files.finding.arms.items():
            print(f"{name:<7} TRUE success {arm.success:.0%} after {arm.env_steps:,} env steps")
        if files.program is not None:
            print(files.program.read_text(encoding="utf-8"))


if __name__ == "__main__":  # workers may import this file
    main()
