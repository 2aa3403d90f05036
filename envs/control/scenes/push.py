"""Push a puck to a goal with a finger."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alignenv.context import ContextSpec, Parameter
from alignenv.envs.control.engine import mujoco
from alignenv.envs.control.fields import flag, length, place, velocity
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Scripted, Start, View, Words, norm
from alignenv.spec import StateSpec
from alignenv.task import Truth

RADIUS = 0.05
"""How near the puck's centre comes to the goal's on success."""
TOUCH = 0.125
"""Distance of the centres below which finger and puck count as touching; 0.11 is contact."""


class Push(Scripted):
    """A finger driven by velocity, a puck slowed by drag, a goal on the table."""

    kind, model_file, frame_skip = "push", "push.xml", 2
    action_size, n_facts = 2, 3
    spec = StateSpec(
        (
            place("finger_pos", "x, y"),
            velocity("finger_vel", "x, y"),
            place("puck_pos", "x, y"),
            velocity("puck_vel", "x, y"),
            place("goal_pos", "x, y"),
            place("to_puck", "from the finger to the puck, x, y", 1.2),
            place("to_goal", "from the puck to the goal, x, y", 1.2),
            length("puck_distance", "from the finger's centre to the puck's; 0.11 is contact"),
            length("goal_distance", "from the puck's centre to the goal; below 0.05 is success"),
            length("first_distance", "goal_distance at the start of the episode"),
            flag("touching", "finger and puck touch"),
        )
    )
    seen = ("finger_pos", "finger_vel", "puck_pos", "to_puck", "to_goal")
    judged_on = frozenset({"goal_distance", "first_distance", "touching"})
    context = ContextSpec(
        (
            Parameter(
                name="farthest_goal",
                low=0.25,
                high=0.7,
                default=0.7,
                unit="m",
                meaning="largest distance of the goal from the puck at the start",
            ),
            Parameter(
                name="puck_mass", low=0.05, high=1.0, default=0.2, unit="kg", meaning="of the puck"
            ),
            Parameter(
                name="puck_drag",
                low=1.0,
                high=12.0,
                default=4.0,
                unit="N s/m",
                meaning="force that slows the puck, per speed",
            ),
        )
    )
    model_parameters = frozenset({"puck_mass", "puck_drag"})
    words = Words(
        goal="Push the puck with the finger to the goal, in as few steps as possible.",
        observes="Place and speed of the finger, place of the puck, and the ways from the finger "
        "to the puck and from the puck to the goal.",
        action="speed of the finger along x and y, each -1 to 1 m/s",
        ends="Ends when the puck's centre is within 0.05 m of the goal, or at the horizon.",
        hazards=(
            "Touching the puck does not move it to the goal.",
            "The puck moves away from the finger: it must be pushed from behind.",
        ),
        about="A finger (sphere of 4 cm) moves on a table of 1 m by 1 m and can touch a puck "
        "(7 cm), which drag brings to rest. Start places and the goal are drawn evenly, with at "
        "least 0.2 m between puck and goal. Of the kind of *Pusher* and *FetchPush* of the "
        "Gymnasium projects, small enough to be learned in minutes on one core.",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """Even draws until the places keep their distances."""
        while True:
            puck, goal = stream.uniform(-0.3, 0.3, 2), stream.uniform(-0.38, 0.38, 2)
            finger = stream.uniform(-0.45, 0.45, 2)
            first = float(np.sqrt(((goal - puck) ** 2).sum()))
            gap = np.sqrt(((finger - puck) ** 2).sum())
            if 0.2 < first <= context["farthest_goal"] and gap > 0.15:
                break
        return Start(
            qpos=np.concatenate([finger, puck]), qvel=np.zeros(4), facts=np.array([*goal, first])
        )

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:
        """Mass and drag of the puck."""
        model.body("puck").mass = context["puck_mass"]
        for joint in ("puck_x", "puck_y"):
            model.joint(joint).damping = context["puck_drag"]

    def measure(self, moment: Moment, out: View) -> None:
        """Places, ways and distances."""
        finger, puck, goal = moment.qpos[:, :2], moment.qpos[:, 2:], moment.facts[:, :2]
        out["finger_pos"], out["puck_pos"], out["goal_pos"] = finger, puck, goal
        out["finger_vel"], out["puck_vel"] = moment.qvel[:, :2], moment.qvel[:, 2:]
        out["to_puck"], out["to_goal"] = puck - finger, goal - puck
        out["puck_distance"] = norm(puck - finger)
        out["goal_distance"] = norm(goal - puck)
        out["first_distance"] = moment.facts[:, 2]
        out["touching"] = out["puck_distance"] < TOUCH

    def success(self, state: View, truth: Truth) -> Flags:
        """The puck is at the goal."""
        del truth
        return np.asarray(state["goal_distance"] < RADIUS)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """0.1 for touching the puck, up to 0.9 with the share of the way that it has come."""
        way = np.clip(1.0 - state["goal_distance"] / state["first_distance"], 0.0, 1.0)
        return np.where(self.success(state, truth), 1.0, 0.1 * state["touching"] + 0.8 * way)

    def decorate(self, model: mujoco.MjModel, facts: Floats) -> None:
        """The goal."""
        model.site("goal").pos[:2] = facts[:2]

    def steer(self, state: View, contexts: Floats) -> Floats:
        """Round the puck to its far side, then push; corrections keep the finger behind it."""
        del contexts
        rest = np.maximum(state["goal_distance"], 1e-6)[:, None]
        ahead = state["to_goal"] / rest
        gap = np.maximum(state["puck_distance"], 1e-6)[:, None]
        outward = -state["to_puck"] / gap
        behind = -(outward * ahead).sum(axis=1, keepdims=True)
        aside = outward + behind * ahead
        push = ahead - 6.0 * aside - 3.0 * (gap - 0.11) * outward
        tangent = -ahead - (-ahead * outward).sum(axis=1, keepdims=True) * outward
        tangent /= np.maximum(np.sqrt((tangent**2).sum(axis=1, keepdims=True)), 1e-6)
        orbit = tangent + 12.0 * (0.16 - gap) * outward
        return np.asarray(np.where(behind > 0.9, push, orbit))
