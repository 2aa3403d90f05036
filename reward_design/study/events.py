"""The append-only log of a study: one table, one row per fact, each on disk before it is used."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from alignenv.errors import ConfigError, StudyError

SCHEMA_VERSION = 1

metadata = sa.MetaData()

meta_table = sa.Table(
    "meta",
    metadata,
    sa.Column("schema_version", sa.Integer, primary_key=True),
    sa.Column("made_by", sa.Text, nullable=False),
)

event_table = sa.Table(
    "events",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("files", sa.Text, nullable=False),
    sa.Column("volatile", sa.Text, nullable=False),
    sa.Column("time", sa.Double, nullable=False),
    sa.UniqueConstraint("kind", "key"),
)

for _change in ("UPDATE", "DELETE"):
    sa.event.listen(
        event_table,
        "after_create",
        sa.DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER events_no_{_change.lower()} BEFORE {_change} ON events "
            "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
        ).execute_if(dialect="sqlite"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact of a study.

    Attributes:
        kind: What it is about, such as "candidate" or "result".
        key: Unique within its kind; facts are ordered by it.
        document: The fact, as JSON values.
        files: sha256 of each file that belongs to it, by name.
        volatile: What another run of the same study would have otherwise: times, hosts, pids.
        time: When it was recorded, seconds since 1970; 0 until it is.
    """

    kind: str
    key: str
    document: Any = None
    files: Mapping[str, str] = field(default_factory=dict)
    volatile: Mapping[str, Any] = field(default_factory=dict)
    time: float = 0.0


class EventLog:
    """Reads and appends events; safe to use from several threads.

    Args:
        engine: A database whose tables exist.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def append(self, *events: Event) -> None:
        """Write all of the events or none, and return when they are on disk.

        An event that is there already is left as it is.

        Raises:
            StudyError: Another document or other files are recorded under the same kind and key.
            ConfigError: A document or a volatile is not made of JSON values.
        """
        rows = [to_row(event) for event in events]
        with self._engine.begin() as connection:
            for row in rows:
                known = connection.execute(_one(row["kind"], row["key"])).first()
                if known is None:
                    connection.execute(event_table.insert().values(**row))
                elif not _same(known, row):
                    raise _contradiction(row["kind"], row["key"])

    def find(self, kind: str, key: str) -> Event | None:
        """The event of that kind and key, or None."""
        with self._engine.begin() as connection:
            row = connection.execute(_one(kind, key)).first()
        return None if row is None else _to_event(row)

    def all_of(self, *kinds: str) -> Sequence[Event]:
        """Events of some kinds in the order of kind and key, whatever the order of recording."""
        chosen = event_table.c.kind.in_(kinds)
        with self._engine.begin() as connection:
            rows = connection.execute(event_table.select().where(chosen)).all()
        return sorted(map(_to_event, rows), key=lambda event: (event.kind, event.key))

    def counts(self) -> Counter[str]:
        """Number of events by kind."""
        query = sa.select(event_table.c.kind, sa.func.count()).group_by(event_table.c.kind)
        with self._engine.begin() as connection:
            return Counter({row[0]: row[1] for row in connection.execute(query)})


def to_json(value: Any) -> str:
    """JSON text in ASCII; NumPy scalars are numbers, NaN and infinity are kept.

    Raises:
        ConfigError: The value holds something that is not JSON.
    """
    try:
        return json.dumps(value, default=_plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigError(
            f"A study records JSON values only: {error}.",
            cure="Use dict, list, str, int, float, bool and None; pass arrays as arrays.",
        ) from error


def _plain(value: Any) -> Any:
    if hasattr(value, "dtype") and getattr(value, "ndim", None) == 0:
        return value.item()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not one")


def _one(kind: str, key: str) -> sa.Select[Any]:
    columns = event_table.c
    return sa.select(event_table).where(columns.kind == kind, columns.key == key)


def to_row(event: Event) -> dict[str, Any]:
    """The event as a row of the table, stamped with the time."""
    return {
        "kind": event.kind,
        "key": event.key,
        "document": to_json(event.document),
        "files": json.dumps(dict(event.files), sort_keys=True),
        "volatile": to_json(event.volatile),
        "time": time.time(),
    }


def _to_event(row: sa.Row[Any]) -> Event:
    return Event(
        kind=row.kind,
        key=row.key,
        document=json.loads(row.document),
        files=json.loads(row.files),
        volatile=json.loads(row.volatile),
        time=row.time,
    )


def _same(known: sa.Row[Any], row: Mapping[str, Any]) -> bool:
    return bool(known.document == row["document"] and known.files == row["files"])


def _contradiction(kind: str, key: str) -> StudyError:
    return StudyError(
        f"The study holds another {kind} under {key!r}: this run does not repeat the recorded one.",
        cure="A study repeats itself only with the same code, packages and replies; "
        "start a new study in another folder.",
    )
