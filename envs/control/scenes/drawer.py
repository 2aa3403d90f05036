"""Pull a drawer open by its handle, which a finger can stick to."""

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

HANDLE_X, HANDLE_Y = 0.1, 0.205
"""Where the finger's centre touches the handle of the closed drawer."""
WANTED = 0.25
"""Opening of success, in metres."""
NEAR = 0.07
"""Distance from the handle's middle within which the finger can hold it."""


class Drawer(Scripted):
    """A finger that can stick to what it touches, and a drawer with a handle."""

    kind, model_file, frame_skip = "drawer", "drawer.xml", 2
    action_size = 3
    spec = StateSpec(
        (
            place("finger_pos", "x, y"),
            velocity("finger_vel", "x, y"),
            place("handle_pos", "where the finger touches the handle's middle, x, y"),
            place("to_handle", "from finger_pos to handle_pos, x, y", 1.2),
            length("handle_distance", "length of to_handle"),
            number("opening", "how far the drawer is open; above 0.25 is success", -0.1, 0.5, "m"),
            number("opening_speed", "positive while it opens", -5, 5, "m/s"),
            flag("gripping", "the finger sticks to what it touches"),
            flag("holding", "gripping, within 0.07 m of handle_pos"),
        )
    )
    seen = ("finger_pos", "finger_vel", "to_handle", "opening", "opening_speed", "gripping")
    judged_on = frozenset({"opening", "handle_distance"})
    context = ContextSpec(
        (
            Parameter(
                name="drawer_mass", low=0.1, high=2.0, default=0.5, unit="kg", meaning="of its box"
            ),
            Parameter(
                name="drawer_drag",
                low=2.0,
                high=10.0,
                default=6.0,
                unit="N s/m",
                meaning="force that slows the drawer, per speed",
            ),
        )
    )
    model_parameters = frozenset({"drawer_mass", "drawer_drag"})
    words = Words(
        goal="Reach the drawer's handle, stick to it and pull the drawer open, in as few steps as "
        "possible.",
        observes="Place and speed of the finger, the way to the handle, how far the drawer is "
        "open and how fast it moves, and whether the finger sticks.",
        action="speed of the finger along x and y, each -1 to 1 m/s; stick to what is touched "
        "where the third number is positive",
        ends="Ends when the drawer is open by more than 0.25 m, or at the horizon.",
        hazards=("Sticking to the handle does not open the drawer: it must be pulled to -y.",),
        about="A finger (sphere of 4 cm) on a table, and a drawer that slides towards it. The "
        "finger has no hook: it must touch the handle, switch its adhesion on and move away "
        "without tearing off. The finger's start is drawn evenly over the table below the drawer.",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """The finger anywhere below the drawer, which is closed."""
        del context
        finger = stream.uniform([-0.45, -0.45], [0.45, 0.1])
        return Start(
            qpos=np.array([*finger.tolist(), 0.0]), qvel=np.zeros(3), facts=np.zeros(self.n_facts)
        )

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:
        """Mass and drag of the drawer."""
        model.body("drawer").mass = context["drawer_mass"] + 0.05
        model.joint("drawer").damping = context["drawer_drag"]

    def controls(self, actions: npt.NDArray[Any], moment: Moment) -> npt.NDArray[Any]:
        """Wanted speeds, and adhesion on or off."""
        del moment
        return np.concatenate([actions[:, :2], actions[:, 2:] > 0], axis=1)

    def measure(self, moment: Moment, out: View) -> None:
        """Places, ways and the opening."""
        finger, opening = moment.qpos[:, :2], moment.qpos[:, 2]
        out["finger_pos"], out["finger_vel"] = finger, moment.qvel[:, :2]
        out["handle_pos"] = np.stack([np.full(len(finger), HANDLE_X), HANDLE_Y - opening], axis=1)
        out["to_handle"] = out["handle_pos"] - finger
        out["handle_distance"] = norm(out["to_handle"])
        out["opening"], out["opening_speed"] = opening, moment.qvel[:, 2]
        out["gripping"] = moment.actions[:, 2] > 0
        out["holding"] = (out["gripping"] > 0) & (out["handle_distance"] < NEAR)

    def success(self, state: View, truth: Truth) -> Flags:
        """The drawer is open."""
        del truth
        return np.asarray(state["opening"] > WANTED)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """0.2 beside the handle, up to 0.9 with the share of the opening."""
        del truth
        share = np.clip(state["opening"] / WANTED, 0.0, 1.0)
        near = state["handle_distance"] < NEAR
        return np.where(state["opening"] > WANTED, 1.0, 0.2 * near + 0.7 * share)

    def steer(self, state: View, contexts: Floats) -> Floats:
        """Come from below, touch, stick and pull."""
        del contexts
        way = state["to_handle"]
        aligned = np.abs(way[:, 0]) < 0.03
        below = way[:, 1] > 0.06
        rise = np.where(aligned, 12.0 * way[:, 1] + 0.1, np.where(below, 0.0, -1.0))
        holds = (np.abs(way[:, 1]) < 0.012) & (state["gripping"] > 0) & aligned
        up = np.where(holds, -0.5, rise)
        grip = np.where(state["handle_distance"] < 0.05, 1.0, -1.0)
        return np.stack([12.0 * way[:, 0], up, grip], axis=1)
