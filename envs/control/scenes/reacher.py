"""Gymnasium's reacher: keep the fingertip on the target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.envs.control.fields import count, length, number, place, velocity
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Start, View, Words, norm
from alignenv.envs.control.scenes.borrowed import Borrowed, lengths, squares
from alignenv.spec import StateSpec
from alignenv.task import Truth

RADIUS, HOLD = 0.02, 5
TARGET, FINGERTIP = 4, 3
"""Bodies of the model."""


class Reacher(Borrowed):
    """Two links and a target that must be held."""

    kind, origin, action_size = "reacher", "Reacher-v5", 2
    gathered = ("xpos",)
    spec = StateSpec(
        (
            place("fingertip_pos", "x, y", 0.5),
            place("target_pos", "x, y", 0.5),
            place("to_target", "from the fingertip to the target, x, y", 1.0),
            length("distance", "from the fingertip to the target; within 0.02 counts", 1.0),
            velocity("joint_vel", "of shoulder and elbow", 1000, "rad/s"),
            number("effort", "sum of the squared actions", 0, 1000),
            count("held", "steps in a row within 0.02 m of the target; 5 are success", 50),
        )
    )
    judged_on = frozenset({"held", "distance"})
    words = Words(
        goal="Bring the fingertip to the target and keep it there, in as few steps as possible.",
        observes="What Reacher-v5 of Gymnasium shows: directions and speeds of the links, the "
        "target, and the way to it.",
        action="torques of shoulder and elbow, each -1 to 1",
        ends="Ends when the fingertip has been within 0.02 m of the target for 5 steps in a row, "
        "or at the horizon.",
        hazards=("Passing the target is not success: the fingertip must stay there.",),
        about="The model, starts, steps and observations of *Reacher-v5*, bit for bit by seed and "
        "actions; `native_reward` is its reward. Here the task is sparse: 5 steps within 0.02 m "
        "are success and end the episode. No result of a training is committed.",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """The original's draws, in its order."""
        del context
        source = self.source
        qpos = stream.uniform(low=-0.1, high=0.1, size=source.model.nq) + source.init_qpos
        while True:
            goal = stream.uniform(low=-0.2, high=0.2, size=2)
            if np.linalg.norm(goal) < 0.2:
                break
        qpos[-2:] = goal
        qvel = source.init_qvel + stream.uniform(low=-0.005, high=0.005, size=source.model.nv)
        qvel[-2:] = 0
        return Start(qpos=qpos, qvel=qvel, facts=np.zeros(1))

    def _way(self, moment: Moment) -> Floats:
        """From the target to the fingertip, `(n, 3)`."""
        xpos = moment.extra["xpos"]
        return np.ascontiguousarray(xpos[:, FINGERTIP] - xpos[:, TARGET])

    def observe(self, moment: Moment, records: Floats) -> npt.NDArray[Any]:
        """The original's: cosines, sines, the target, speeds, and the way to it."""
        del records
        angles = np.ascontiguousarray(moment.qpos[:, :2])
        parts = [np.cos(angles), np.sin(angles), moment.qpos[:, 2:], moment.qvel[:, :2]]
        return np.concatenate([*parts, self._way(moment)[:, :2]], axis=1)

    def native_reward(self, before: Mapping[str, Floats], moment: Moment) -> Floats:
        """Closeness, less effort."""
        del before
        return np.asarray(-lengths(self._way(moment)) * 1 + -squares(moment.actions) * 1)

    def remember(self, moment: Moment) -> None:
        """How long the fingertip has been on the target."""
        inside = norm(self._way(moment)) < RADIUS
        moment.facts[:, 0] = np.where(inside, moment.facts[:, 0] + 1, 0)

    def measure(self, moment: Moment, out: View) -> None:
        """Places, the way and the hold."""
        xpos, way = moment.extra["xpos"], self._way(moment)
        out["fingertip_pos"], out["target_pos"] = xpos[:, FINGERTIP, :2], xpos[:, TARGET, :2]
        out["to_target"], out["distance"] = -way[:, :2], norm(way)
        out["joint_vel"], out["held"] = moment.qvel[:, :2], moment.facts[:, 0]
        out["effort"] = np.square(moment.actions, dtype=np.float64).sum(axis=1)

    def success(self, state: View, truth: Truth) -> Flags:
        """Held long enough."""
        del truth
        return np.asarray(state["held"] >= HOLD)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """Up to 0.5 with closeness, up to 0.95 with the hold."""
        del truth
        near = 1.0 / (1.0 + 20.0 * state["distance"])
        held = np.clip(state["held"] / HOLD, 0.0, 1.0)
        return np.where(held >= 1.0, 1.0, 0.5 * near + 0.45 * held)
