"""Pictures by MiniGrid's own renderer: our state is written into one of its environments."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.envs.grid.cells import ENCODING, NOTHING, Cells
from alignenv.envs.grid.world import Geometry, place_at, x_of, y_of


def make_minigrid(minigrid_id: str, render_mode: str | None = None) -> Any:
    """MiniGrid's environment without wrappers."""
    import gymnasium as gym
    import minigrid  # noqa: F401 - registers its environments

    return gym.make(minigrid_id, render_mode=render_mode, disable_env_checker=True).unwrapped


def minigrid_space(minigrid_id: str) -> spaces.Space[Any]:
    """MiniGrid's own observation space, with its mission space."""
    env = make_minigrid(minigrid_id)
    space: spaces.Space[Any] = env.observation_space
    env.close()
    return space


class Painter:
    """Draws grids of one layout.

    Args:
        minigrid_id: MiniGrid environment of the same size.
    """

    def __init__(self, minigrid_id: str) -> None:
        self._env = make_minigrid(minigrid_id, render_mode="rgb_array")

    def paint(
        self, cells: Cells, agent: np.void, geometry: Geometry, mission: str
    ) -> npt.NDArray[np.uint8]:
        """Picture of one grid, `(height, width, 3)`, with the agent's view highlighted."""
        from minigrid.core.world_object import WorldObj

        env = self._env
        env.mission = mission
        for y in range(geometry.height):
            for x in range(geometry.width):
                cell = cells[place_at(x, y)]
                env.grid.set(x, y, WorldObj.decode(*ENCODING[cell].tolist()))
        held = WorldObj.decode(*ENCODING[agent["carried"]].tolist())
        env.carrying = held if agent["carried"] != NOTHING else None
        place = int(agent["position"])
        env.agent_pos = (x_of(place), y_of(place))
        env.agent_dir = int(agent["direction"])
        return np.asarray(env.render(), dtype=np.uint8)

    def close(self) -> None:
        """Free what MiniGrid holds."""
        self._env.close()
