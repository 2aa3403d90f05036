"""Jobs that are done again where the machine, not the program, was at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alignenv.errors import MachineError
from alignenv.reward_design.sandbox import Executor, Job, JobResult
from alignenv.types import FailureKind

ATTEMPTS = 3
"""How often a job is tried when the machine, not the program, was at fault."""


def run_jobs(
    pool: Executor, jobs: Sequence[Job], keep: Callable[[JobResult], None] | None = None
) -> list[JobResult]:
    """Results in the order of the jobs; a job that the machine failed is tried again.

    Args:
        pool: Workers; nothing else of it may be in flight.
        jobs: With unique ids.
        keep: Called with each result that counts, as soon as its round is over.

    Raises:
        MachineError: A job failed again and again.
    """
    done: dict[str, JobResult] = {}
    waiting = list(jobs)
    for _ in range(ATTEMPTS):
        results = pool.map(waiting) if waiting else []
        done |= {result.job_id: result for result in results}
        if keep is not None:
            for result in results:
                if not is_machines(final_message(result)):
                    keep(result)
        waiting = [job for job in waiting if is_machines(final_message(done[job.id]))]
    if waiting:
        raise gave_up(waiting[0].id, final_message(done[waiting[0].id]))
    return [done[job.id] for job in jobs]


def final_message(result: JobResult) -> dict[str, Any]:
    """The worker's last word, or the sandbox's reason why there is none."""
    if result.failure is not None:
        return {
            "kind": "failed",
            "failure": result.failure.kind.value,
            "code": result.failure.code,
            "text": result.failure.message,
        }
    for message in reversed(result.messages):
        if message.get("kind") in ("result", "failed"):
            return dict(message)
    return {
        "kind": "failed",
        "failure": FailureKind.INFRASTRUCTURE.value,
        "code": "W004",
        "text": "the worker ended without a result",
    }


def expect_result(result: JobResult) -> dict[str, Any]:
    """The worker's result, of a job that no program of a designer can fail.

    Raises:
        MachineError: It has none.
    """
    message = final_message(result)
    if message["kind"] == "failed":
        raise MachineError(
            f"Worker {result.job_id} gave no result: {message['code']} {message['text']}",
            cure="Run the same command again: finished work is kept. If it fails again, "
            "run `alignenv doctor`.",
        )
    return message


def is_machines(message: Mapping[str, Any]) -> bool:
    """Whether a final message tells of a failure that is not the program's."""
    return bool(message.get("failure") == FailureKind.INFRASTRUCTURE)


def gave_up(job_id: str, message: Mapping[str, Any]) -> MachineError:
    """The error of a job that failed again and again."""
    return MachineError(
        f"Worker {job_id} failed {ATTEMPTS} times: {message.get('text')}",
        cure="Run `alignenv doctor`; finished work is kept: run the same command again, a search "
        "with --resume.",
    )
