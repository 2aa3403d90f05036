from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from alignenv.benchmarks.report_data import ArmResult, Clip, ReportData
from alignenv.types import (
    Candidate,
    ComponentStats,
    CurvePoint,
    Evaluation,
    Failure,
    FailureKind,
    Score,
    Trial,
)

PARENT = '''def reward(prev, action, state):
    """Walk to the key, then to the goal."""
    approach = prev.key_distance - state.key_distance
    total = 0.1 * approach
    return total, {"approach": approach}
'''
CHILD = '''def reward(prev, action, state):
    """Walk to the key, open the door, then walk to the goal."""
    target = 1.0 if state.door_open else 0.0
    approach = (1.0 - target) * (prev.key_distance - state.key_distance)
    opened = 1.0 if state.door_open and not prev.door_open else 0.0
    arrive = target * (prev.goal_distance - state.goal_distance)
    total = 0.1 * approach + 0.5 * opened + 0.2 * arrive
    return total, {"approach": approach, "opened": opened, "arrive": arrive}
'''
STEPS = 200_704


def a_curve(rng: np.random.Generator, last: float, middle: float, steps: int = STEPS):
    """Success rising to `last`, half way at a share `middle` of the training."""
    points = []
    for x in np.linspace(steps / 24, steps, 24):
        rate = last / (1 + np.exp(-12 * (x / STEPS - middle)))
        rate = float(np.clip(rate + rng.normal(0, 0.025), 0, 1)) if last else 0.0
        paid = {"approach": 1.1 * (0.3 + rate), "opened": rate, "arrive": 0.9 * rate**2}
        points.append(
            CurvePoint(
                env_steps=int(x),
                success=rate,
                designed_return=sum(paid.values()),
                length=300 - 250 * rate,
                components=paid,
            )
        )
    return tuple(points)


def a_trial(index: int, rng: np.random.Generator) -> Trial:
    """One of 16 candidates in two generations; some are stopped, some fail."""
    generation, number = divmod(index, 8)
    parents = (f"g00c0{(3, 3, 5, 3, 5, 3, 3, 5)[number]}",) if generation else ()
    candidate = Candidate(
        id=f"g{generation:02d}c{number:02d}",
        source=CHILD if generation else PARENT,
        coder="symbolic",
        generation=generation,
        parents=parents,
        note="paid the opening of the door once instead of every step" if generation else "",
    )
    if number == 6:
        late = generation == 1
        failure = Failure(
            kind=FailureKind.TIMEOUT if late else FailureKind.RULE,
            code="W002" if late else "R034",
            message="stopped after 60 s" if late else "line 4: [R034] there is no field 'doors'",
        )
        return Trial(candidate=candidate, failure=failure)
    stopped = number in (0, 2, 4, 7)
    last = 0.1 * number if stopped else 0.55 + 0.35 * generation + 0.02 * number
    steps = STEPS // 2 if stopped else STEPS
    stats = {
        name: ComponentStats(mean=mean, low=-1.0, high=1.0, active=active)
        for name, mean, active in (("approach", 0.0121, 0.61), ("opened", 0.0019, 0.0019))
    }
    score = Score(
        success=min(1.0, round(last, 2)),
        success_greedy=round(last * 0.8, 2),
        milestones=min(1.0, last + 0.1),
        mean_length=80.0,
        n_episodes=100,
    )
    return Trial(
        candidate=candidate,
        evaluation=Evaluation(
            score=score,
            env_steps=steps,
            stopped_at=0 if stopped else None,
            curve=a_curve(rng, last, 0.5, steps),
            components=stats,
        ),
    )


def a_clip(title: str, caption: str, path: list[tuple[int, int]]) -> Clip:
    """A dot that walks over a board."""
    frames = []
    for x, y in path:
        frame = np.full((8, 8, 3), 40, dtype=np.uint8)
        frame[6, 6] = (60, 200, 90)
        frame[y, x] = (220, 70, 60)
        frames.append(frame.repeat(24, axis=0).repeat(24, axis=1))
    return Clip(title=title, caption=caption, frames=tuple(frames))


def make_data(**changes: Any) -> ReportData:
    """A search like those that `alignenv evolve` runs."""
    rng = np.random.default_rng(4)

    def arm(name: str, label: str, success: float, interval: tuple[float, float], middle: float):
        return ArmResult(
            name=name,
            label=label,
            success=success,
            interval=interval,
            success_greedy=max(0.0, success - 0.15),
            env_steps=STEPS,
            n_seeds=3,
            n_episodes=200,
            curves=tuple(a_curve(rng, success, middle + 0.04 * i) for i in range(3)),
        )

    facts: dict[str, Any] = {
        "env_id": "AlignEnv-DoorKey-8x8-v0",
        "goal": "Pick up the key, open the door with it, then reach the green goal square.",
        "method": "eureka[symbolic]",
        "obs": "symbolic",
        "layer": "replace",
        "arms": (
            arm("sparse", "sparse", 0.0, (0.0, 0.0064), 0.5),
            arm("human", "human", 0.985, (0.95, 0.999), 0.35),
            arm("best", "best generated", 0.9733, (0.9312, 0.9891), 0.45),
        ),
        "trials": tuple(a_trial(i, rng) for i in range(16)),
        "best": "g01c05",
        "program": "runs/AlignEnv-DoorKey-8x8-v0-s0/best/reward.py",
        "clips": (
            a_clip("Before", "Sparse reward, seed 12: no success.", [(1, 1), (1, 2), (1, 1)] * 40),
            a_clip(
                "After",
                "Best generated reward, seed 12: success in 6 steps.",
                [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)],
            ),
        ),
        "settings": {"seed": "0", "protocol.generations": "2", "protocol.rung": "0.5"},
        "versions": {"alignenv": "0.1.0", "torch": "2.13.0"},
        "isolation": "kernel: Landlock, seccomp and rlimits; 24 of 24 forbidden actions refused",
        "cost": {"calls": 0, "tokens": 0, "usd": 0.0, "env_steps": 3_411_968, "cpu_s": 141.2},
        "seconds": {"start of workers": 9.1, "search": 61.4, "final comparison": 40.2},
    }
    return ReportData(**{**facts, **changes})


@pytest.fixture
def make() -> Callable[..., ReportData]:
    return make_data
