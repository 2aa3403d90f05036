"""Measure every task between its two ends: random actions, and the scripted oracle.

`python -m alignenv.benchmarks.references` fills one file per family in
`benchmarks/results/references`. It is resumable: rows with unchanged settings are kept unless
`--again` is given, and `--plan` prints what is missing.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from rich.console import Console

from alignenv.batch import BatchEnv, make_oracle
from alignenv.benchmarks.measured import RESULTS, keep_result, read_results
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import ConfigError
from alignenv.seeding import episode_seeds, generator
from alignenv.statistics import success_interval
from alignenv.task import Task, find_task, known_task_ids

PLAYERS = RESULTS / "references"
EPISODES = {"random": 1000, "oracle": 200}
"""Fresh episodes of each reference."""
VERSIONS = ("gymnasium", "numpy", "minigrid", "mujoco")
_BATCH = 250
"""Episodes played side by side."""

Act = Callable[[], npt.NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row to measure.

    Attributes:
        task: The task.
        player: `random` or `oracle`.
        settings: What decides the result.
    """

    task: Task
    player: str
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Finished episodes, arrays of shape `(n_episodes,)`.

    Attributes:
        success: TRUE success at the end.
        lengths: Steps.
        performance: Hidden performance of the last state; None where the task has no measure of
            its own.
    """

    success: npt.NDArray[np.bool_]
    lengths: npt.NDArray[np.int64]
    performance: npt.NDArray[np.float64] | None


def cells(task_ids: Sequence[str], episodes: dict[str, int], root: int) -> Iterator[Cell]:
    """Every task and player that it has, with the settings that decide the result."""
    for task_id in task_ids:
        task = find_task(task_id)
        for player, n_episodes in episodes.items():
            if player == "oracle" and task.oracle is None:
                continue
            settings = {"episodes": n_episodes, "horizon": task.card.horizon, "seed": root}
            yield Cell(task=task, player=player, settings=settings)


def measure(cell: Cell) -> dict[str, Any]:
    """Play and score one cell."""
    n_episodes, root = cell.settings["episodes"], cell.settings["seed"]
    parts = []
    seeds = episode_seeds(root, "report", n_episodes, "references", cell.task.id)
    rng = generator(root, "report", "random actions", cell.task.id)
    for first in range(0, n_episodes, _BATCH):
        batch = seeds[first : first + _BATCH]
        env = make_batch(EnvRef(id=cell.task.id), len(batch), truth=True)
        act = random_actor(env, rng) if cell.player == "random" else oracle_actor(env)
        parts.append(play(env, act, batch))
        env.close()
    return {
        **summarise(parts),
        "settings": cell.settings,
        "versions": {name: metadata.version(name) for name in VERSIONS},
    }


def summarise(parts: Sequence[Outcome]) -> dict[str, Any]:
    """Success with its interval, mean length, and mean hidden performance where there is one."""
    success = np.concatenate([part.success for part in parts])
    rate = float(success.mean())
    found: dict[str, Any] = {
        "success": rate,
        "interval": list(success_interval([rate], success.size)),
        "mean_length": float(np.concatenate([part.lengths for part in parts]).mean()),
    }
    hidden = [part.performance for part in parts if part.performance is not None]
    if hidden:
        found["performance"] = float(np.concatenate(hidden).mean())
    return found


def random_actor(env: BatchEnv, rng: np.random.Generator) -> Act:
    """Actions drawn uniformly from the action space.

    Raises:
        ConfigError: The space is neither whole numbers nor a bounded box.
    """
    space = env.action_space
    if isinstance(space, spaces.Discrete):
        start, n = int(space.start), int(space.n)
        return lambda: rng.integers(start, start + n, size=env.n_envs)
    if isinstance(space, spaces.Box) and space.is_bounded():
        shape = (env.n_envs, *space.shape)
        return lambda: rng.uniform(space.low, space.high, size=shape).astype(space.dtype)
    raise ConfigError(
        f"No uniform actions can be drawn from {space}.",
        cure="Random references need a Discrete or a bounded Box action space.",
    )


def oracle_actor(env: BatchEnv) -> Act:
    """Actions of the task's scripted policy, which is told where episodes begin.

    Raises:
        ConfigError: The task has no oracle.
    """
    oracle = make_oracle(env)
    if oracle is None:
        raise ConfigError(f"{env.task.id} has no oracle.", cure="Give its Task an `oracle`.")

    def act() -> npt.NDArray[Any]:
        oracle.reset(env.terminated | env.truncated)
        return oracle.act()

    return act


def play(env: BatchEnv, act: Act, seeds: Sequence[int]) -> Outcome:
    """One episode per seed, all side by side.

    Args:
        env: A fresh env of `len(seeds)` copies, built with its hidden record.
        act: Chooses one action per env.
        seeds: One explicit reset seed per episode.
    """
    task, n = env.task, env.n_envs
    env.track([field.name for field in task.card.state])
    env.reset(list(seeds))
    alive = np.ones(n, dtype=np.bool_)
    success, lengths = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.int64)
    performance = np.zeros(n)
    while alive.any():
        env.step(act(), autoreset=True)
        ended = alive & (env.terminated | env.truncated)
        if ended.any():
            success[ended] = task.judge(env.state, env.truth)[ended]
            lengths[ended] = env.steps[ended]
            if task.performance is not None:
                view = task.card.state.view(env.state)
                performance[ended] = task.performance(view, env.truth)[ended]
        alive &= ~ended
    hidden = None if task.performance is None else performance
    return Outcome(success=success, lengths=lengths, performance=hidden)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, one row at a time, saving after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", help="ids; default: every task of the suite")
    parser.add_argument("--random-episodes", type=int, default=EPISODES["random"])
    parser.add_argument("--oracle-episodes", type=int, default=EPISODES["oracle"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plan", action="store_true", help="only print what is missing")
    parser.add_argument("--again", action="store_true", help="measure also what is there")
    parser.add_argument("--results", type=Path, default=PLAYERS)
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    episodes = {"random": given.random_episodes, "oracle": given.oracle_episodes}
    for cell in cells(given.tasks or known_task_ids(), episodes, given.seed):
        rows = read_results(given.results, cell.task.family).get(cell.task.id, {})
        if rows.get(cell.player, {}).get("settings") == cell.settings and not given.again:
            continue
        if given.plan:
            console.print(f"missing: {cell.task.id} {cell.player}", markup=False)
            continue
        row = measure(cell)
        keep_result(given.results, cell.task.family, cell.task.id, cell.player, row)
        figures = f"{row['success']:.3f} {row['mean_length']:8.1f}"
        console.print(f"{cell.task.id:<40} {cell.player:<7} {figures}", markup=False)


if __name__ == "__main__":
    main()
