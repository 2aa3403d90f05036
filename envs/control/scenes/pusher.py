"""Gymnasium's pusher: bring a cylinder to its goal with a seven-joint arm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.envs.control.fields import length, number
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Start, View, Words, norm
from alignenv.envs.control.scenes.borrowed import Borrowed, lengths, original, squares
from alignenv.spec import Field, StateSpec
from alignenv.task import Truth

RADIUS = 0.05
_VEC3 = {"kind": "vec3", "unit": "m", "low": -10.0, "high": 10.0}


class Pusher(Borrowed):
    """An arm of seven joints, a cylinder and a goal on a table."""

    kind, origin, action_size = "pusher", "Pusher-v5", 7
    gathered = ("xpos",)
    spec = StateSpec(
        (
            Field(name="tip_pos", meaning="tip of the arm, x, y, z", **_VEC3),  # type: ignore[arg-type]
            Field(name="object_pos", meaning="the cylinder, x, y, z", **_VEC3),  # type: ignore[arg-type]
            Field(name="goal_pos", meaning="the goal, x, y, z", **_VEC3),  # type: ignore[arg-type]
            length("tip_distance", "from the tip to the cylinder", 20),
            length("goal_distance", "from cylinder to goal over the table; 0.05 is success", 20),
            length("first_distance", "goal_distance at the start of the episode", 20),
            number("effort", "sum of the squared actions", 0, 1000),
        )
    )
    judged_on = frozenset({"goal_distance", "first_distance"})
    words = Words(
        goal="Push the cylinder to the goal with the arm, in as few steps as possible.",
        observes="What Pusher-v5 of Gymnasium shows: angles and speeds of the joints, and the "
        "places of tip, cylinder and goal.",
        action="torques of the seven joints, each -2 to 2",
        ends="Ends when the cylinder is within 0.05 m of the goal, or at the horizon.",
        hazards=("Touching the cylinder does not move it to the goal.",),
        about="The model, starts, steps and observations of *Pusher-v5*, bit for bit by seed and "
        "actions; `native_reward` is its reward. Here the task is sparse: 0.05 m from the goal "
        "is success and ends the episode. No result of a training is committed.",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """The original's draws, in its order; the goal is at 0, 0 of its own joint."""
        del context
        source = self.source
        qpos = source.init_qpos.copy()
        while True:
            place = np.concatenate(
                [
                    stream.uniform(low=-0.3, high=0, size=1),
                    stream.uniform(low=-0.2, high=0.2, size=1),
                ]
            )
            if np.linalg.norm(place) > 0.17:
                break
        qpos[-4:-2], qpos[-2:] = place, 0.0
        qvel = source.init_qvel + stream.uniform(low=-0.005, high=0.005, size=source.model.nv)
        qvel[-4:] = 0
        return Start(qpos=qpos, qvel=qvel, facts=np.array([np.linalg.norm(place)]))

    def _bodies(self, moment: Moment) -> tuple[Floats, Floats, Floats]:
        """Tip, cylinder and goal, `(n, 3)` each."""
        model, xpos = original(self.origin).model, moment.extra["xpos"]
        tip, thing, goal = (
            np.ascontiguousarray(xpos[:, model.body(name).id])
            for name in ("tips_arm", "object", "goal")
        )
        return tip, thing, goal

    def observe(self, moment: Moment, records: Floats) -> npt.NDArray[Any]:
        """Joints and places."""
        del records
        joints = [moment.qpos[:, :7], moment.qvel[:, :7]]
        return np.concatenate([*joints, *self._bodies(moment)], axis=1)

    def native_reward(self, before: Mapping[str, Floats], moment: Moment) -> Floats:
        """Closeness of cylinder and goal, and of tip and cylinder, less effort."""
        del before
        tip, thing, goal = self._bodies(moment)
        near, dist = -lengths(thing - tip) * 0.5, -lengths(thing - goal) * 1
        return np.asarray(dist + -squares(moment.actions) * 0.1 + near)

    def measure(self, moment: Moment, out: View) -> None:
        """Places and distances."""
        tip, thing, goal = self._bodies(moment)
        out["tip_pos"], out["object_pos"], out["goal_pos"] = tip, thing, goal
        out["tip_distance"], out["goal_distance"] = lengths(thing - tip), norm(thing - goal)
        out["first_distance"] = moment.facts[:, 0]
        out["effort"] = np.square(moment.actions, dtype=np.float64).sum(axis=1)

    def success(self, state: View, truth: Truth) -> Flags:
        """The cylinder is at the goal."""
        del truth
        return np.asarray(state["goal_distance"] < RADIUS)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """Share of the way that the cylinder has come."""
        way = np.clip(1.0 - state["goal_distance"] / state["first_distance"], 0.0, 1.0)
        return np.where(self.success(state, truth), 1.0, 0.95 * way)
