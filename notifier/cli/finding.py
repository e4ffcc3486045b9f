"""Finding what a command names; a name that does not exist is answered with the nearest one that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.cli.options import no_such
from notifier.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from notifier.core.change import Change, ChangeList


def list_in_force(engine: Engine) -> ChangeList:
    """The list in force. Raises UsageError before the first one."""
    from notifier.store import changes
    from notifier.store.engine import reading

    with reading(engine) as connection:
        current = changes.in_force(connection)
    if current is None:
        raise UsageError("no list is in force yet; notifier tick or notifier run reads it")
    return current.changes


def find_change(changes: ChangeList, change_id: str) -> Change:
    """The Change with that id. Raises UsageError with the nearest one."""
    found = changes.change(change_id)
    if found is None:
        raise no_such("change", change_id, [change.id for change in changes.changes])
    return found
