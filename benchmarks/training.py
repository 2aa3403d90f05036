"""Train one reward over several seeds and say how often the agent truly succeeds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.table import Table

from alignenv.agents.policy_file import save_policy
from alignenv.agents.presets import Preset
from alignenv.benchmarks.arms import Arm, make_arm
from alignenv.benchmarks.evaluator import Evaluator, Listener, NoMemory, Outcome, Trainee
from alignenv.benchmarks.protocol import NOVELTY_BONUS, EvaluatePayload, TrainPayload
from alignenv.benchmarks.scalars import open_scalars
from alignenv.benchmarks.view import RunView
from alignenv.benchmarks.workers import open_pool, preset_of
from alignenv.envs.make import EnvRef
from alignenv.envs.split import other_half
from alignenv.errors import ConfigError
from alignenv.program import parse_program
from alignenv.seeding import child_seed, episode_seeds
from alignenv.task import Task

NOVELTY = "+novelty"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRequest:
    """What to train.

    Attributes:
        ref: The env; of an env with a split, fresh episodes are of the other half.
        reward: Name of a reference reward, or path of a program; `+novelty` after it adds a bonus
            for each state that is new in its episode.
        seeds: Number of trainings.
        first: Number of the first training; others add to trainings that were made before.
        seed: Root seed.
        episodes: Fresh evaluation episodes per training.
        preset: Overrides of the task's settings.
        layer: How the program joins the sparse reward.
        out: Folder for the policies; None keeps none.
        tensorboard: Folder for TensorBoard scalars; None writes none.
    """

    ref: EnvRef
    reward: str
    seeds: int = 3
    first: int = 0
    seed: int = 0
    episodes: int = 100
    preset: dict[str, Any]
    layer: str = "replace"
    out: Path | None = None
    tensorboard: Path | None = None


def reward_source(task: Task, reward: str) -> str | None:
    """Text of a reference reward by name or of a program by path; None for sparse.

    Raises:
        ConfigError: The file cannot be read.
        ProgramError: The program is refused.
        UnknownName: Neither a file nor a reward of the task.
    """
    reward = reward.removesuffix(NOVELTY)
    if reward == "sparse":
        return None
    if not reward.endswith(".py"):
        return task.reward(reward).source
    try:
        source = Path(reward).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"Reward program {reward} cannot be read: {error}.") from error
    parse_program(source, task.card.state, task.card.action)
    return source


def train_reward(
    request: TrainRequest, view: RunView, *, n_workers: int | None, isolation: str
) -> tuple[Arm, Preset]:
    """Train and score; one failed training counts as success 0.

    Raises:
        ConfigError: A setting is not usable, or scalars cannot be written.
        UnknownName: No such env, reward or algorithm.
    """
    preset = preset_of(request.ref, request.preset)[1]
    path = (request.ref.id, Path(request.reward).name, preset.algorithm)
    with open_scalars(request.tensorboard, path) as scalars:
        arms, preset = train_rewards(
            request,
            [request.reward],
            view,
            n_workers=n_workers,
            isolation=isolation,
            listener=None if scalars is None else scalars.heard,
        )
        if scalars is not None:
            for i, outcome in enumerate(arms[0].outcomes, request.first):
                scalars.scored(f"seed{i}", outcome)
    if request.out is not None:
        for i, outcome in enumerate(arms[0].outcomes, request.first):
            if outcome.score is not None:
                save_policy(request.out / f"policy-{i}.npz", outcome.arrays, preset)
    return arms[0], preset


def train_rewards(
    request: TrainRequest,
    rewards: Sequence[str],
    view: RunView,
    *,
    n_workers: int | None,
    isolation: str,
    stream: str | None = None,
    listener: Listener | None = None,
) -> tuple[list[Arm], Preset]:
    """Train and score several rewards on one pool; a failed training counts as success 0.

    Args:
        request: What to train, but for its reward.
        rewards: As in a request, one arm each.
        view: Told of progress.
        n_workers: Processes; None for one per core.
        isolation: Isolation of the workers.
        stream: As of `make_trainees`.
        listener: Told of every message of a worker.
    """
    task, preset = preset_of(request.ref, request.preset)
    ref = replace(request.ref, obs=preset.obs)
    sources = [reward_source(task, reward) for reward in rewards]
    each = [replace(request, ref=ref, reward=reward) for reward in rewards]
    steps, n = preset.whole_rollouts(preset.total_timesteps), request.seeds
    title = f"{rewards[0]} reward" if len(rewards) == 1 else f"{len(rewards)} rewards"
    with open_pool(ref, n_workers=n_workers, isolation=isolation) as pool:
        view.begin(f"{task.id}, {title}", pool.describe(), steps * n * len(rewards))
        trainees = [
            trainee
            for i, (one, source) in enumerate(zip(each, sources, strict=True))
            for trainee in make_trainees(one, source, preset, prefix=f"{i}/", stream=stream)
        ]
        outcomes = Evaluator(pool, NoMemory(), view, listener).run(trainees)
    arms = [
        make_arm(reward, source, outcomes[i * n : (i + 1) * n], request.episodes)
        for i, (reward, source) in enumerate(zip(rewards, sources, strict=True))
    ]
    return arms, preset


def make_trainees(
    request: TrainRequest,
    source: str | None,
    preset: Preset,
    *,
    prefix: str = "",
    stream: str | None = None,
) -> list[Trainee]:
    """One trainee per seed.

    Args:
        request: What to train; its ref names the observation.
        source: The reward program; None for the sparse reward.
        preset: Training settings.
        prefix: Comes before every key, for the trainings of one pool to differ by it.
        stream: Name under which training seeds are drawn; rewards that share it are trained on
            the same seeds. By default the reward's, or a digest of the program in a file.
    """
    stream = _stream(request.reward, source) if stream is None else stream
    return [
        _trainee(request, source, preset, f"{prefix}seed{i}", (stream, i))
        for i in range(request.first, request.first + request.seeds)
    ]


def _stream(reward: str, source: str | None) -> str:
    """Where a program's file lies, and how its path is spelt, does not matter."""
    name = reward.removesuffix(NOVELTY)
    if source is None or not name.endswith(".py"):
        return reward
    return hashlib.sha256(source.encode()).hexdigest() + reward.removeprefix(name)


def _trainee(
    request: TrainRequest, source: str | None, preset: Preset, key: str, path: tuple[str, int]
) -> Trainee:
    settings = preset.model_dump(mode="json")
    seed = child_seed(request.seed, "report_train", *path)
    steps = preset.whole_rollouts(preset.total_timesteps)
    fresh = replace(request.ref, split=other_half(request.ref.split))
    return Trainee(
        key=key,
        train=TrainPayload(
            env=request.ref.to_json(),
            source=source,
            layer=request.layer,
            preset=settings,
            segments=((seed, steps),),
            novelty=NOVELTY_BONUS if request.reward.endswith(NOVELTY) else 0.0,
        ),
        evaluate=EvaluatePayload(
            env=fresh.to_json(),
            preset=settings,
            seeds=tuple(episode_seeds(request.seed, "report", request.episodes)),
            action_seed=child_seed(request.seed, "report", "actions", path[1]),
        ),
    )


def document(request: TrainRequest, arm: Arm, preset: Preset) -> dict[str, Any]:
    """The document of `alignenv train --json`."""
    return {
        "id": request.ref.id,
        "reward": request.reward,
        "algorithm": preset.algorithm,
        "obs": preset.obs,
        "split": request.ref.split,
        "layer": request.layer,
        "env_steps": preset.whole_rollouts(preset.total_timesteps),
        "success": arm.success,
        "success_interval": list(arm.interval),
        "runs": [
            {
                "seed": i,
                "success": outcome.score.success if outcome.score else 0.0,
                "success_greedy": outcome.score.success_greedy if outcome.score else 0.0,
                "n_episodes": request.episodes,
                "cpu_s": round(outcome.cpu_s, 3),
                "failure": outcome.failure.message if outcome.failure else None,
                **_performance(outcome),
            }
            for i, outcome in enumerate(arm.outcomes, request.first)
        ],
    }


def _performance(outcome: Outcome) -> dict[str, float]:
    """Mean hidden performance of a training, for tasks that have one."""
    value = outcome.score.performance if outcome.score else None
    return {} if value is None else {"performance": value}


def show(request: TrainRequest, arm: Arm, preset: Preset) -> Table:
    """The result for people: one row per training, and their mean."""
    low, high = arm.interval
    steps = preset.whole_rollouts(preset.total_timesteps)
    table = Table(
        "training",
        "TRUE success",
        "greedy",
        "cpu s",
        "",
        title=f"{request.ref.id}, reward {request.reward}, {preset.algorithm}, obs {preset.obs}, "
        f"{steps:,} env steps",
        caption=f"95 % interval of the mean {low:.1%} to {high:.1%}; "
        f"{request.episodes} fresh episodes per training",
    )
    for run in document(request, arm, preset)["runs"]:
        table.add_row(
            str(run["seed"]),
            f"{run['success']:.1%}",
            f"{run['success_greedy']:.1%}",
            f"{run['cpu_s']:.1f}",
            run["failure"] or "",
        )
    table.add_row("mean", f"{arm.success:.1%}", f"{arm.success_greedy:.1%}", "", "", style="bold")
    return table
