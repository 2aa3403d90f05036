"""Gymnasium's planar runners: get a stated distance ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from alignenv.envs.control.fields import flag, number
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Start, View, Words
from alignenv.envs.control.scenes.borrowed import Borrowed, moved, squares
from alignenv.spec import Field, StateSpec
from alignenv.task import Truth


def runner_spec(wanted: float, n_joints: int, tilt: str) -> StateSpec:
    """Records of all that runs: how far, how fast, how high, and whether it has fallen."""
    joints = {"kind": f"vec{n_joints}", "low": -1000.0, "high": 1000.0}
    return StateSpec(
        (
            number("distance", "way ahead since the start", -200, 200, "m"),
            number("share", f"distance over the {wanted:g} m of success", -200, 200),
            number("speed", "ahead, over the last step", -200, 200, "m/s"),
            number("height", "of the torso", -50, 50, "m"),
            number("tilt", tilt, -1000, 1000, "rad"),
            Field(name="joint_pos", unit="rad", meaning="angles of the joints", **joints),  # type: ignore[arg-type]
            Field(name="joint_vel", unit="rad/s", meaning="speeds of the joints", **joints),  # type: ignore[arg-type]
            number("effort", "sum of the squared actions", 0, 1000),
            flag("fallen", "the episode has ended in failure"),
        )
    )


def runner_words(body: str, wanted: float, falls: str, origin: str) -> Words:
    """Sentences of all that runs."""
    return Words(
        goal=f"Make the {body} run {wanted:g} m ahead{' without falling' if falls else ''}, in as "
        "few steps as possible.",
        observes=f"What {origin} of Gymnasium shows: places and speeds of the body's parts.",
        action=f"torques of the joints, in the ranges of {origin}",
        ends=f"Ends {wanted:g} m ahead of the start, {falls}or at the horizon.",
        hazards=("Staying upright is not getting ahead.",) if falls else (),
        about=f"The model, starts, steps, observations and ends of *{origin}*, bit for bit by "
        f"seed and actions; `native_reward` is its reward. Here the task is sparse: {wanted:g} m "
        "ahead is success and ends the episode. Needs millions of steps, so no result of a "
        "training is committed.",
    )


class Runner(Borrowed):
    """A body in a vertical plane: x, height and tilt come first in `qpos`."""

    wanted: ClassVar[float]
    n_facts = 1
    texts, compared = "runner", ("qpos",)
    judged_on = frozenset({"share", "fallen"})

    def observe(self, moment: Moment, records: Floats) -> npt.NDArray[Any]:
        """All but x."""
        del records
        return np.concatenate([moment.qpos[:, 1:], moment.qvel], axis=1)

    def is_fallen(self, moment: Moment) -> Flags:
        """Where the original ends an episode."""
        return np.zeros(len(moment.qpos), dtype=np.bool_)

    def place(self, moment: Moment) -> Floats:
        """x, height and tilt, `(n, 3)`."""
        return moment.qpos[:, :3]

    def drawn(self, start: Start) -> Start:
        """Note where an episode begins."""
        start.facts[0] = start.qpos[0]
        return start

    def measure(self, moment: Moment, out: View) -> None:
        """How far, how fast, how high."""
        place = self.place(moment)
        out["distance"] = place[:, 0] - moment.facts[:, 0]
        out["share"] = out["distance"] / self.wanted
        out["speed"], out["height"], out["tilt"] = moment.qvel[:, 0], place[:, 1], place[:, 2]
        out["joint_pos"] = moment.qpos[:, -self.action_size :]
        out["joint_vel"] = moment.qvel[:, -self.action_size :]
        out["effort"] = np.square(moment.actions, dtype=np.float64).sum(axis=1)
        out["fallen"] = self.is_fallen(moment)

    def success(self, state: View, truth: Truth) -> Flags:
        """Far enough ahead, on its feet."""
        del truth
        return np.asarray((state["share"] >= 1.0) & (state["fallen"] == 0))

    def failed(self, state: View) -> Flags:
        """Fallen, as the original has it."""
        return np.asarray(state["fallen"] > 0)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """Share of the way."""
        share = np.clip(state["share"], 0.0, 0.99)
        return np.where(self.success(state, truth), 1.0, share)


class Cheetah(Runner):
    """HalfCheetah: no way to fall."""

    kind, origin, wanted, action_size = "cheetah", "HalfCheetah-v5", 10.0, 6
    spec = runner_spec(10.0, 6, "angle of the torso")
    words = runner_words("half cheetah", 10.0, "", "HalfCheetah-v5")

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """Noise of 0.1, normal on velocities."""
        del context
        return self.drawn(self.noisy(stream, 0.1, normal=True))

    def native_reward(self, before: Mapping[str, Floats], moment: Moment) -> Floats:
        """Speed, less effort."""
        cost = 0.1 * squares(moment.actions)
        return np.asarray(1.0 * moved(before, moment, self.source.dt) - cost)


class Hopper(Runner):
    """Hopper: falls by height, angle or wildness."""

    kind, origin, wanted, action_size = "hopper", "Hopper-v5", 3.0, 3
    spec = runner_spec(3.0, 3, "angle of the torso; beyond 0.2 it has fallen")
    words = runner_words("hopper", 3.0, "where it falls, ", "Hopper-v5")

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """Uniform noise of 0.005."""
        del context
        return self.drawn(self.noisy(stream, 5e-3, normal=False))

    def observe(self, moment: Moment, records: Floats) -> npt.NDArray[Any]:
        """All but x, velocities within 10."""
        del records
        return np.concatenate([moment.qpos[:, 1:], np.clip(moment.qvel, -10, 10)], axis=1)

    def is_fallen(self, moment: Moment) -> Flags:
        """Below 0.7 m, beyond 0.2 rad, or a coordinate beyond 100."""
        state = np.concatenate([moment.qpos[:, 2:], moment.qvel], axis=1)
        tame = ((state > -100.0) & (state < 100.0)).all(axis=1)
        height, angle = moment.qpos[:, 1], moment.qpos[:, 2]
        return np.asarray(~(tame & (height > 0.7) & (angle > -0.2) & (angle < 0.2)))

    def native_reward(self, before: Mapping[str, Floats], moment: Moment) -> Floats:
        """Speed and being up, less effort."""
        healthy = (~self.is_fallen(moment)) * 1.0
        gain = 1.0 * moved(before, moment, self.source.dt) + healthy
        return np.asarray(gain - 1e-3 * squares(moment.actions))


class Walker(Hopper):
    """Walker2d: falls by height or angle."""

    kind, origin, wanted, action_size = "walker", "Walker2d-v5", 5.0, 6
    spec = runner_spec(5.0, 6, "angle of the torso; beyond 1 it has fallen")
    words = runner_words("walker", 5.0, "where it falls, ", "Walker2d-v5")

    def is_fallen(self, moment: Moment) -> Flags:
        """Outside 0.8 to 2 m, or beyond 1 rad."""
        height, angle = moment.qpos[:, 1], moment.qpos[:, 2]
        return np.asarray(~((height > 0.8) & (height < 2.0) & (angle > -1.0) & (angle < 1.0)))
