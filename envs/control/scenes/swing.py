"""Swing a pendulum up with a weak motor and keep it upright."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alignenv.context import ContextSpec, Parameter
from alignenv.envs.control.engine import mujoco
from alignenv.envs.control.fields import cosines, count, flag, number, sines
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Scripted, Start, View, Words
from alignenv.spec import StateSpec
from alignenv.task import Truth

HEIGHT, SLOW, HOLD = 0.95, 1.0, 20
"""Upright: cosine above, speed below, and for how many steps in a row."""
LENGTH, GRAVITY = 0.7, 9.81


class Swing(Scripted):
    """A pole with a bob, and a motor too weak to lift it at once."""

    kind, model_file, frame_skip = "swing", "swing.xml", 2
    action_size = 1
    spec = StateSpec(
        (
            number("height", "cosine of the angle from upright: 1 above, -1 below", -1, 1),
            number("side", "sine of the angle from upright", -1, 1),
            number("speed", "of turning", -30, 30, "rad/s"),
            flag("upright", "height above 0.95 and slower than 1 rad/s"),
            count("held", "steps in a row that it has been upright; 20 are success", 400),
        )
    )
    seen = ("height", "side", "speed", "held")
    judged_on = frozenset({"held", "height"})
    context = ContextSpec(
        (
            Parameter(
                name="bob_mass", low=0.6, high=1.2, default=0.9, unit="kg", meaning="of the bob"
            ),
            Parameter(
                name="torque",
                low=1.5,
                high=4.0,
                default=2.8,
                unit="N m",
                meaning="largest torque of the motor; 6.5 would lift the default bob at once",
            ),
        )
    )
    model_parameters = frozenset({"bob_mass", "torque"})
    words = Words(
        goal="Swing the pendulum up and keep it upright and still, as soon as possible.",
        observes="Cosine and sine of the angle, speed, and for how long it has been upright.",
        action="torque of the motor, -1 to 1 of its largest",
        ends="Ends when the pendulum has been upright for 20 steps in a row, or at the horizon.",
        hazards=(
            "The motor is too weak to lift the pendulum in one go: it must swing to and fro.",
            "Passing the top is not success: it must stay there.",
        ),
        about="A bob of 0.9 kg on a rod of 0.7 m hangs from a motor of 2.8 N m, less than half of "
        "what would hold it level. It begins near its lowest point. Of the kind of *Pendulum* and "
        "of the swing-up tasks of the DeepMind Control Suite (Tassa et al., 2018).",
    )

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """Near the lowest point, nearly still."""
        del context
        angle, speed = np.pi + stream.uniform(-0.4, 0.4), stream.uniform(-0.5, 0.5)
        return Start(qpos=np.array([angle]), qvel=np.array([speed]), facts=np.zeros(1))

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:
        """Mass of the bob, and torque of the motor."""
        bob, old = model.body("pole"), 0.9
        change = context["bob_mass"] - old
        whole = bob.mass[0] + change
        centre = (bob.mass[0] * bob.ipos[2] + change * LENGTH) / whole
        spread = bob.mass[0] * (bob.ipos[2] - centre) ** 2 + change * (LENGTH - centre) ** 2
        around = np.sort(bob.inertia)[::-1].copy()
        around[:2] += spread
        bob.inertia = around
        bob.mass, bob.ipos[2] = whole, centre
        model.actuator_gear[0, 0] = context["torque"]

    def remember(self, moment: Moment) -> None:
        """How long it has been upright."""
        moment.facts[:, 0] = np.where(_is_upright(moment), moment.facts[:, 0] + 1, 0)

    def measure(self, moment: Moment, out: View) -> None:
        """Angle, speed and the hold."""
        out["height"], out["side"] = cosines(moment.qpos[:, 0]), sines(moment.qpos[:, 0])
        out["speed"], out["held"] = moment.qvel[:, 0], moment.facts[:, 0]
        out["upright"] = _is_upright(moment)

    def success(self, state: View, truth: Truth) -> Flags:
        """It has been upright long enough."""
        del truth
        return np.asarray(state["held"] >= HOLD)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """Up to 0.5 with the height, up to 0.95 with the hold."""
        del truth
        held = np.clip(state["held"] / HOLD, 0.0, 1.0)
        return np.where(held >= 1.0, 1.0, 0.25 * (1.0 + state["height"]) + 0.45 * held)

    def steer(self, state: View, contexts: Floats) -> Floats:
        """Pump energy until it is that of rest at the top, then balance."""
        speed, angle = state["speed"], np.arctan2(state["side"], state["height"])
        mass, torque = contexts[:, 0], contexts[:, 1]
        load = (mass * LENGTH + 0.1 * LENGTH / 2) * GRAVITY
        inertia = mass * LENGTH**2 + 0.1 * LENGTH**2 / 3
        missing = load * (1.0 - state["height"]) - 0.5 * inertia * speed**2
        pump = np.where(missing > 0, 1.0, -1.0) * np.where(speed >= 0, 1.0, -1.0)
        balance = -(load * 2.0 * angle + 2.5 * speed) / torque
        near = (np.abs(angle) < 0.35) & (np.abs(balance) < 2.5)
        return np.asarray(np.where(near, balance, pump)[:, None])


def _is_upright(moment: Moment) -> Flags:
    return (cosines(moment.qpos[:, 0]) > HEIGHT) & (np.abs(moment.qvel[:, 0]) < SLOW)
