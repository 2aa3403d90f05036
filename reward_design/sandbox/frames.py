"""The only bytes that cross the boundary: JSON messages and raw arrays, each in a frame.

A frame is one byte of kind, four bytes of length (little endian) and a body. The reader trusts
nothing: lengths are checked before anything is kept, types against a list, text is cleaned,
numbers must be finite. Whatever is wrong is a `FrameError`; nothing is ever unpickled.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, NoReturn, TypeGuard

import numpy as np
import numpy.typing as npt

from alignenv.reward_design.sandbox.text import TEXT_CHARS, clean_text

MESSAGE, ARRAY, CONTROL = b"M", b"A", b"C"
"""What a job sends, arrays it sends, and what the worker says about itself."""

MESSAGE_BYTES = 1 << 20
ARRAY_BYTES = 64 << 20
HEAD_BYTES = 1024
DTYPES = frozenset(
    ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8")
)
"""Types that may cross, as numpy spells them; never objects, text or records."""
MAX_DEPTH, MAX_DIMENSIONS, MAX_INT, KEY_CHARS = 32, 8, 2**63, 200

_HEADER = struct.Struct("<cI")
_HEAD = struct.Struct("<H")


class FrameError(ValueError):
    """A frame, or what was to become one, breaks the protocol."""


class Frame(NamedTuple):
    """One decoded frame: `array` is set for kind `ARRAY`, else `value`."""

    kind: bytes
    value: dict[str, Any]
    name: str = ""
    array: npt.NDArray[Any] | None = None


def encode_message(message: Mapping[str, Any], kind: bytes = MESSAGE) -> bytes:
    """One JSON object as a frame.

    Raises:
        FrameError: It is not JSON, holds a number that is not finite, or is too large.
    """
    try:
        body = json.dumps(dict(message), allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise FrameError(f"A message must be a JSON object: {error}.") from error
    if len(body) > MESSAGE_BYTES:
        raise FrameError(f"A message may have {MESSAGE_BYTES} bytes, not {len(body)}.")
    return _HEADER.pack(kind, len(body)) + body


def encode_array(name: str, array: npt.NDArray[Any]) -> bytes:
    """One named array as a frame.

    Raises:
        FrameError: The type is not a plain number or flag, or the array is too large.
    """
    data = np.ascontiguousarray(array).reshape(np.shape(array))
    if data.dtype.str not in DTYPES:
        raise FrameError(f"Array {name!r} has dtype {data.dtype.str}; plain numbers only.")
    head = json.dumps({"name": name, "dtype": data.dtype.str, "shape": data.shape}).encode()
    if data.nbytes > ARRAY_BYTES or len(head) > HEAD_BYTES or data.ndim > MAX_DIMENSIONS:
        raise FrameError(f"Array {name!r} of shape {data.shape} is too large.")
    body = _HEAD.pack(len(head)) + head + data.tobytes()
    return _HEADER.pack(ARRAY, len(body)) + body


class Decoder:
    """Turns a stream of bytes into frames.

    Args:
        message_bytes: Most bytes of messages in all.
        array_bytes: Most bytes of arrays in all.
        text_chars: Longest text kept, cleaned; None to take text as it is, from a trusted sender.
    """

    def __init__(
        self, message_bytes: int, array_bytes: int, *, text_chars: int | None = TEXT_CHARS
    ) -> None:
        self._text_chars = text_chars
        self._left = {MESSAGE: message_bytes, CONTROL: MESSAGE_BYTES, ARRAY: array_bytes}
        self._buffer = bytearray()

    @property
    def is_between_frames(self) -> bool:
        """Whether the stream may end here."""
        return not self._buffer

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take in bytes and yield the frames they complete.

        Raises:
            FrameError: The stream broke the protocol; it must not be read any further.
        """
        self._buffer += data
        while len(self._buffer) >= _HEADER.size:
            kind, size = _HEADER.unpack_from(self._buffer)
            self._check_size(kind, size)
            end = _HEADER.size + size
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_HEADER.size : end])
            del self._buffer[:end]
            self._left[kind] -= size
            if kind == ARRAY:
                yield _decode_array(body)
            else:
                yield Frame(kind, _decode_message(body, self._text_chars))

    def _check_size(self, kind: bytes, size: int) -> None:
        if kind not in self._left:
            raise FrameError(f"unknown kind of frame {kind!r}")
        most = ARRAY_BYTES + HEAD_BYTES + _HEAD.size if kind == ARRAY else MESSAGE_BYTES
        if size > most:
            raise FrameError(f"a frame of {size} bytes; at most {most} are allowed")
        if size > self._left[kind]:
            what = "arrays" if kind == ARRAY else "messages"
            raise FrameError(f"more bytes of {what} than its limit allows")


def _decode_message(body: bytes, text_chars: int | None) -> dict[str, Any]:
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"a message that is not JSON: {type(error).__name__}") from error
    if not isinstance(document, dict):
        raise FrameError("a message that is not a JSON object")
    if text_chars is None:
        return document
    cleaned = _clean(document, text_chars, 0)
    assert isinstance(cleaned, dict), "an object stays an object"
    return cleaned


def _refuse_constant(name: str) -> NoReturn:
    raise FrameError(f"the number {name}")


def _clean(value: Any, text_chars: int, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise FrameError(f"a message nested deeper than {MAX_DEPTH}")
    if isinstance(value, str):
        return clean_text(value, text_chars)
    if isinstance(value, list):
        return [_clean(item, text_chars, depth + 1) for item in value]
    if isinstance(value, dict):
        return {
            clean_text(key, KEY_CHARS): _clean(item, text_chars, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, float) and not math.isfinite(value):
        raise FrameError("a number that is not finite")
    if isinstance(value, int) and not -MAX_INT <= value < MAX_INT:
        raise FrameError("an integer of more than 64 bits")
    return value


def _decode_array(body: bytes) -> Frame:
    if len(body) < _HEAD.size:
        raise FrameError("an array without a head")
    start = _HEAD.size + _HEAD.unpack_from(body)[0]
    head = _decode_message(body[_HEAD.size : start], KEY_CHARS)
    name, dtype, shape = head.get("name"), head.get("dtype"), head.get("shape")
    if not (isinstance(name, str) and isinstance(dtype, str) and dtype in DTYPES):
        raise FrameError(f"an array with the head {str(head)[:200]}")
    if not _is_shape(shape):
        raise FrameError(f"an array with the head {str(head)[:200]}")
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    if n_bytes != len(body) - start:
        raise FrameError(f"an array of {len(body) - start} bytes that says it has {n_bytes}")
    if dtype == "|b1":
        # A byte other than 0 and 1 is no boolean to numpy.
        array = np.frombuffer(body, np.uint8, offset=start).reshape(shape) != 0
    else:
        array = np.frombuffer(body, dtype, offset=start).reshape(shape).copy()
    return Frame(ARRAY, {}, name, array)


def _is_shape(shape: Any) -> TypeGuard[list[int]]:
    return (
        isinstance(shape, list)
        and len(shape) <= MAX_DIMENSIONS
        and all(type(n) is int and 0 <= n <= ARRAY_BYTES for n in shape)
        and math.prod(n for n in shape if n) <= ARRAY_BYTES
    )
