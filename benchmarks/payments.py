"""What a reward program pays in recorded episodes, computed where programs may run: in the sandbox.

The evaluator never loads a program and the training keeps no episodes, so that a third job replays
the recorded ones, again from seed and actions, and runs the program over their states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from alignenv.batch import BatchEnv
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import ProgramError, ValueFault
from alignenv.evidence import WHOLE, Payment
from alignenv.program import Program, Runner, parse_program
from alignenv.reward_design.sandbox import Channel

MAX_INTERPRETED = 300
"""Steps up to which it costs less to interpret a program than to compile it."""


class Played(BaseModel):
    """One episode to replay: the seed of its reset and its actions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int
    actions: tuple[Any, ...]


class PayPayload(BaseModel):
    """What the worker is told.

    Attributes:
        env: `EnvRef` of the task as JSON.
        source: The reward program.
        episodes: What to replay.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: dict[str, object]
    source: str
    episodes: tuple[Played, ...]


class Walk(NamedTuple):
    """One replayed episode.

    Attributes:
        states: Records, `(length + 1, spec.size)`.
        actions: `(length,)` or `(length, size)`, float64.
        terminated: Whether it ended for a reason of the task.
        horizon: Longest episode, in steps.
    """

    states: npt.NDArray[np.float64]
    actions: npt.NDArray[np.float64]
    terminated: bool
    horizon: int


class _Ready(NamedTuple):
    env: BatchEnv
    walks: list[Walk]


class PayJob:
    """Says what a program pays in episodes; entry `alignenv.benchmarks.jobs:PAY`."""

    def prepare(self, payload: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> _Ready:
        """Replay the episodes in a pristine env, before the program is there."""
        del arrays
        told = PayPayload.model_validate(payload)
        env = make_batch(EnvRef.from_json(told.env), 1)
        return _Ready(env, [replay_states(env, e.seed, e.actions) for e in told.episodes])

    def run(self, ready: _Ready, payload: dict[str, Any], channel: Channel) -> None:
        """Load the program and send its payments; none where it has no value somewhere."""
        told = PayPayload.model_validate(payload)
        card = ready.env.task.card
        try:
            program = parse_program(told.source, card.state, card.action)
            n_steps = sum(len(walk.actions) for walk in ready.walks)
            runner = program.load(compiled=None if n_steps > MAX_INTERPRETED else False)
            paid = [payments(program, runner, walk) for walk in ready.walks]
        except (ProgramError, ValueFault):
            paid = [() for _ in ready.walks]
        channel.send({"kind": "result", "payments": [[asdict(p) for p in one] for one in paid]})


def replay_states(env: BatchEnv, seed: int, actions: Sequence[Any]) -> Walk:
    """All states of an episode, from its seed and actions, in an env of one copy."""
    env.track([field.name for field in env.task.card.state])
    env.reset([seed])
    states, terminated = [env.start[0].copy()], False
    for action in actions:
        env.step(np.array([action]), autoreset=False)
        states.append(env.state[0].copy())
        terminated = bool(env.terminated[0])
    moves = np.array(actions, dtype=np.float64)
    return Walk(np.array(states), moves, terminated, env.task.card.horizon)


def payments(program: Program, runner: Runner, walk: Walk) -> tuple[Payment, ...]:
    """What the whole reward and each of its components pay in one episode.

    Both ways to run a program give the same to the last bit.

    A potential pays its own differences, undiscounted; at the end of an episode that terminated it
    is 0.

    Raises:
        ValueFault: The program has no usable value somewhere.
    """
    n = len(walk.actions)
    t = np.arange(n + 1) / walk.horizon
    if program.kind == "potential":
        phi = np.zeros((n + 1, 1))
        runner.potential(walk.states, t, phi)
        if walk.terminated:
            phi[-1] = 0.0
        return (payment(WHOLE, phi[1:, 0] - phi[:-1, 0]),)
    out = np.zeros((n, runner.width))
    runner.reward(walk.states[:-1].copy(), walk.actions, walk.states[1:].copy(), t[1:], out)
    names = (WHOLE, *program.components)
    return tuple(payment(name, out[:, i]) for i, name in enumerate(names))


def payment(component: str, values: npt.NDArray[np.float64]) -> Payment:
    """A summary of what was paid on each step."""
    above = values > 0.0
    steps = np.flatnonzero(above)
    begins = above & ~np.concatenate([[False], above[:-1]])
    return Payment(
        component=component,
        total=float(values.sum()),
        end=float(values[-1]) if len(values) else 0.0,
        n_paid=int(above.sum()),
        n_charged=int((values < 0.0).sum()),
        n_times=int(begins.sum()),
        first=int(steps[0]) + 1 if steps.size else 0,
        last=int(steps[-1]) + 1 if steps.size else 0,
    )
