"""Changes, Deadlines and readings as JSON prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from notifier.core.change import Change, Deadline
    from notifier.core.history import Entry
    from notifier.store.changes import Reading


def history_entry(entry: Entry) -> dict[str, Any]:
    """One line of the history."""
    difference = entry.difference
    return {
        "at": entry.at,
        "revision": entry.revision,
        "deadline": difference.deadline,
        "kind": difference.kind,
        "old": difference.old.written if difference.old else None,
        "new": difference.new.written,
        "news": entry.news,
    }


def held_entry(reading: Reading) -> dict[str, Any]:
    """A held reading."""
    return {
        "hash": reading.hash,
        "revision": reading.revision,
        "seen_at": reading.seen_at,
        "objections": reading.objections,
    }


def change_entry(change: Change) -> dict[str, Any]:
    """A Change with its Deadlines, without its texts."""
    return {
        "id": change.id,
        "service": change.service,
        "title": change.title.en,
        "checked": change.checked,
        "deadlines": [_deadline_entry(each) for each in change.deadlines],
    }


def _deadline_entry(deadline: Deadline) -> dict[str, Any]:
    when = deadline.when
    return {
        "id": deadline.id,
        "kind": deadline.kind,
        "when": when.written,
        "earliest": when.earliest,
        "latest": when.latest,
        "certainty": when.certainty,
        "stated": when.stated or None,
        "status": deadline.status,
        "follows": deadline.follows or None,
        "reminders": str(deadline.cadence).split() if deadline.cadence else None,
    }


def texts_entry(change: Change) -> dict[str, Any]:
    """A Change's texts in all languages, its source and links."""
    names = ("title", "summary", "affects", "action")
    texts = {name: getattr(change, name) for name in names}
    return {name: {"nb": text.nb, "nn": text.nn, "en": text.en} for name, text in texts.items()} | {
        "contact": change.contact or None,
        "owner": change.owner or None,
        "source": {
            "document": change.source.document,
            "url": change.source.url,
            "published": change.source.published,
        },
        "links": [{"title": link.title, "url": link.url} for link in change.links],
    }
