"""The types of columns that both kinds of database keep alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

Member = TypeVar("Member", bound=StrEnum)

# SQLite numbers rows by itself only when the key is declared INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """A timezone-aware instant, kept in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """UTC for the database; as text without the zone on SQLite, which has no type for it."""
        return instant_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """UTC for the program. Every row has several, and rows many the same."""
        return _from_text if dialect.name == "sqlite" else _to_utc


class Members(dict[str, Member]):
    """An enumeration's members by value: many rows have one each, and to ask the enumeration takes far longer.

    Raises ValueError as it does for a value that is none of theirs.
    """

    def __init__(self, kind: type[Member]) -> None:
        super().__init__({member.value: member for member in kind})
        self._kind = kind

    def __missing__(self, value: str) -> Member:
        return self._kind(value)


def _to_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(UTC)


@lru_cache(maxsize=1_000)
def instant_text(value: datetime | None) -> str | None:
    """An instant as SQLite keeps it."""
    utc = _to_utc(value)
    return None if utc is None else utc.replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(maxsize=4_000)
def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)
