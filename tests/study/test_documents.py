"""Whatever a search can say comes back from the disk as it was."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as some

from alignenv.reward_design.study.documents import (
    candidate_event,
    read_candidate,
    read_trial,
    trial_event,
)
from alignenv.reward_design.study.events import Event, EventLog, metadata, to_json
from alignenv.reward_design.study.files import FileStore, pack_arrays, unpack_arrays
from alignenv.types import (
    Candidate,
    ComponentStats,
    CurvePoint,
    Episode,
    Evaluation,
    Failure,
    FailureKind,
    Score,
    Trial,
)

texts = some.text(max_size=20) | some.sampled_from(["\ud800", "\x00", "</script>", "\r\n", "é"])
names = some.text(some.characters(codec="utf-8"), min_size=1, max_size=8)
rates = some.floats(0, 1)
numbers = some.floats(allow_nan=False, allow_infinity=True)
values = some.recursive(
    some.none() | some.booleans() | some.integers() | numbers | texts,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
failures = some.builds(Failure, kind=some.sampled_from(FailureKind), message=texts, code=texts)
candidates = some.builds(
    Candidate,
    id=some.from_regex(r"g\d\dc\d\d", fullmatch=True),
    source=texts,
    coder=texts,
    generation=some.integers(0, 99),
    parents=some.lists(texts, max_size=2).map(tuple),
    requests=some.lists(texts, max_size=2).map(tuple),
    note=texts,
    failure=some.none() | failures,
)
curve_points = some.builds(
    CurvePoint,
    env_steps=some.integers(0, 10**9),
    success=some.none() | rates,
    designed_return=some.none() | numbers,
    length=some.none() | numbers,
    components=some.dictionaries(texts, numbers, max_size=2),
)
episodes = some.builds(
    Episode,
    label=texts,
    seed=some.integers(0, 2**31),
    success=some.booleans(),
    milestones=rates,
    length=some.integers(0, 1000),
    actions=some.lists(some.integers(0, 6), max_size=4).map(tuple),
    states=some.lists(some.dictionaries(names, values, max_size=2), max_size=2).map(tuple),
)
evaluations = some.builds(
    Evaluation,
    score=some.builds(
        Score,
        success=rates,
        success_greedy=rates,
        milestones=rates,
        mean_length=numbers,
        n_episodes=some.integers(1, 500),
    ),
    env_steps=some.integers(0, 10**9),
    stopped_at=some.none() | some.integers(0, 3),
    curve=some.lists(curve_points, max_size=2).map(tuple),
    components=some.dictionaries(
        texts, some.builds(ComponentStats, mean=numbers, low=numbers, high=numbers, active=rates)
    ),
    episodes=some.lists(episodes, max_size=2).map(tuple),
    compiled=some.booleans(),
    cpu_s=some.floats(0, 1e6),
    tier=texts,
)


class Shelf(dict[str, bytes]):
    """Files in memory."""

    def put(self, data: bytes) -> str:
        self[str(len(self))] = data
        return str(len(self) - 1)


def through_json(event: Event) -> Event:
    return replace(
        event,
        document=json.loads(to_json(event.document)),
        volatile=json.loads(to_json(event.volatile)),
    )


@settings(deadline=None, max_examples=100)
@given(candidates, evaluations | failures)
def test_candidates_and_trials_come_back(candidate, outcome):
    shelf = Shelf()
    event = through_json(candidate_event(candidate, shelf.put))
    assert read_candidate(event, shelf.__getitem__) == candidate
    kind = "failure" if isinstance(outcome, Failure) else "evaluation"
    trial = Trial(candidate=candidate, **{kind: outcome})
    event = through_json(trial_event(trial, shelf.put))
    assert read_trial(event, candidate, shelf.__getitem__) == trial


@settings(deadline=None, max_examples=30)
@given(some.lists(some.tuples(texts, values), max_size=3, unique_by=lambda pair: pair[0]))
def test_events_come_back_from_a_database(facts):
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    log = EventLog(engine)
    for key, value in facts:
        log.append(Event(kind="result", key=repr(key), document=value))
        log.append(Event(kind="result", key=repr(key), document=value))
    for key, value in facts:
        found = log.find("result", repr(key))
        assert found is not None
        assert found.document == value
    assert [event.key for event in log.all_of("result")] == sorted(repr(key) for key, _ in facts)
    engine.dispose()


@settings(deadline=None, max_examples=50)
@given(
    some.dictionaries(
        some.text(some.characters(codec="utf-8", exclude_characters="\x00"), min_size=1),
        some.lists(some.floats(width=32), max_size=5),
        max_size=3,
    )
)
def test_arrays_come_back_and_equal_arrays_are_equal_bytes(lists):
    arrays = {name: np.array(items, dtype=np.float32) for name, items in lists.items()}
    packed = pack_arrays(arrays)
    assert packed == pack_arrays(dict(reversed(arrays.items())))
    found = unpack_arrays(packed)
    assert found.keys() == arrays.keys()
    assert all(found[name].tobytes() == arrays[name].tobytes() for name in arrays)


def test_infinities_survive_and_nan_stays_nan(tmp_path):
    assert json.loads(to_json([math.inf, -0.0])) == [math.inf, -0.0]
    assert math.isnan(json.loads(to_json(math.nan)))
    store = FileStore(tmp_path)
    assert store.get(store.put(b"")) == b""
