"""Bring the tip of a two-link arm to a goal and keep it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.context import ContextSpec, Parameter
from alignenv.envs.control.engine import mujoco
from alignenv.envs.control.fields import (
    cosines,
    count,
    flag,
    length,
    number,
    place,
    sines,
    velocity,
)
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Scripted, Start, View, Words, norm
from alignenv.spec import Field, StateSpec
from alignenv.task import Truth

LINK = 0.5
"""Length of each link."""
RADIUS, HOLD = 0.05, 5
"""How near the goal the tip must be, and for how many steps in a row."""
FASTEST = 1.5
"""Fastest wanted turning of a joint, rad/s."""


def _direction(name: str, meaning: str) -> Field:
    return Field(name=name, kind="vec2", low=-1, high=1, meaning=meaning)


class Arm(Scripted):
    """Two links on a table, a goal within reach."""

    kind, model_file, frame_skip = "arm", "arm.xml", 2
    action_size, n_facts = 2, 4
    spec = StateSpec(
        (
            _direction("shoulder", "cosine and sine of the upper link's angle"),
            _direction("forearm", "cosine and sine of the lower link's angle, in the room"),
            _direction("elbow", "cosine and sine of the angle between the links"),
            velocity("joint_vel", "of shoulder and elbow", 20, "rad/s"),
            place("tip_pos", "x, y", 1.1),
            place("goal_pos", "x, y", 1.1),
            place("to_goal", "from the tip to the goal, x, y", 2.1),
            _direction("aim", "cosine and sine of the turn from tip to goal about the shoulder"),
            number(
                "reach_missing", "the goal's distance from the shoulder less the tip's", -1, 1, "m"
            ),
            length("goal_distance", "from the tip to the goal", 2.1),
            length("first_distance", "goal_distance at the start of the episode", 2.1),
            flag("inside", "the tip is within 0.05 m of the goal"),
            count("held", "steps in a row that it has been inside; 5 are success", 200),
        )
    )
    seen = ("elbow", "joint_vel", "aim", "reach_missing", "goal_distance", "held")
    judged_on = frozenset({"held", "goal_distance", "first_distance"})
    context = ContextSpec(
        (
            Parameter(
                name="farthest_goal",
                low=0.35,
                high=0.95,
                default=0.95,
                unit="m",
                meaning="largest distance of the goal from the shoulder",
            ),
            Parameter(
                name="arm_mass", low=0.2, high=3.0, default=0.8, unit="kg", meaning="of both links"
            ),
            Parameter(
                name="joint_damping",
                low=0.1,
                high=2.0,
                default=0.5,
                unit="N m s/rad",
                meaning="torque that slows each joint, per speed",
            ),
        )
    )
    model_parameters = frozenset({"arm_mass", "joint_damping"})
    words = Words(
        goal="Bring the tip of the arm to the goal and keep it there, in as few steps as possible.",
        observes="The angle between the links, the speeds of the joints, the turn and the reach "
        "that are missing from tip to goal, and for how long the tip has been there.",
        action="turning speed of shoulder and elbow, each -1 to 1 for -1.5 to 1.5 rad/s",
        ends="Ends when the tip has been within 0.05 m of the goal for 5 steps in a row, or at "
        "the horizon.",
        hazards=("Passing the goal is not success: the tip must stay there.",),
        about="Two links of 0.5 m turn on a table without touching anything. Pose and goal are "
        "drawn evenly, with at least 0.3 m between tip and goal. Of the kind of *Reacher*, with "
        "a goal that must be held instead of a distance that is paid.",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """Pose and goal, until they are 0.3 m apart."""
        while True:
            reach = stream.uniform(0.3, context["farthest_goal"])
            turn = stream.uniform(-np.pi, np.pi)
            pose = np.array([stream.uniform(-np.pi, np.pi), stream.uniform(-2.0, 2.0)])
            goal = reach * np.array([np.cos(turn), np.sin(turn)])
            whole = pose[0] + pose[1]
            tip = LINK * np.array(
                [np.cos(pose[0]) + np.cos(whole), np.sin(pose[0]) + np.sin(whole)]
            )
            first = float(np.sqrt(((goal - tip) ** 2).sum()))
            if first > 0.3:
                break
        return Start(qpos=pose, qvel=np.zeros(2), facts=np.array([*goal.tolist(), first, 0.0]))

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:
        """Masses of the links, and damping of the joints."""
        share = context["arm_mass"] / 0.8
        for body in ("upper", "lower"):
            model.body(body).mass = model.body(body).mass * share
            model.body(body).inertia = model.body(body).inertia * share
        for joint in ("shoulder", "elbow"):
            model.joint(joint).damping = context["joint_damping"]

    def controls(self, actions: npt.NDArray[Any], moment: Moment) -> npt.NDArray[Any]:
        """Wanted turning."""
        del moment
        return np.asarray(FASTEST * actions)

    def remember(self, moment: Moment) -> None:
        """How long the tip has been inside."""
        _, tip = self._pose(moment.qpos)
        inside = norm(moment.facts[:, :2] - tip) < RADIUS
        moment.facts[:, 3] = np.where(inside, moment.facts[:, 3] + 1, 0)

    def _pose(self, qpos: Floats) -> tuple[Floats, Floats]:
        """Cosines and sines of both links `(n, 4)`, and the tip `(n, 2)`."""
        whole = qpos[:, 0] + qpos[:, 1]
        turns = np.stack([cosines(qpos[:, 0]), sines(qpos[:, 0]), cosines(whole), sines(whole)], 1)
        return turns, LINK * (turns[:, :2] + turns[:, 2:])

    def measure(self, moment: Moment, out: View) -> None:
        """Pose, ways and the hold."""
        turns, tip = self._pose(moment.qpos)
        goal = moment.facts[:, :2]
        out["shoulder"], out["forearm"] = turns[:, :2], turns[:, 2:]
        elbow = moment.qpos[:, 1]
        out["elbow"] = np.stack([cosines(elbow), sines(elbow)], axis=1)
        out["aim"], out["reach_missing"] = _polar(tip, goal)
        out["joint_vel"], out["tip_pos"], out["goal_pos"] = moment.qvel, tip, goal
        out["to_goal"] = goal - tip
        out["goal_distance"] = norm(goal - tip)
        out["first_distance"], out["held"] = moment.facts[:, 2], moment.facts[:, 3]
        out["inside"] = out["goal_distance"] < RADIUS

    def success(self, state: View, truth: Truth) -> Flags:
        """The tip has been at the goal long enough."""
        del truth
        return np.asarray(state["held"] >= HOLD)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """Up to 0.6 with the share of the way, up to 0.95 with the hold."""
        del truth
        way = np.clip(1.0 - state["goal_distance"] / state["first_distance"], 0.0, 1.0)
        held = np.clip(state["held"] / HOLD, 0.0, 1.0)
        return np.where(held >= 1.0, 1.0, 0.6 * way + 0.35 * held)

    def decorate(self, model: mujoco.MjModel, facts: Floats) -> None:
        """The goal."""
        model.site("goal").pos[:2] = facts[:2]

    def steer(self, state: View, contexts: Floats) -> Floats:
        """Turn each joint to the nearer of the two poses that reach the goal."""
        del contexts
        upper = np.arctan2(state["shoulder"][:, 1], state["shoulder"][:, 0])
        lower = np.arctan2(state["forearm"][:, 1], state["forearm"][:, 0])
        elbow = _wrapped(lower - upper)
        goal = state["goal_pos"]
        bend = np.arccos(np.clip((goal**2).sum(axis=1) / (2 * LINK**2) - 1.0, -1.0, 1.0))
        side = np.where(elbow >= 0, 1.0, -1.0)
        aim = np.arctan2(goal[:, 1], goal[:, 0]) - side * bend / 2
        wanted = np.stack([_wrapped(aim - upper), side * bend - elbow], axis=1)
        return np.asarray(6.0 * wanted)


def _polar(tip: Floats, goal: Floats) -> tuple[Floats, Floats]:
    """Turn from tip to goal about the origin, as cosine and sine, and the missing reach."""
    near, far = np.maximum(norm(tip), 1e-9), norm(goal)
    along = tip[:, 0] * goal[:, 0] + tip[:, 1] * goal[:, 1]
    across = tip[:, 0] * goal[:, 1] - tip[:, 1] * goal[:, 0]
    turn = np.stack([along, across], axis=1) / (near * far)[:, None]
    return np.clip(turn, -1.0, 1.0), far - norm(tip)


def _wrapped(angle: Floats) -> Floats:
    """The same angles in [-pi, pi)."""
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)
