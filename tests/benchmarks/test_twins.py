"""Programs that pay the same: found on recorded transitions, left alone where these do not tell."""

from __future__ import annotations

import numpy as np
import pytest

from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.twins import Behaviour, Twins
from alignenv.envs.make import EnvRef
from alignenv.errors import CallOrderError
from alignenv.reward_design.sandbox import InlinePool
from alignenv.reward_design.study.memory import ResultMemory
from alignenv.types import Candidate

REF = EnvRef(id="AlignEnv-Empty-5x5-v0")
HEAD = "def reward(prev, action, state):\n"
PROGRAMS = {
    "plain": f"{HEAD}    near = prev.path_to_goal - state.path_to_goal\n    return near, {{}}\n",
    "turned": f"{HEAD}    return -(state.path_to_goal - prev.path_to_goal) * 1.0, {{}}\n",
    "double": f"{HEAD}    return 2.0 * (prev.path_to_goal - state.path_to_goal), {{}}\n",
    "shaping": "def potential(state):\n    return -state.path_to_goal\n",
    "shifted": "def potential(state):\n    return 0.0 - state.path_to_goal\n",
    "constant": f"{HEAD}    return 0.5, {{}}\n",
    "silent": (
        f"{HEAD}    near = prev.path_to_goal - state.path_to_goal\n"
        "    far = 1.0 if state.path_to_goal > 60 else 0.0\n"
        '    return near + far, {"near": near, "far": far}\n'
    ),
    "faulty": f"{HEAD}    return 1.0 / state.path_to_goal, {{}}\n",
}


def candidates(*names: str) -> list[Candidate]:
    return [
        Candidate(id=f"g00c{i:02d}", source=PROGRAMS[name], coder="x", generation=0)
        for i, name in enumerate(names)
    ]


@pytest.fixture(scope="module")
def met() -> tuple[Twins, ResultMemory, dict[str, Candidate]]:
    """All programs, valued once."""
    store, named = ResultMemory(), dict(zip(PROGRAMS, candidates(*PROGRAMS), strict=True))
    twins = Twins(REF, 0.99, store)
    twins.use(InlinePool())
    twins.meet(list(named.values()))
    return twins, store, named


def test_equal_payments_are_one_program_and_proportional_ones_are_not(
    met: tuple[Twins, ResultMemory, dict[str, Candidate]],
) -> None:
    twins, store, named = met
    leaders = twins.leaders(list(named.values()))
    assert [c.id for c in named.values() if c not in leaders] == [
        named["turned"].id,
        named["shifted"].id,
    ]
    why = {name: store.kept[f"{c.id}/behaviour"].document["why_not"] for name, c in named.items()}
    assert {name: text for name, text in why.items() if text} == {
        "constant": "always pays the same",
        "silent": "component far never pays",
        "faulty": "value E010",
    }
    assert twins.facts() == {"compared": 5, "not_compared": 3, "reused": 0}


def test_only_what_was_trained_gives_its_outcome_and_a_resumed_search_asks_nothing(
    met: tuple[Twins, ResultMemory, dict[str, Candidate]],
) -> None:
    _, store, named = met
    again = Twins(REF, 0.99, store)
    again.meet(list(named.values()))
    assert again.of(named["turned"]) is None
    again.trained([named["plain"].id, named["constant"].id])
    assert again.of(named["turned"]) == named["plain"].id
    assert again.of(named["shaping"]) is None
    assert again.of(named["constant"]) is None
    again.forget({named["plain"].id})
    assert again.of(named["turned"]) is None
    new = Candidate(id="g01c00", source=PROGRAMS["plain"], coder="x", generation=1)
    with pytest.raises(CallOrderError, match="workers"):
        again.meet([new])


def test_likeness_is_symmetric_and_to_rounding_only() -> None:
    one = Behaviour("reward", np.array([1.0, -3.0, 0.0]))
    rounded = Behaviour("reward", np.array([1.0 + 1e-12, -3.0, 1e-12]))
    other = Behaviour("reward", np.array([1.0 + 1e-6, -3.0, 0.0]))
    assert one.is_like(rounded)
    assert rounded.is_like(one)
    assert not one.is_like(other)
    assert not one.is_like(Behaviour("potential", one.total))


def test_the_setting_is_no_part_of_older_records() -> None:
    assert "dedup" not in Protocol().model_dump(mode="json")
    assert "dedup" not in Protocol(dedup="text").model_dump(mode="json", exclude_unset=True)
    asked = Protocol(dedup="behaviour").model_dump(mode="json")
    assert asked["dedup"] == "behaviour"
    assert Protocol.model_validate(asked) == Protocol(dedup="behaviour")
