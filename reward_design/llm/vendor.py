"""A model behind a vendor's endpoint, through the vendor's own client, one request at a time."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, NamedTuple

from alignenv.errors import ConfigError
from alignenv.reward_design.llm import transport
from alignenv.reward_design.llm.types import ChatReply, ChatRequest


class Vendor(NamedTuple):
    """Where a vendor's models are, and what the environment says of them.

    Attributes:
        url: The vendor's own endpoint, the only one that insists on a key.
        prefix: Begin of the variables `_BASE_URL` and `_API_KEY`.
    """

    url: str
    prefix: str


class VendorChat(ABC):
    """A model behind a vendor's endpoint, or another server that speaks its protocol.

    Args:
        model: Name that the server knows.
        base_url: Endpoint; by default the environment's, or the vendor's own.
        api_key: Key; by default the environment's.
        timeout_s: Longest wait for one complete reply.
        parallel: Requests sent at once.

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
    ) -> None:
        url, prefix = self.VENDOR
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
        self._name, self._parallel = model, parallel

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
        sdk, arguments = self.sdk(), self.arguments(request)
        try:
            body = self._send(sdk, arguments)
        except sdk.APITimeoutError as error:
            raise transport.timed_out(self.base_url, self._timeout_s) from error
        except sdk.APIConnectionError as error:
            raise transport.connection_error(error, self.base_url) from error
        except sdk.APIStatusError as error:
            return self.refused(error, request, arguments)
        return self.read(body, request)

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
    def arguments(self, request: ChatRequest) -> dict[str, Any]:
        """What `create` takes for a request."""

    @abstractmethod
    def read(self, body: bytes, request: ChatRequest) -> ChatReply:
        """The reply in a body.

        Raises:
            MalformedReply: There is none.
        """

    def refused(
        self,
        error: Any,
        request: ChatRequest,  # noqa: ARG002 - for vendors that take some refusals as replies
        arguments: Mapping[str, Any],  # noqa: ARG002
    ) -> ChatReply:
        """The reply that a status other than 2xx stands for.

        Args:
            error: The client's `APIStatusError`.
            request: What was asked.
            arguments: How it was asked.

        Raises:
            RequestError: It stands for none.
        """
        raise transport.status_error(error, self.base_url) from error

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
