"""Observation spaces of a world and the buffers behind them."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.batch import Observations
from alignenv.envs.craft.cells import CAPACITY, ITEMS, N_ITEMS, N_KINDS, PICKAXES
from alignenv.envs.craft.symbolic import HIGHEST, SYMBOLIC_SIZE
from alignenv.envs.craft.world import SIGHT
from alignenv.errors import UnknownName

ObsMode = Literal["symbolic", "image"]
OBS_MODES: tuple[ObsMode, ...] = ("symbolic", "image")

VIEW = 2 * SIGHT + 1
"""Side of the image."""

STATUS_SIZE = N_ITEMS + 3
"""Items in hand, pickaxe, facing, whether a table is within reach."""

BLIND, SYMBOLIC, IMAGE = range(3)
"""What a pair of eyes sees."""

_STATUS_HIGH = (*(CAPACITY for _ in ITEMS), len(PICKAXES) - 1, 3, 1)


class Eyes(NamedTuple):
    """Buffers for one observation of each environment; only those of its kind are used.

    Attributes:
        kind: `BLIND`, `SYMBOLIC` or `IMAGE`.
        vector: Symbolic, float32 `(N, SYMBOLIC_SIZE)`.
        image: Codes of the cells in sight, uint8 `(N, 9, 9)`.
        status: What goes with the image, uint8 `(N, STATUS_SIZE)`.
    """

    kind: int
    vector: npt.NDArray[np.float32]
    image: npt.NDArray[np.uint8]
    status: npt.NDArray[np.uint8]


def build_space(obs: ObsMode) -> spaces.Space[Any]:
    """Space of one observation.

    `image` has the true bounds of its codes: with 0 and 255 Stable-Baselines3 would take the 9x9
    codes for a picture.

    Raises:
        UnknownName: There is no such mode.
    """
    if obs == "symbolic":
        return spaces.Box(-HIGHEST, HIGHEST, (SYMBOLIC_SIZE,), np.float32)
    if obs == "image":
        image = spaces.Box(0, N_KINDS - 1, (VIEW, VIEW), np.uint8)
        high = np.array(_STATUS_HIGH, dtype=np.uint8)
        status = spaces.Box(np.zeros_like(high), high, dtype=np.uint8)
        return spaces.Dict({"image": image, "status": status})
    raise UnknownName.of("observation", obs, OBS_MODES)


def build_eyes(obs: ObsMode, n_envs: int) -> Eyes:
    """Buffers of one mode."""
    kind = SYMBOLIC if obs == "symbolic" else IMAGE
    n_vectors, n_images = (n_envs, 0) if kind == SYMBOLIC else (0, n_envs)
    return Eyes(
        kind=kind,
        vector=np.zeros((n_vectors, SYMBOLIC_SIZE), dtype=np.float32),
        image=np.zeros((n_images, VIEW, VIEW), dtype=np.uint8),
        status=np.zeros((n_images, STATUS_SIZE), dtype=np.uint8),
    )


def present(eyes: Eyes) -> Observations:
    """The same memory as a batch of observations."""
    if eyes.kind == SYMBOLIC:
        return eyes.vector
    return {"image": eyes.image, "status": eyes.status}
