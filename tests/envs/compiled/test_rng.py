"""Random streams continue numpy's generators draw for draw."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from gymnasium.utils.seeding import np_random
from hypothesis import given, settings
from hypothesis import strategies as st

from alignenv.envs.compiled import rng
from alignenv.envs.compiled.jit import kernel
from alignenv.envs.compiled.rng import Stream, high_word, seed_stream


@kernel
def below(stream: Stream, bound: int) -> int:
    return rng.below(stream, bound)


@kernel
def shuffle(stream: Stream, items: npt.NDArray[np.int64], size: int) -> None:
    rng.shuffle(stream, items, size)


@kernel
def next_half(stream: Stream) -> int:
    return rng.next_half(stream)


@kernel
def high_words(a: np.uint64, b: np.uint64) -> np.uint64:
    return high_word(a, b)


SEEDS = st.integers(0, 2**63)
RANGES = st.tuples(st.integers(-1000, 1000), st.integers(1, 2**32 - 1))


@given(seed=SEEDS, ranges=st.lists(RANGES, max_size=40))
@settings(deadline=None)
def test_integers_are_those_of_numpy(seed: int, ranges: list[tuple[int, int]]) -> None:
    generator, stream = np_random(seed)[0], seed_stream(seed)
    for low, span in ranges:
        assert low + below(stream, span) == generator.integers(low, low + span)


@given(seed=SEEDS, sizes=st.lists(st.integers(0, 30), max_size=10), gap=st.integers(1, 100))
@settings(deadline=None)
def test_shuffles_are_those_of_numpy(seed: int, sizes: list[int], gap: int) -> None:
    generator, stream = np_random(seed)[0], seed_stream(seed)
    for size in sizes:
        expected, items = list(range(size)), np.arange(30)
        generator.shuffle(expected)
        shuffle(stream, items, size)
        assert items[:size].tolist() == expected
        assert items[size:].tolist() == list(range(size, 30))
        assert below(stream, gap) == generator.integers(0, gap)


@given(seed=SEEDS)
@settings(deadline=None)
def test_raw_draws_are_those_of_numpy(seed: int) -> None:
    words = np.random.PCG64(np.random.SeedSequence(seed)).random_raw(20)
    stream = seed_stream(seed)
    halves = [int(next_half(stream)) for _ in range(40)]
    assert halves == [int(half) for word in words for half in (word % 2**32, word >> 32)]


@given(a=st.integers(0, 2**64 - 1), b=st.integers(0, 2**64 - 1))
@settings(deadline=None)
def test_high_word(a: int, b: int) -> None:
    assert int(high_words(np.uint64(a), np.uint64(b))) == a * b >> 64


def test_a_choice_of_one_draws_nothing() -> None:
    stream = seed_stream(1)
    before = stream.copy()
    assert below(stream, 1) == 0
    np.testing.assert_array_equal(stream, before)


def test_streams_without_a_seed_differ() -> None:
    assert not np.array_equal(seed_stream(None), seed_stream(None))
