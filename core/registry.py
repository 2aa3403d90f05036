"""Named plugins, found through entry points and loaded on first use."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from typing import Any, Generic, TypeVar, cast

from alignenv.errors import ConfigError, UnknownName

T = TypeVar("T")


class Registry(Generic[T]):
    """Maps names to factories declared in one entry-point group.

    Args:
        kind: What the factories make, in the singular, such as "designer". The entry-point
            group is `alignenv.{kind}s`.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({point.name for point in self._points()}))

    def load(self, name: str) -> Any:
        """The object behind `name`, not yet called.

        Raises:
            UnknownName: Nothing provides it; the message carries the nearest name.
            ConfigError: Two distributions claim it, or its module does not import.
        """
        found = {p.value: p for p in self._points() if p.name == name}
        if not found:
            raise UnknownName.of(self.kind, name, self)
        if len(found) > 1:
            raise ConfigError(
                f"{self.kind} {name!r} is claimed by {' and '.join(sorted(found))}.",
                cure="Uninstall one of them.",
            )
        try:
            return next(iter(found.values())).load()
        except ImportError as error:
            raise ConfigError(
                f"{self.kind} {name!r} did not import: {error}.", cure="Reinstall its package."
            ) from error

    def make(self, name: str, /, *args: Any, **kwargs: Any) -> T:
        """Build the plugin called `name`."""
        return cast(T, self.load(name)(*args, **kwargs))

    def _points(self) -> tuple[metadata.EntryPoint, ...]:
        return tuple(metadata.entry_points(group=f"alignenv.{self.kind}s"))
