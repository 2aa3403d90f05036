"""Why a request got no reply, and what that means for the next attempt."""

# ruff: noqa: N818 - each class is named after what happened

from __future__ import annotations

from alignenv.errors import LLMError


class RequestError(LLMError):
    """One attempt ended without a reply.

    Attributes:
        retryable: Whether the same request may succeed a little later.
        billed: Whether the provider may have charged for it all the same.
        stops_all: Whether sending other requests is pointless.
        retry_after_s: How long the server asked to wait, if it did.
    """

    retryable: bool = False
    billed: bool = False
    stops_all: bool = True

    def __init__(self, message: str, *, cure: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, cure=cure)
        self.retry_after_s = retry_after_s


class ServerUnreachable(RequestError):
    """No connection could be made."""

    retryable = True


class ConnectionLost(RequestError):
    """The connection broke before the reply was complete."""

    retryable = True
    billed = True


class RequestTimedOut(RequestError):
    """No complete reply came in time."""

    retryable = True
    billed = True


class RateLimited(RequestError):
    """The server asked to slow down (429)."""

    retryable = True


class ServerFault(RequestError):
    """The server failed (408, 409, 5xx)."""

    retryable = True


class MalformedReply(RequestError):
    """What came back is not a chat completion."""

    retryable = True
    billed = True


class AccessRefused(RequestError):
    """The key is missing, wrong, or may not use the model (401, 403), or its quota is spent."""


class UnknownModel(RequestError):
    """The server does not have the model (404)."""


class ContextTooLong(RequestError):
    """The conversation is longer than the model can take."""

    stops_all = False


class FormRefused(RequestError):
    """The server does not take the form asked for in a reply; the next attempt asks for less."""

    retryable = True
    stops_all = False


class RequestRefused(RequestError):
    """The server refused the request for another reason (other 4xx)."""


class NoReply(RequestError):
    """A replayed, scripted or manual model has no reply to this request."""

    stops_all = False
