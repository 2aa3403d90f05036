"""Training on the native core and on MiniGrid itself ends with bit-identical networks."""

from __future__ import annotations

import hashlib
from typing import Any

import gymnasium as gym
import minigrid  # noqa: F401 - registers its envs
import numpy as np
import pytest
from stable_baselines3 import PPO
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecEnvWrapper

from alignenv.envs.faces.sb3 import BatchedVecEnv
from alignenv.envs.layers.given import NativeReward
from alignenv.envs.make import EnvRef, make_batch

N_ENVS, SEED = 16, 3
FLAT = gym.spaces.Box(0, 255, (147,), np.float32)


class FlatImage(gym.ObservationWrapper[Any, Any, Any]):
    """MiniGrid's image as 147 floats."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.observation_space = FLAT

    def observation(self, observation: dict[str, Any]) -> np.ndarray:
        return observation["image"].reshape(147).astype(np.float32)


class FlatImages(VecEnvWrapper):
    """The native core's images as 147 floats."""

    def __init__(self, venv: VecEnv) -> None:
        super().__init__(venv, observation_space=FLAT)

    def _flat(self, observation: dict[str, np.ndarray]) -> np.ndarray:
        return observation["image"].reshape(-1, 147).astype(np.float32)

    def reset(self) -> np.ndarray:
        return self._flat(self.venv.reset())

    def step_wait(self) -> Any:
        observations, rewards, dones, infos = self.venv.step_wait()
        for info in infos:
            if "terminal_observation" in info:
                info["terminal_observation"] = self._flat(info["terminal_observation"])[0]
        return self._flat(observations), rewards, dones, infos


def trained_weights(env: VecEnv, frames: int) -> str:
    model = PPO("MlpPolicy", env, n_steps=64, batch_size=256, n_epochs=4, seed=SEED, device="cpu")
    model.learn(frames)
    data = b"".join(p.detach().numpy().tobytes() for p in model.policy.parameters())
    return hashlib.sha256(data).hexdigest()


def both(name: str, frames: int) -> tuple[str, str]:
    def original() -> gym.Env[Any, Any]:
        return Monitor(FlatImage(gym.make(f"MiniGrid-{name}")))

    core = make_batch(EnvRef(id=f"AlignEnv-{name}", obs="image"), N_ENVS)
    native = FlatImages(BatchedVecEnv(core, NativeReward()))
    return trained_weights(native, frames), trained_weights(
        DummyVecEnv([original] * N_ENVS), frames
    )


def test_weights_are_equal_on_doorkey_5x5() -> None:
    native, original = both("DoorKey-5x5-v0", 4096)
    assert native == original


@pytest.mark.parity
@pytest.mark.parametrize("name", ["DoorKey-8x8-v0", "LavaCrossingS9N2-v0", "MultiRoom-N2-S4-v0"])
def test_weights_are_equal(name: str) -> None:
    native, original = both(name, 20_480)
    assert native == original
