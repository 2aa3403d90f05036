"""`alignenv play`: look at what a policy does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alignenv.cli.options import TaskFile
from alignenv.cli.output import AsJson, print_json, result_console

Option = typer.Option


def play(
    env: Annotated[str, typer.Argument(help="Gymnasium id.")],
    policy: Annotated[str, Option(help="random, or a policy.npz.")] = "random",
    seed: Annotated[int, Option(min=0, help="Seed of the episode.")] = 0,
    greedy: Annotated[bool, Option("--greedy", help="Most probable actions.")] = False,
    out: Annotated[Path, Option(help="Animated WebP or GIF to write.")] = Path("play.webp"),
    split: Annotated[str, Option(help="A layout of this half: train or test.")] = "",
    task: TaskFile = None,
    as_json: AsJson = False,
) -> None:
    """Play one episode with a policy and write it as an animation."""
    from dataclasses import replace

    from alignenv.benchmarks.playing import play_episode
    from alignenv.benchmarks.workers import env_ref

    ref = replace(env_ref(env, task), split=split)
    shown = play_episode(ref, policy, seed=seed, greedy=greedy, out=out)
    if as_json:
        print_json(shown)
        return
    verdict = "reached the goal" if shown["success"] else "did not reach the goal"
    result_console().print(
        f"{env}, seed {seed}: {verdict} in {shown['length']} steps. Animation: {out}",
        markup=False,
    )
