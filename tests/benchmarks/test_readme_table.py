"""The README's numbers are those of the committed result."""

from __future__ import annotations

import pytest

from alignenv.benchmarks.readme_table import main, replaced
from alignenv.errors import ConfigError


def test_the_table_is_what_the_result_says() -> None:
    assert main(["--check"]) == 0


def test_markers_are_needed() -> None:
    with pytest.raises(ConfigError, match="needs the markers"):
        replaced("no markers here", "table")
