"""A job's way out of its worker, and its way in: frames over pipes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from alignenv.errors import ConfigError
from alignenv.reward_design.sandbox.frames import (
    ARRAY,
    CONTROL,
    MESSAGE,
    MESSAGE_BYTES,
    Decoder,
    FrameError,
    encode_array,
    encode_message,
)
from alignenv.reward_design.sandbox.jobs import Job
from alignenv.reward_design.sandbox.limits import Limits

ORDER_ARRAY_BYTES = 1 << 30
_CHUNK = 1 << 20


class PipeChannel:
    """A `Channel` that writes frames to a pipe, waiting while the pipe is full."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one JSON object; see `Channel.send`."""
        self._write(encode_message(message, MESSAGE))

    def send_arrays(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Send named arrays; see `Channel.send_arrays`."""
        for name, array in arrays.items():
            self._write(encode_array(name, array))

    def report(self, message: Mapping[str, Any]) -> None:
        """Send what the worker says about itself."""
        self._write(encode_message(message, CONTROL))

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._handle, rest) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job as the worker reads it.

    Attributes:
        entry: `"package.module:object"`.
        payload: For the entry.
        arrays: For the entry.
        limits: To be set.
        folder: The worker's own.
        required_tier: Weaker isolation than this ends the job before its program is read.
    """

    entry: str
    payload: dict[str, Any]
    arrays: dict[str, npt.NDArray[Any]]
    limits: Limits
    folder: str
    required_tier: str


def encode_order(job: Job, folder: str, required_tier: str) -> bytes:
    """The bytes of a job for its worker.

    Raises:
        ConfigError: The payload is not JSON or too large, or an array cannot be sent.
    """
    head = {
        "entry": job.entry,
        "limits": job.limits.to_json(),
        "folder": folder,
        "required_tier": required_tier,
    }
    try:
        frames = [encode_message(head, CONTROL), encode_message(job.payload, MESSAGE)]
        frames += [encode_array(name, array) for name, array in job.arrays.items()]
    except FrameError as error:
        raise ConfigError(f"Job {job.id!r} cannot be sent to a worker. {error}") from error
    return b"".join(frames)


def decode_order(pieces: Iterable[bytes]) -> Order:
    """Undo `encode_order`.

    Raises:
        FrameError: The bytes end early: the pool has gone.
    """
    decoder = Decoder(MESSAGE_BYTES, ORDER_ARRAY_BYTES, text_chars=None)
    head: dict[str, Any] = {}
    payload: dict[str, Any] = {}
    arrays: dict[str, npt.NDArray[Any]] = {}
    for frame in (frame for piece in pieces for frame in decoder.feed(piece)):
        if frame.kind == CONTROL:
            head = frame.value
        elif frame.kind == ARRAY and frame.array is not None:
            arrays[frame.name] = frame.array
        else:
            payload = frame.value
    if not head or not decoder.is_between_frames:
        raise FrameError("The order of a job ended early.")
    limits = Limits.from_json(head.pop("limits"))
    return Order(payload=payload, arrays=arrays, limits=limits, **head)


def read_to_end(handle: int) -> Iterator[bytes]:
    """All that a pipe holds, piece by piece; the pipe is closed at its end."""
    try:
        while data := os.read(handle, _CHUNK):
            yield data
    finally:
        os.close(handle)
