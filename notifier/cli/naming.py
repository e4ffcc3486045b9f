"""What commands call things: Changes and Deadlines by the list's English words, dates as the list writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifier.core.text import count

if TYPE_CHECKING:
    from notifier.core.change import Change, ChangeList, Deadline
    from notifier.core.diff import Difference
    from notifier.core.subscription import Subscriber
    from notifier.core.when import When
    from notifier.store.messages import Attempt


def address_or_erased(subscriber: Subscriber) -> str:
    """A Subscriber's address, or that it was erased."""
    from notifier.core.subscription import SubscriberState

    is_erased = subscriber.state is SubscriberState.ERASED
    return f"subscriber {subscriber.id}" if is_erased else subscriber.address


def change_name(changes: ChangeList, change: Change) -> str:
    """A Change with its service: `Kjernejournal – old login`."""
    service = changes.service(change.service)
    return f"{service.name if service else change.service} – {change.title.en}"


def deadline_name(changes: ChangeList, change: Change, deadline: Deadline) -> str:
    """A Deadline, by its own title where its Change has several alike."""
    name = change_name(changes, change)
    return f"{name} ({deadline.title.en})" if deadline.title else name


def difference_row(difference: Difference, *, people: int | None = None) -> tuple[str, str]:
    """A Difference as its kind, and its Deadline with its dates below it: `2026-12-01 → 2027-03-01`."""
    told = "" if people is None else f"; mails {count(people, 'person', 'people')}"
    return difference.kind.value, f"{difference.deadline}\n{dates_text(difference)}{told}"


def dates_text(difference: Difference) -> str:
    """A Difference's dates; one alone where there was none before or it stayed."""
    new = date_text(difference.new)
    old = date_text(difference.old) if difference.old else new
    return new if old == new else f"{old} → {new}"


def date_text(when: When) -> str:
    """A date as the list writes it, with its doubt."""
    return f"{when.written} (tentative)" if when.is_set and when.certainty == "tentative" else when.written


def attempt_text(attempt: Attempt) -> str:
    """One transmission in words: `sent: 250 2.0.0 Ok`, `temporary at rcpt: 450 4.2.0 Greylisted`."""
    what = "sent" if attempt.fault == "none" else f"{attempt.fault} at {attempt.phase}"
    reply = f"{attempt.code or ''} {attempt.reply}".strip()
    return f"{what}: {reply}" if reply else what


def attempt_entry(attempt: Attempt) -> dict[str, Any]:
    """One transmission for JSON."""
    names = ("at", "phase", "fault", "code", "reply")
    return {name: getattr(attempt, name) for name in names}
