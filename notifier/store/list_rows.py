"""The list's rows, and the values that stand in them."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from pydantic import TypeAdapter

from notifier.core.change import ChangeList, Status
from notifier.core.diff import Difference, DifferenceKind
from notifier.core.history import Entry
from notifier.core.when import When


def difference_row(difference: Difference, revision: int, is_news: bool, now: datetime) -> dict[str, Any]:
    """What took force with a revision, and whether people are told of it."""
    return {
        "deadline": difference.deadline,
        "revision": revision,
        "kind": difference.kind.value,
        "old": _when_adapter().dump_json(difference.old).decode() if difference.old else None,
        "new": _when_adapter().dump_json(difference.new).decode(),
        "status": difference.status.value if difference.status else None,
        "at": now,
        "news": is_news,
    }


def entry_of(row: Any) -> Entry:
    """The same read back, as history tells it."""
    difference = Difference(
        deadline=row.deadline,
        kind=DifferenceKind(row.kind),
        old=_when(row.old) if row.old else None,
        new=_when(row.new),
        status=Status(row.status) if row.status else None,
    )
    return Entry(difference=difference, revision=row.revision, at=row.at, news=row.news)


@lru_cache(maxsize=4)
def list_of(content: str) -> ChangeList:
    """A list that was stored. Read once, as long as it stays in force, though it is asked for with every claim."""
    return _list_adapter().validate_json(content)


@lru_cache(maxsize=4_000)
def _when(content: str) -> When:
    return _when_adapter().validate_json(content)


def dumped(changes: ChangeList) -> str:
    """A list as it is stored."""
    return _list_adapter().dump_json(changes).decode()


def as_json(changes: ChangeList) -> Any:
    """A list as JSON holds it, to be told from others by."""
    return _list_adapter().dump_python(changes, mode="json")


@cache
def _list_adapter() -> TypeAdapter[ChangeList]:
    return TypeAdapter(ChangeList)


@cache
def _when_adapter() -> TypeAdapter[When]:
    return TypeAdapter(When)
