"""Cells: one task, one row, one seed, with everything that decides the result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from alignenv.agents.presets import Preset, fits, require_segments
from alignenv.benchmarks.bench.potentials import as_potential
from alignenv.benchmarks.bench.recorded import RecordedProgram, recorded_programs, sources
from alignenv.benchmarks.bench.rows import RowSpec, find_row
from alignenv.benchmarks.bench.suite import BenchProtocol, BenchSuite
from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.workers import preset_of
from alignenv.envs.make import EnvRef
from alignenv.errors import ConfigError
from alignenv.reward_design.coders.symbolic import SymbolicCoder
from alignenv.reward_design.designers.catalogue import plan_designer
from alignenv.seeding import child_seed, episode_seeds
from alignenv.task import Task, find_task
from alignenv.types import Brief

SCHEMA = 1
"""Raised when records of old cells no longer answer for new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One piece of a benchmark.

    Attributes:
        task: Gymnasium id.
        row: Name of the row.
        seed: Which of the row's runs, from 0.
        kind: Kind of the row.
        settings: Everything that decides the result, as JSON values.
    """

    task: str
    row: str
    seed: int
    kind: str
    settings: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Hash of the settings: equal for cells that two suites share."""
        text = json.dumps(self.settings, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def algorithm(self) -> str:
        """What trains it; empty for the suite's own algorithm."""
        return find_row(self.row).algorithm

    @property
    def env_steps(self) -> int:
        """The most env steps that it trains."""
        return int(self.settings.get("most_env_steps", 0))

    @property
    def replicates(self) -> range:
        """Numbers of its trainings, by which rows are paired."""
        n = int(self.settings.get("report_seeds", 1))
        return range(self.seed * n, (self.seed + 1) * n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all cells of one task share: how the env is seen, trained on and scored.

    Attributes:
        task: The task.
        ref: The env that is trained on.
        preset: Training settings.
        protocol: The suite's protocol.
    """

    task: Task
    ref: EnvRef
    preset: Preset
    protocol: BenchProtocol

    @property
    def full(self) -> int:
        """Env steps of one full training."""
        return self.preset.whole_rollouts(self.protocol.env_steps or self.preset.total_timesteps)

    @property
    def n_halves(self) -> int:
        """Halves of the layouts that every report training is done on."""
        return 2 if self.ref.split else 1

    def search_steps(self, protocol: Protocol) -> int:
        """The most env steps of one search, without its winner's own trainings."""
        return protocol.most_env_steps(self.preset, self.full)

    @property
    def shared(self) -> dict[str, Any]:
        """Settings of every cell of the task."""
        return {
            "schema": SCHEMA,
            "env": self.task.id,
            "split": self.protocol.split,
            "seed": self.protocol.seed,
            "episodes": self.protocol.episodes,
        }

    @property
    def trained(self) -> dict[str, Any]:
        """Settings of every cell of the task that trains."""
        return {
            **self.shared,
            "preset": _stated(self.preset),
            "audit_episodes": self.protocol.audit_episodes,
        }


def ground_of(task_id: str, protocol: BenchProtocol, algorithm: str = "") -> Ground:
    """How a task is trained and scored under a protocol.

    Args:
        task_id: Gymnasium id.
        protocol: The suite's protocol.
        algorithm: What trains; empty for the protocol's own. PPO is not named in its settings,
            so that cells are those of before there was another one.

    Raises:
        UnknownName: No such env.
        ConfigError: A training setting is not usable.
    """
    ref = EnvRef(id=task_id, split=protocol.split)
    named = {"algorithm": algorithm} if algorithm else {}
    task, preset = preset_of(ref, {**protocol.preset, **named})
    return Ground(task=task, ref=replace(ref, obs=preset.obs), preset=preset, protocol=protocol)


def cells_of(suite: BenchSuite) -> list[Cell]:
    """Every cell of a suite, task by task, rows in the suite's order.

    A row that a task has nothing for has no cells: `hackable` without a hackable reward,
    `human@SAC` with discrete actions.

    Raises:
        ConfigError: A designer or a setting is not usable.
        UnknownName: No such task or designer.
    """
    found = []
    for task_id in suite.tasks:
        action = find_task(task_id).card.action
        rows = [row for row in map(find_row, suite.rows) if fits(row.algorithm, action)]
        grounds = {
            algorithm: ground_of(task_id, suite.protocol, algorithm)
            for algorithm in {row.algorithm for row in rows}
        }
        for row in rows:
            found += [
                Cell(task=task_id, row=row.name, seed=seed, kind=row.kind, settings=settings)
                for seed, settings in enumerate(_settings(grounds[row.algorithm], row))
            ]
    return found


def _stated(settings: BaseModel) -> dict[str, Any]:
    """Settings that were written down; a default that is added later leaves cells as they are."""
    return settings.model_dump(mode="json", exclude_unset=True)


def _settings(ground: Ground, row: RowSpec) -> Iterable[dict[str, Any]]:
    if row.kind == "player":
        return _player(ground, row)
    if row.kind == "reward":
        return _reward(ground, row)
    if row.kind == "programs":
        return _programs(ground, recorded_programs(ground.task))
    if row.kind == "racing":
        return _racing(ground)
    return _search(ground, row)


def _player(ground: Ground, row: RowSpec) -> Iterator[dict[str, Any]]:
    if row.reward != "oracle" or ground.task.oracle is not None:
        yield {**ground.shared, "kind": row.kind, "player": row.reward}


def _reward(ground: Ground, row: RowSpec) -> Iterator[dict[str, Any]]:
    source = reward_of(ground.task, row)
    if source is None and row.reward != "sparse":
        return
    protocol, steps = ground.protocol, ground.full
    if row.equal_steps:
        steps = ground.preset.whole_rollouts(ground.search_steps(protocol.search()) + ground.full)
    for replicate in range(protocol.equal_steps_seeds if row.equal_steps else protocol.fixed_seeds):
        yield {
            **ground.trained,
            "kind": row.kind,
            "source": source,
            "layer": protocol.layer,
            "novelty": row.novelty,
            "rnd": row.rnd,
            "env_steps": steps,
            "most_env_steps": steps * ground.n_halves,
            "replicate": replicate,
        }


def reward_of(task: Task, row: RowSpec) -> str | None:
    """The program that a `reward` row trains on; None for the sparse reward, or for none."""
    if row.reward == "sparse" or row.reward not in task.rewards:
        return None
    source = task.reward(row.reward).source
    return as_potential(source) if row.as_potential else source


def _search(ground: Ground, row: RowSpec) -> Iterator[dict[str, Any]]:
    if ground.protocol.rung != (1,):
        require_segments(ground.preset, f"Row {row.name} races past a rung: it")
    plan = plan_designer(row.designer, row.coder, {}, ground.task.rewards)
    options = _stated(plan.options) if plan.options else {}
    told = {
        "designer": plan.name,
        "designer_options": options,
        "coder": plan.coder,
        "analyst": plan.analyst,
    }
    yield from _searches(ground, row.kind, told, ground.protocol.search())


def _programs(ground: Ground, programs: tuple[RecordedProgram, ...]) -> Iterator[dict[str, Any]]:
    if programs:
        told = {"programs": sources(programs)}
        yield from _searches(ground, "programs", told, ground.protocol.search(len(programs)))


def _searches(
    ground: Ground, kind: str, told: Mapping[str, Any], protocol: Protocol
) -> Iterator[dict[str, Any]]:
    most = ground.search_steps(protocol) + protocol.report_seeds * ground.full * ground.n_halves
    for seed in range(ground.protocol.search_seeds):
        yield {
            **ground.trained,
            **told,
            "kind": kind,
            "search": _stated(protocol),
            "env_steps": ground.full,
            "most_env_steps": most,
            "report_seeds": protocol.report_seeds,
            "search_seed": search_seed(ground, seed),
            "replicate": seed,
        }


def _racing(ground: Ground) -> Iterator[dict[str, Any]]:
    n = ground.protocol.candidates
    for seed in range(ground.protocol.search_seeds):
        root = search_seed(ground, seed)
        brief = Brief(
            card=ground.task.card, generation=0, seed=child_seed(root, "search", "racing")
        )
        drafts = SymbolicCoder().write(brief, n)
        yield {
            **ground.trained,
            "kind": "racing",
            "programs": {f"p{i:02d}": draft.source for i, draft in enumerate(drafts)},
            "layer": ground.protocol.layer,
            "select_episodes": ground.protocol.select_episodes,
            "env_steps": ground.full,
            "most_env_steps": n * ground.full,
            "search_seed": root,
            "replicate": seed,
        }


def search_seed(ground: Ground, seed: int) -> int:
    """Root of all randomness of one search; the same for every designer, so that rows pair."""
    return child_seed(ground.protocol.seed, "search", "bench", ground.task.id, seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSeeds:
    """Seeds of one report training, the same for every row of a task.

    Attributes:
        train: Seed of the training.
        episodes: Reset seed of each fresh episode.
        actions: Seed of the policy's sampling.
        audit: Reset seed of each episode of the reward's audit.
    """

    train: int
    episodes: tuple[int, ...]
    actions: int
    audit: tuple[int, ...]


def report_seeds(ground: Ground, replicate: int) -> ReportSeeds:
    """Seeds of report training number `replicate`.

    Raises:
        ConfigError: A seed of the report is one that a search of the suite selects on.
    """
    protocol, name = ground.protocol, ground.task.id
    root = protocol.seed
    seeds = ReportSeeds(
        train=child_seed(root, "report_train", "bench", name, replicate),
        episodes=tuple(episode_seeds(root, "report", protocol.episodes, "bench", name, replicate)),
        actions=child_seed(root, "report", "actions", name, replicate),
        audit=tuple(episode_seeds(root, "audit", protocol.audit_episodes, name, replicate)),
    )
    for number in range(protocol.search_seeds):
        chosen = episode_seeds(search_seed(ground, number), "select", protocol.select_episodes)
        require_disjoint(chosen, seeds.episodes)
    return seeds


def require_disjoint(selection: Iterable[int], report: Iterable[int]) -> None:
    """Refuse a report on episodes that a search has selected on.

    Raises:
        ConfigError: A seed is in both.
    """
    both = set(selection) & set(report)
    if both:
        raise ConfigError(
            f"{len(both)} episodes would be selected on and reported on, such as seed {min(both)}.",
            cure="Report on seeds of their own.",
        )
