"""A search for behaviour that a reward pays best, where states cannot be listed.

It begins with what was recorded of the task and goes on with what paid best of it, in some rounds
of new scripts on the layouts of the record. It looks for failures and for successes alike: what it
tells is whether the best paid behaviour that was found truly succeeds. No agent is trained, and the
number of steps is fixed, so that the answer is the same wherever it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.batch import BatchEnv
from alignenv.benchmarks.audit_jobs import Asked, Question, ask
from alignenv.benchmarks.audit_scripts import Script, Scripts
from alignenv.benchmarks.critic_evidence import layout_seeds
from alignenv.critique import Evidence, Recording
from alignenv.envs.make import EnvRef, make_batch
from alignenv.reward_design.audit.transitions import Floats
from alignenv.reward_design.sandbox import Executor
from alignenv.seeding import generator
from alignenv.spec import Records

STEPS = {"control": 60_000, "external": 20_000}
MOST_STEPS = 240_000
"""Steps of one search by family, and of the families not named, whose cores are fast."""
ROUNDS = 5
FEWEST, MOST = 6, 40
"""Scripts per layout and round: with fewer than these there is no search; with more, no gain."""
ELITES = 5
"""Best paid failures, and best paid successes, of a layout that the next round begins with."""
LONGEST = 1024
"""Steps for which a moment is repeated."""
MOMENTS = (1, 2, 4, 8)
"""Steps of the best paid moments, which are returned to and repeated."""


class Found(NamedTuple):
    """An episode that was searched.

    Attributes:
        layout: Number of its layout.
        script: All actions, of which the first `n` were played.
        n: Steps.
        success: TRUE success.
        is_cut: Whether it ran to the horizon, without an end that the task has.
        value: Discounted pay; of a failure that was cut off, with what it would go on to earn.
        states: Records, `(n + 1, size)`.
        pay: Of each step, `(n,)`.
    """

    layout: int
    script: Script
    n: int
    success: bool
    is_cut: bool
    value: float
    states: Records
    pay: Floats


class Duel(NamedTuple):
    """The best paid failure and success of a layout; None where none was found."""

    failure: Found | None
    success: Found | None

    @property
    def is_lost(self) -> bool:
        """Whether the failure is paid as much as the success, or more."""
        if self.failure is None or self.success is None:
            return False
        least = 1e-9 * max(1.0, abs(self.success.value))
        return self.failure.value >= self.success.value - least


def search_pay(
    pool: Executor, ref: EnvRef, question: Question, evidence: Evidence, total: Floats
) -> list[Duel]:
    """The best paid failure and success of each layout, after all rounds.

    Args:
        pool: Where programs are valued.
        ref: The task.
        question: The reward; a potential keeps the best policies, and is not searched.
        evidence: What was recorded, and the learner's discount.
        total: What the program pays there, `(N,)`.

    Returns:
        One duel per layout; none where no step budget allows a search.
    """
    n_layouts = len({r.layout for r in evidence.recordings})
    seeds = layout_seeds(ref)[:n_layouts]
    steps = STEPS.get(ref.resolve().family, MOST_STEPS)
    width = min(MOST, steps // (ROUNDS * n_layouts * evidence.horizon))
    if width < FEWEST or question.program.kind == "potential":
        return []
    env = make_batch(ref, n_layouts * width, truth=True)
    space = env.action_space
    assert isinstance(space, spaces.Discrete | spaces.Box), "others are refused by the record"
    env.track([field.name for field in env.task.card.state])
    rng = generator(0, "evidence", "audit", "search", ref.id)
    maker = Scripts(space, evidence.horizon, rng)
    at_once = any(r.success and r.terminated for r in evidence.recordings)
    known: list[list[Found]] = [[] for _ in seeds]
    scripts = [_first(maker, evidence, total, layout, width) for layout in range(n_layouts)]
    for _ in range(ROUNDS):
        flat = np.array([script for group in scripts for script in group])
        played = _play(env, [seed for seed in seeds for _ in range(width)], flat)
        values = _value(pool, ref, question, evidence, played, at_once=at_once)
        for i, (episode, pay, value) in enumerate(zip(played, *values, strict=True)):
            layout = i // width
            known[layout].append(Found(layout, flat[i], *episode[:3], value, episode.states, pay))
        moments = [_moments([(f.script, f.pay) for f in group], width // 4) for group in known]
        known = [_elite(group) for group in known]
        best = [one.script for group in known if (one := _best(group, success=False))]
        scripts = [
            _next(maker, group, [*best, *again], width)
            for group, again in zip(known, moments, strict=True)
        ]
    env.close()
    return [Duel(_best(group, success=False), _best(group, success=True)) for group in known]


def _first(
    maker: Scripts, evidence: Evidence, total: Floats, layout: int, width: int
) -> list[Script]:
    """Scripts to begin with: the oracle's, of the record what paid best, and restless ones."""
    group = [r for r in evidence.recordings if r.layout == layout]
    trunk = group[0]

    def whole(r: Recording) -> tuple[Script, Floats]:
        way = slice(trunk.first, trunk.first + r.branch)
        script = np.concatenate([evidence.action[way], evidence.action[r.rows]])
        return script, np.concatenate([total[way], total[r.rows]])

    recorded = [whole(r) for r in group]
    best = sorted(recorded, key=lambda pair: float(pair[1].mean()), reverse=True)[: width // 4]
    chosen = [recorded[0][0], *(script for script, _ in best), *_moments(recorded, width // 4)]
    filled = [maker.filled(script) for script in chosen]
    return (filled + [maker.restless() for _ in range(width)])[:width]


def _moments(played: Sequence[tuple[Script, Floats]], n: int) -> list[Script]:
    """Up to `n` scripts that go where pay was best for some steps, and repeat these steps."""
    found: list[Script] = []
    for length in MOMENTS:
        ranked = []
        for script, pay in played:
            if len(pay) >= length:
                means = np.convolve(pay, np.full(length, 1.0 / length), mode="valid")
                at = int(means.argmax())
                ranked.append((float(means[at]), at, script))
        ranked.sort(key=lambda one: (-one[0], one[1]))
        found += [_again(script, at, length) for _, at, script in ranked[: n // len(MOMENTS)]]
    return found


def _again(script: Script, at: int, length: int) -> Script:
    """The way to a moment, and the moment for as long as any episode."""
    lap = script[at : at + length]
    return np.concatenate([script[:at], *[lap] * (LONGEST // length)])


def _next(
    maker: Scripts, group: Sequence[Found], again: Sequence[Script], width: int
) -> list[Script]:
    """Scripts of the next round: what is played `again`, new ground, and children of the best."""
    parents = [(one.script, one.n) for one in group]
    filled = [maker.filled(script) for script in again]
    filled += [maker.restless() for _ in range(width // 5)]
    return (filled + [maker.child(parents) for _ in range(width)])[:width]


def _elite(group: Sequence[Found]) -> list[Found]:
    ordered = sorted(group, key=lambda one: one.value, reverse=True)
    return [
        one
        for success in (False, True)
        for one in [one for one in ordered if one.success == success][:ELITES]
    ]


def _best(group: Sequence[Found], *, success: bool) -> Found | None:
    chosen = [one for one in group if one.success == success]
    return max(chosen, key=lambda one: one.value, default=None)


class _Episode(NamedTuple):
    n: int
    success: bool
    is_cut: bool
    states: Records
    actions: npt.NDArray[Any]


def _play(env: BatchEnv, seeds: Sequence[int], scripts: Script) -> list[_Episode]:
    """One episode per script, each to its end."""
    n, horizon = scripts.shape[:2]
    env.reset(list(seeds))
    history = np.empty((horizon + 1, n, env.start.shape[1]))
    history[0] = env.start
    lengths = np.full(n, horizon)
    success, is_cut = np.zeros(n, dtype=np.bool_), np.ones(n, dtype=np.bool_)
    alive = np.ones(n, dtype=np.bool_)
    actions = scripts.astype(env.action_space.dtype)
    for step in range(horizon):
        env.step(actions[:, step], autoreset=False)
        history[step + 1] = env.state
        ended = alive & (env.terminated | env.truncated)
        if ended.any():
            success[ended] = env.task.judge(env.state, env.truth)[ended]
            is_cut[ended] = ~env.terminated[ended]
            lengths[ended] = step + 1
            alive &= ~ended
            if not alive.any():
                break
    return [
        _Episode(
            int(lengths[i]),
            bool(success[i]),
            bool(is_cut[i]),
            history[: lengths[i] + 1, i].copy(),
            scripts[i, : lengths[i]],
        )
        for i in range(n)
    ]


def _value(
    pool: Executor,
    ref: EnvRef,
    question: Question,
    evidence: Evidence,
    played: Sequence[_Episode],
    *,
    at_once: bool,
) -> tuple[list[Floats], list[float]]:
    """Pay of each step, and worth, of each episode."""
    lengths = np.array([episode.n for episode in played])
    first = np.concatenate([[0], np.cumsum(lengths + 1)])[:-1]
    before = np.concatenate([f + np.arange(n) for f, n in zip(first, lengths, strict=True)])
    step = np.concatenate([np.arange(n) for n in lengths])
    asked = Asked(
        records=np.concatenate([episode.states for episode in played]),
        before=before,
        action=np.concatenate([episode.actions for episode in played]).astype(np.float64),
        after=before + 1,
        t=(step + 1) / evidence.horizon,
    )
    total = ask(pool, ref, [(question.program, asked)])[0].total
    pays = [part.copy() for part in np.split(total, np.cumsum(lengths)[:-1])]
    if question.is_added:
        for pay, episode in zip(pays, played, strict=True):
            pay[-1] += float(episode.success)
    gamma = evidence.gamma
    values = []
    for pay, episode in zip(pays, played, strict=True):
        value = float(np.sum(pay * gamma ** np.arange(episode.n)))
        if at_once and episode.is_cut and not episode.success:
            value += gamma**episode.n * _steady(pay) / (1.0 - gamma)
        values.append(value)
    return pays, values


def _steady(pay: Floats) -> float:
    """What an episode that was cut off would go on to earn per step: the less of its quarters'.

    Progress that is paid once is in one quarter; what a lap or a stay pays is in both.
    """
    n = len(pay) // 4
    if n == 0:
        return 0.0
    return min(float(pay[-2 * n : -n].mean()), float(pay[-n:].mean()))
