"""Episodic novelty: a small bonus for each state that an episode has not met before.

It designs no reward, so it is the baseline that a designed reward has to beat. The counts are
episodic, as in Savinov et al. (2019), "Episodic curiosity through reachability", and Henaff et al.
(2022), "Exploration via elliptical episodic bonuses"; with a bonus of 0 from the second visit on.
States are told apart by their whole record, which knows more than the agent sees: a privilege
that favours the baseline.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt
from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper
from stable_baselines3.common.vec_env.base_vec_env import VecEnvObs, VecEnvStepReturn

from alignenv.spec import Field, Records, StateSpec

N_BINS = 10
"""Parts that the range of a measured quantity is cut into."""
_COUNTED = ("cells", "steps")


class Watched(Protocol):
    """A vector env that shows its state records.

    Attributes:
        records: Records after the last transition, before any autoreset, `(N, spec.size)`.
        starts: Records at the beginning of the next transition, `(N, spec.size)`.
    """

    records: Records
    starts: Records

    def watch(self, fields: tuple[str, ...]) -> None:
        """Keep these fields of the records filled from the next reset on."""
        ...


class StateKeys:
    """Tells states apart: counted quantities exactly, measured ones by tenths of their range.

    Grids are left out: they are what the agent sees, not where it is.

    Args:
        spec: Fields of the records.
    """

    def __init__(self, spec: StateSpec) -> None:
        fields = [field for field in spec if len(field.shape) < 2]
        self.fields = tuple(field.name for field in fields)
        self._columns = np.concatenate(
            [np.arange(spec.offsets[f.name], spec.offsets[f.name] + f.size) for f in fields]
        )
        self._widths = np.concatenate([np.full(field.size, _width(field)) for field in fields])

    def of(self, records: Records) -> list[bytes]:
        """One key per record, `(N, spec.size)` -> N keys."""
        cells = np.floor(records[:, self._columns] / self._widths + 0.5).astype(np.int32)
        return [row.tobytes() for row in cells]


def _width(field: Field) -> float:
    is_counted = field.kind in ("int", "bool") or field.unit in _COUNTED
    is_bounded = np.isfinite(field.low) and np.isfinite(field.high) and field.high > field.low
    return 1.0 if is_counted or not is_bounded else (field.high - field.low) / N_BINS


class EpisodicNovelty(VecEnvWrapper):
    """Adds `scale` to the reward of a transition that leads to a state new in its episode.

    Args:
        venv: A vector env that is also `Watched`.
        spec: Fields of its records.
        scale: The bonus.
    """

    def __init__(self, venv: VecEnv, spec: StateSpec, scale: float) -> None:
        super().__init__(venv)
        self._scale, self._keys = scale, StateKeys(spec)
        self._watched = cast("Watched", venv)
        self._watched.watch(self._keys.fields)
        self._met: list[set[bytes]] = []

    def reset(self) -> VecEnvObs:
        """Begin new episodes everywhere, with nothing met but their first states."""
        observations = self.venv.reset()
        self._met = [{key} for key in self._keys.of(self._watched.starts)]
        return observations

    def step_wait(self) -> VecEnvStepReturn:
        """Advance every env by one transition."""
        observations, rewards, dones, infos = self.venv.step_wait()
        bonus = np.array(
            [
                self._scale * (key not in met)
                for key, met in zip(self._keys.of(self._watched.records), self._met, strict=True)
            ]
        )
        self._note(dones)
        paid: npt.NDArray[Any] = (rewards + bonus).astype(rewards.dtype)
        return observations, paid, dones, infos

    def _note(self, dones: npt.NDArray[np.bool_]) -> None:
        """Remember the present states, in an empty memory where an episode began."""
        for index, key in enumerate(self._keys.of(self._watched.starts)):
            if dones[index]:
                self._met[index] = {key}
            else:
                self._met[index].add(key)
