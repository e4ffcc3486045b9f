"""The machine-readable list as JSON bytes: the same list, history, day and filters give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from notifier.core.change import ChangeList
from notifier.core.history import Entry
from notifier.feeds.query import Filters
from notifier.feeds.record import (
    Addresses,
    ChangeListRecord,
    DeadlineListRecord,
    change_record,
    deadline_record,
)


def changes_json(
    *,
    changes: ChangeList,
    history: Mapping[str, Sequence[Entry]],
    today: date,
    filters: Filters,
    addresses: Addresses,
) -> bytes:
    """Every Change of which a Deadline passes the filters, whole, in the list's order."""
    found = [
        change_record(changes, change, history=history, today=today, addresses=addresses)
        for change in changes.changes
        if any(filters.cover(change, deadline, today) for deadline in change.deadlines)
    ]
    return _bytes(ChangeListRecord(revision=changes.revision, today=today, changes=found))


def deadlines_json(
    *,
    changes: ChangeList,
    history: Mapping[str, Sequence[Entry]],
    today: date,
    filters: Filters,
    addresses: Addresses,
) -> bytes:
    """Every Deadline that passes the filters: the earliest first, those without a date last."""
    found = [
        deadline_record(
            changes, change, deadline, entries=history.get(key, ()), today=today, addresses=addresses
        )
        for key, change, deadline in changes.deadlines()
        if filters.cover(change, deadline, today)
    ]
    found.sort(key=lambda record: (record.earliest or date.max, record.id))
    return _bytes(DeadlineListRecord(revision=changes.revision, today=today, deadlines=found))


def _bytes(record: ChangeListRecord | DeadlineListRecord) -> bytes:
    return record.model_dump_json(indent=2).encode() + b"\n"
