"""numpy's PCG64 stream and bounded integers, compiled, one stream per environment.

A stream is a row of six uint64: state high and low, increment high and low, whether half a draw
is left over, and that half. It continues `numpy.random.Generator(PCG64(seed))` draw for draw.

References:
    O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for
    Random Number Generation", 2014 (XSL-RR 128/64).
    Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from alignenv.envs.compiled.jit import inlined, intrinsic, njit, types

Stream = npt.NDArray[np.uint64]
"""State of one generator, shape `(6,)`."""

STREAM_SIZE = 6

_U = np.uint64
_ONE, _HALF, _WORD, _LAST = _U(1), _U(32), _U(64), _U(63)
_LOW_HALF = _U(0xFFFFFFFF)
_MULTIPLIER_HIGH = _U(0x2360ED051FC65DA4)
_MULTIPLIER_LOW = _U(0x4385DF649FCCF645)


def seed_stream(seed: int | None) -> Stream:
    """The stream that Gymnasium's `np_random(seed)` starts with.

    Args:
        seed: At least 0; None takes entropy from the operating system, as Gymnasium does.
    """
    state = np.random.PCG64(np.random.SeedSequence(seed)).state["state"]
    words = [state["state"] >> 64, state["state"] % 2**64, state["inc"] >> 64, state["inc"] % 2**64]
    return np.array([*words, 0, 0], dtype=np.uint64)


@intrinsic
def high_word(_context: Any, a: Any, b: Any) -> Any:
    """High word of the 128-bit product of two uint64."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        double = ir.IntType(128)
        factors = [builder.zext(argument, double) for argument in arguments]
        high = builder.lshr(builder.mul(*factors), ir.Constant(double, 64))
        return builder.trunc(high, ir.IntType(64))

    return types.uint64(a, b), generate


@inlined
def next_half(stream: Stream) -> Any:
    """Next 32 random bits; every second call takes what the one before left over."""
    if stream[4] != _U(0):
        stream[4] = _U(0)
        return stream[5]
    old_high, old_low = stream[0], stream[1]
    product = old_low * _MULTIPLIER_LOW
    low = product + stream[3]
    high = high_word(old_low, _MULTIPLIER_LOW) + old_high * _MULTIPLIER_LOW
    high += old_low * _MULTIPLIER_HIGH + stream[2] + _U(low < product)
    stream[0], stream[1] = high, low
    folded, rotation = high ^ low, high >> _U(58)
    draw = (folded >> rotation) | (folded << ((_WORD - rotation) & _LAST))
    stream[4], stream[5] = _ONE, draw >> _HALF
    return draw & _LOW_HALF


@inlined
def below(stream: Stream, bound: int) -> int:
    """Whole number in [0, bound), as `Generator.integers(bound)`; `1 <= bound < 2**32`.

    Numbers of [low, high) are `low + below(stream, high - low)`, as with numpy's generator.
    """
    span = _U(bound)
    if span == _ONE:
        return 0
    product = next_half(stream) * span
    leftover = product & _LOW_HALF
    if leftover < span:
        threshold = (_LOW_HALF - span + _ONE) % span
        while leftover < threshold:
            product = next_half(stream) * span
            leftover = product & _LOW_HALF
    return int(np.int64(product >> _HALF))


@njit
def shuffle(stream: Stream, items: npt.NDArray[np.int64], size: int) -> None:
    """Shuffle the first items in place, as `Generator.shuffle(list)`.

    Lists are shuffled by masking and rejection, not by the bounded integers above.
    """
    for last in range(size - 1, 0, -1):
        mask = last
        for shift in (1, 2, 4, 8, 16):
            mask |= mask >> shift
        other = int(next_half(stream)) & mask
        while other > last:
            other = int(next_half(stream)) & mask
        items[last], items[other] = items[other], items[last]
