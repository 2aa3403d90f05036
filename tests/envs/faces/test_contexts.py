"""Context parameters: read by name or in order, checked, one for all envs or one per env."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from alignenv.context import ContextSpec, Parameter
from alignenv.envs.faces.contexts import read_contexts
from alignenv.errors import ConfigError, UnknownName
from alignenv.task import find_task

SPEC = ContextSpec(
    (
        Parameter(name="size", low=5, high=16, default=8, unit="cells", whole=True),
        Parameter(name="mass", low=0.5, high=2.0, default=1.0, unit="kg"),
    )
)
TASK = replace(find_task("AlignEnv-Empty-5x5-v0"), context=SPEC)


@pytest.mark.parametrize("given", [{"size": 6}, [6, 1.0], np.array([6.0, 1.0])])
def test_a_context_is_read_by_name_or_in_order(given: Any) -> None:
    np.testing.assert_array_equal(SPEC.read(given), [6.0, 1.0])


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"sise": 6}, UnknownName, "Did you mean 'size'"),
        ({"size": 4}, ConfigError, "from 5 to 16"),
        ({"size": 6.5}, ConfigError, "a whole number from 5 to 16"),
        ({"mass": float("nan")}, ConfigError, "a number from 0.5 to 2"),
        ([6], ConfigError, "Give size, mass"),
    ],
)
def test_a_context_that_does_not_fit_is_refused(
    given: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        SPEC.read(given)


def test_one_context_serves_all_envs_and_a_list_each_its_own() -> None:
    assert read_contexts(TASK, None, 3) is None
    assert read_contexts(TASK, {"reset_mask": [True]}, 1) is None
    one = read_contexts(TASK, {"context": {"mass": 2.0}}, 3)
    np.testing.assert_array_equal(one, [[8.0, 2.0]] * 3)
    each = read_contexts(TASK, {"context": [{"size": 5}, [6, 1]]}, 2)
    np.testing.assert_array_equal(each, [[5.0, 1.0], [6.0, 1.0]])
    with pytest.raises(ConfigError, match="2 contexts came for 3 envs"):
        read_contexts(TASK, {"context": [[5, 1], [6, 1]]}, 3)


def test_every_face_refuses_a_parameter_the_task_does_not_have() -> None:
    env = gym.make("AlignEnv-Empty-5x5-v0")
    vector = gym.make_vec("AlignEnv-Empty-5x5-v0", num_envs=2)
    for face in (env, vector):
        with pytest.raises(UnknownName, match="context parameter"):
            face.reset(options={"context": {"size": 7}})
        face.close()
