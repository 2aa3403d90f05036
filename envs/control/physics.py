"""N MuJoCo simulations that live side by side, with their states gathered into arrays."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.envs.control.engine import mujoco
from alignenv.errors import ConfigError

Floats = npt.NDArray[np.float64]

THREADS = "ALIGNENV_SIM_THREADS"
"""Environment variable: threads that share the simulations of one core, 1 where it is not set."""

_WHOLE_STATE = mujoco.mjtState.mjSTATE_INTEGRATION


class Physics:
    """N simulations of one model, or of variants of it.

    Simulations share the model until one is tuned, which then gets a copy of its own. Each keeps
    its warm start, so that a step gives what MuJoCo gives in a simulation that stands alone. For
    the same reason `ALIGNENV_SIM_THREADS` changes how long a step takes and nothing else.

    Args:
        model: Compiled model.
        n_envs: N.
        frame_skip: Simulation steps per `step`.
        gathered: Further arrays of `MjData` to gather, such as `xpos`.
        finish: Called on each simulation after its step, such as `mj_rnePostConstraint`.

    Attributes:
        qpos: Positions, `(N, nq)`.
        qvel: Velocities, `(N, nv)`.
        extra: Gathered arrays by name, `(N, ...)`.

    Raises:
        ConfigError: `ALIGNENV_SIM_THREADS` is no positive number.
    """

    def __init__(
        self,
        model: mujoco.MjModel,
        n_envs: int,
        frame_skip: int,
        gathered: tuple[str, ...] = (),
        finish: Callable[[mujoco.MjModel, mujoco.MjData], None] | None = None,
    ) -> None:
        self.model, self.frame_skip = model, frame_skip
        self._gathered, self._finish = gathered, finish
        self._models = [model] * n_envs
        self._datas = [mujoco.MjData(model) for _ in range(n_envs)]
        self.qpos, self.qvel = np.zeros((n_envs, model.nq)), np.zeros((n_envs, model.nv))
        self.extra: dict[str, Floats] = {
            name: np.zeros((n_envs, *getattr(self._datas[0], name).shape)) for name in gathered
        }
        self._connect()

    def _connect(self) -> None:
        """Hold the arrays inside MuJoCo beside the rows that they are gathered into."""
        self._n_threads = min(_threads_wanted(), len(self._datas))
        self._crew: ThreadPoolExecutor | None = None
        self._rows: list[tuple[Any, ...]] = []
        for index, (model, data) in enumerate(zip(self._models, self._datas, strict=True)):
            pairs = [(self.qpos[index], data.qpos), (self.qvel[index], data.qvel)]
            pairs += [(self.extra[name][index], getattr(data, name)) for name in self._gathered]
            self._rows.append((model, data, data.ctrl, pairs))

    def tune(self, index: int, change: Callable[[mujoco.MjModel], None] | None) -> None:
        """Give one simulation a changed copy of the model, or the common one again.

        Call `set_state` next.
        """
        if change is None and self._models[index] is self.model:
            return
        model = self.model
        if change is not None:
            model = copy.copy(self.model)
            change(model)
            mujoco.mj_setConst(model, self._datas[index])
        self._models[index] = model
        self._rows[index] = (model, *self._rows[index][1:])

    def set_state(self, index: int, qpos: Floats, qvel: Floats) -> None:
        """Put one simulation into a state, all else as in a new one."""
        model, data, _, pairs = self._rows[index]
        mujoco.mj_resetData(model, data)
        data.qpos[:], data.qvel[:] = qpos, qvel
        mujoco.mj_forward(model, data)
        for row, source in pairs:
            row[...] = source

    def step(self, controls: npt.NDArray[Any]) -> None:
        """Advance every simulation by `frame_skip` steps under constant controls, `(N, nu)`."""
        if self._n_threads == 1:
            self._advance(zip(self._rows, controls, strict=True))
            return
        if self._crew is None:
            self._crew = ThreadPoolExecutor(self._n_threads, "simulation")
        n = self._n_threads
        shares = [zip(self._rows[k::n], controls[k::n], strict=True) for k in range(n)]
        list(self._crew.map(self._advance, shares))

    def _advance(self, share: Iterable[tuple[tuple[Any, ...], npt.NDArray[Any]]]) -> None:
        step, finish, n_steps = mujoco.mj_step, self._finish, self.frame_skip
        for (model, data, ctrl, pairs), wanted in share:
            ctrl[:] = wanted
            step(model, data, n_steps)
            if finish is not None:
                finish(model, data)
            for row, source in pairs:
                row[...] = source

    def close(self) -> None:
        """End the threads; safe to call twice, and a further step begins them again."""
        if self._crew is not None:
            self._crew.shutdown()
            self._crew = None

    def __getstate__(self) -> dict[str, Any]:
        """Models, arrays and the whole state of each simulation."""
        size = mujoco.mj_stateSize(self.model, _WHOLE_STATE)
        states = np.zeros((len(self._datas), size))
        for data, model, state in zip(self._datas, self._models, states, strict=True):
            mujoco.mj_getState(model, data, state, _WHOLE_STATE)
        derived = ("_datas", "_rows", "_crew")
        kept = {name: value for name, value in self.__dict__.items() if name not in derived}
        return {**kept, "states": states}

    def __setstate__(self, state: dict[str, Any]) -> None:
        states = state.pop("states")
        self.__dict__.update(state)
        self._datas = [mujoco.MjData(model) for model in self._models]
        for data, model, row in zip(self._datas, self._models, states, strict=True):
            mujoco.mj_setState(model, data, row, _WHOLE_STATE)
        self._connect()


def _threads_wanted() -> int:
    text = os.environ.get(THREADS, "1")
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError(
            f"{THREADS} is {text!r}.", cure="Give a positive number of threads, or unset it."
        )
    return int(text)
