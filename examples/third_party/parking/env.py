"""A cart on rails that must come to rest on a mark; the reward is sparse."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

DT = 0.1
NEAR = 0.05


class ParkEnv(gym.Env[np.ndarray, np.ndarray]):
    """Observation: position (m), velocity (m/s), mark (m). Action: acceleration, -1 to 1 m/s^2."""

    def __init__(self) -> None:
        self.observation_space = spaces.Box(-4.0, 4.0, (3,), np.float32)
        self.action_space = spaces.Box(-1.0, 1.0, (1,), np.float32)
        self._position = self._velocity = self._mark = 0.0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        self._position, self._velocity = 0.0, 0.0
        self._mark = float(self.np_random.uniform(0.5, 1.5) * self.np_random.choice([-1, 1]))
        return self._observe(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        push = float(np.clip(action[0], -1.0, 1.0))
        self._velocity = float(np.clip(self._velocity + DT * push, -1.0, 1.0))
        self._position = float(np.clip(self._position + DT * self._velocity, -4.0, 4.0))
        parked = abs(self._position - self._mark) < NEAR and abs(self._velocity) < NEAR
        return self._observe(), float(parked), parked, False, {"is_success": parked}

    def _observe(self) -> np.ndarray:
        return np.array([self._position, self._velocity, self._mark], dtype=np.float32)
