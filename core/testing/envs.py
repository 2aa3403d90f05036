"""What every batched core must do, as tests to inherit.

class TestMyCore(EnvContract):
    def make_batch(self, n_envs):
        return MyCore(n_envs)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from alignenv.batch import BatchEnv, Observations
from alignenv.errors import CallOrderError
from alignenv.spec import Field, Records
from alignenv.task import Task

N_ENVS = 5
N_STEPS = 150


class EnvContract(ABC):
    """Inherit and implement `make_batch`; `alignenv.batch.BatchEnv` is what is tested."""

    @abstractmethod
    def make_batch(self, n_envs: int) -> BatchEnv:
        """A new core of `n_envs` envs."""

    def make_fields(self) -> list[str]:
        """State fields to track; by default all of the task's."""
        return [field.name for field in self.make_batch(1).task.card.state]

    def open(self, n_envs: int = N_ENVS) -> BatchEnv:
        """A core that tracks every field, reset with seeds 0, 1, 2, ..."""
        batch = self.make_batch(n_envs)
        batch.track(self.make_fields())
        batch.reset(list(range(n_envs)))
        return batch

    def play(
        self, batch: BatchEnv, n_steps: int = N_STEPS, *, seed: int = 0
    ) -> Iterator[npt.NDArray[Any]]:
        """Step with random actions and autoreset; yields the actions after each step."""
        batch.action_space.seed(seed)
        for _ in range(n_steps):
            actions = np.array([batch.action_space.sample() for _ in range(batch.n_envs)])
            batch.step(actions, autoreset=True)
            yield actions

    def test_equal_seeds_and_actions_give_equal_streams(self) -> None:
        """Observations, rewards, ends and records are functions of seeds and actions."""
        first, second = self.open(), self.open()
        for _ in zip(self.play(first), self.play(second), strict=True):
            assert snapshot(first) == snapshot(second)

    def test_envs_of_a_batch_do_not_touch_each_other(self) -> None:
        """An env in a batch does what it does alone."""
        together, alone = self.open(), self.make_batch(1)
        alone.track(self.make_fields())
        alone.reset([2])
        for actions in self.play(together):
            alone.step(actions[2:3], autoreset=True)
            assert snapshot(together, 2) == snapshot(alone, 0)

    def test_observations_are_in_their_space(self) -> None:
        """Also first observations and those that end an episode."""
        batch = self.open()
        assert all(batch.observation_space.contains(row(batch.observations, i)) for i in range(5))
        for _ in self.play(batch):
            for index in range(batch.n_envs):
                assert batch.observation_space.contains(row(batch.observations, index))
            for index in np.flatnonzero(batch.terminated | batch.truncated).tolist():
                assert batch.observation_space.contains(row(batch.terminal_observations, index))

    def test_records_are_in_their_ranges(self) -> None:
        """Each field has a value that its spec allows."""
        batch = self.open()
        for _ in self.play(batch):
            check_ranges(batch.task, batch.state)
            check_ranges(batch.task, batch.start)

    def test_reward_is_true_success(self) -> None:
        """The sparse reward is 1 where an episode ends in success, else 0.

        The visible reward of a task with hidden facts is another thing, by intent.
        """
        batch = self.open()
        if batch.task.has_truth:
            return
        for _ in self.play(batch):
            ended = batch.terminated | batch.truncated
            assert set(np.unique(batch.reward)) <= {0.0, 1.0}
            assert not batch.reward[~ended].any()
            assert (batch.task.judge(batch.state)[ended] == (batch.reward[ended] == 1)).all()

    def test_milestones_are_between_0_and_1_and_1_on_success(self) -> None:
        """True progress is a share."""
        batch = self.open()
        for _ in self.play(batch):
            progress = batch.task.progress(batch.state, batch.truth)
            assert ((progress >= 0) & (progress <= 1)).all()
            succeeded = batch.task.judge(batch.state, batch.truth)
            ended = batch.terminated | batch.truncated
            assert (progress[ended & succeeded] == 1).all()

    def test_judges_read_only_the_fields_they_name(self) -> None:
        """Fields outside `judged_on` may hold anything."""
        batch = self.open()
        task = batch.task
        blank = set(task.card.state.offsets) - (task.judged_on or set(task.card.state.offsets))
        for _ in self.play(batch, 100):
            other = batch.state.copy()
            for name in blank:
                task.card.state.view(other)[name] = np.nan
            truth = batch.truth
            assert (task.judge(other, truth) == task.judge(batch.state, truth)).all()
            assert (task.progress(other, truth) == task.progress(batch.state, truth)).all()

    def test_episodes_are_counted_and_end_at_the_horizon(self) -> None:
        """Steps count from 1 and reach the horizon at most."""
        batch = self.open()
        clock = np.zeros(batch.n_envs, dtype=np.int64)
        for _ in self.play(batch):
            clock += 1
            assert (batch.steps == clock).all()
            assert (batch.truncated == (clock == batch.task.card.horizon)).all()
            clock[batch.terminated | batch.truncated] = 0

    def test_a_transition_starts_where_the_last_one_led(self) -> None:
        """`start` is `state` unless an episode ended."""
        batch = self.open()
        for _ in self.play(batch):
            going_on = ~(batch.terminated | batch.truncated)
            assert (batch.start[going_on] == batch.state[going_on]).all()
            np.testing.assert_array_equal(batch.read_state(), batch.start)

    def test_autoreset_equals_a_reset_by_hand(self) -> None:
        """Both continue the env's random stream the same way."""
        automatic, manual = self.open(), self.open()
        for actions in self.play(automatic):
            manual.step(actions, autoreset=False)
            ended = manual.terminated | manual.truncated
            assert (ended == (automatic.terminated | automatic.truncated)).all()
            if ended.any():
                for index in np.flatnonzero(ended).tolist():
                    last = row(automatic.terminal_observations, index)
                    assert same(row(manual.observations, index), last)
                manual.reset(mask=ended)
            assert all(
                same(row(manual.observations, i), row(automatic.observations, i))
                for i in range(manual.n_envs)
            )

    def test_a_masked_reset_leaves_the_others_alone(self) -> None:
        """Only the chosen env begins anew."""
        batch, twin = self.open(), self.open()
        for _ in zip(self.play(batch, 7), self.play(twin, 7), strict=True):
            pass
        mask = np.zeros(batch.n_envs, dtype=np.bool_)
        mask[1] = True
        batch.reset([None, 9, None, None, None], mask)
        for index in (0, 2, 3, 4):
            assert same(row(batch.observations, index), row(twin.observations, index))
        single = self.make_batch(1)
        single.reset([9])
        assert same(row(batch.observations, 1), row(single.observations, 0))

    def test_stepping_a_finished_env_does_no_harm(self) -> None:
        """What is stepped past its end can still be reset."""
        batch, twin = self.open(), self.open()
        over = np.zeros(batch.n_envs, dtype=np.bool_)
        for actions in self.play(twin):
            batch.step(actions, autoreset=False)
            if over.any():
                batch.reset(mask=over)
            over = ~over & (batch.terminated | batch.truncated)
            del actions
            if over.any():
                break
        batch.step(self.some_actions(batch), autoreset=False)
        batch.reset(list(range(batch.n_envs)))
        fresh = self.open()
        assert all(
            same(row(batch.observations, i), row(fresh.observations, i))
            for i in range(batch.n_envs)
        )

    def some_actions(self, batch: BatchEnv) -> npt.NDArray[Any]:
        """One action per env."""
        return np.array([batch.action_space.sample() for _ in range(batch.n_envs)])

    def test_untracked_steps_are_the_same_steps(self) -> None:
        """Keeping records changes nothing else."""
        tracked, bare = self.open(), self.make_batch(N_ENVS)
        bare.track(None)
        bare.reset(list(range(N_ENVS)))
        for actions in self.play(tracked, 100):
            bare.step(actions, autoreset=True)
            assert (bare.reward == tracked.reward).all()
            assert all(
                same(row(bare.observations, i), row(tracked.observations, i)) for i in range(N_ENVS)
            )

    def test_a_step_before_the_first_reset_is_refused(self) -> None:
        """The error says what to call."""
        batch = self.make_batch(2)
        with pytest.raises(CallOrderError, match="reset"):
            batch.step(self.some_actions(batch), autoreset=True)

    def test_close_twice_is_safe(self) -> None:
        """The second call has nothing to do."""
        batch = self.open(1)
        batch.close()
        batch.close()


def row(observations: Observations, index: int) -> Any:
    """One env's observation out of a batch."""
    if isinstance(observations, dict):
        return {key: part[index] for key, part in observations.items()}
    return observations[index]


def same(first: Any, second: Any) -> bool:
    """Whether two observations are equal, bit for bit."""
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[k], second[k]) for k in first)
    return bool(np.array_equal(first, second))


def snapshot(batch: BatchEnv, index: int | None = None) -> list[Any]:
    """Everything that a step says, of one env or of all, as plain values."""
    chosen = slice(None) if index is None else slice(index, index + 1)
    arrays = [batch.reward, batch.native_reward, batch.terminated, batch.truncated, batch.steps]
    arrays += [batch.state, batch.start]
    seen = batch.observations
    arrays += list(seen.values()) if isinstance(seen, dict) else [seen]
    return [array[chosen].tolist() for array in arrays]


def check_ranges(task: Task, records: Records) -> None:
    """Assert that every field of every record has a value that its spec allows."""
    view = task.card.state.view(records)
    for field in task.card.state:
        assert _fits(field, view[field.name]).all(), f"{field.describe()}: {view[field.name]}"


def _fits(field: Field, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    fits = (values >= field.low) & (values <= field.high)
    if field.missing is not None:
        fits |= values == field.missing
    if field.kind == "bool":
        fits &= (values == 0) | (values == 1)
    if field.kind == "int" or field.kind.startswith("grid"):
        fits &= values == np.round(values)
    return fits
