"""How an episode ends where reaching the goal or opening the door is not all; light to import.

Rules read the mission of an episode, `alignenv.envs.grid.world.Mission`; what its `wanted`,
`other`, `aim` and `trap` stand for depends on the rule.
"""

from __future__ import annotations

NO_RULE = 0
"""Only what an action brings about counts."""
PICK_UP = 1
"""Pick up `wanted`; `aim` is the locked door before it."""
MAZE = 2
"""Pick up `wanted`, behind any number of doors."""
FETCH = 3
"""Pick up a thing like `wanted`; any other thing ends the episode."""
SAY_BESIDE = 4
"""Say "done" next to `aim`, where `wanted` stood at the beginning; toggling ends the episode."""
PUT_NEAR = 5
"""Pick up `wanted`, no other thing, and drop it next to `aim`, where `other` stood."""
MATCH = 6
"""Enter `aim`, not `trap`; to pick up is to toggle."""
RED_THEN_BLUE = 7
"""Open the door at `aim` and then the one at `trap`."""
UNLOCK = 8
"""Reach the goal; `aim` is the locked door before it, `wanted` its key."""
DODGE = 9
"""Reach the goal, and walk into nothing; balls move before the agent does."""

CHOSEN = frozenset({FETCH, SAY_BESIDE, PUT_NEAR})
"""Rules whose missions are drawn apart from the grid: one grid can ask for different things."""
