"""What commands call a Change and a Deadline: the English words of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.core.change import Change, ChangeList, Deadline


def change_name(changes: ChangeList, change: Change) -> str:
    """A Change with its service: `Kjernejournal – old login`."""
    service = changes.service(change.service)
    return f"{service.name if service else change.service} – {change.title.en}"


def deadline_name(changes: ChangeList, change: Change, deadline: Deadline) -> str:
    """A Deadline, by its own title where its Change has several alike."""
    name = change_name(changes, change)
    return f"{name} ({deadline.title.en})" if deadline.title else name
