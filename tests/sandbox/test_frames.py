"""Nothing that comes over the pipe can do more than fail its own job."""

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignenv.reward_design.sandbox import FrameError, JobResult
from alignenv.reward_design.sandbox.frames import (
    ARRAY,
    ARRAY_BYTES,
    CONTROL,
    DTYPES,
    MESSAGE,
    MESSAGE_BYTES,
    Decoder,
    Frame,
    encode_array,
    encode_message,
)
from alignenv.reward_design.sandbox.text import TEXT_CHARS, clean_text
from alignenv.types import FailureKind


def _frame(kind: bytes, body: bytes, size: int | None = None) -> bytes:
    return struct.pack("<cI", kind, len(body) if size is None else size) + body


def _array(head: Any, data: bytes) -> bytes:
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return _frame(ARRAY, struct.pack("<H", len(text)) + text + data)


def _head(**changes: Any) -> dict[str, Any]:
    return {"name": "a", "dtype": "<f8", "shape": [1], **changes}


def _decode(data: bytes) -> list[Frame]:
    return list(Decoder(1 << 22, 1 << 22).feed(data))


MALFORMED = {
    "kind": _frame(b"Z", b"{}"),
    "control text": b"\x1b[2J hello",
    "huge length": _frame(MESSAGE, b"", size=0xFFFFFFFF),
    "huge array": _frame(ARRAY, b"", size=ARRAY_BYTES + 4096),
    "not json": _frame(MESSAGE, b"{'a': 1}"),
    "not utf-8": _frame(MESSAGE, b'{"a": "\xff\xfe"}'),
    "not an object": _frame(MESSAGE, b"[1, 2]"),
    "nan": _frame(MESSAGE, b'{"a": NaN}'),
    "infinity": _frame(MESSAGE, b'{"a": [-Infinity]}'),
    "overflow": _frame(MESSAGE, b'{"a": 1e999}'),
    "long integer": _frame(MESSAGE, b'{"a": ' + b"9" * 30 + b"}"),
    "endless integer": _frame(MESSAGE, b'{"a": ' + b"9" * 9000 + b"}"),
    "deep": _frame(MESSAGE, b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}"),
    "bottomless": _frame(MESSAGE, b'{"a": ' + b"[" * 400_000),
    "pickle": _frame(MESSAGE, b"\x80\x04\x95cos\nsystem\n(S'id'\ntR."),
    "object array": _array(_head(dtype="|O"), b"\0" * 8),
    "text array": _array(_head(dtype="<U2"), b"\0" * 8),
    "record array": _array(_head(dtype=[["x", "<f8"]]), b"\0" * 8),
    "big endian": _array(_head(dtype=">f8"), b"\0" * 8),
    "dtype call": _array(_head(dtype={"names": ["a"], "formats": ["O"]}), b"\0" * 8),
    "no name": _array({"dtype": "<f8", "shape": [1]}, b"\0" * 8),
    "short data": _array(_head(shape=[2]), b"\0" * 8),
    "long data": _array(_head(), b"\0" * 16),
    "negative shape": _array(_head(shape=[-1]), b"\0" * 8),
    "float shape": _array(_head(shape=[1.0]), b"\0" * 8),
    "flag shape": _array(_head(shape=[True]), b"\0" * 8),
    "wide shape": _array(_head(shape=[0, 2**62, 2**62]), b""),
    "many dimensions": _array(_head(shape=[1] * 40), b"\0" * 8),
    "no head": _frame(ARRAY, b"\x00"),
    "head beyond the end": _frame(ARRAY, struct.pack("<H", 60_000) + b"{}"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_frame_is_refused(name: str) -> None:
    with pytest.raises(FrameError, match=r"\w"):
        _decode(MALFORMED[name])


@pytest.mark.parametrize("name", ["huge length", "pickle", "bottomless", "object array", "nan"])
def test_malformed_frame_fails_its_job_and_nothing_else(
    run: Callable[..., JobResult], name: str
) -> None:
    result = run("write_raw", hex=MALFORMED[name].hex(), then="wait")
    assert not result.ok
    assert result.failure is not None
    assert (result.failure.kind, result.failure.code) == (FailureKind.CRASH, "W005")
    assert result.messages == [{"kind": "point", "env_steps": 128}]
    assert run("use_own_folder").ok


def test_frame_cut_off_is_no_success(run: Callable[..., JobResult]) -> None:
    result = run("write_raw", hex=_frame(MESSAGE, b'{"kind": "res', size=60).hex())
    assert result.failure is not None
    assert result.failure.code == "W004"


@pytest.mark.parametrize(
    ("report", "kind"),
    [
        ({"phase": "failed", "kind": "infrastructure", "code": "W008"}, FailureKind.CRASH),
        ({"phase": "failed", "kind": "no such kind", "message": ["x"]}, FailureKind.CRASH),
        (
            {"phase": "failed", "kind": "value", "message": "\x1b[2J" + "x" * 9000},
            FailureKind.VALUE,
        ),
        ({"phase": "done", "status": 7}, FailureKind.CRASH),
        ({"phase": "ready", "outcomes": []}, FailureKind.CRASH),
    ],
    ids=["infrastructure", "unknown", "long", "done but dead", "second self-test"],
)
def test_false_reports_change_nothing_but_the_own_failure(
    run: Callable[..., JobResult], report: dict[str, Any], kind: FailureKind
) -> None:
    result = run("claim", report=report, status=1)
    assert result.failure is not None
    assert result.failure.kind is kind
    assert len(result.failure.message) <= 2000
    assert "\x1b" not in result.failure.message
    assert result.tier == run("use_own_folder").tier


def test_message_before_the_self_test_is_refused() -> None:
    assert CONTROL != MESSAGE
    frames = _decode(encode_message({"phase": "ready"}, CONTROL) + encode_message({"a": 1}))
    assert [frame.kind for frame in frames] == [CONTROL, MESSAGE]


def test_byte_by_byte_is_as_good_as_at_once() -> None:
    data = encode_message({"a": [1, "x"]}) + encode_array("w", np.arange(3.0))
    decoder = Decoder(1 << 20, 1 << 20)
    frames = [frame for i in range(len(data)) for frame in decoder.feed(data[i : i + 1])]
    assert frames[0].value == {"a": [1, "x"]}
    assert frames[1].array is not None
    np.testing.assert_array_equal(frames[1].array, [0.0, 1.0, 2.0])
    assert decoder.is_between_frames


def test_totals_are_capped_by_kind() -> None:
    decoder = Decoder(message_bytes=30, array_bytes=100)
    assert len(list(decoder.feed(encode_message({"a": "0123456789"})))) == 1
    with pytest.raises(FrameError, match="more bytes of messages"):
        list(decoder.feed(encode_message({"a": "0123456789"})))
    with pytest.raises(FrameError, match="more bytes of arrays"):
        list(Decoder(100, 60).feed(encode_array("a", np.zeros(8))))


def test_booleans_are_booleans() -> None:
    (frame,) = _decode(_array(_head(dtype="|b1", shape=[3]), b"\x00\x01\x7f"))
    assert frame.array is not None
    assert frame.array.view(np.uint8).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    "message", [{"a": float("nan")}, {"a": object()}, {"a": "x" * MESSAGE_BYTES}, {(1, 2): 3}]
)
def test_senders_learn_at_once_what_cannot_be_sent(message: dict[str, Any]) -> None:
    with pytest.raises(FrameError, match="A message m"):
        encode_message(message)


@pytest.mark.parametrize(
    "array", [np.array(["a"]), np.array([None]), np.zeros(2, ">f8"), np.zeros(2, "f8,i4")]
)
def test_senders_learn_at_once_which_arrays_cannot_be_sent(array: np.ndarray[Any, Any]) -> None:
    with pytest.raises(FrameError, match="plain numbers only"):
        encode_array("a", array)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("abc é\n", max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abcd", max_size=5), JSON, max_size=5))
def test_any_json_object_comes_back(message: dict[str, Any]) -> None:
    (frame,) = _decode(encode_message(message))
    assert frame.value == message


@given(
    st.sampled_from(sorted(DTYPES)),
    st.lists(st.integers(0, 4), max_size=4),
    st.integers(0, 2**32 - 1),
)
def test_any_plain_array_comes_back(dtype: str, shape: list[int], seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 2, math.prod(shape))
    array = values.reshape(shape).astype(dtype)
    (frame,) = _decode(encode_array("a", array))
    assert frame.array is not None
    assert frame.array.dtype == array.dtype
    np.testing.assert_array_equal(frame.array, array)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_decode_or_are_refused(data: bytes) -> None:
    decoder = Decoder(1 << 10, 1 << 10)
    try:
        frames = list(decoder.feed(data))
    except FrameError:
        return
    assert all(frame.kind in (MESSAGE, ARRAY, CONTROL) for frame in frames)


@given(st.text(max_size=300))
def test_text_is_short_and_printable(text: str) -> None:
    cleaned = clean_text(text, 50)
    assert len(cleaned) <= 50
    assert all(c.isprintable() or c in "\n\t" for c in cleaned)
    cleaned.encode()


def test_text_loses_what_steers_terminals_and_readers() -> None:
    assert clean_text("a\x1b[2J\u202eb\u2066c\ud800\x00\x9b\ufeffd") == "a[2Jbcd"
    assert len(clean_text("x" * 100_000)) == TEXT_CHARS
