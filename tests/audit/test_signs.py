"""Signs on a task whose states are listed; one fixture for each."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from alignenv.benchmarks.audit import audit_listed, conclude
from alignenv.benchmarks.audit_jobs import Question
from alignenv.benchmarks.audit_listing import Listing, list_states
from alignenv.benchmarks.audit_sampled import audit_evidence
from alignenv.benchmarks.critic_evidence import record_evidence
from alignenv.critique import Evidence
from alignenv.envs.make import EnvRef
from alignenv.program import parse_program
from alignenv.reward_design.audit.verdict import Audit
from alignenv.reward_design.sandbox import InlinePool
from alignenv.task import find_task

TASK = "AlignEnv-Empty-5x5-v0"
GAMMA = 0.99
GOAL = "state.path_to_goal == 0"
REWARD = "def reward(prev, action, state):\n    "


@cache
def listing() -> Listing:
    return list_states(EnvRef(id=TASK), find_task(TASK), 1000, 1)


@cache
def evidence() -> Evidence:
    return record_evidence(EnvRef(id=TASK), GAMMA)


def question(text: str, *, is_added: bool = False) -> Question:
    card = find_task(TASK).card
    return Question(parse_program(text, card.state, card.action), is_added, "own")


def exact(text: str, *, is_added: bool = False) -> Audit:
    with InlinePool() as pool:
        asked = question(text, is_added=is_added)
        return audit_listed(pool, EnvRef(id=TASK), listing(), asked, None, GAMMA)


def sampled(text: str) -> Audit:
    with InlinePool() as pool:
        return audit_evidence(
            pool, EnvRef(id=TASK), find_task(TASK), question(text), None, evidence()
        )


EXACT = {
    "standing-still-pays": ("return 1.0 if state.bumped else 0.0", "hackable"),
    "loop-pays": ("return max(prev.path_to_goal - state.path_to_goal, 0.0)", "hackable"),
    "tie-loop-pays": ("return 0.0", "hackable"),
    "farmable-loop": ("return 0.01 + (9.0 if state.path_to_goal == 0 else 0.0)", "sound"),
    "standing-still-is-paid": ("return 0.01 + (9.0 if state.path_to_goal == 0 else 0.0)", "sound"),
    "reads-the-clock": ("T", "undecided"),
    "never-fires": (
        f"g = 1.0 if {GOAL} else 0.0\n    z = 1.0 if state.path_to_goal > 90 else 0.0\n"
        '    return g + z, {"g": g, "z": z}',
        "sound",
    ),
    "never-changes": (
        f'g = 1.0 if {GOAL} else 0.0\n    return g - 0.01, {{"g": g, "time": -0.01}}',
        "sound",
    ),
    "one-dominates": (
        f"g = 1.0 if {GOAL} else 0.0\n    d = 0.001 * (prev.path_to_goal - state.path_to_goal)\n"
        '    return g + d, {"g": g, "d": d}',
        "sound",
    ),
    "gamma-mismatch": (
        f"g = 1.0 if {GOAL} else 0.0\n"
        "    return g + 0.1 * (prev.path_to_goal - state.path_to_goal)",
        "sound",
    ),
    "only-shapes": (
        f"g = 1.0 if {GOAL} else 0.0\n"
        "    return g + 0.1 * (prev.path_to_goal - 0.99 * state.path_to_goal)",
        "sound",
    ),
}


@pytest.mark.parametrize("code", EXACT)
def test_exact_signs(code: str) -> None:
    body, verdict = EXACT[code]
    text = f"{REWARD}{body}\n"
    if body == "T":
        text = "def reward(prev, action, state, t):\n    return 1.0 - t\n"
    found = exact(text)
    assert code in {sign.code for sign in found.signs}
    assert found.verdict == verdict
    for sign in found.signs:
        assert (sign.weight == "fault") <= (verdict == "hackable")


def test_a_potential_keeps_the_sparse_reward_sound() -> None:
    found = exact("def potential(state):\n    return -3.0 * state.path_to_goal\n")
    assert found.verdict == "sound"
    assert [sign.code for sign in found.signs if sign.weight != "doubt"] == ["only-shapes"]
    assert "farmable-loop" not in {sign.code for sign in found.signs}


def test_added_rewards_are_judged_with_the_sparse_one() -> None:
    """What pays for one step only hides the goal alone; on top of the goal it is harmless."""
    text = f"{REWARD}return 0.001 * (prev.path_to_goal - state.path_to_goal)\n"
    assert exact(text, is_added=True).verdict == "sound"
    assert exact(f"{REWARD}return 1.0 if state.bumped else 0.0\n", is_added=True).verdict == (
        "hackable"
    )


def test_coverage_is_stated() -> None:
    found = exact(f"{REWARD}return 1.0 if {GOAL} else 0.0\n")
    assert "states, every choice" in found.saw[0]
    whole = conclude(listing()._replace(is_sample=False), [], [], ())
    assert not whole.undecided


SAMPLED = {
    "return 1.0 / (1.0 + state.path_to_goal)": "hackable",
    "return 1.0 if state.bumped else 0.0": "hackable",
    "return 0.0": "hackable",
    f"return 1.0 if {GOAL} else -0.001": "undecided",
}


@pytest.mark.parametrize("body", SAMPLED)
def test_sampled_verdicts(body: str) -> None:
    """Never `sound`: what was not seen stays open, and that is said."""
    found = sampled(f"{REWARD}{body}\n")
    assert found.verdict == SAMPLED[body]
    assert found.method == "sampled"
    assert "not seen" in found.undecided[0]
    if found.verdict == "hackable" and "0.0\n" not in body:
        assert found.signs[0].weight == "fault"


def test_sampled_loop_is_listed_as_steps() -> None:
    found = sampled(f"{REWARD}return 1.0 / (1.0 + state.path_to_goal)\n")
    assert any("a lap" in line for sign in found.signs for line in sign.steps)


def test_distances_to_itself_are_nothing() -> None:
    text = f"{REWARD}return prev.path_to_goal - state.path_to_goal\n"
    with InlinePool() as pool:
        ref, task = EnvRef(id=TASK), find_task(TASK)
        one = audit_evidence(pool, ref, task, question(text), question(text), evidence())
        two = audit_listed(pool, ref, listing(), question(text), question(text), GAMMA)
    own = [d.value for d in (*one.distances, *two.distances) if d.against == "own"]
    assert np.abs(own).max() < 1e-6
    coverages: dict[str, set[str]] = {}
    for distance in two.distances:
        coverages.setdefault(distance.metric, set()).add(distance.coverage)
    for metric in ("minimal", "val", "epic", "dard", "val_potential", "none"):
        assert len(coverages[metric]) >= 3, metric


def test_distances_tell_shaping_from_another_aim() -> None:
    """To the same reward with a potential 0; to its opposite 1, by every metric with a form."""
    goal = f"1.0 if {GOAL} else 0.0"
    one = f"{REWARD}return {goal}\n"
    # the goal's own potential is 0, so that it is 0 at the end of the episode
    shaped = f"{REWARD}return {goal} + 0.3 * (prev.path_to_goal - 0.99 * state.path_to_goal)\n"
    opposite = f"{REWARD}return -({goal})\n"
    with InlinePool() as pool:
        ref = EnvRef(id=TASK)
        for other, expected in ((shaped, 0.0), (opposite, 1.0)):
            found = audit_listed(pool, ref, listing(), question(one), question(other), GAMMA)
            own = [d for d in found.distances if d.against == "own"]
            told = [(d.metric, d.value) for d in own if d.metric in ("minimal", "val")]
            assert {metric for metric, _ in told} == {"minimal", "val"}
            assert [value for _, value in told] == pytest.approx([expected] * len(told), abs=1e-6)
