"""What a critic's worker does: the values of one program on recorded transitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from alignenv.agents.weights import Arrays
from alignenv.envs.make import EnvRef
from alignenv.errors import ProgramError, ValueFault
from alignenv.program import Runner, parse_program
from alignenv.reward_design.sandbox import Channel
from alignenv.task import TaskCard
from alignenv.types import FailureKind


@dataclass(frozen=True, slots=True)
class _Transitions:
    card: TaskCard
    prev: Any
    state: Any
    action: Any
    t: Any
    t_before: Any


class ExamineJob:
    """Values of a program; entry `alignenv.benchmarks.critic_jobs:EXAMINE`.

    The payload has `env`, an `EnvRef` as JSON, and `source`; the arrays are those of an
    `Evidence`. A reward sends its total and components as `values`, a potential its values
    before and after each transition.
    """

    def prepare(self, payload: dict[str, Any], arrays: Arrays) -> _Transitions:
        """Lay out the recorded transitions."""
        card = EnvRef.from_json(payload["env"]).resolve().card
        t = np.ascontiguousarray(arrays["t"])
        return _Transitions(
            card=card,
            prev=np.ascontiguousarray(arrays["states"][arrays["before"]]),
            state=np.ascontiguousarray(arrays["states"][arrays["after"]]),
            action=np.ascontiguousarray(arrays["action"]),
            t=t,
            t_before=np.maximum(t - 1.0 / card.horizon, 0.0),
        )

    def run(self, context: _Transitions, payload: dict[str, Any], channel: Channel) -> None:
        """Load the program and send what it pays."""
        card = context.card
        try:
            program = parse_program(payload["source"], card.state, card.action)
            values = _values(context, program.load(), program.kind)
        except ProgramError as error:
            channel.send(
                {
                    "kind": "failed",
                    "failure": FailureKind.COMPILE.value,
                    "code": error.problems[0].rule,
                    "text": str(error)[:2000],
                }
            )
            return
        except ValueFault as error:
            channel.send(
                {
                    "kind": "failed",
                    "failure": FailureKind.VALUE.value,
                    "code": error.code,
                    "text": str(error)[:2000],
                    "row": int(error.env_index),
                }
            )
            return
        channel.send_arrays({"values": values})
        channel.send({"kind": "result"})


def _values(context: _Transitions, runner: Runner, kind: str) -> Any:
    n = len(context.t)
    if kind == "reward":
        out = np.zeros((n, runner.width))
        runner.reward(context.prev, context.action, context.state, context.t, out)
        return out
    before, after = np.zeros((n, 1)), np.zeros((n, 1))
    runner.potential(context.prev, context.t_before, before)
    runner.potential(context.state, context.t, after)
    return np.hstack([before, after])


EXAMINE = ExamineJob()
