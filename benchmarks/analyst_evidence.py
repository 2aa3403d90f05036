"""What the evaluator finds out about recorded episodes for the analyst; no reward code is involved.

Events are read off all states of an episode. The last chance of a failed one is searched with the
task's scripted reference: the episode is replayed up to some step from its seed and its actions,
and the reference plays on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.agents.evaluation import Rollout
from alignenv.batch import BatchEnv, make_oracle
from alignenv.evidence import Event, LastChance
from alignenv.reward_design.coders import words
from alignenv.spec import Field, Records, StateSpec
from alignenv.task import Oracle
from alignenv.types import Episode

N_LATER = 3
"""States that are tried behind the one that halving found."""
MAX_RESTARTS = 3
"""How often halving may begin anew behind a later state that led to success."""
MAX_EVENTS = 24
"""Most events of one episode, the first ones."""
_PER_FIELD = 2
_PER_COUNT = 4

NO_REFERENCE = "the task has no scripted reference"
UNSOLVED = "the scripted reference misses the goal on this layout as well"


def with_evidence(
    probe: BatchEnv, episodes: Sequence[Episode], rollout: Rollout, seeds: Sequence[int]
) -> tuple[Episode, ...]:
    """Episodes with their events, the last chance of one that failed, and the reference's.

    Args:
        probe: Pristine env of one copy, built with its truth.
        episodes: As picked from the rollout.
        rollout: All episodes with all their states.
        seeds: Seeds of the rollout.
    """
    spec, places = probe.task.card.state, list(seeds)
    told = [
        replace(e, events=events_of(spec, rollout.states[places.index(e.seed)])) for e in episodes
    ]
    failed = {e.label: e for e in told if not e.success}
    studied = failed.get("typical") or failed.get("worst")
    if studied is None:
        return tuple(told)
    chance, reference = find_last_chance(probe, studied)
    told = [replace(e, last_chance=chance) if e.seed == studied.seed else e for e in told]
    return (*told, reference) if reference is not None else tuple(told)


def find_last_chance(probe: BatchEnv, episode: Episode) -> tuple[LastChance, Episode | None]:
    """Until when a failed episode could be saved by the reference, and how it plays the layout.

    What is reachable at all shrinks from step to step, so that halving finds where the reference
    begins to fail. A reference is not perfect, though: a few later states are tried as well, and
    where one of them leads to success, halving begins anew behind it.

    Args:
        probe: Pristine env of one copy, built with its truth.
        episode: An episode that failed; replayed by its seed and its actions.

    Returns:
        The latest state found that leads to success, and the reference's own episode from the
        beginning; None where that one fails.
    """
    task = probe.task
    oracle = make_oracle(probe)
    if oracle is None:
        return LastChance(why_not=NO_REFERENCE), None
    player = _Player(probe, oracle, episode)
    first = player.play_on(0)
    if not first.success:
        return LastChance(n_tried=1, why_not=UNSOLVED), None
    low, needed = 0, first.length
    for _ in range(MAX_RESTARTS):
        high = episode.length
        while high - low > 1:
            middle = (low + high) // 2
            tried = player.play_on(middle)
            if tried.success:
                low, needed = middle, tried.length
            else:
                high = middle
        later = [(step, player.play_on(step)) for step in _spread(high, episode.length - 1)]
        saved = [(step, tried.length) for step, tried in later if tried.success]
        if not saved:
            break
        low, needed = saved[-1]
    chance = LastChance(step=low, needed=needed, n_tried=player.n_tried)
    return chance, _reference(episode, first, task.card.state)


def _spread(low: int, high: int) -> list[int]:
    """At most `N_LATER` whole numbers above `low` and up to `high`, evenly spread."""
    return sorted({low + (high - low) * (i + 1) // N_LATER for i in range(N_LATER)} - {low})


class _Played(NamedTuple):
    """What the reference did from some step on; `states` begin with the one it was given."""

    success: bool
    actions: list[Any]
    states: list[npt.NDArray[np.float64]]

    @property
    def length(self) -> int:
        return len(self.actions)


class _Player:
    """Lets the reference take over a recorded episode."""

    def __init__(self, probe: BatchEnv, oracle: Oracle, episode: Episode) -> None:
        self._probe, self._oracle, self._episode = probe, oracle, episode
        self.n_tried = 0

    def play_on(self, start: int) -> _Played:
        """Replay the first `start` steps, then let the reference act to the end of the episode."""
        probe, task = self._probe, self._probe.task
        self.n_tried += 1
        is_all = start == 0 or task.judged_on is None
        probe.track([f.name for f in task.card.state] if is_all else sorted(task.judged_on or ()))
        probe.reset([self._episode.seed])
        for action in self._episode.actions[:start]:
            probe.step(np.array([action]), autoreset=False)
        self._oracle.reset(np.ones(1, dtype=np.bool_))
        actions: list[Any] = []
        states = [(probe.state if start else probe.start)[0].copy()]
        while True:
            chosen = self._oracle.act()
            probe.step(chosen, autoreset=False)
            actions.append(np.array(chosen[0]).tolist())
            states.append(probe.state[0].copy())
            if probe.terminated[0] or probe.truncated[0]:
                success = bool(task.judge(probe.state, probe.truth)[0])
                return _Played(success, actions, states)


def _reference(episode: Episode, played: _Played, spec: StateSpec) -> Episode:
    """The reference's own play; its states stay untold, it is there to be paid and compared."""
    return Episode(
        label="reference",
        seed=episode.seed,
        success=True,
        milestones=1.0,
        length=len(played.actions),
        actions=tuple(played.actions),
        states=(),
        events=events_of(spec, np.array(played.states)),
    )


def events_of(spec: StateSpec, rows: Records) -> tuple[Event, ...]:
    """The first events of an episode, in order.

    Args:
        spec: Fields of the records.
        rows: Records of all its states, `(length + 1, spec.size)`.
    """
    found: list[Event] = []
    for field in spec:
        if not field.shape:
            found += _field_events(field, rows[:, spec.offsets[field.name]])
    return tuple(sorted(found, key=lambda event: event.step)[:MAX_EVENTS])


def _field_events(field: Field, values: npt.NDArray[np.float64]) -> Iterator[Event]:
    if field.kind == "bool":
        yield from _turns(field.name, values != 0.0, "on", "off")
        return
    known = np.ones(len(values), dtype=np.bool_)
    if field.missing is not None:
        known = values != field.missing
        yield from _turns(field.name, known, "known", "unknown")
    if words.is_fixed(field) or not known.any():
        return
    if field.kind == "int":
        yield from _growth(field, values) if not words.codes(field) else ()
    elif field.low == 0.0 or field.missing is not None:
        low = values[known].min()
        step = int(np.flatnonzero(known & (values == low))[0])
        if step:
            yield Event(step=step, field=field.name, change=f"lowest {low:.3g}")


def _turns(name: str, flags: npt.NDArray[np.bool_], on: str, off: str) -> Iterator[Event]:
    """The first times that a flag changes."""
    for step in (np.flatnonzero(flags[1:] != flags[:-1]) + 1)[:_PER_FIELD].tolist():
        yield Event(step=step, field=name, change=on if flags[step] else off)


def _growth(field: Field, values: npt.NDArray[np.float64]) -> Iterator[Event]:
    """The first times that a count is larger than ever before."""
    highest = np.maximum.accumulate(values)
    for step in (np.flatnonzero(highest[1:] > highest[:-1]) + 1)[:_PER_COUNT].tolist():
        yield Event(step=step, field=field.name, change=f"rises to {values[step]:g}")
