"""A model behind a vendor's endpoint, through the vendor's own client, one request at a time."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, NamedTuple

from alignenv.errors import ConfigError
from alignenv.reward_design.llm import errors, transport
from alignenv.reward_design.llm.forms import LADDER, MODES, TEXT, ReplyForm, is_about_form
from alignenv.reward_design.llm.types import ChatReply, ChatRequest
from alignenv.reward_design.text import plain


class Vendor(NamedTuple):
    """Where a vendor's models are, and what the environment says of them.

    Attributes:
        url: The vendor's own endpoint, the only one that insists on a key.
        prefix: Begin of the variables `_BASE_URL` and `_API_KEY`.
        modes: Ways to ask for a form that its protocol has, the strictest first.
    """

    url: str
    prefix: str
    modes: tuple[str, ...]


class VendorChat(ABC):
    """A model behind a vendor's endpoint, or another server that speaks its protocol.

    Args:
        model: Name that the server knows.
        base_url: Endpoint; by default the environment's, or the vendor's own.
        api_key: Key; by default the environment's.
        timeout_s: Longest wait for one complete reply.
        parallel: Requests sent at once.
        form: What replies should look like, as far as the server can be asked; None for text.

    Raises:
        ConfigError: There is no key for the vendor's endpoint, or the URL is malformed.
    """

    VENDOR: ClassVar[Vendor]

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_s: float = 180.0,
        parallel: int = 8,
        form: ReplyForm | None = None,
    ) -> None:
        url, prefix, _ = self.VENDOR
        self.base_url = transport.checked_url(
            base_url or os.environ.get(f"{prefix}_BASE_URL") or url
        )
        key = api_key or os.environ.get(f"{prefix}_API_KEY")
        if not key and self.base_url == url:
            raise ConfigError(
                f"No key for {url}.",
                cure=f"Set {prefix}_API_KEY, or give --base-url of a server that needs none.",
            )
        self._key, self._timeout_s = key or "none", timeout_s
        self._name, self._parallel, self._form = model, parallel, form

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._name

    @property
    def parallel(self) -> int:
        """Requests that may be under way at once."""
        return self._parallel

    def complete(self, request: ChatRequest) -> ChatReply:
        """Send the request once.

        Raises:
            RequestError: There is no reply; the class says why.
            ConfigError: Requests may not leave the machine now.
        """
        transport.check_allowed(self.base_url)
        sdk, mode = self.sdk(), self._mode(request.model)
        form = None if mode == TEXT else self._form
        try:
            body = self._send(sdk, self.arguments(request, form, mode))
        except sdk.APITimeoutError as error:
            raise transport.timed_out(self.base_url, self._timeout_s) from error
        except sdk.APIConnectionError as error:
            raise transport.connection_error(error, self.base_url) from error
        except sdk.APIStatusError as error:
            return self.refused(error, request, mode)
        return self.read(body, request)

    def _mode(self, model: str) -> str:
        """The strictest way to ask that the protocol has and the model did not refuse."""
        left = MODES.index(LADDER.mode(self.base_url, model)) if self._form else MODES.index(TEXT)
        return next(mode for mode in MODES[left:] if mode in (*self.VENDOR.modes, TEXT))

    @staticmethod
    @abstractmethod
    def sdk() -> Any:
        """The module of the vendor's client, imported when it is first needed."""

    @staticmethod
    @abstractmethod
    def client(sdk: Any) -> Callable[..., AbstractContextManager[Any]]:
        """The class of the client."""

    @staticmethod
    @abstractmethod
    def create(client: Any) -> Callable[..., AbstractContextManager[Any]]:
        """What a client sends a request with and streams the response of."""

    @abstractmethod
    def arguments(self, request: ChatRequest, form: ReplyForm | None, mode: str) -> dict[str, Any]:
        """What `create` takes for a request.

        Args:
            request: What is asked.
            form: What the reply should look like; None for text.
            mode: How the form is asked for.
        """

    @abstractmethod
    def read(self, body: bytes, request: ChatRequest) -> ChatReply:
        """The reply in a body.

        Raises:
            MalformedReply: There is none.
        """

    def refused(self, error: Any, request: ChatRequest, mode: str) -> ChatReply:
        """The reply that a status other than 2xx stands for.

        Args:
            error: The client's `APIStatusError`.
            request: What was asked.
            mode: How a form was asked for.

        Raises:
            RequestError: It stands for none; `FormRefused` where another form may be taken.
        """
        code = getattr(error, "code", None) or ""
        if mode == TEXT or not _refuses_form(error, code):
            raise transport.status_error(error, self.base_url, code) from error
        LADDER.refuse(self.base_url, request.model, mode)
        left = self._mode(request.model)
        raise errors.FormRefused(
            f"{self.base_url} answered {error.status_code} to a reply as {mode}: "
            f"{plain(error.message, 300)}",
            cure=f"Ask again: from now on {request.model} is asked for {left}.",
        ) from error

    def _send(self, sdk: Any, arguments: Mapping[str, Any]) -> bytes:
        """The body of a 2xx response, read under a deadline and a size cap."""
        deadline = time.monotonic() + self._timeout_s
        with (
            self.client(sdk)(
                api_key=self._key,
                base_url=self.base_url,
                timeout=self._timeout_s,
                max_retries=0,
            ) as client,
            self.create(client)(**arguments) as response,
        ):
            return transport.read_body(
                response.iter_bytes(), self.base_url, deadline, self._timeout_s
            )


def _refuses_form(error: Any, code: str) -> bool:
    """Whether a server refused the request for the form of the reply that it asks for."""
    if error.status_code not in (400, 422):
        return False
    said = f"{code} {error.message}".lower()
    is_meant = is_about_form(said) and not transport.is_about_context(said)
    return getattr(error, "param", None) == "response_format" or is_meant
