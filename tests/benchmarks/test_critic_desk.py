"""The critic at work: evidence of tasks, values from workers, judgements that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from alignenv.benchmarks.critic_desk import CriticDesk, Examiner
from alignenv.benchmarks.critic_evidence import record_evidence
from alignenv.benchmarks.critic_table import written
from alignenv.critique import Case, Evidence, Judgement
from alignenv.envs.make import EnvRef
from alignenv.errors import CallOrderError
from alignenv.reward_design.critic.panel import Panel
from alignenv.reward_design.critic.words import for_coder, for_judge
from alignenv.reward_design.sandbox import Event, InlinePool
from alignenv.reward_design.study.memory import ResultMemory
from alignenv.task import find_task
from alignenv.testing.coders import trained
from alignenv.types import Candidate, FailureKind

LAVA = EnvRef(id="AlignEnv-LavaGapS5-v0")
DOORS = EnvRef(id="AlignEnv-DoorKey-8x8-v0")
CAR = EnvRef(
    id="MountainCarContinuous-v0",
    task_text='goal = "Drive up."\nsuccess = "position >= 0.45"\n[state]\nposition = { obs = 0 }\n',
)
FARM = "def reward(prev, action, state):\n    return 1.0 if state.lava_ahead else 0.0\n"
CRASH = "def reward(prev, action, state):\n    return 1.0 / state.path_to_goal\n"


@cache
def evidence(ref: EnvRef = LAVA) -> Evidence:
    return record_evidence(ref, 0.99)


def human() -> str:
    return find_task(LAVA.id).reward("human").source


class Counting(Panel):
    """The rules, counting the programs that they are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[int] = []

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        self.numbers += [case.number for case in cases]
        return super().judge(cases)


def desk(store: ResultMemory, critic: Panel | None = None) -> CriticDesk:
    made = CriticDesk(critic or Panel(), LAVA, 0.99, store)
    made.use(InlinePool())
    return made


def candidate(number: int, source: str) -> Candidate:
    return Candidate(id=f"g00c{number:02d}", source=source, coder="x", generation=0)


def test_evidence_is_the_same_every_time() -> None:
    first, again = evidence(), record_evidence(LAVA, 0.99)
    assert first.recordings == again.recordings
    for name in ("states", "before", "after", "action", "t"):
        assert getattr(first, name).tobytes() == getattr(again, name).tobytes()


def test_evidence_holds_success_death_and_waste_from_the_same_starts() -> None:
    seen = evidence()
    labels = {r.label for r in seen.recordings}
    assert {"oracle", "disturbed", "random", "still", "cycle"} <= labels
    assert len(seen.references) == 4
    assert any(r.terminated and not r.success for r in seen.recordings), "somebody died"
    assert all(r.success <= r.terminated for r in seen.recordings)
    for reference in seen.references:
        for r in seen.recordings:
            if r.layout == reference.layout:
                start = seen.before[reference.first + r.branch]
                assert seen.before[r.first] == start, "a branch begins where it left"


def test_transitions_join_within_a_recording() -> None:
    seen = evidence()
    for r in seen.recordings:
        assert np.array_equal(seen.after[r.rows][:-1], seen.before[r.rows][1:])
        assert np.allclose(np.diff(seen.t[r.rows]), 1 / seen.horizon)
        assert seen.t[r.first] == pytest.approx((r.branch + 1) / seen.horizon)


def test_a_task_without_an_oracle_is_played_at_random() -> None:
    seen = evidence(CAR)
    assert seen.references == ()
    assert {r.label for r in seen.recordings} >= {"random", "still"}
    source = "def reward(prev, action, state):\n    return state.position - prev.position\n"
    (case,) = Examiner(CAR, seen, InlinePool()).examine([source])
    (judgement,) = Panel().judge([case])
    assert [f.code for f in judgement.findings] == ["success-unseen"]
    assert not judgement.send_back


def test_workers_pay_what_the_program_says() -> None:
    seen = evidence()
    sources = [human(), "def potential(state):\n    return -state.path_to_goal\n", CRASH, "x ="]
    reward, potential, crash, broken = Examiner(LAVA, seen, InlinePool()).examine(sources)
    assert reward.payments is not None
    assert reward.payments.names == ("death", "goal", "approach", "time")
    assert np.allclose(reward.payments.components.sum(axis=1), reward.payments.total)
    assert potential.payments is not None
    assert potential.payments.kind == "potential"
    assert crash.failure is not None
    assert (crash.failure.kind, crash.failure.code) == (FailureKind.VALUE, "E010")
    assert "Seen at step" in crash.failure.message
    assert broken.failure is not None
    assert broken.failure.code == "R006"


@pytest.mark.parametrize(
    "values",
    [
        None,
        np.zeros((3, 5)),
        np.zeros((evidence().n_rows, 5), dtype=np.float32),
        np.full((evidence().n_rows, 5), np.nan),
    ],
)
def test_what_a_worker_sends_is_checked(values: Any) -> None:
    class Lying(InlinePool):
        def next_event(self, timeout: float | None = None) -> Event | None:
            event = super().next_event(timeout)
            if event is None or event.result is None:
                return event
            arrays = {} if values is None else {"values": values}
            return replace(event, result=replace(event.result, arrays=arrays))

    (case,) = Examiner(LAVA, evidence(), Lying()).examine([human()])
    assert case.payments is None
    assert case.failure is not None
    assert case.failure.code == "E020"


def test_judgements_are_kept_and_served_again() -> None:
    store, critic = ResultMemory(), Counting()
    first = desk(store, critic).judge([human(), FARM, human()])
    assert first[0] == first[2]
    assert [j.send_back for j in first] == [False, True, False]
    assert critic.numbers == [0, 1]
    again = Counting()
    late = CriticDesk(again, LAVA, 0.99, store)
    assert late.judge([human(), FARM]) == [first[0], first[1]]
    assert again.numbers == [], "a resumed search asks nothing twice"
    with pytest.raises(CallOrderError, match="workers"):
        late.judge([CRASH])


def test_the_rejected_are_named_and_never_all_of_a_generation() -> None:
    store = ResultMemory()
    work = desk(store)
    rejected = work.review([candidate(0, human()), candidate(1, FARM), candidate(2, CRASH)])
    assert set(rejected) == {"g00c01", "g00c02"}
    assert all(f.kind is FailureKind.REJECTED and f.message for f in rejected.values())
    assert work.record_of("g00c00") == asdict(work.judge([human()])[0])
    left = desk(ResultMemory()).review([candidate(0, FARM), candidate(1, CRASH)])
    assert set(left) == {"g00c01"}, "the better of two bad ones is trained"


def test_the_record_is_scored_by_what_training_showed() -> None:
    work = desk(ResultMemory())
    pair = [candidate(0, human()), candidate(1, human() + "\n")]
    work.review(pair)
    p = work.judgements()["g00c00"].p_success
    work.tell([trained(pair[0], 0.9), trained(pair[1], 0.2)])
    facts = work.facts()
    assert facts["scored"] == 2
    assert facts["brier"] == pytest.approx(((1 - p) ** 2 + p**2) / 2, abs=1e-4)
    assert facts["brier_of_base_rate"] == 0.25


def test_findings_give_nothing_away() -> None:
    """What goes to coders and models names no measure and no reference."""
    sources = [program.source for program in written("dev") if program.task == DOORS.id]
    cases = Examiner(DOORS, evidence(DOORS), InlinePool()).examine(sources)
    judged = Panel().judge(cases)
    told = [for_coder(j.findings) for j in judged]
    told += [for_judge(c, j) for c, j in zip(cases, judged, strict=True)]
    text = "\n".join([*told, *(r.doing for r in evidence(DOORS).recordings)]).lower()
    assert "farmed" in text
    assert [w for w in ("oracle", "judge", "milestone", "truth", "human") if w in text] == []
