"""Agents of a generation for a person to judge: an animation of each, and one page for all.

The page has ids and pictures, and nothing that tells how well an agent did. All play the same fresh
layouts. Policies are played by a worker that never loads a reward program; pictures are drawn from
the actions.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.agents.presets import Preset
from alignenv.agents.weights import Arrays
from alignenv.batch import BatchEnv
from alignenv.benchmarks.animation import MAX_SIDE, encode_animation, still_uri
from alignenv.benchmarks.evaluator import EVALUATION_STEPS, limits_for
from alignenv.benchmarks.playing import replay
from alignenv.benchmarks.protocol import EvaluatePayload
from alignenv.benchmarks.report_data import Frame
from alignenv.benchmarks.retries import run_jobs
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import MachineError
from alignenv.files import write_atomically
from alignenv.reward_design.designers.preferences import Pair, Showable, Showing
from alignenv.reward_design.sandbox import Executor, Job, JobResult
from alignenv.reward_design.study import Study
from alignenv.seeding import child_seed, episode_seeds
from alignenv.types import Designer, Trial

PLAY_ENTRY = "alignenv.benchmarks.watch_jobs:PLAY"
EPISODES = 3
"""Episodes that each agent plays."""
PICTURES = 40
"""Most pictures of one episode; longer ones are thinned out."""
HOLD = 4
"""Pictures for which the end of an episode is held."""
FPS = 8.0
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """An agent's episodes as the page has them; `width` and `height` are in pixels."""

    id: str
    moving: str
    still: str
    width: int
    height: int


class Theatre:
    """Shows the agents of one search, once for each generation.

    Args:
        ref: The task, as the search sees it.
        preset: Training settings of the policies.
        seed: Root of the search's randomness.
        study: Where policies are read, and whose folder has the pages.
        pool: Workers; nothing else of it may be in flight.

    Raises:
        ConfigError: The env draws no pictures.
    """

    def __init__(
        self, ref: EnvRef, preset: Preset, seed: int, study: Study, pool: Executor
    ) -> None:
        self._ref, self._preset, self._seed = ref, preset, seed
        self._study, self._pool = study, pool
        env = make_batch(ref, 1)
        env.reset([episode_seeds(seed, "evidence", 1, "watch")[0]])
        env.render()
        env.close()

    @classmethod
    def of(
        cls,
        designer: Designer,
        ref: EnvRef,
        preset: Preset,
        seed: int,
        study: Study,
        pool: Executor,
    ) -> Theatre | None:
        """A theatre for a designer that may ask a person; None for any other."""
        asks = isinstance(designer, Showable) and designer.asks_person
        return cls(ref, preset, seed, study, pool) if asks else None

    def show(self, generation: int, showing: Showing) -> Path:
        """Make the page of a generation, unless it is there; returns its place.

        Raises:
            MachineError: A worker failed repeatedly, or a file cannot be written.
        """
        folder = self._study.path / "watch"
        page = folder / f"g{generation:02d}.html"
        if page.exists():
            return page
        seeds = episode_seeds(self._seed, "evidence", EPISODES, "watch", generation)
        reels = []
        for trial, result in zip(
            showing.agents, self._played(generation, seeds, showing.agents), strict=True
        ):
            frames = self._frames(seeds, result)
            data = encode_animation(frames, FPS)
            path = folder / f"g{generation:02d}" / f"{trial.candidate.id}.webp"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, data)
            reels.append(_reel(trial.candidate.id, data, frames[-1]))
        goal = self._ref.resolve().card.goal
        text = render_page(generation, goal, showing.wish, reels, showing.pairs)
        write_atomically(page, text.encode())
        return page

    def _played(
        self, generation: int, seeds: Sequence[int], agents: Sequence[Trial]
    ) -> list[JobResult]:
        told = EvaluatePayload(
            env=self._ref.to_json(),
            preset=self._preset.model_dump(mode="json"),
            seeds=tuple(seeds),
            action_seed=child_seed(self._seed, "evidence", "watch", "actions", generation),
        ).model_dump(mode="json")
        limits = limits_for(EVALUATION_STEPS * len(seeds))
        jobs = [
            Job(
                id=f"{trial.candidate.id}/watch",
                entry=PLAY_ENTRY,
                payload=told,
                arrays=self._policy(trial.candidate.id),
                limits=limits,
            )
            for trial in agents
        ]
        return run_jobs(self._pool, jobs)

    def _policy(self, candidate_id: str) -> Arrays:
        """Weights at the end of a candidate's training."""
        arrays: Arrays = {}
        for rung in itertools.count():
            stored = self._study.find_result(f"{candidate_id}/rung{rung}/train")
            if stored is None:
                break
            arrays = dict(stored.arrays) or arrays
        assert arrays, f"{candidate_id} is shown, so that it was trained"
        return arrays

    def _frames(self, seeds: Sequence[int], result: JobResult) -> list[Frame]:
        """Pictures of all episodes in a row, the end of each held."""
        env = make_batch(self._ref, 1)
        frames: list[Frame] = []
        for i, seed in enumerate(seeds):
            actions = result.arrays.get(f"actions{i}")
            if result.failure is not None or actions is None or not _fits(actions, env):
                env.close()
                raise MachineError(
                    f"The worker that plays {result.job_id} sent no usable actions.",
                    cure="Run `alignenv doctor`, and continue with --resume.",
                )
            episode = replay(env, seed, list(actions))
            kept = np.linspace(0, len(episode) - 1, min(len(episode), PICTURES))
            frames += [episode[round(k)] for k in kept.tolist()]
            frames += [episode[-1]] * HOLD
        env.close()
        return frames


def _fits(actions: npt.NDArray[Any], env: BatchEnv) -> bool:
    """Whether these can be the actions of one episode."""
    space = env.action_space
    if not 0 < len(actions) <= env.task.card.horizon or actions.shape[1:] != space.shape:
        return False
    if isinstance(space, spaces.Discrete):
        values = actions.astype(np.int64)
        return bool(((values >= space.start) & (values < space.start + space.n)).all())
    return bool(np.isfinite(actions).all())


def _reel(candidate_id: str, data: bytes, last: Frame) -> Reel:
    height, width = last.shape[:2]
    scale = min(1.0, MAX_SIDE / max(height, width))
    return Reel(
        id=candidate_id,
        moving=f"data:image/webp;base64,{base64.b64encode(data).decode('ascii')}",
        still=still_uri(last),
        width=round(width * scale),
        height=round(height * scale),
    )


def render_page(
    generation: int, goal: str, wish: str, reels: Sequence[Reel], pairs: Sequence[Pair]
) -> str:
    """The page as HTML; equal content gives equal text.

    Args:
        generation: From 0.
        goal: What the task asks for.
        wish: What the person is asked to write.
        reels: The agents.
        pairs: Which two at a time; none to show all at once.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    question = "which agent do you like better?" if len(reels) > 1 else "what do you say of it?"
    return environment.get_template("watch.html.jinja").render(
        headline=f"Generation {generation}: {question}",
        goal=goal,
        wish=wish,
        reels=[(reel, Markup(reel.moving), Markup(reel.still)) for reel in reels],
        by_id={reel.id: reel for reel in reels},
        pairs=pairs,
    )
