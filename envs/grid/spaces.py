"""Observation spaces of a grid and the buffers behind them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.batch import Observations
from alignenv.envs.grid.kernels import IMAGE, SYMBOLIC, Eyes
from alignenv.envs.grid.render import minigrid_space
from alignenv.envs.grid.rules import NO_RULE
from alignenv.envs.grid.symbolic import SYMBOLIC_SIZE
from alignenv.envs.grid.symbolic_mission import MISSION_SIZE
from alignenv.envs.grid.view import SIZE, image_buffer, image_view
from alignenv.errors import UnknownName

ObsMode = Literal["symbolic", "image", "minigrid"]
OBS_MODES: tuple[ObsMode, ...] = ("symbolic", "image", "minigrid")

_VIEW_SHAPE = (SIZE, SIZE, 3)
_HIGHEST = (10, 5, 2)


def symbolic_size(rule: int) -> int:
    """Length of a symbolic observation of layouts with a rule, or without one."""
    return SYMBOLIC_SIZE + (MISSION_SIZE if rule != NO_RULE else 0)


def build_space(obs: ObsMode, minigrid_id: str, rule: int) -> spaces.Space[Any]:
    """Space of one observation.

    `image` has MiniGrid's encoding with its true bounds per channel (object 0-10, colour 0-5,
    state 0-2). With bounds of 0 and 255 Stable-Baselines3 would take the 7x7 codes for a picture:
    it would divide them by 255 and build a network for at least 36x36 pixels.

    Raises:
        UnknownName: There is no such mode.
    """
    if obs == "symbolic":
        return spaces.Box(-np.inf, np.inf, (symbolic_size(rule),), np.float32)
    if obs == "image":
        high = np.broadcast_to(np.array(_HIGHEST, dtype=np.uint8), _VIEW_SHAPE)
        image = spaces.Box(np.zeros(_VIEW_SHAPE, np.uint8), high.copy(), dtype=np.uint8)
        return spaces.Dict({"image": image, "direction": spaces.Discrete(4)})
    if obs == "minigrid":
        return minigrid_space(minigrid_id)
    raise UnknownName.of("observation", obs, OBS_MODES)


def build_eyes(obs: ObsMode, n_envs: int, rule: int) -> Eyes:
    """Buffers of one mode."""
    kind = SYMBOLIC if obs == "symbolic" else IMAGE
    return Eyes(
        kind=kind,
        width=symbolic_size(rule),
        vector=np.zeros((n_envs if kind == SYMBOLIC else 0, symbolic_size(rule)), dtype=np.float32),
        image=image_buffer(n_envs if kind == IMAGE else 0),
        direction=np.zeros(n_envs, dtype=np.int64),
    )


def present(obs: ObsMode, eyes: Eyes, texts: npt.NDArray[np.object_]) -> Observations:
    """The same memory as a batch of observations; texts are those of the missions, `(N,)`."""
    if obs == "symbolic":
        return eyes.vector
    views: dict[str, Any] = {"image": image_view(eyes.image), "direction": eyes.direction}
    if obs == "minigrid":
        views["mission"] = texts
    return views
