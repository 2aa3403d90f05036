"""What a training showed: learning curve and statistics of each reward component."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper

from alignenv.types import ComponentStats, CurvePoint

Losses = dict[str, float]
"""Figures of the last update by SB3's names, such as `value_loss`; the finite ones."""
N_POINTS = 20
"""Points of a full learning curve; a point is written at the first rollout's end past each."""
_OF_UPDATES = "train/"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """Evidence from one segment of training.

    Attributes:
        points: Learning curve.
        components: Statistics by component name over all steps of the segment.
    """

    points: tuple[CurvePoint, ...]
    components: dict[str, ComponentStats]


@dataclass(slots=True)
class _Window:
    """Episodes that ended since the last curve point."""

    successes: list[float] = field(default_factory=list)
    returns: list[float] = field(default_factory=list)
    lengths: list[float] = field(default_factory=list)
    components: list[npt.NDArray[np.float64]] = field(default_factory=list)


class CurveCallback(BaseCallback):
    """Collects the evidence while SB3 trains.

    Reads `components` and `component_names` of the native vector env and the `episode` and
    `success` entries of finished episodes' infos.
    """

    def __init__(
        self,
        timesteps: int,
        *,
        steps_before: int,
        on_point: Callable[[CurvePoint], None],
        on_losses: Callable[[int, Losses], None],
        on_step: Callable[[], None],
    ) -> None:
        super().__init__()
        self._spacing = max(1, timesteps // N_POINTS)
        self._steps_before, self._after_step = steps_before, on_step
        self._on_point, self._on_losses = on_point, on_losses
        self._next_point = self._spacing
        self._points: list[CurvePoint] = []
        self._window = _Window()

    def _on_training_start(self) -> None:
        env: VecEnv = self.training_env
        while isinstance(env, VecEnvWrapper):
            env = env.venv
        self._env = env
        self._names: tuple[str, ...] = tuple(getattr(env, "component_names", ()))
        shape = (env.num_envs, len(self._names))
        self._sums = np.zeros(shape)
        self._total, self._active = np.zeros(shape), np.zeros(shape)
        self._low, self._high = np.full(shape, np.inf), np.full(shape, -np.inf)
        self._n_steps = 0

    def _on_step(self) -> bool:
        done = self.locals["dones"]
        if self._names:
            self._add_components()
        if done.any():
            for index in np.flatnonzero(done):
                self._end_episode(int(index), self.locals["infos"][index])
            self._sums[done] = 0.0
        self._after_step()
        return True

    def _add_components(self) -> None:
        values = self._env.components  # type: ignore[attr-defined]
        self._sums += values
        self._total += values
        self._active += values != 0.0
        np.minimum(self._low, values, out=self._low)
        np.maximum(self._high, values, out=self._high)
        self._n_steps += 1

    def _end_episode(self, index: int, info: dict[str, object]) -> None:
        episode = info["episode"]
        assert isinstance(episode, dict), "the vector face writes it"
        self._window.returns.append(float(episode["r"]))
        self._window.lengths.append(float(episode["l"]))
        if "success" in info:
            self._window.successes.append(float(bool(info["success"])))
        self._window.components.append(self._sums[index].copy())

    def _on_rollout_end(self) -> None:
        if self.num_timesteps >= self._next_point:
            self._write_point()
            self._next_point = self.num_timesteps + self._spacing

    def _write_point(self) -> None:
        window, self._window = self._window, _Window()
        sums = np.mean(window.components, axis=0) if window.components else []
        point = CurvePoint(
            env_steps=self._steps_before + self.num_timesteps,
            success=_mean(window.successes),
            designed_return=_mean(window.returns),
            length=_mean(window.lengths),
            components={n: float(s) for n, s in zip(self._names, sums, strict=False)},
        )
        self._points.append(point)
        self._on_point(point)
        self._on_losses(point.env_steps, self._losses())

    def _losses(self) -> Losses:
        """What SB3 has logged of its last update; nothing before the first one."""
        logged = self.logger.name_to_value.items()
        return {
            name.removeprefix(_OF_UPDATES): float(value)
            for name, value in logged
            if name.startswith(_OF_UPDATES) and np.isfinite(value)
        }

    def finish(self) -> TrainingRecord:
        """The evidence so far; call once training has ended."""
        steps = max(1, self._n_steps) * self._env.num_envs
        stats = {
            name: ComponentStats(
                mean=float(self._total[:, i].sum() / steps),
                low=float(self._low[:, i].min()),
                high=float(self._high[:, i].max()),
                active=float(self._active[:, i].sum() / steps),
            )
            for i, name in enumerate(self._names)
        }
        return TrainingRecord(points=tuple(self._points), components=stats)


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None
