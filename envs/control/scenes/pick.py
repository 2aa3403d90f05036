"""Grasp a box with two fingers and lift it to a goal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.context import ContextSpec, Parameter
from alignenv.envs.control.engine import mujoco
from alignenv.envs.control.fields import flag, length, number, place, velocity
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Scripted, Start, View, Words, norm
from alignenv.spec import StateSpec
from alignenv.task import Truth

RADIUS = 0.04
"""How near the box's centre must come to the goal."""
FASTEST, CLOSED = 0.6, 0.05
"""Speed of the hand (m/s), and how far each finger is told to close (m)."""
SIZE = 0.06
"""Width of the box; fingers whose gap is near it hold it."""


class Pick(Scripted):
    """A hand with two fingers in a vertical plane, a box on the floor, a goal in the air."""

    kind, model_file, frame_skip = "pick", "pick.xml", 4
    action_size, n_facts = 3, 3
    spec = StateSpec(
        (
            place("hand_pos", "between the fingers, x, z; z is 0 on the floor"),
            velocity("hand_vel", "x, z"),
            place("box_pos", "centre of the box, x, z", 2.0),
            velocity("box_vel", "x, z", 20.0),
            place("goal_pos", "x, z"),
            place("to_box", "from hand_pos to box_pos, x, z", 2.0),
            place("to_goal", "from box_pos to goal_pos, x, z", 2.0),
            length("box_distance", "length of to_box", 3.0),
            length("goal_distance", "length of to_goal; below 0.04 is success", 3.0),
            length("first_distance", "goal_distance at the start of the episode", 3.0),
            number("gap", "between the fingers, 0.02 to 0.11; the box is 0.06 wide", 0, 0.13, "m"),
            flag("closing", "the fingers were told to close"),
            flag("between", "the box is between the fingers"),
            flag("grasping", "closing, with the box between the fingers and the gap at its width"),
        )
    )
    seen = (
        "hand_pos", "hand_vel", "to_box", "box_vel", "to_goal", "gap", "closing", "grasping",
    )  # fmt: skip
    judged_on = frozenset({"goal_distance", "first_distance", "grasping", "box_pos"})
    context = ContextSpec(
        (
            Parameter(
                name="highest_goal",
                low=0.12,
                high=0.36,
                default=0.3,
                unit="m",
                meaning="largest height of the goal",
            ),
            Parameter(
                name="box_mass", low=0.02, high=0.3, default=0.1, unit="kg", meaning="of the box"
            ),
            Parameter(
                name="friction", low=0.7, high=2.0, default=1.2, meaning="of box and fingers"
            ),
        )
    )
    model_parameters = frozenset({"box_mass", "friction"})
    words = Words(
        goal="Lower the open hand over the box, close the fingers and carry the box to the goal "
        "in the air, in as few steps as possible.",
        observes="Place and speed of the hand, the ways to the box and from the box to the goal, "
        "the box's speed, the gap of the fingers, and whether they close and grasp.",
        action="speed of the hand along x and z, each -1 to 1 for -0.6 to 0.6 m/s; the fingers "
        "close where the third number is positive, else they open",
        ends="Ends when the box is within 0.04 m of the goal, or at the horizon.",
        hazards=(
            "Fingers that are closed cannot take the box, and push it away instead.",
            "A box that is grasped does not come to the goal by itself.",
        ),
        about="A hand moves in a vertical plane above a floor; two fingers hold a box of 6 cm by "
        "friction alone. Hand, box and goal are drawn evenly. Of the kind of *FetchPickAndPlace* "
        "(Plappert et al., 2018), in two dimensions.",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """The box on the floor, the hand above it, the goal in the air."""
        hand = stream.uniform([-0.25, 0.18], [0.25, 0.35])
        box = np.array([stream.uniform(-0.2, 0.2), SIZE / 2, 0.0])
        goal = stream.uniform([-0.2, 0.1], [0.2, context["highest_goal"]])
        first = float(np.sqrt(((goal - box[:2]) ** 2).sum()))
        qpos = np.array([*hand.tolist(), 0.0, 0.0, *box.tolist()])
        return Start(qpos=qpos, qvel=np.zeros(7), facts=np.array([*goal.tolist(), first]))

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:
        """Mass of the box, and friction of box and fingers."""
        share = context["box_mass"] / 0.1
        model.body("box").mass = model.body("box").mass * share
        model.body("box").inertia = model.body("box").inertia * share
        model.geom_friction[:, 0] = context["friction"]

    def controls(self, actions: npt.NDArray[Any], moment: Moment) -> npt.NDArray[Any]:
        """Wanted speeds of the hand, and wanted places of both fingers."""
        del moment
        close = np.where(actions[:, 2:] > 0, CLOSED, 0.0)
        return np.concatenate([FASTEST * actions[:, :2], close, close], axis=1)

    def measure(self, moment: Moment, out: View) -> None:
        """Places, ways and the grasp."""
        hand, box, goal = moment.qpos[:, :2], moment.qpos[:, 4:6], moment.facts[:, :2]
        out["hand_pos"], out["hand_vel"] = hand, moment.qvel[:, :2]
        out["box_pos"], out["box_vel"] = box, moment.qvel[:, 4:6]
        out["goal_pos"], out["first_distance"] = goal, moment.facts[:, 2]
        out["to_box"], out["to_goal"] = box - hand, goal - box
        out["box_distance"], out["goal_distance"] = norm(box - hand), norm(goal - box)
        gap = 0.114 - moment.qpos[:, 2] - moment.qpos[:, 3]
        out["gap"], out["closing"] = gap, moment.actions[:, 2] > 0
        way = np.abs(box - hand)
        between = (way[:, 0] < 0.03) & (way[:, 1] < 0.05)
        out["between"] = between
        held = between & (np.abs(gap - SIZE) < 0.012)
        out["grasping"] = held & (out["closing"] > 0)

    def success(self, state: View, truth: Truth) -> Flags:
        """The box is at the goal."""
        del truth
        return np.asarray(state["goal_distance"] < RADIUS)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """0.3 for the grasp, 0.5 for the box off the floor, up to 0.95 with its way."""
        way = np.clip(1.0 - state["goal_distance"] / state["first_distance"], 0.0, 1.0)
        grasped = state["grasping"] > 0
        lifted = grasped & (state["box_pos"][:, 1] > SIZE / 2 + 0.02)
        value = 0.3 * grasped + lifted * (0.2 + 0.45 * way)
        return np.where(self.success(state, truth), 1.0, value)

    def decorate(self, model: mujoco.MjModel, facts: Floats) -> None:
        """The goal."""
        model.site("goal").pos[[0, 2]] = facts[:2]

    def steer(self, state: View, contexts: Floats) -> Floats:
        """Over the box, down, close, and up to the goal."""
        del contexts
        way, goal = state["to_box"], state["to_goal"]
        aligned = np.abs(way[:, 0]) < 0.012
        low = np.abs(way[:, 1]) < 0.02
        above = np.where(aligned | (state["between"] > 0), way[:, 1], way[:, 1] + 0.1)
        reach = np.stack([12.0 * way[:, 0], 12.0 * above], axis=1)
        carry = np.where((state["grasping"] > 0)[:, None], 10.0 * goal, 0.0)
        close = (aligned & low) | ((state["between"] > 0) & (state["closing"] > 0))
        move = np.where(close[:, None], np.clip(carry, -0.7, 0.7), reach)
        return np.concatenate([move, np.where(close, 1.0, -1.0)[:, None]], axis=1)
