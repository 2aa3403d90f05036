"""Roll a ball through a maze to a goal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.context import ContextSpec, Parameter
from alignenv.envs.control.engine import load_model, mujoco
from alignenv.envs.control.fields import length, place, velocity
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Scripted, Start, View, Words, norm
from alignenv.errors import ConfigError
from alignenv.spec import StateSpec
from alignenv.task import Truth

CELL = 0.2
RADIUS = 0.08
"""How near the ball's centre comes to the goal's on success."""
_HALF = 4
"""The maze has 2 * 4 + 1 cells on a side, its walls included; the middle one is at 0, 0."""
_SIDE = 2 * _HALF + 1
_AROUND = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


class Plan(NamedTuple):
    """The maze as a graph of free cells.

    Attributes:
        centres: Centre of each free cell, `(k, 2)`.
        number: Free cell at each place of the square, -1 for a wall, `(9, 9)`.
        steps: Fewest steps between free cells, `(k, k)`.
        around: Each free cell itself and its four neighbours, itself instead of a wall, `(k, 5)`.
    """

    centres: Floats
    number: npt.NDArray[np.int64]
    steps: Floats
    around: npt.NDArray[np.int64]


def read_plan(model: mujoco.MjModel) -> Plan:
    """The plan of a model's walls, the boxes that stand in the world."""
    number = np.zeros((_SIDE, _SIDE), dtype=np.int64)
    for pos, kind in zip(model.geom_pos, model.geom_type, strict=True):
        if kind == mujoco.mjtGeom.mjGEOM_BOX:
            column, row = np.round(pos[:2] / CELL).astype(int) + _HALF
            number[column, row] = -1
    free = np.argwhere(number == 0)
    number[tuple(free.T)] = np.arange(len(free))
    around = np.empty((len(free), len(_AROUND)), dtype=np.int64)
    for cell, (column, row) in enumerate(free.tolist()):
        beside = [number[column + x, row + y] for x, y in _AROUND]
        around[cell] = [cell if other < 0 else other for other in beside]
    steps = np.full((len(free), len(free)), np.inf)
    np.fill_diagonal(steps, 0.0)
    for _ in free:
        steps = np.minimum(steps, steps[around].min(axis=1) + 1.0)
        np.fill_diagonal(steps, 0.0)
    return Plan(np.asarray((free - _HALF) * CELL, np.float64), number, steps, around)


class Maze(Scripted):
    """A ball driven by velocity between fixed walls."""

    kind, model_file, frame_skip = "maze", "maze.xml", 2
    action_size, n_facts = 2, 4
    spec = StateSpec(
        (
            place("ball_pos", "x, y", 1.0),
            velocity("ball_vel", "x, y"),
            place("goal_pos", "x, y", 1.0),
            place("to_goal", "from the ball to the goal as the crow flies, x, y", 2.0),
            length("straight_distance", "length of to_goal; below 0.08 is success", 3.0),
            length("path_to_goal", "shortest way to the goal round the walls", 10.0),
            length("first_path", "path_to_goal at the start of the episode", 10.0),
            place("next_way", "from the ball to the next turn of the shortest way, x, y", 1.0),
        )
    )
    seen = ("ball_pos", "ball_vel", "goal_pos", "to_goal")
    judged_on = frozenset({"straight_distance", "path_to_goal", "first_path"})
    context = ContextSpec(
        (
            Parameter(
                name="shortest_path",
                low=1,
                high=10,
                default=5,
                unit="cells",
                meaning="fewest cells between start and goal",
                whole=True,
            ),
            Parameter(
                name="longest_path",
                low=5,
                high=16,
                default=16,
                unit="cells",
                meaning="most cells between start and goal",
                whole=True,
            ),
            Parameter(
                name="ball_mass", low=0.1, high=2.0, default=0.3, unit="kg", meaning="of the ball"
            ),
        )
    )
    model_parameters = frozenset({"ball_mass"})
    words = Words(
        goal="Roll the ball through the maze to the goal, in as few steps as possible.",
        observes="Place and speed of the ball, the goal's place, and the straight way to it.",
        action="speed of the ball along x and y, each -1 to 1 m/s",
        ends="Ends when the ball is within 0.08 m of the goal, or at the horizon.",
        hazards=("The straight way to the goal mostly ends at a wall.",),
        about="A fixed maze of 32 cells of 0.2 m with one loop; start and goal are drawn from its "
        "cells, 5 to 16 cells apart. The agent sees no walls: it must learn the way. Of the kind "
        "of *PointMaze* of Gymnasium-Robotics.",
    )

    @cached_property
    def plan(self) -> Plan:
        """The graph of free cells."""
        return read_plan(load_model(self.model_file))

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """Start and goal from all pairs of cells that are far enough apart."""
        plan = self.plan
        fits = (plan.steps >= context["shortest_path"]) & (plan.steps <= context["longest_path"])
        pairs = np.argwhere(fits)
        if not len(pairs):
            raise ConfigError(
                f"No two cells are {context['shortest_path']:g} to {context['longest_path']:g} "
                "cells apart.",
                cure="Let shortest_path be at most longest_path.",
            )
        start, goal = pairs[stream.integers(len(pairs))]
        place_ = plan.centres[start] + stream.uniform(-0.04, 0.04, 2)
        facts = np.array(
            [*plan.centres[goal].tolist(), float(goal), plan.steps[start, goal] * CELL]
        )
        return Start(qpos=place_, qvel=np.zeros(2), facts=facts)

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:
        """Mass of the ball."""
        share = context["ball_mass"] / 0.3
        model.body("ball").mass = model.body("ball").mass * share
        model.body("ball").inertia = model.body("ball").inertia * share

    def measure(self, moment: Moment, out: View) -> None:
        """Places, and the shortest way by the best of the cells around the ball."""
        ball, goal = moment.qpos, moment.facts[:, :2]
        out["ball_pos"], out["ball_vel"], out["goal_pos"] = ball, moment.qvel, goal
        out["to_goal"] = goal - ball
        straight = norm(goal - ball)
        plan, target = self.plan, moment.facts[:, 2].astype(np.int64)
        place_ = np.clip(np.round(ball / CELL).astype(np.int64) + _HALF, 0, _SIDE - 1)
        cell = np.maximum(plan.number[place_[:, 0], place_[:, 1]], 0)
        ways = plan.centres[plan.around[cell]] - ball[:, None]
        paths = np.sqrt(ways[..., 0] * ways[..., 0] + ways[..., 1] * ways[..., 1])
        paths = paths + CELL * plan.steps[plan.around[cell], target[:, None]]
        best = paths.argmin(axis=1)
        rows = np.arange(len(ball))
        there = cell == target
        out["straight_distance"] = straight
        out["path_to_goal"] = np.where(there, straight, paths[rows, best])
        out["first_path"] = moment.facts[:, 3]
        out["next_way"] = np.where(there[:, None], goal - ball, ways[rows, best])

    def success(self, state: View, truth: Truth) -> Flags:
        """The ball is at the goal."""
        del truth
        return np.asarray(state["straight_distance"] < RADIUS)

    def milestones(self, state: View, truth: Truth) -> Floats:
        """Share of the shortest way that is behind the ball."""
        way = np.clip(1.0 - state["path_to_goal"] / state["first_path"], 0.0, 1.0)
        return np.where(self.success(state, truth), 1.0, 0.95 * way)

    def decorate(self, model: mujoco.MjModel, facts: Floats) -> None:
        """The goal."""
        model.site("goal").pos[:2] = facts[:2]

    def steer(self, state: View, contexts: Floats) -> Floats:
        """Along the shortest way; a damped start of each turn keeps off the corners."""
        del contexts
        return np.asarray(12.0 * state["next_way"] - 0.3 * state["ball_vel"])
