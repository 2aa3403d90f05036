"""`alignenv compare`: is one reward better than others?"""

from __future__ import annotations

from typing import Annotated

import typer

from alignenv.cli.options import Algorithm, Isolation, TaskFile, Workers
from alignenv.cli.output import (
    AsJson,
    Quiet,
    error_console,
    open_view,
    print_json,
    result_console,
)

Option = typer.Option


def compare(
    rewards: Annotated[
        list[str], typer.Argument(help="FILE.py, human, sparse, hackable ...; the first is judged.")
    ],
    env: Annotated[str, Option(help="Gymnasium id.")],
    seeds: Annotated[int, Option(min=2, help="Trainings of each reward.")] = 10,
    seed: Annotated[int, Option(min=0, help="Root of all randomness.")] = 0,
    episodes: Annotated[int, Option(min=1, help="Fresh evaluation episodes per training.")] = 100,
    steps: Annotated[int | None, Option(min=1, help="Env steps per training.")] = None,
    algorithm: Algorithm = None,
    layer: Annotated[str, Option(help="replace or add.")] = "replace",
    task: TaskFile = None,
    workers: Workers = None,
    isolation: Isolation = "auto",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train rewards on the same seeds and say whether the first is better than the others."""
    from alignenv.benchmarks.compare import compare_rewards, document, show
    from alignenv.benchmarks.training import TrainRequest
    from alignenv.benchmarks.workers import env_ref

    overrides = {"algorithm": algorithm, "total_timesteps": steps}
    request = TrainRequest(
        ref=env_ref(env, task),
        reward=rewards[0],
        seeds=seeds,
        seed=seed,
        episodes=episodes,
        preset={key: value for key, value in overrides.items() if value is not None},
        layer=layer,
    )
    with open_view(error_console(), quiet=quiet) as view:
        found = compare_rewards(
            request, tuple(rewards[1:]), view, n_workers=workers, isolation=isolation
        )
    if as_json:
        print_json(document(found))
    else:
        for table in show(found):
            result_console().print(table)
