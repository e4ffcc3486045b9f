"""News of the list: what was added, dated, confirmed, moved, withdrawn or completed, put into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from notifier.core.change import Change, ChangeList, Deadline, Service
from notifier.core.dates import ends_text, when_text
from notifier.core.history import Entry
from notifier.core.notice import NoticeKind
from notifier.core.plan import news_kind
from notifier.core.text import Language
from notifier.core.when import Certainty, When
from notifier.feeds import news_words as words
from notifier.feeds import words as calendar_words

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One Entry that people are told of, beside what it is about as the list has it now."""

    kind: NoticeKind
    entry: Entry
    service: Service
    change: Change
    deadline: Deadline


def news_of(
    *, changes: ChangeList, history: Mapping[str, Sequence[Entry]], service: str | None = None
) -> tuple[News, ...]:
    """The latest news, of one Service or of all, newest first; no more than a hundred.

    What a new installation begins with is no news, so at first there is none.
    """
    found = list(_news(changes, history, service))
    # Sorting keeps the list's order among what took force in one instant.
    return tuple(sorted(found, key=lambda news: news.entry.at, reverse=True)[:MOST])


def _news(
    changes: ChangeList, history: Mapping[str, Sequence[Entry]], service_id: str | None
) -> Iterator[News]:
    for key, change, deadline in changes.deadlines():
        if service_id not in (None, change.service):
            continue
        service = changes.service(change.service) or Service(id=change.service, name=change.service)
        for entry in history.get(key, ()):
            kind = news_kind(entry)
            if kind:
                yield News(kind=kind, entry=entry, service=service, change=change, deadline=deadline)


def title(news: News, language: Language) -> str:
    """What happened, to what, and the date: «Flyttet: HelseID – PAR (fra … til …)»."""
    name = f"{news.service.name} – {(news.deadline.title or news.change.title)[language]}"
    return f"{_head(news, language)}: {name}{_tail(news, language)}"


def content(news: News, language: Language) -> str:
    """The whole story as plain text, in paragraphs; of the date it says what was true when it took force."""
    difference = news.entry.difference
    paragraphs = [" ".join(_sentences(news, language))]
    if difference.new.stated and _tells_date(news):
        paragraphs.append(words.STATED[language].format(stated=difference.new.stated))
    change = news.change
    paragraphs.append(change.summary[language])
    if news.kind not in (NoticeKind.WITHDRAWN, NoticeKind.COMPLETED):
        paragraphs.append(f"{calendar_words.AFFECTS[language]}\n{change.affects[language]}")
        paragraphs.append(f"{calendar_words.ACTION[language]}\n{change.action[language]}")
    return "\n\n".join(paragraphs)


def _head(news: News, language: Language) -> str:
    new = news.entry.difference.new
    if news.kind is NoticeKind.MOVED and not new.is_set:
        return words.POSTPONED[language]
    if news.kind is NoticeKind.MOVED and _keeps_days(news):
        return words.UNCERTAIN[language]
    if news.kind is NoticeKind.DATED and not (new.is_exact and new.certainty is Certainty.CONFIRMED):
        return words.TIMED[language]
    if news.kind is NoticeKind.CONFIRMED and not _keeps_days(news):
        return words.NARROWED[language]
    return words.HEADS[news.kind][language]


def _tail(news: News, language: Language) -> str:
    old, new = news.entry.difference.old, news.entry.difference.new
    if news.kind is NoticeKind.MOVED and old and not _keeps_days(news):
        if not new.is_set:
            return f" ({words.WAS[language].format(old=when_text(old, language))})"
        told = words.FROM_TO[language].format(old=when_text(old, language), new=when_text(new, language))
        return f" ({told})"
    if news.kind is NoticeKind.WITHDRAWN and not new.is_set:
        return ""
    return f" ({when_text(new, language)})"


def _sentences(news: News, language: Language) -> Iterator[str]:
    old, new = news.entry.difference.old, news.entry.difference.new
    yield _what_happened(news, language)
    if _tells_date(news) and (new.is_set or news.kind is NoticeKind.ANNOUNCED):
        ends = ends_text(new, language, kind=news.deadline.told_as)
        yield f"{ends[:1].upper()}{ends[1:]}."
    if old and old.is_set and not old.same_days(new):
        yield words.BEFORE[language].format(old=when_text(old, language))
        yield from _difference(old, new, language)


def _what_happened(news: News, language: Language) -> str:
    if news.kind is NoticeKind.MOVED and not news.entry.difference.new.is_set:
        return words.NO_NEW_DATE[language]
    if news.kind is NoticeKind.MOVED and _keeps_days(news):
        return words.NO_LONGER_CERTAIN[language]
    if news.kind is NoticeKind.CONFIRMED and not _keeps_days(news):
        return words.MORE_PRECISE[language]
    return words.HAPPENED[news.kind][language]


def _difference(old: When, new: When, language: Language) -> Iterator[str]:
    """How many days were won or lost, where both dates are exact."""
    if not (old.is_exact and new.is_exact and old.earliest and new.earliest):
        return
    days = (new.earliest - old.earliest).days
    if abs(days) == 1:
        yield (words.A_DAY_LATER if days > 0 else words.A_DAY_SOONER)[language]
    else:
        yield (words.LATER if days > 0 else words.SOONER)[language].format(days=abs(days))


def _keeps_days(news: News) -> bool:
    """Whether the days are those from before, only more or less certain."""
    old, new = news.entry.difference.old, news.entry.difference.new
    return old is not None and old.same_days(new)


def _tells_date(news: News) -> bool:
    return news.kind not in (NoticeKind.WITHDRAWN, NoticeKind.COMPLETED)
