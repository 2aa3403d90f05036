"""What a critic sees of a task: episodes of an oracle, and of players that fail in many ways.

Everything is played in a pristine env by code that never meets a reward program, once per task. A
player that fails begins like the oracle and leaves its way at some step: it goes on at random,
stands still, repeats a short cycle of actions or turns back. So success and failure can be
compared from the same state.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.batch import BatchEnv, make_oracle
from alignenv.critique import Evidence, Recording
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import ConfigError
from alignenv.seeding import episode_seeds, generator
from alignenv.spec import Records

N_LAYOUTS = 4
N_BRANCHES = 8
"""Steps of an oracle's episode at which others leave its way, per layout."""
LONGEST = 600
"""Most steps that are recorded of an oracle's episode."""
WANDERING, REPEATING = 60, 8
"""Steps of random play after a branch, and of a repeated cycle of discrete actions."""
MOVING = 150
"""Most steps of a motion in continuous actions."""
EXPLORING = 300
"""Steps of random play from the start."""
N_PAIRS = 30
"""Cycles of two discrete actions that are tried at a branch."""
NOISE = (0.15, 0.4)
"""Share of random actions of disturbed oracles."""
_BATCH, _SMALL_BATCH = 250, 50
"""Scripts that are played side by side; fewer with continuous actions, whose physics is slow."""

Actions = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Played:
    states: Records
    actions: Actions
    success: bool
    terminated: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one player does: `script` is all its actions, of which `branch` were the oracle's."""

    label: str
    doing: str
    layout: int
    branch: int
    script: Actions


def record_evidence(ref: EnvRef, gamma: float) -> Evidence:
    """Play a task for its critics.

    Args:
        ref: The task.
        gamma: The learner's discount.

    Raises:
        UnknownName: No such task.
        ConfigError: The task is malformed, its env cannot be made, or its actions are neither
            whole numbers nor a box.
    """
    seeds = layout_seeds(ref)
    probe = make_batch(ref, 1)
    card, space, has_oracle = probe.task.card, probe.action_space, probe.task.oracle is not None
    probe.close()
    player = _Players(space, card.horizon)
    episodes: list[tuple[_Plan, _Played]] = []
    trunks = (
        _play_oracle(ref, seeds, 0.0, player) if has_oracle else _play_random(ref, seeds, player)
    )
    label = "oracle" if has_oracle else "random"
    for layout, trunk in enumerate(trunks):
        plan = _Plan(
            label,
            "plays as one who knows the way" if has_oracle else "plays at random",
            layout,
            0,
            trunk.actions,
        )
        episodes.append((plan, trunk))
    if has_oracle:
        for share in NOISE:
            for layout, played in enumerate(_play_oracle(ref, seeds, share, player)):
                doing = f"plays as one who knows the way, with {share:.0%} random actions"
                episodes.append((_Plan("disturbed", doing, layout, 0, played.actions), played))
    ends = any(trunk.success and trunk.terminated for trunk in trunks) or not has_oracle
    plans = [
        plan
        for layout, trunk in enumerate(trunks)
        for plan in player.plans(layout, trunk, reaches_horizon=not ends)
    ]
    replayed = _replay(ref, [seeds[plan.layout] for plan in plans], [plan.script for plan in plans])
    episodes += [(p, e) for p, e in zip(plans, replayed, strict=True) if len(e.actions) > p.branch]
    episodes.sort(key=lambda pair: pair[0].layout)  # stable: the trunk stays first of its layout
    return _assemble(episodes, gamma, card.horizon)


@lru_cache(maxsize=1)
def evidence_of(ref: EnvRef, gamma: float) -> Evidence:
    """`record_evidence`, once for all who ask about one task, such as the parts of a search."""
    return record_evidence(ref, gamma)


def layout_seeds(ref: EnvRef) -> list[int]:
    """Seeds of the layouts that are recorded, by their number."""
    return episode_seeds(0, "evidence", N_LAYOUTS, "critic", ref.id)


class _Players:
    """Scripts of players that fail, from one seeded stream."""

    def __init__(self, space: spaces.Space[Any], horizon: int) -> None:
        self._space, self._horizon = space, horizon
        self.rng = generator(0, "evidence", "critic", "actions")

    def draw(self, *shape: int) -> Actions:
        """Random actions, `(*shape, ...)`.

        Raises:
            ConfigError: The space is neither whole numbers nor a box.
        """
        space = self._space
        if isinstance(space, spaces.Discrete):
            return self.rng.integers(space.start, space.start + space.n, size=shape)
        if isinstance(space, spaces.Box):
            low, high = np.maximum(space.low, -1e3), np.minimum(space.high, 1e3)
            return self.rng.uniform(low, high, size=(*shape, *space.shape)).astype(space.dtype)
        raise ConfigError(
            f"No random actions can be drawn from {space}.",
            cure="A critic needs a Discrete or a Box action space; search with --critic none.",
        )

    def plans(self, layout: int, trunk: _Played, *, reaches_horizon: bool) -> Iterator[_Plan]:
        """Everything that is tried on a layout."""
        for _ in range(3):
            script = self.draw(min(self._horizon, EXPLORING))
            yield _Plan("random", "plays at random from the start", layout, 0, script)
        n_branches = N_BRANCHES // 2 if reaches_horizon else N_BRANCHES
        for branch in _branches(trunk.states, n_branches):
            before = trunk.actions[:branch]
            left = self._horizon - branch
            for label, doing, tail in self._tails(before, left, reaches_horizon):
                script = np.concatenate([before, tail[:left]])
                yield _Plan(label, f"{doing} from step {branch}", layout, branch, script)

    def _tails(
        self, before: Actions, left: int, reaches_horizon: bool
    ) -> Iterator[tuple[str, str, Actions]]:
        for _ in range(2):
            yield "random", "plays at random", self.draw(min(left, WANDERING))
        if isinstance(self._space, spaces.Discrete):
            yield from self._cycles(left if reaches_horizon else REPEATING)
        elif isinstance(self._space, spaces.Box):
            yield from self._motions(before, min(left, MOVING))

    def _cycles(self, steps: int) -> Iterator[tuple[str, str, Actions]]:
        """Each action again and again, and pairs of actions in turns."""
        assert isinstance(self._space, spaces.Discrete), "only whole numbers are repeated"
        first, n = int(self._space.start), int(self._space.n)
        for a in range(first, first + n):
            yield "still", f"repeats action {a}", np.full(steps, a)
        pairs = list(itertools.permutations(range(first, first + n), 2))
        if len(pairs) > N_PAIRS:
            pairs = [pairs[k] for k in self.rng.permutation(len(pairs))[:N_PAIRS].tolist()]
        for a, b in pairs:
            yield "cycle", f"repeats actions {a} {b}", np.tile([a, b], -(-steps // 2))[:steps]

    def _motions(self, before: Actions, left: int) -> Iterator[tuple[str, str, Actions]]:
        """Rest, one push held, a push to and fro, and the way back."""
        space = self._space
        assert isinstance(space, spaces.Box), "only numbers are held"
        rest = np.clip(np.zeros(space.shape), space.low, space.high).astype(space.dtype)
        yield "still", "rests", np.repeat(rest[None], left, axis=0)
        for push in self.draw(2):
            yield "still", "holds one push", np.repeat(push[None], left, axis=0)
            swing = np.concatenate([push[None], (2.0 * rest - push)[None]]).astype(space.dtype)
            slow = np.repeat(np.clip(swing, space.low, space.high), 4, axis=0)
            yield "cycle", "swings to and fro", np.tile(slow, (-(-left // 8), 1))[:left]
        if len(before):
            back = np.clip(2.0 * rest - before[::-1], space.low, space.high).astype(space.dtype)
            idle = np.repeat(rest[None], max(0, left - len(back)), axis=0)
            yield "reversed", "turns back", np.concatenate([back, idle])[:left]


def _branches(states: Records, n: int) -> list[int]:
    """Steps at which to leave the way: its start and end, and where flags and counts change."""
    last = len(states) - 2
    whole = np.all(states == np.round(states), axis=0) & (np.ptp(states, axis=0) <= 6)
    rare = whole & ((states[1:] != states[:-1]).sum(axis=0) <= 4)
    events = np.flatnonzero((states[1:, rare] != states[:-1, rare]).any(axis=1))
    wanted = [0, last, *(int(e) + 1 for e in events if e < last), *(int(e) for e in events)]
    evenly = np.linspace(0, max(last, 0), n + 2).astype(int).tolist()
    chosen: list[int] = []
    for step in [*wanted[:n], *evenly]:
        if 0 <= step <= last and step not in chosen and len(chosen) < n:
            chosen.append(step)
    return sorted(chosen)


def _play_oracle(
    ref: EnvRef, seeds: Sequence[int], noise: float, player: _Players
) -> list[_Played]:
    """One episode per seed by the oracle, with a share of random actions."""
    env = make_batch(ref, len(seeds), truth=True)
    oracle = make_oracle(env)
    assert oracle is not None, "asked before"

    def act(step: int) -> Actions:
        oracle.reset(np.full(len(seeds), step == 0) | env.terminated | env.truncated)
        chosen = np.asarray(oracle.act())
        if not noise:
            return chosen.copy()
        other, is_other = player.draw(len(seeds)), player.rng.random(len(seeds)) < noise
        return np.where(is_other.reshape(-1, *[1] * (chosen.ndim - 1)), other, chosen)

    return _play(env, seeds, act, [LONGEST] * len(seeds))


def _play_random(ref: EnvRef, seeds: Sequence[int], player: _Players) -> list[_Played]:
    env = make_batch(ref, len(seeds), truth=True)
    return _play(env, seeds, lambda _: player.draw(len(seeds)), [EXPLORING] * len(seeds))


def _replay(ref: EnvRef, seeds: Sequence[int], scripts: Sequence[Actions]) -> list[_Played]:
    """One episode per script; those of like length side by side: a batch lasts for its longest."""
    order = sorted(range(len(scripts)), key=lambda i: len(scripts[i]))
    is_whole = scripts[0].ndim == 1 if scripts else True
    size = _BATCH if is_whole else _SMALL_BATCH
    played: dict[int, _Played] = {}
    for first in range(0, len(order), size):
        chosen = order[first : first + size]
        group = [scripts[i] for i in chosen]
        env = make_batch(ref, len(group), truth=True)

        def act(step: int, group: Sequence[Actions] = group) -> Actions:
            return np.array([script[min(step, len(script) - 1)] for script in group])

        episodes = _play(env, [seeds[i] for i in chosen], act, [len(script) for script in group])
        played.update(zip(chosen, episodes, strict=True))
    return [played[i] for i in range(len(scripts))]


def _play(env: BatchEnv, seeds: Sequence[int], act: Any, lengths: Sequence[int]) -> list[_Played]:
    """Play until each episode ends or has its length, and close the env."""
    n, task = env.n_envs, env.task
    env.track([field.name for field in task.card.state])
    env.reset(list(seeds))
    states: list[list[Records]] = [[row.copy()] for row in env.start]
    actions: list[list[Actions]] = [[] for _ in range(n)]
    outcome = [(False, False, False)] * n
    alive = set(range(n))
    step = 0
    while alive:
        chosen = act(step)
        env.step(chosen, autoreset=True)
        step += 1
        ended = env.terminated | env.truncated
        success = task.judge(env.state, env.truth) if ended.any() or step in lengths else ended
        for i in sorted(alive):
            states[i].append(env.state[i].copy())
            actions[i].append(np.array(chosen[i]))
            if ended[i] or step >= lengths[i]:
                outcome[i] = (bool(success[i]), bool(env.terminated[i]), bool(ended[i]))
                alive.discard(i)
    env.close()
    return [
        _Played(np.array(states[i]), np.array(actions[i]), won and ended, dead, ended)
        for i, (won, dead, ended) in enumerate(outcome)
    ]


def _assemble(episodes: Sequence[tuple[_Plan, _Played]], gamma: float, horizon: int) -> Evidence:
    """All episodes in one set of arrays, equal records stored once."""
    blocks, before, after, actions, times = [], [], [], [], []
    recordings: list[Recording] = []
    n_states = n_rows = 0
    for plan, played in episodes:
        n = len(played.actions) - plan.branch
        blocks.append(played.states[plan.branch :])
        index = n_states + np.arange(n + 1)
        before.append(index[:-1])
        after.append(index[1:])
        actions.append(played.actions[plan.branch :])
        times.append((plan.branch + 1 + np.arange(n)) / horizon)
        recordings.append(
            Recording(
                label=plan.label,
                doing=plan.doing,
                layout=plan.layout,
                first=n_rows,
                n_steps=n,
                branch=plan.branch,
                success=played.success,
                terminated=played.terminated,
            )
        )
        n_states, n_rows = n_states + n + 1, n_rows + n
    states, names = np.unique(np.concatenate(blocks), axis=0, return_inverse=True)
    names = names.reshape(-1).astype(np.int64)
    return Evidence(
        states=np.ascontiguousarray(states),
        before=names[np.concatenate(before)],
        after=names[np.concatenate(after)],
        action=np.concatenate(actions).astype(np.float64),
        t=np.concatenate(times),
        recordings=tuple(recordings),
        gamma=gamma,
        horizon=horizon,
    )
