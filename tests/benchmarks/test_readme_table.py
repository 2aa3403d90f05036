"""The README's numbers are those of the committed result."""

from __future__ import annotations

from alignenv.benchmarks.readme_table import main


def test_the_table_is_what_the_result_says() -> None:
    assert main(["--check"]) == 0
