"""Generated parts of pages: replaced between their markers, and nowhere else."""

from __future__ import annotations

import pytest

from alignenv.benchmarks.markers import markers, replaced
from alignenv.errors import ConfigError


def test_only_what_stands_between_the_markers_changes() -> None:
    begin, end = markers("some-table")
    page = f"above\n{begin}\nold\n{end}\nbelow\n"
    assert replaced(page, "some-table", "new") == f"above\n{begin}\nnew\n{end}\nbelow\n"
    assert replaced(page, "some-table", "old") == page


@pytest.mark.parametrize("page", ["nothing", "<!-- t:begin -->", "<!-- t:end -->"])
def test_a_page_without_both_markers_is_refused(page: str) -> None:
    with pytest.raises(ConfigError, match="t:begin"):
        replaced(page, "t", "new")
