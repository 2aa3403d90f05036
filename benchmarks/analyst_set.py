"""Scripted failing policies with a known failure: what an analyst is measured on.

A case names a task, a reward program, a script and the failure that was put into the program. The
script stands for a training: episodes played at random give way to episodes of the script, point
by point of the learning curve. Nothing is trained, so that the agent fails as was meant.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from pydantic import BaseModel, ConfigDict

from alignenv.agents.evaluation import Rollout, pick_episodes, roll_out, score
from alignenv.analysis import FailureMode
from alignenv.batch import BatchEnv, make_oracle
from alignenv.benchmarks.analyst_evidence import with_evidence
from alignenv.benchmarks.payments import payments, replay_states
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.suite import SUITE
from alignenv.program import Program, Runner, parse_program
from alignenv.reward_design.analysts.episodes import studied
from alignenv.seeding import episode_seeds, generator
from alignenv.task import Task
from alignenv.types import Candidate, ComponentStats, CurvePoint, Evaluation, Trial

FOLDER = Path(__file__).parent
SETS = {"dev": FOLDER / "analyst_dev.toml", "held-out": FOLDER / "analyst_held_out.toml"}

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Share of the script's episodes at each point of the learning curve; the rest is random."""
N_EPISODES = 6
"""Episodes per point."""
N_SCORED = 12
"""Episodes of the final policy."""
NOISE = 0.02
"""Share of random actions within the script."""


class Case(BaseModel):
    """One seeded failure.

    Attributes:
        name: What happens.
        env: Gymnasium id.
        truth: The failure that was put in.
        policy: Phases separated by commas, each but the last `oracle until FIELD`; the last one is
            `random`, `still ACTION`, `cycle ACTION ACTION ...` or `minus oracle`.
        program: Text of the program, or the name of a reference reward.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    env: str
    truth: FailureMode
    policy: str
    program: str

    @property
    def family(self) -> str:
        """Family of its task."""
        return EnvRef(id=self.env).resolve().family


def read_cases(path: Path) -> list[Case]:
    """The cases of a file."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Case.model_validate(entry) for entry in document["case"]]


def sound_cases() -> list[Case]:
    """Failures for want of practice: headline tasks with their human reward.

    One agent acts at random, one does one and the same thing. Nothing is wrong with the reward.
    """
    return [
        Case(
            name=f"{row.id}, {policy}",
            env=row.id,
            truth=FailureMode.EXPLORATION_LIMITED,
            policy=policy,
            program="human",
        )
        for row in SUITE
        if "headline" in row.tags and "human" in EnvRef(id=row.id).resolve().rewards
        for policy in ("random", _still(row.id))
    ]


def _still(env_id: str) -> str:
    """The policy that always takes the first action, or the one of zeros."""
    env = make_batch(EnvRef(id=env_id), 1)
    n = spaces.flatdim(env.action_space) if isinstance(env.action_space, spaces.Box) else 1
    env.close()
    return f"still {' '.join(['0'] * n)}"


def play_case(case: Case) -> Trial:
    """The trial that an analyst is shown: curve, components, episodes with all their evidence."""
    ref = EnvRef(id=case.env)
    task = ref.resolve()
    source = case.program
    if not source.startswith("def "):
        source = task.rewards[source].source if source in task.rewards else source
    program = parse_program(source, task.card.state, task.card.action)
    runner = program.load()
    rollouts = [_play(ref, case, i, N_EPISODES, share) for i, share in enumerate(SHARES)]
    paid = [[_paid(program, runner, r, k) for k in range(N_EPISODES)] for r in rollouts]
    candidate = Candidate(id="g00c00", source=source, coder="scripted", generation=0)
    final = _play(ref, case, len(SHARES), N_SCORED, 1.0)
    probe = make_batch(ref, 1, truth=True)
    seeds = _seeds(case, len(SHARES), N_SCORED)
    told = with_evidence(probe, pick_episodes(probe, final, seeds), final, seeds)
    n_steps = [int(rollout.lengths.sum()) for rollout in rollouts]
    evaluation = Evaluation(
        score=score(final, final),
        env_steps=sum(n_steps),
        curve=tuple(_points(program, rollouts, paid)),
        components=_statistics(program, [one for point in paid for one in point]),
        episodes=told,
    )
    walks = {(e.label, e.seed): e for e in studied(evaluation)}
    episodes = tuple(
        replace(e, payments=payments(program, runner, replay_states(probe, e.seed, e.actions)))
        if (e.label, e.seed) in walks
        else e
        for e in told
    )
    probe.close()
    return Trial(candidate=candidate, evaluation=replace(evaluation, episodes=episodes))


def _seeds(case: Case, point: int, n: int) -> list[int]:
    return episode_seeds(0, "evidence", n, "analyst", case.name, point)


def _play(ref: EnvRef, case: Case, point: int, n: int, share: float) -> Rollout:
    """Episodes of one point, the first ones at random as far as the share of the script leaves."""
    env = make_batch(ref, n, truth=True)
    rng = generator(0, "evidence", "analyst", case.name, "actions", point)
    env.action_space.seed(int(rng.integers(2**31)))
    script = Script(env, case.policy, rng, n_random=round((1.0 - share) * n))
    rollout = roll_out(env, lambda _: script.act(), _seeds(case, point, n))
    env.close()
    return rollout


class Script:
    """Acts by a policy's phases in every env of a batch.

    Args:
        env: The batch, with all fields tracked.
        policy: As of a `Case`.
        rng: Where noise comes from.
        n_random: Envs, from the first, that act at random throughout.
    """

    def __init__(self, env: BatchEnv, policy: str, rng: np.random.Generator, n_random: int) -> None:
        self._env, self._rng = env, rng
        *phases, self._last = [part.strip() for part in policy.split(",")]
        self._fields = [phase.removeprefix("oracle until ") for phase in phases]
        self._phase = np.zeros(env.n_envs, dtype=np.int64)
        self._step = np.zeros(env.n_envs, dtype=np.int64)
        self._is_random = np.arange(env.n_envs) < n_random
        needs_oracle = phases or self._last == "minus oracle"
        self._oracle = make_oracle(env) if needs_oracle else None
        self._has_begun = False

    def act(self) -> npt.NDArray[Any]:
        """One action per env."""
        env, n = self._env, self._env.n_envs
        if self._oracle is not None and not self._has_begun:
            self._oracle.reset(np.ones(n, dtype=np.bool_))
        self._has_begun = True
        chosen = np.array([env.action_space.sample() for _ in range(n)])
        guided = self._oracle.act() if self._oracle is not None else None
        view = env.task.card.state.view(env.start)
        for i in range(n):
            self._advance(i, view)
            if self._is_random[i] or self._rng.random() < NOISE:
                continue
            if self._phase[i] < len(self._fields):
                assert guided is not None, "a phase of the oracle"
                chosen[i] = guided[i]
            else:
                chosen[i] = self._final(i, chosen[i], guided)
        return chosen

    def _advance(self, i: int, view: npt.NDArray[np.void]) -> None:
        if self._phase[i] < len(self._fields) and view[self._fields[self._phase[i]]][i] > 0:
            self._phase[i] += 1

    def _final(self, i: int, chance: Any, guided: npt.NDArray[Any] | None) -> Any:
        kind, _, rest = self._last.partition(" ")
        if kind == "random":
            return chance
        if kind == "minus":
            assert guided is not None, "it plays the oracle the other way"
            return -guided[i]
        numbers = [float(x) for x in rest.split()]
        if kind == "still":
            return numbers if len(numbers) > 1 else numbers[0]
        self._step[i] += 1
        return numbers[(self._step[i] - 1) % len(numbers)]


def _paid(program: Program, runner: Runner, rollout: Rollout, k: int) -> npt.NDArray[np.float64]:
    """What each step of an episode paid, `(length, 1 + components)`; the whole reward first."""
    states, actions = rollout.states[k], np.asarray(rollout.actions[k], dtype=np.float64)
    n = len(actions)
    out = np.zeros((n, runner.width))
    t = np.arange(1, n + 1) / rollout.lengths.max()
    if program.kind == "potential":
        phi = np.zeros((n + 1, 1))
        runner.potential(states.copy(), np.arange(n + 1) / rollout.lengths.max(), phi)
        return phi[1:] - phi[:-1]
    runner.reward(states[:-1].copy(), actions, states[1:].copy(), t, out)
    return out


def _points(
    program: Program, rollouts: Sequence[Rollout], paid: Sequence[Sequence[npt.NDArray[np.float64]]]
) -> Iterator[CurvePoint]:
    env_steps = 0
    for rollout, episodes in zip(rollouts, paid, strict=True):
        env_steps += int(rollout.lengths.sum())
        sums = np.mean([episode.sum(axis=0) for episode in episodes], axis=0)
        yield CurvePoint(
            env_steps=env_steps,
            success=float(rollout.success.mean()),
            designed_return=float(sums[0]),
            length=float(rollout.lengths.mean()),
            components={n: float(x) for n, x in zip(program.components, sums[1:], strict=False)},
        )


def _statistics(
    program: Program, episodes: Sequence[npt.NDArray[np.float64]]
) -> dict[str, ComponentStats]:
    steps = np.concatenate(episodes)[:, 1:]
    return {
        name: ComponentStats(
            mean=float(steps[:, i].mean()),
            low=float(steps[:, i].min()),
            high=float(steps[:, i].max()),
            active=float((steps[:, i] != 0.0).mean()),
        )
        for i, name in enumerate(program.components)
    }


def task_of(case: Case) -> Task:
    """The task of a case."""
    return EnvRef(id=case.env).resolve()
