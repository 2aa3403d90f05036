"""What an audit measures: known rewards under players whose outcome is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alignenv.agents.presets import load_preset
from alignenv.agents.trainer import build_policy
from alignenv.benchmarks.bench.audit import AUDIT, AuditPayload
from alignenv.benchmarks.bench.potentials import as_potential
from alignenv.envs.make import EnvRef, make_batch
from alignenv.task import find_task

TASK = "AlignEnv-Empty-5x5-v0"
GAMMA = 0.99


class Heard:
    """A channel that keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        self.messages.append(message)


def audit(source: str | None, layer: str = "replace") -> dict[str, Any]:
    task = find_task(TASK)
    preset = load_preset(task.id, task.family)
    ref = EnvRef(id=TASK, obs=preset.obs)
    env = make_batch(ref, 1)
    policy = build_policy(preset, env.observation_space, env.action_space)
    arrays = {f"policy/{n}": p.detach().numpy() for n, p in policy.state_dict().items()}
    told = AuditPayload(
        env=ref.to_json(),
        preset=preset.model_dump(mode="json"),
        source=source,
        layer=layer,
        seeds=(1, 2, 3),
        action_seed=4,
    )
    heard = Heard()
    payload = told.model_dump(mode="json")
    AUDIT.run(AUDIT.prepare(payload, arrays), payload, heard)
    return heard.messages[-1]


def test_the_sparse_reward_of_the_oracle_is_one_at_its_last_step() -> None:
    found = audit(None)
    assert found["sums"]["oracle"] == 1.0
    assert found["returns"]["oracle"] == pytest.approx(GAMMA ** (5 - 1))
    assert set(found["returns"]) == {"policy", "random", "oracle"}


def test_a_constant_reward_pays_by_the_step() -> None:
    found = audit("def reward(prev, action, state):\n    return 2.0\n")
    assert found["sums"]["oracle"] == pytest.approx(2 * 5)
    assert found["returns"]["oracle"] == pytest.approx(2 * np.sum(GAMMA ** np.arange(5)))
    assert found["sums"]["random"] > found["sums"]["oracle"]


def test_a_potential_shifts_the_return_by_where_episodes_begin_and_no_more() -> None:
    """Ng, Harada and Russell (1999): the discounted return is the sparse one less the first."""
    source = as_potential(find_task(TASK).reward("human").source)
    assert source is not None
    plain, shaped = audit(None), audit(source)
    shifts = [shaped["returns"][who] - plain["returns"][who] for who in ("oracle", "policy")]
    assert shifts[0] == pytest.approx(shifts[1], abs=0.05)


def test_a_program_that_fails_is_told() -> None:
    found = audit("def reward(prev, action, state):\n    return 1.0 / (state.agent_dir - 9)\n")
    assert found["why_not"] == ""
    found = audit("def reward(prev, action, state):\n    return 1.0 / (state.agent_dir * 0)\n")
    assert found["returns"] == {}
    assert found["why_not"]
