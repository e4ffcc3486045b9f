"""The dates a Deadline had before, in words: moves are part of the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from notifier.core.change import Deadline
from notifier.core.dates import day_text, when_text
from notifier.core.history import Entry
from notifier.core.text import Language, Text
from notifier.core.when import When
from notifier.feeds import words


def dates_before(
    deadline: Deadline, entries: Sequence[Entry], *, language: Language, zone: ZoneInfo
) -> tuple[str, ...]:
    """A line for each date announced before the list began, then for each move it has seen since."""
    return (*_earlier(deadline, language), *_moves(entries, language, zone))


def _earlier(deadline: Deadline, language: Language) -> Iterator[str]:
    for earlier in deadline.earlier:
        line = words.EARLIER[language].format(when=when_text(earlier.when, language))
        details = [f"«{earlier.when.stated}»" if earlier.when.stated else "", earlier.source]
        told = ", ".join(detail for detail in details if detail)
        yield f"{line} ({told})" if told else line


def _moves(entries: Sequence[Entry], language: Language, zone: ZoneInfo) -> Iterator[str]:
    for entry in entries:
        old, new = entry.difference.old, entry.difference.new
        if old is None or old.same_days(new):
            continue
        day = day_text(entry.at.astimezone(zone).date(), language, weekday=False)
        yield _moved(old, new)[language].format(
            day=day, old=when_text(old, language), new=when_text(new, language)
        )


def _moved(old: When, new: When) -> Text:
    if not old.is_set:
        return words.DATED
    return words.MOVED if new.is_set else words.UNDATED
