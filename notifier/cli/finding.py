"""Finding what a command names; a name that does not exist is answered with the nearest one that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.cli.options import no_such
from notifier.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from notifier.core.change import Change, ChangeList
    from notifier.store.vendors import Vendor


NO_LIST_YET = "No list is in force yet: notifier tick or notifier run reads it."


def any_list_in_force(engine: Engine) -> ChangeList | None:
    """The list in force, None before the first one."""
    from notifier.store import changes
    from notifier.store.engine import reading

    with reading(engine) as connection:
        current = changes.in_force(connection)
    return current.changes if current else None


def list_in_force(engine: Engine) -> ChangeList:
    """The list in force, for a command that names something in it. Raises UsageError before the first one."""
    current = any_list_in_force(engine)
    if current is None:
        raise UsageError(NO_LIST_YET)
    return current


def find_change(changes: ChangeList, change_id: str) -> Change:
    """The Change with that id. Raises UsageError with the nearest one."""
    found = changes.change(change_id)
    if found is None:
        raise no_such("change", change_id, [change.id for change in changes.changes])
    return found


def find_vendor(connection: Connection, vendor_id: str) -> Vendor:
    """The Vendor with that id. Raises UsageError with the nearest one."""
    from notifier.store import vendors

    found = vendors.find(connection, vendor_id)
    if found is None:
        raise no_such("vendor", vendor_id, [each.id for each in vendors.listing(connection)])
    return found
