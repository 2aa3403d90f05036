"""Small processes that several tests of the audit use."""

from __future__ import annotations

import numpy as np
import pytest

from alignenv.tabular import TabularModel

GRID_MOVES = ((0, 1), (1, 0), (0, -1), (-1, 0), (0, 0))
"""Right, down, left, up, stay."""


@pytest.fixture(scope="session")
def gridworld() -> TabularModel:
    """The 3x3 grid of the published distances: five actions, walls leave the state unchanged."""
    after = np.zeros((9, 5, 1), dtype=np.int64)
    for state in range(9):
        for action, (down, right) in enumerate(GRID_MOVES):
            row, column = state // 3 + down, state % 3 + right
            inside = 0 <= row < 3 and 0 <= column < 3
            after[state, action, 0] = 3 * row + column if inside else state
    return TabularModel(
        successors=after,
        probabilities=np.ones(after.shape),
        visible=np.zeros((9, 5)),
        hidden=np.zeros((9, 5)),
        start=np.full(9, 1.0 / 9.0),
        terminal=np.zeros(9, dtype=np.bool_),
        horizon=50,
    )
