"""A scripted OpenAI-compatible server with faults, for tests, docs and dry runs without a key.

Only the standard library, real HTTP. Each entry of a script is one reply, preceded by any number
of faults. A client that numbers its requests (header `X-Slot`, as ours does) gets the entry of
that number whatever the order of arrival, so that parallel clients and resumed searches see the
same replies; any other client gets the entries in order of arrival.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from alignenv.closing import Closing
from alignenv.errors import MachineError
from alignenv.reward_design.llm.fake_script import (
    BODIES,
    ERRORS,
    Entry,
    Script,
    Seen,
    completion,
)

_DRIP_S = 0.05


class FakeServer(Closing):
    """Serves a script on loopback until closed; a context manager.

    Args:
        script: Replies; a request beyond the end gets a 500 that says so.
        port: Port, 0 for any free one.
        host: Address to listen on.
        cycle: Begin again when the script is used up.
        stall_s: How long the fault `stall` holds a request.
        refuses: Types of `response_format` that are answered with 400, such as `json_schema`.

    Raises:
        ConfigError: An entry names an unknown fault.
        MachineError: The port cannot be used.
    """

    def __init__(
        self,
        script: Sequence[Entry | str],
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        cycle: bool = False,
        stall_s: float = 3600.0,
        refuses: Collection[str] = (),
    ) -> None:
        self.script = Script(script, cycle=cycle)
        self.seen: list[Seen] = []
        self.stall_s = stall_s
        self.refuses = frozenset(refuses)
        self._closing = threading.Event()
        try:
            self._http = _Http((host, port), _Handler)
        except OSError as error:
            raise MachineError(
                f"Cannot listen on {host}:{port}: {error.strerror}.", cure="Choose another port."
            ) from error
        self._http.owner = self
        self._thread = threading.Thread(target=self.serve, daemon=True)

    @property
    def base_url(self) -> str:
        """What to give as `--base-url`."""
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def serve(self) -> None:
        """Serve in this thread until closed or interrupted."""
        self._http.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Stop; replies under way are dropped."""
        self._closing.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def wait(self, seconds: float) -> None:
        """Sleep, but not longer than the server lives."""
        self._closing.wait(seconds)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: FakeServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def do_POST(self) -> None:
        fake = self.server.owner
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.path, headers, _json(self.rfile.read(length)))
        fake.seen.append(seen)
        if not self.path.endswith("/chat/completions"):
            self._refuse(404, "unknown_url", f"no {self.path} here")
            return
        if (asked := seen.form) in fake.refuses:
            self._refuse(400, "invalid_value", f"response_format of type {asked} is not supported")
            return
        entry, fault = fake.script.next_step(seen)
        if entry is None:
            self._refuse(500, "script_over", "the script has no more replies")
        elif fault is not None:
            self._fail(fault, entry)
        else:
            fake.wait(entry.delay_s)
            self._send(200, entry.content_type, json.dumps(completion(entry, seen.body)).encode())

    def do_GET(self) -> None:
        if self.path.endswith("/models"):
            data = {"object": "list", "data": [{"id": "fake", "object": "model"}]}
            self._send(200, "application/json", json.dumps(data).encode())
        else:
            self._refuse(404, "unknown_url", f"no {self.path} here")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base
        """Keep quiet: what was asked is in `FakeServer.seen`."""

    def _fail(self, fault: str, entry: Entry) -> None:
        name, _, argument = fault.partition(":")
        self.close_connection = name in ("drop", "half", "stall")
        if name in ERRORS:
            headers = {"Retry-After": argument} if argument else {}
            self._refuse(*ERRORS[name], f"scripted {name}", headers)
        elif name in BODIES:
            self._send(200, *BODIES[name])
        elif name == "stall":
            self.server.owner.wait(self.server.owner.stall_s)
        elif name in ("half", "drip"):
            body = json.dumps(completion(entry, {})).encode()
            self._head(200, "application/json", len(body), {})
            if name == "half":
                self.wfile.write(body[: len(body) // 2])
            else:
                self._drip(body)

    def _drip(self, body: bytes) -> None:
        for i in range(len(body)):
            self.wfile.write(body[i : i + 1])
            self.server.owner.wait(_DRIP_S)

    def _refuse(
        self, status: int, code: str, text: str, headers: Mapping[str, str] | None = None
    ) -> None:
        body = json.dumps({"error": {"message": text, "code": code, "type": code}}).encode()
        self._send(status, "application/json", body, headers)

    def _send(
        self, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        self._head(status, content_type, len(body), headers or {})
        self.wfile.write(body)

    def _head(
        self, status: int, content_type: str, length: int, headers: Mapping[str, str]
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
