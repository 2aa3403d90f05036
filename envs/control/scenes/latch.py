"""Press a latch, then push the door open that it held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.context import ContextSpec, Parameter
from alignenv.envs.control.engine import mujoco
from alignenv.envs.control.fields import cosines, flag, length, number, place, sines, velocity
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Scripted, Start, View, Words, norm
from alignenv.spec import StateSpec
from alignenv.task import Truth

LATCH = np.array([-0.39, -0.2])
"""Where the finger's centre touches the latch."""
HINGE = np.array([-0.05, 0.25])
ARM, GAP = 0.4, 0.055
"""Where along the door, and how far before it, the finger should push."""
PRESSED, WANTED = 0.05, 1.0
"""Travel of the latch that frees the door (m), and the opening of success (rad)."""


class Latch(Scripted):
    """A latch on the left, a door on the far side that stays shut until the latch was pressed."""

    kind, model_file, frame_skip = "latch", "latch.xml", 2
    action_size = 2
    spec = StateSpec(
        (
            place("finger_pos", "x, y", 0.9),
            velocity("finger_vel", "x, y"),
            place("to_latch", "from the finger to where it touches the latch, x, y", 1.6),
            length("latch_distance", "length of to_latch"),
            number(
                "latch_travel",
                "how far the latch is pressed; above 0.05 frees the door",
                -0.1,
                0.2,
                "m",
            ),
            flag("unlocked", "the latch was pressed in this episode: the door is free"),
            place("to_door", "from the finger to where it should push the door, x, y", 1.6),
            length("door_distance", "length of to_door"),
            number("door_angle", "opening of the door; above 1 is success", -0.2, 2.1, "rad"),
            number("door_speed", "positive while it opens", -30, 30, "rad/s"),
        )
    )
    seen = (
        "finger_pos", "finger_vel", "to_latch", "latch_travel", "unlocked", "to_door", "door_angle",
        "door_speed",
    )  # fmt: skip
    judged_on = frozenset({"unlocked", "door_angle"})
    context = ContextSpec(
        (
            Parameter(
                name="latch_stiffness",
                low=5.0,
                high=80.0,
                default=30.0,
                unit="N/m",
                meaning="of the spring behind the latch",
            ),
            Parameter(
                name="door_mass", low=0.1, high=1.5, default=0.3, unit="kg", meaning="of the door"
            ),
        )
    )
    model_parameters = frozenset({"latch_stiffness", "door_mass"})
    words = Words(
        goal="Press the latch on the left with the finger, then push the door open, in as few "
        "steps as possible.",
        observes="Place and speed of the finger, the ways to the latch and to the door, how far "
        "the latch is pressed, whether the door is free, and its angle and speed.",
        action="speed of the finger along x and y, each -1 to 1 m/s",
        ends="Ends when the door is open by more than 1 rad, or at the horizon.",
        hazards=(
            "The door does not move before the latch was pressed; then it stays free.",
            "The latch can be pressed any number of times.",
        ),
        about="A finger (sphere of 4 cm) on a table, a latch with a spring in a side wall and a "
        "door on a hinge. Two stages in order, far from each other: a reward that forgets the "
        "first leaves the agent before a locked door. The finger's start is drawn evenly.",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """The finger anywhere before the door; latch and door at rest."""
        del context
        finger = stream.uniform([-0.2, -0.4], [0.45, 0.1])
        return Start(
            qpos=np.array([*finger.tolist(), 0.0, 0.0]), qvel=np.zeros(4), facts=np.zeros(1)
        )

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:
        """Spring of the latch, and mass of the door."""
        model.joint("latch").stiffness = context["latch_stiffness"]
        share = context["door_mass"] / 0.3
        model.body("door").mass = model.body("door").mass * share
        model.body("door").inertia = model.body("door").inertia * share

    def controls(self, actions: npt.NDArray[Any], moment: Moment) -> npt.NDArray[Any]:
        """Wanted speeds, and the bolt that holds the door while it is locked."""
        return np.concatenate([actions, 1.0 - moment.facts], axis=1)

    def remember(self, moment: Moment) -> None:
        """A latch once pressed frees the door for good."""
        moment.facts[:, 0] = np.where(-moment.qpos[:, 2] > PRESSED, 1.0, moment.facts[:, 0])

    def measure(self, moment: Moment, out: View) -> None:
        """Ways, latch and door."""
        finger, angle = moment.qpos[:, :2], moment.qpos[:, 3]
        along = np.stack([cosines(angle), sines(angle)], axis=1)
        across = np.stack([along[:, 1], -along[:, 0]], axis=1)
        out["finger_pos"], out["finger_vel"] = finger, moment.qvel[:, :2]
        out["to_latch"] = LATCH - finger
        out["latch_distance"] = norm(LATCH - finger)
        out["latch_travel"], out["unlocked"] = -moment.qpos[:, 2], moment.facts[:, 0]
        out["to_door"] = HINGE + ARM * along + GAP * across - finger
        out["door_distance"] = norm(out["to_door"])
        out["door_angle"], out["door_speed"] = angle, moment.qvel[:, 3]

    def success(self, state: View, truth: Truth) -> Flags:
        """The door is open."""
        del truth
        return np.asarray(state["door_angle"] > WANTED)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """0.4 for a free door, up to 0.95 with its opening."""
        del truth
        share = np.clip(state["door_angle"] / WANTED, 0.0, 1.0)
        open_ = state["door_angle"] > WANTED
        return np.where(open_, 1.0, state["unlocked"] * (0.4 + 0.55 * share))

    def steer(self, state: View, contexts: Floats) -> Floats:
        """To the latch and against it; then to the door and against it."""
        del contexts
        latch = 10.0 * state["to_latch"]
        level = np.abs(state["to_latch"][:, 1]) < 0.05
        press = np.stack([np.full(len(latch), -1.0), latch[:, 1]], axis=1)
        first = np.where((level & (state["latch_distance"] < 0.08))[:, None], press, latch)
        angle = state["door_angle"]
        outward = np.stack([-np.sin(angle), np.cos(angle)], axis=1)
        door = 8.0 * state["to_door"]
        push = 0.8 * outward + 4.0 * state["to_door"]
        second = np.where((state["door_distance"] < 0.06)[:, None], push, door)
        return np.asarray(np.where((state["unlocked"] > 0)[:, None], second, first))
