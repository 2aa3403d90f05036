"""The shaping audit: right shaping, and each classical mistake by name."""

from __future__ import annotations

import numpy as np
import pytest

from alignenv.reward_design.audit.shaping import examine_shaping
from alignenv.reward_design.audit.transitions import Coverage

GAMMA = 0.95
N = 12


def corridor() -> tuple[Coverage, np.ndarray]:
    """Steps in a corridor whose ends and trap end the episode, the right end in success.

    A potential left at a single end is the same as another sparse reward, and one left at two
    ends, undiscounted, is that and a constant.
    """
    before = np.append(np.repeat(np.arange(1, N - 1), 2), 5)
    action = np.append(np.tile([0, 1], N - 2), 2)
    after = np.append(before[:-1] + np.where(action[:-1] == 0, 1, -1), N)
    continues = np.where((after == N - 1) | (after == 0) | (after == N), 0.0, 1.0)
    weight = np.full(before.size, 1.0 / before.size)
    sparse = np.where(after == N - 1, 1.0, 0.0)
    return Coverage(before, action, after, weight, continues), sparse


POTENTIAL = np.append(np.linspace(-1.0, 1.0, N) ** 3 + 0.3, 0.7)
FORMS = {
    "": (GAMMA, True),
    "gamma-mismatch": (1.0, True),
    "terminal-potential": (GAMMA, False),
    "gamma-mismatch+terminal-potential": (1.0, False),
}


@pytest.mark.parametrize("mistake", FORMS)
@pytest.mark.parametrize("alpha", [1.0, 5.0])
def test_each_mistake_is_named(mistake: str, alpha: float) -> None:
    rows, sparse = corridor()
    factor, ends_at_zero = FORMS[mistake]
    later = POTENTIAL[rows.after] * (rows.continues if ends_at_zero else 1.0)
    reward = alpha * sparse + factor * later - POTENTIAL[rows.before]
    found = examine_shaping(reward, sparse, rows, GAMMA)
    assert found.mistake == mistake
    if not mistake:
        assert found.correct == pytest.approx(1.0)
        assert found.alpha == pytest.approx(alpha)


def test_the_base_alone_is_no_mistake() -> None:
    rows, sparse = corridor()
    found = examine_shaping(3.0 * sparse, sparse, rows, GAMMA)
    assert found.base == pytest.approx(1.0)
    assert found.mistake == ""


def test_pay_for_one_direction_is_not_shaping() -> None:
    """Paid on the way in and free on the way out: no potential does that."""
    rows, sparse = corridor()
    found = examine_shaping(np.where(rows.action == 0, 1.0, 0.0), sparse, rows, GAMMA)
    assert found.correct < 0.999
    assert found.mistake == ""


def test_a_basis_limits_what_can_be_explained() -> None:
    rows, sparse = corridor()
    reward = GAMMA * POTENTIAL[rows.after] * rows.continues - POTENTIAL[rows.before]
    few = np.column_stack([np.ones(N + 1), np.arange(N + 1)])
    enough = np.column_stack([few, POTENTIAL**2, POTENTIAL])
    assert examine_shaping(reward, sparse, rows, GAMMA, few).correct < 0.999
    assert examine_shaping(reward, sparse, rows, GAMMA, enough).correct == pytest.approx(1.0)
