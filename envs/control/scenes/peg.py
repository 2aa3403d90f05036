"""Put a peg into a slot: align, turn, insert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.context import ContextSpec, Parameter
from alignenv.envs.control.engine import mujoco
from alignenv.envs.control.fields import cosines, length, number, place, sines, velocity
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Scripted, Start, View, Words, norm
from alignenv.spec import StateSpec
from alignenv.task import Truth

HALF = 0.12
"""Half length of the peg."""
MOUTH, SIDE, DEEP = 0.25, 0.04, 0.38
"""The slot's mouth along y, its half width, and how far along y the tip must come."""


class Peg(Scripted):
    """A peg driven by velocity, and a slot between two blocks."""

    kind, model_file, frame_skip = "peg", "peg.xml", 4
    action_size = 3
    spec = StateSpec(
        (
            place("peg_pos", "centre of the peg, x, y", 0.8),
            velocity("peg_vel", "of the centre, x, y"),
            number("angle", "of the peg, 0 along the slot, positive to the left", -2, 2, "rad"),
            number("turning", "speed of angle", -20, 20, "rad/s"),
            place("tip_pos", "tip of the peg, x, y; the slot's mouth is at 0, 0.25", 0.9),
            number("depth", "how far the tip is past the mouth; negative before it", -1, 0.6, "m"),
            length("offset", "sideways distance of the tip from the slot's middle"),
            length("hole_distance", "from the tip to the slot's bottom at 0, 0.4"),
        )
    )
    seen = ("peg_pos", "peg_vel", "angle", "turning", "tip_pos")
    judged_on = frozenset({"depth", "offset", "angle"})
    context = ContextSpec(
        (
            Parameter(name="friction", low=0.0, high=1.0, default=0.3, meaning="of peg and blocks"),
            Parameter(
                name="peg_mass", low=0.1, high=1.0, default=0.3, unit="kg", meaning="of the peg"
            ),
        )
    )
    model_parameters = frozenset({"friction", "peg_mass"})
    words = Words(
        goal="Turn the peg upright, bring its tip to the slot and push it in to the bottom, in as "
        "few steps as possible.",
        observes="Place, angle and speeds of the peg, and the place of its tip.",
        action="speed of the peg along x and y, each -1 to 1 m/s, and of its turning, -1 to 1 "
        "for -2 to 2 rad/s",
        ends="Ends when the tip is 0.13 m deep in the slot, or at the horizon.",
        hazards=("A peg at an angle jams at the mouth of the slot.",),
        about="A peg of 5 cm by 24 cm in the plane and a slot of 8 cm between two blocks. Place "
        "and angle of the peg are drawn evenly at the start. Of the kind of the peg insertion of "
        "robot benchmarks, in two dimensions.",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """The peg anywhere below the slot, turned by up to 1.2 rad."""
        del context
        pose = stream.uniform([-0.4, -0.5, -1.2], [0.4, -0.1, 1.2])
        return Start(qpos=pose, qvel=np.zeros(3), facts=np.zeros(self.n_facts))

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:
        """Friction of all that touches, and the peg's mass."""
        for geom in ("peg", "left", "right"):
            model.geom(geom).friction[0] = context["friction"]
        model.body("peg").mass = context["peg_mass"]

    def controls(self, actions: npt.NDArray[Any], moment: Moment) -> npt.NDArray[Any]:
        """Wanted speeds."""
        del moment
        return np.concatenate([actions[:, :2], 2.0 * actions[:, 2:]], axis=1)

    def measure(self, moment: Moment, out: View) -> None:
        """Pose, tip and depth."""
        centre, angle = moment.qpos[:, :2], moment.qpos[:, 2]
        ahead = np.stack([-sines(angle), cosines(angle)], axis=1)
        tip = centre + HALF * ahead
        out["peg_pos"], out["peg_vel"] = centre, moment.qvel[:, :2]
        out["angle"], out["turning"], out["tip_pos"] = angle, moment.qvel[:, 2], tip
        out["depth"], out["offset"] = tip[:, 1] - MOUTH, np.abs(tip[:, 0])
        out["hole_distance"] = norm(tip - np.array([0.0, 0.4]))

    def success(self, state: View, truth: Truth) -> Flags:
        """The tip is deep in the slot."""
        del truth
        return np.asarray((state["depth"] > DEEP - MOUTH) & (state["offset"] < SIDE))

    def milestones(self, state: View, truth: Truth) -> Floats:
        """0.25 aligned with the slot, 0.5 in its mouth, up to 0.95 with the depth."""
        aligned = (state["offset"] < SIDE) & (np.abs(state["angle"]) < 0.2)
        share = np.clip(state["depth"] / (DEEP - MOUTH), 0.0, 1.0)
        entered = aligned & (state["depth"] > 0)
        value = 0.25 * aligned + entered * (0.25 + 0.45 * share)
        return np.where(self.success(state, truth), 1.0, value)

    def steer(self, state: View, contexts: Floats) -> Floats:
        """Turn upright below the slot, then go in."""
        del contexts
        centre, angle = state["peg_pos"], state["angle"]
        ready = (np.abs(centre[:, 0]) < 0.01) & (np.abs(angle) < 0.05)
        inside = state["depth"] > 0
        rise = np.where(ready | inside, 1.0, 8.0 * (0.08 - centre[:, 1]))
        return np.stack([-8.0 * centre[:, 0], rise, -4.0 * angle], axis=1)
