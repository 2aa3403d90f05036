"""The jobs of `ExecutorContract`, apart from it so that workers need not import pytest."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from alignenv.errors import Problem, ProgramError, ValueFault

Arrays = dict[str, npt.NDArray[Any]]


class Channel(Protocol):
    """A job's one way out."""

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one JSON object."""
        ...

    def send_arrays(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Send named arrays."""
        ...


class _Echo:
    """Sends its payload as `prepare` and as `run` saw it, and its arrays back."""

    def prepare(self, payload: dict[str, Any], arrays: Arrays) -> tuple[dict[str, Any], Arrays]:
        return payload, arrays

    def run(
        self, context: tuple[dict[str, Any], Arrays], payload: dict[str, Any], channel: Channel
    ) -> None:
        prepared, arrays = context
        channel.send({"prepared": prepared, "run": payload})
        channel.send_arrays(arrays)


class _Count:
    """Sends `{"i": 0}`, `{"i": 1}`, ... , sleeping `pause_s` before each."""

    def prepare(self, payload: dict[str, Any], arrays: Arrays) -> int:
        del arrays
        return int(payload["n"])

    def run(self, n: int, payload: dict[str, Any], channel: Channel) -> None:
        for i in range(n):
            time.sleep(payload.get("pause_s", 0.0))
            channel.send({"i": i})


class _Fail:
    """Fails in `prepare` or, after one message, in `run`, as its payload says."""

    def prepare(self, payload: dict[str, Any], arrays: Arrays) -> None:
        del arrays
        if payload["how"] == "prepare":
            raise OSError("no such env")

    def run(self, context: None, payload: dict[str, Any], channel: Channel) -> None:
        del context
        channel.send({"kind": "point", "env_steps": 64})
        match payload["how"]:
            case "value":
                raise ValueFault("log of -1", code="E011", component="approach")
            case "program":
                raise ProgramError([Problem(line=2, rule="R034", message="no such function")])
            case "memory":
                raise MemoryError
            case "nan":
                channel.send({"mean": float("nan")})
            case "object":
                channel.send_arrays({"policy": np.array([object()])})
            case _:
                raise TypeError("\x1b[31mred\x00")


ECHO, COUNT, FAIL = _Echo(), _Count(), _Fail()
