"""Throw a ball on a string up and catch it in a cup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.context import ContextSpec, Parameter
from alignenv.envs.control.engine import mujoco
from alignenv.envs.control.fields import count, flag, place, velocity
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Scripted, Start, View, Words
from alignenv.spec import StateSpec
from alignenv.task import Truth

STRING, RIM = 0.3, 0.12
"""Length of the string, and height of the cup's rim above its bottom, in metres."""
FASTEST, HOLD = 2.0, 15
"""Fastest wanted speed of the cup (m/s), and steps in a row in the cup that are success."""


class Cup(Scripted):
    """A cup driven by velocity in a vertical plane, a ball that hangs from its bottom."""

    kind, model_file, frame_skip = "cup", "cup.xml", 4
    action_size = 2
    spec = StateSpec(
        (
            place("cup_pos", "bottom of the cup, x, z; z is up", 0.8),
            velocity("cup_vel", "x, z", 10),
            place("ball_pos", "centre of the ball, x, z", 1.3),
            velocity("ball_vel", "x, z", 30),
            place("ball_from_cup", "from the cup's bottom to the ball, x, z", 0.6),
            flag("in_cup", "the ball is between the walls, below the rim"),
            count("held", "steps in a row that it has been in the cup; 15 are success", 200),
        )
    )
    seen = ("cup_pos", "cup_vel", "ball_from_cup", "ball_vel", "held")
    judged_on = frozenset({"held", "ball_from_cup"})
    context = ContextSpec(
        (
            Parameter(
                name="string",
                low=0.2,
                high=0.4,
                default=STRING,
                unit="m",
                meaning="length of the string",
            ),
            Parameter(
                name="ball_mass", low=0.02, high=0.1, default=0.05, unit="kg", meaning="of the ball"
            ),
        )
    )
    model_parameters = frozenset({"string", "ball_mass"})
    words = Words(
        goal="Throw the ball that hangs from the cup up and catch it in the cup, as soon as "
        "possible.",
        observes="Place and speed of the cup, the way from the cup to the ball, the ball's speed, "
        "and for how long it has been in the cup.",
        action="speed of the cup along x and z, each -1 to 1 for -2 to 2 m/s",
        ends="Ends when the ball has been in the cup for 15 steps in a row, or at the horizon.",
        hazards=("A ball that passes through the cup's mouth and leaves again is not caught.",),
        about="A ball of 3 cm hangs on a string of 0.3 m from the bottom of a cup that moves in a "
        "vertical plane; the mouth is 16 cm wide. After *ball_in_cup* of the DeepMind Control "
        "Suite (Tassa et al., 2018), where the ball needs to touch the target once: here it must "
        "stay, which random play does not achieve.",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """The cup low, the ball below it, nearly still."""
        cup = stream.uniform([-0.2, -0.28], [0.2, -0.18])
        swing = stream.uniform(-0.2, 0.2)
        ball = cup + 0.99 * context["string"] * np.array([np.sin(swing), -np.cos(swing)])
        return Start(qpos=np.concatenate([cup, ball]), qvel=np.zeros(4), facts=np.zeros(1))

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:
        """Length of the string, and mass of the ball."""
        model.tendon_range[0, 1] = context["string"]
        share = context["ball_mass"] / 0.05
        model.body("ball").mass = model.body("ball").mass * share
        model.body("ball").inertia = model.body("ball").inertia * share

    def controls(self, actions: npt.NDArray[Any], moment: Moment) -> npt.NDArray[Any]:
        """Wanted speeds."""
        del moment
        return np.asarray(FASTEST * actions)

    def remember(self, moment: Moment) -> None:
        """How long the ball has been in the cup."""
        moment.facts[:, 0] = np.where(_is_in_cup(moment.qpos), moment.facts[:, 0] + 1, 0)

    def measure(self, moment: Moment, out: View) -> None:
        """Places, speeds and the hold."""
        out["cup_pos"], out["ball_pos"] = moment.qpos[:, :2], moment.qpos[:, 2:]
        out["cup_vel"], out["ball_vel"] = moment.qvel[:, :2], moment.qvel[:, 2:]
        out["ball_from_cup"] = moment.qpos[:, 2:] - moment.qpos[:, :2]
        out["in_cup"], out["held"] = _is_in_cup(moment.qpos), moment.facts[:, 0]

    def success(self, state: View, truth: Truth) -> Flags:
        """The ball has been in the cup long enough."""
        del truth
        return np.asarray(state["held"] >= HOLD)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """Up to 0.4 with the ball's height from hanging to the rim, up to 0.95 with the hold."""
        del truth
        rise = np.clip((state["ball_from_cup"][:, 1] + STRING) / (STRING + RIM), 0.0, 1.0)
        held = np.clip(state["held"] / HOLD, 0.0, 1.0)
        return np.where(held >= 1.0, 1.0, 0.4 * rise + 0.55 * held)

    def steer(self, state: View, contexts: Floats) -> Floats:
        """Up at full speed; then down beside the flying ball; then under it."""
        way, ball, cup = state["ball_from_cup"], state["ball_vel"], state["cup_pos"]
        string = contexts[:, 0]
        x, z = way[:, 0], way[:, 1]
        slack = np.sqrt(x * x + z * z) < string - 0.012
        above = z > 0.1
        flying = slack & ~above & (ball[:, 1] > 0.2)
        up = (cup[:, 1] < -0.17) | (ball[:, 1] > 0.5)
        thrown = flying | (~above & (cup[:, 1] > 0.2) & (ball[:, 1] > 1.2))
        wind = np.stack([-cup[:, 0], np.where(up, 1.0, -0.5)], axis=1)
        aside = np.where(x >= 0, 1.0, -1.0)
        dodge = np.stack([8.0 * (x - 0.14 * aside), np.full(len(x), -1.0)], axis=1)
        ahead = x + 0.04 * ball[:, 0]
        catch = np.stack([10.0 * ahead, np.clip(0.4 * ball[:, 1], -0.6, 0.0)], axis=1)
        chosen = np.where(thrown[:, None], dodge, wind)
        inside = (np.abs(x) < 0.07) & (z > 0)
        return np.asarray(np.where((above | inside)[:, None], catch, chosen))


def _is_in_cup(qpos: Floats) -> Flags:
    x, z = qpos[:, 2] - qpos[:, 0], qpos[:, 3] - qpos[:, 1]
    return np.asarray((np.abs(x) < 0.07) & (z > 0.0) & (z < RIM))
