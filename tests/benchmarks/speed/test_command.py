"""`python -m alignenv.benchmarks.speed --quick`: complete and finite; nothing here is timed."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from alignenv.benchmarks.markers import markers
from alignenv.benchmarks.speed.control import VEC_ENV
from alignenv.benchmarks.speed.grid import GRID_TARGETS, measure_grid
from alignenv.benchmarks.speed.own import OWN_MEASURES
from alignenv.benchmarks.speed.startup import COMPILE, FIRST_STEP, IMPORT
from alignenv.benchmarks.speed.table import KEY
from alignenv.benchmarks.speed.training import ENV_SHARE, FRAMES, PROGRAM_SHARE
from alignenv.errors import UnknownName

MEASURES = {
    *GRID_TARGETS,
    *OWN_MEASURES,
    VEC_ENV,
    FRAMES,
    PROGRAM_SHARE,
    ENV_SHARE,
    IMPORT,
    FIRST_STEP,
    COMPILE,
}


@pytest.mark.whole
def test_quick_run_measures_everything(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    page.write_text("\n".join(markers(KEY)), encoding="utf-8")
    command = [sys.executable, "-m", "alignenv.benchmarks.speed"]
    run = subprocess.run(
        [*command, "--quick", "--json", "--write", str(page)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    document = json.loads(run.stdout)
    assert document["schema_version"] == 1
    assert {row["measure"] for row in document["rows"]} == MEASURES
    for row in document["rows"]:
        assert math.isfinite(row["value"]), row
        assert row["low"] <= row["value"] <= row["high"], row
        assert row["kind"] != "ratio" or row["value"] > 0, row
    text = page.read_text(encoding="utf-8")
    assert "| DoorKey-8x8-v0 |" in text
    assert all(measure in text for measure in MEASURES)


def test_unknown_task() -> None:
    with pytest.raises(UnknownName, match="DoorKey-8x8"):
        next(measure_grid(["AlignEnv-DoorKey-8x9-v0"], effort=None))
