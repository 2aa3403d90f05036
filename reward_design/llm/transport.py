"""What the clients of all vendors share: where requests may go, how replies are read, errors.

The clients are made by one generator, so that their exceptions have the same names and attributes.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from alignenv.errors import ConfigError
from alignenv.reward_design import llm
from alignenv.reward_design.llm import errors
from alignenv.reward_design.text import plain

Body = TypeVar("Body", bound=BaseModel)

MAX_BODY = 8_000_000
"""Bytes of a reply that are read."""

_CONNECT_FAILURES = ("ConnectError", "ConnectTimeout")
_CONTEXT_WORDS = (
    "context length",
    "context window",
    "maximum context",
    "context_length",
    "prompt is too long",
)


def checked_url(url: str) -> str:
    """The address of a server.

    Raises:
        ConfigError: It is not http or https.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ConfigError(
            f"Base URL {url!r} is not http or https.",
            cure="Write it whole, such as http://localhost:8000/v1.",
        )
    return url


def check_allowed(url: str) -> None:
    """Refuse an address off this machine while only this machine is allowed.

    Raises:
        ConfigError: It is one.
    """
    if llm.ALLOW_REQUESTS == "loopback" and not _is_loopback(url):
        raise ConfigError(
            f"Requests to {url} are switched off: only loopback is allowed.",
            cure='Set alignenv.reward_design.llm.ALLOW_REQUESTS = "anywhere".',
        )


def read_body(chunks: Iterable[bytes], url: str, deadline: float, timeout_s: float) -> bytes:
    """The body of a 2xx response, read under a deadline and a size cap.

    Args:
        chunks: Its bytes as they come.
        url: Who sends them, for messages.
        deadline: Value of `time.monotonic` at which reading ends.
        timeout_s: How long that was, for messages.

    Raises:
        RequestError: It broke, is too long, or is not complete in time.
    """
    body = bytearray()
    try:
        for chunk in chunks:
            body += chunk
            if time.monotonic() > deadline or len(body) > MAX_BODY:
                break
        else:
            return bytes(body)
    except Exception as error:
        # The transport's own exception types differ between versions of the clients.
        raise errors.ConnectionLost(
            f"The connection to {url} broke in the middle of a reply.",
            cure="Check the server's log.",
        ) from error
    if len(body) > MAX_BODY:
        raise errors.MalformedReply(f"{url} sent more than {MAX_BODY} bytes.")
    raise errors.RequestTimedOut(f"The reply of {url} was not complete within {timeout_s:g} s.")


def parsed(kind: type[Body], body: bytes, *, what: str, cure: str) -> Body:
    """A body by its schema.

    Args:
        kind: The schema.
        body: What the server sent.
        what: What it should be, with its article.
        cure: What to do where it is something else.

    Raises:
        MalformedReply: It is something else.
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        begin = plain(body[:120].decode(errors="replace"), 120)
        said = f"The reply is not {what}; it begins {begin!r}."
        raise errors.MalformedReply(said, cure=cure) from error


def timed_out(url: str, timeout_s: float) -> errors.RequestTimedOut:
    """The error of a client that waited in vain."""
    return errors.RequestTimedOut(
        f"{url} gave no reply within {timeout_s:g} s.",
        cure="Try a smaller model or a longer time-out.",
    )


def connection_error(error: Exception, url: str) -> errors.RequestError:
    """The error of a client that found no server, or lost it."""
    if type(error.__cause__).__name__ in _CONNECT_FAILURES:
        return errors.ServerUnreachable(
            f"No connection to {url}: {plain(str(error.__cause__), 200)}.",
            cure="Check --base-url and that the server is running.",
        )
    return errors.ConnectionLost(
        f"{url} closed the connection without a reply.", cure="Check the server's log."
    )


def status_error(error: Any, url: str, code: str = "") -> errors.RequestError:
    """The error of a client whose server answered with another status than 2xx.

    Args:
        error: A client's `APIStatusError`.
        url: The server.
        code: Its own word for what went wrong; empty for none.
    """
    status = error.status_code
    said = f"{url} answered {status}: {plain(error.message, 300)}"
    no_credit = code == "insufficient_quota" or "credit balance" in said.lower()
    if status in (401, 402, 403) or no_credit:
        return errors.AccessRefused(said, cure="Check the key, its rights and its credit.")
    if status == 429:
        wait = _seconds(error.response.headers.get("retry-after"))
        return errors.RateLimited(said, cure="Wait, then resume.", retry_after_s=wait)
    if status in (408, 409) or status >= 500:
        return errors.ServerFault(said, cure="Wait, then resume.")
    if status == 404:
        return errors.UnknownModel(said, cure="Check the model's name and --base-url.")
    if is_about_context(f"{code} {said}"):
        return errors.ContextTooLong(said, cure="Use a model with a longer context.")
    return errors.RequestRefused(said, cure="Check that the server takes such requests.")


def is_about_context(text: str) -> bool:
    """Whether the words of a refusal say that the conversation is too long."""
    lowered = text.lower()
    return any(word in lowered for word in _CONTEXT_WORDS)


def _seconds(header: str | None) -> float | None:
    """A Retry-After header in seconds; its rare date form counts as absent."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
