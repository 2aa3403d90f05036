"""Every example runs offline, within half a minute, and prints what it promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "examples"
EXPECTED = {
    "01_first_env.py": "random play:",
    "02_own_reward.py": "without ever reaching the goal",
    "03_vector_env.py": "environment steps a second",
    "04_own_env.py": "success True",
    "05_evolve_from_python.py": "best    TRUE success",
    "06_own_designer.py": "Patient[symbolic] chose g0",
    "07_audit_and_repair.py": "SOUND",
}
SEARCHES = {"05_evolve_from_python.py", "06_own_designer.py"}


def test_every_example_is_tested() -> None:
    assert {file.name for file in FOLDER.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.whole] if n in SEARCHES else []) for n in EXPECTED]
)
def test_example(name: str, tmp_path: Path) -> None:
    source = (FOLDER / name).read_text(encoding="utf-8")
    assert source.count("\n") < 60
    run = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", str(FOLDER / name)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert run.returncode == 0, run.stderr
    assert EXPECTED[name] in run.stdout
    assert not list(tmp_path.iterdir()), "an example leaves nothing behind"
