"""A marker put into words: the event's title and its plain-text description."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from notifier.core.change import Change, Deadline, Source, Status
from notifier.core.dates import day_text, days_left_text, ends_text, when_text
from notifier.core.history import Entry
from notifier.core.text import Language
from notifier.core.when import Certainty
from notifier.feeds import words
from notifier.feeds.dates_before import dates_before
from notifier.feeds.markers import Marker, Role


def summary(marker: Marker, *, service: str, change: Change, deadline: Deadline, language: Language) -> str:
    """The event's title: what happens comes first, since phones cut the rest off."""
    title = f"{service} – {(deadline.title or change.title)[language]}"
    kind = words.KINDS.get(deadline.told_as)
    if marker.void:
        what = f" ({kind[language]})" if kind else ""
        return f"{words.NO_LONGER[language]}{what}: {title} ({words.VOID_TAILS[marker.void][language]})"
    parts = [words.HEADS[marker.role][language]]
    if kind:
        parts.append(kind[language])
    if marker.role is Role.WINDOW:
        parts.append(words.ONE_OF_THESE_DAYS[language])
    # EARLIEST and LATEST say by themselves that the day is not known.
    doubt = marker.role in (Role.EXACT, Role.WINDOW) and _is_in_doubt(deadline)
    return f"{' '.join(parts)}: {title}" + (f" ({words.TENTATIVE[language]})" if doubt else "")


def description(
    marker: Marker,
    *,
    change: Change,
    deadline: Deadline,
    entries: Sequence[Entry],
    after: str,
    contact: str,
    language: Language,
    zone: ZoneInfo,
) -> str:
    """The event's plain text: when, in whose words, what to do, what was said before, whom to ask.

    `after` names the Change whose date it takes, "" when it has its own.
    """
    asked = change.contact or contact
    paragraphs = [
        _time(marker, deadline, asked, language),
        *([words.FOLLOWS[language].format(leader=after)] if after and not marker.void else []),
        _announced(change, deadline, language),
        change.summary[language],
        f"{words.AFFECTS[language]}\n{change.affects[language]}",
        f"{words.ACTION[language]}\n{change.action[language]}",
    ]
    earlier = dates_before(deadline, entries, language=language, zone=zone)
    if earlier:
        paragraphs.append("\n".join([words.DATES[language], *(f"• {line}" for line in earlier)]))
    # When it was last checked at the source is on the page only: checking again changes no date.
    if asked:
        paragraphs.append(words.ASK[language].format(contact=asked))
    return "\n\n".join(paragraphs)


def left_text(marker: Marker, days: int, language: Language) -> str:
    """How many days are left, and until what where the end has no known day."""
    left = days_left_text(days, language)
    match marker.role:
        case Role.EXACT:
            return left
        case Role.LATEST:
            return words.UNTIL_LATEST[language].format(left=left)
        case _:
            return words.UNTIL_EARLIEST[language].format(left=left)


def reminder_summary(
    marker: Marker, days: int, *, service: str, change: Change, deadline: Deadline, language: Language
) -> str:
    """The title of a Lead's own event: «30 dager igjen: …»."""
    kind = words.KINDS.get(deadline.told_as)
    left = left_text(marker, days, language) + (f" ({kind[language]})" if kind else "")
    title = f"{left}: {service} – {(deadline.title or change.title)[language]}"
    if not marker.void:
        return title
    return f"{words.NO_LONGER[language]}: {title} ({words.VOID_TAILS[marker.void][language]})"


def reminder_description(
    marker: Marker, *, change: Change, deadline: Deadline, contact: str, language: Language
) -> str:
    """The text of a Lead's own event: when it ends, what to do, whom to ask. The Deadline's own tells the rest."""
    asked = change.contact or contact
    paragraphs = [
        _time(marker, deadline, asked, language),
        f"{words.ACTION[language]}\n{change.action[language]}",
        words.ASK[language].format(contact=asked) if asked else "",
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _time(marker: Marker, deadline: Deadline, contact: str, language: Language) -> str:
    when = deadline.when
    if marker.void:
        return words.VOID_SENTENCES[marker.void][language].format(when=when_text(when, language))
    ends = ends_text(when, language, kind=deadline.told_as)
    sentences = [f"{ends[0].upper()}{ends[1:]}."]
    if deadline.status is Status.COMPLETED:
        sentences.insert(0, words.COMPLETED[language])
    elif when.earliest and not when.is_exact:
        first = day_text(when.earliest, language)
        sentences.append(words.CAN_HAPPEN_FROM[language].format(first=first))
    if _is_in_doubt(deadline) and contact:
        sentences.append(words.IF_PASSED[language].format(contact=contact))
    return " ".join(sentences)


def _is_in_doubt(deadline: Deadline) -> bool:
    return deadline.is_open and deadline.when.certainty is Certainty.TENTATIVE


def _announced(change: Change, deadline: Deadline, language: Language) -> str:
    source = _source(deadline.source or change.source, language)
    if deadline.when.stated:
        return words.STATED[language].format(stated=deadline.when.stated, source=source)
    return words.SOURCE[language].format(source=source)


def _source(source: Source, language: Language) -> str:
    published = source.published
    # The name of a document often holds its date already, and then only as exact as it is known.
    is_dated = published is None or str(published.year) in source.document
    day = "" if published is None or is_dated else day_text(published, language, weekday=False)
    return ", ".join(part for part in (source.document, day, source.url) if part)
