"""What alignenv adds to the start of a process, and to the first use of a program."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from alignenv.benchmarks.speed.rows import Row
from alignenv.program import parse_program, warm_up
from alignenv.program.kernel import compile_kernel
from alignenv.task import find_task

IMPORT = "import alignenv, beyond import gymnasium"
FIRST_STEP = "first step with a warm cache, beyond import alignenv"
COMPILE = "check and compile the human reward program"
IMPORT_TARGET, FIRST_STEP_TARGET = 0.1, 1.0

_GYMNASIUM = "import gymnasium"
_ALIGNENV = f"{_GYMNASIUM}, alignenv"


def measure_startup(task_id: str, rounds: int) -> Iterator[Row]:
    """CPU seconds of fresh processes, in turns.

    Args:
        task_id: Task of the first step; its compiled core is cached by an untimed run.
        rounds: Processes of each kind.
    """
    step = f"{_ALIGNENV}; e = gymnasium.make({task_id!r}); e.reset(seed=0); e.step(2)"
    statements = (_GYMNASIUM, _ALIGNENV, step)
    for statement in statements:
        cpu_seconds(statement)
    turns = [[cpu_seconds(statement) for statement in statements] for _ in range(rounds)]
    yield _added(IMPORT, "", [turn[:2] for turn in turns], IMPORT_TARGET)
    yield _added(FIRST_STEP, task_id, [turn[1:] for turn in turns], FIRST_STEP_TARGET)


def measure_compilation(task_ids: tuple[str, ...]) -> Iterator[Row]:
    """CPU seconds from the text of each task's human reward to machine code.

    The compiler is warm, as it is in the process that workers are forked from.
    """
    warm_up()
    for task_id in task_ids:
        card = find_task(task_id).card
        source = find_task(task_id).reward("human").source
        compile_kernel.cache_clear()  # two tasks may have the same reward
        begun = time.process_time()
        parse_program(source, card.state, card.action).load(compiled=True)
        spent = time.process_time() - begun
        yield Row(
            measure=COMPILE,
            subject=task_id,
            baseline=None,
            ours=spent,
            unit="CPU s",
            value=spent,
            low=spent,
            high=spent,
            kind="seconds",
        )


def cpu_seconds(statement: str) -> float:
    """User and system seconds of a fresh interpreter that runs one statement."""
    before = os.times()
    subprocess.run([sys.executable, "-c", statement], check=True, capture_output=True)
    after = os.times()
    children = (after.children_user, after.children_system)
    return sum(children) - before.children_user - before.children_system


def _added(measure: str, subject: str, pairs: list[list[float]], target: float) -> Row:
    """Row of the difference within each pair (without, with)."""
    added = [with_it - without for without, with_it in pairs]
    return Row(
        measure=measure,
        subject=subject,
        baseline=statistics.median(without for without, _ in pairs),
        ours=statistics.median(with_it for _, with_it in pairs),
        unit="CPU s",
        value=statistics.median(added),
        low=min(added),
        high=max(added),
        kind="seconds",
        target=target,
    )
