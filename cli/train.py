"""`alignenv train`: how often does an agent truly succeed under one reward?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alignenv.cli.options import Algorithm, Isolation, TaskFile, Tensorboard, Workers
from alignenv.cli.output import (
    AsJson,
    Quiet,
    error_console,
    open_view,
    print_json,
    result_console,
)

Option = typer.Option


def train(
    env: Annotated[str, typer.Argument(help="Gymnasium id.")],
    reward: Annotated[str, Option(help="sparse, human, hackable or FILE.py.")] = "human",
    seeds: Annotated[int, Option(min=1, help="Number of trainings.")] = 3,
    seed: Annotated[int, Option(min=0, help="Root of all randomness.")] = 0,
    episodes: Annotated[int, Option(min=1, help="Fresh evaluation episodes per training.")] = 100,
    steps: Annotated[int | None, Option(min=1, help="Env steps per training.")] = None,
    obs: Annotated[str | None, Option(help="symbolic or image.")] = None,
    algorithm: Algorithm = None,
    layer: Annotated[str, Option(help="replace or add.")] = "replace",
    split: Annotated[
        str, Option(help="Train on this half of the layouts, train or test; score on the other.")
    ] = "",
    task: TaskFile = None,
    out: Annotated[Path | None, Option(help="Keep the policies in this folder.")] = None,
    tensorboard: Tensorboard = None,
    workers: Workers = None,
    isolation: Isolation = "auto",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train agents on one reward in the sandbox and report TRUE success on fresh seeds."""
    from dataclasses import replace

    from alignenv.benchmarks.training import TrainRequest, document, show, train_reward
    from alignenv.benchmarks.workers import env_ref

    overrides = {"algorithm": algorithm, "total_timesteps": steps, "obs": obs}
    request = TrainRequest(
        ref=replace(env_ref(env, task), split=split),
        reward=reward,
        seeds=seeds,
        seed=seed,
        episodes=episodes,
        preset={key: value for key, value in overrides.items() if value is not None},
        layer=layer,
        out=out,
        tensorboard=tensorboard,
    )
    with open_view(error_console(), quiet=quiet) as view:
        arm, preset = train_reward(request, view, n_workers=workers, isolation=isolation)
    if as_json:
        print_json(document(request, arm, preset))
    else:
        result_console().print(show(request, arm, preset))
