"""Pictures without a screen, by MuJoCo's own renderer on EGL, OSMesa or GLFW."""

from __future__ import annotations

import copy
import os
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.envs.control.engine import mujoco
from alignenv.errors import MachineError

WIDTH, HEIGHT = 320, 320
CAMERA = "view"
"""Name of the camera of our own models; others are seen by MuJoCo's default camera."""
_BACKENDS = ("egl", "osmesa", "glfw")
_MAX_GEOMS = 1000
_FONT = mujoco.mjtFontScale.mjFONTSCALE_100.value
_CURE = (
    "Install an OpenGL library that draws without a screen, such as Debian's `libegl1` with "
    "`libgl1-mesa-dri`, or `libosmesa6`; MUJOCO_GL=egl, osmesa or glfw chooses one."
)


def backends() -> tuple[str, ...]:
    """Which ways to draw are tried, in order.

    MUJOCO_GL names the only one. Without it, EGL comes first, then OSMesa, and where there is a
    screen GLFW.

    Raises:
        MachineError: MUJOCO_GL names none of them.
    """
    named = os.environ.get("MUJOCO_GL", "").lower().strip()
    if named in _BACKENDS:
        return (named,)
    if named not in ("", "on", "true", "1", "enable", "enabled"):
        raise MachineError(f"MUJOCO_GL is {named!r}, so nothing can be drawn.", cure=_CURE)
    return _BACKENDS if os.environ.get("DISPLAY") else _BACKENDS[:2]


def open_context(width: int = WIDTH, height: int = HEIGHT) -> Any:
    """An OpenGL context that is current, from the first backend that works.

    PyOpenGL is bound to one platform for the life of the process, by whoever asked first.

    Raises:
        MachineError: None works; the message carries each one's reason.
    """
    reasons = []
    for name in backends():
        try:
            context = import_module(f"mujoco.{name}").GLContext(width, height)
            context.make_current()
        except Exception as error:  # each library fails in its own way
            reasons.append(f"{name}: {error}")
            if os.environ.get("PYOPENGL_PLATFORM") == name:
                del os.environ["PYOPENGL_PLATFORM"]
        else:
            return context
    raise MachineError(f"No picture can be drawn here ({'; '.join(reasons)}).", cure=_CURE)


class Painter:
    """Draws states of one model.

    Args:
        model: The model; a copy of it is drawn, so that it can be decorated.

    Attributes:
        model: The copy.

    Raises:
        MachineError: No OpenGL library can draw without a screen.
    """

    def __init__(self, model: mujoco.MjModel) -> None:
        self.model = copy.copy(model)
        self.model.vis.global_.offwidth, self.model.vis.global_.offheight = WIDTH, HEIGHT
        self._data = mujoco.MjData(self.model)
        self._gl = open_context()
        self._canvas = mujoco.MjrContext(self.model, _FONT)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, self._canvas)
        self._scene = mujoco.MjvScene(self.model, _MAX_GEOMS)
        self._camera, self._options = mujoco.MjvCamera(), mujoco.MjvOption()
        self._rect = mujoco.MjrRect(0, 0, WIDTH, HEIGHT)
        self._aim()

    def _aim(self) -> None:
        camera = mujoco.mj_name2id(self.model, mujoco.mjtObj.mjOBJ_CAMERA, CAMERA)
        if camera >= 0:
            self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
            self._camera.fixedcamid = camera
            return
        mujoco.mjv_defaultFreeCamera(self.model, self._camera)
        self._camera.type = mujoco.mjtCamera.mjCAMERA_TRACKING
        self._camera.trackbodyid = min(1, self.model.nbody - 1)

    def paint(self, qpos: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
        """Picture of one state, `(HEIGHT, WIDTH, 3)`.

        Args:
            qpos: Positions, `(nq,)`.
        """
        self._gl.make_current()
        self._data.qpos[:] = qpos
        mujoco.mj_forward(self.model, self._data)
        everything = mujoco.mjtCatBit.mjCAT_ALL.value
        mujoco.mjv_updateScene(
            self.model, self._data, self._options, None, self._camera, everything, self._scene
        )
        picture = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
        mujoco.mjr_render(self._rect, self._scene, self._canvas)
        mujoco.mjr_readPixels(picture, None, self._rect, self._canvas)
        return np.ascontiguousarray(picture[::-1])

    def close(self) -> None:
        """Free the OpenGL context."""
        self._gl.make_current()
        self._canvas.free()
        self._gl.free()
