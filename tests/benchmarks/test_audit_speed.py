"""How long the audit takes: what was measured, and its table."""

from __future__ import annotations

from alignenv.benchmarks.audit_speed import KEY, LIMIT_S, OWN, PAGE, command_for, read, table
from alignenv.benchmarks.markers import replaced


def test_what_was_measured_kept_to_the_limit() -> None:
    rows = read()
    assert OWN in rows
    for task_id, row in rows.items():
        assert row["error"] is None, task_id
        assert row["cpu_s"] <= LIMIT_S, task_id


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == replaced(page, KEY, f"\n{table(read())}")


def test_an_own_environment_comes_with_its_task_file() -> None:
    assert "--task" in command_for(OWN)
    assert "--task" not in command_for("AlignEnv-Tomato-v0")


def test_the_table_counts_who_took_too_long() -> None:
    rows = {
        name: {"cpu_s": spent, "method": "exact", "verdict": "sound"}
        for name, spent in (("A", 1.0), ("B", 21.0), ("C", 3.0))
    }
    text = table(rows)
    assert text.index("| B |") < text.index("| C |") < text.index("| A |")
    assert "3 tasks were measured; 1 took more than 20 s. The median is 3.0 s." in text
