"""Reading the address of a Feed: which one somebody asks for, before it is compared with the list.

A query that could be meant in two ways is refused rather than guessed at. What is none of ours in it is passed over:
programs add things of their own, to get round a cache for example.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from notifier.core.change import ChangeList
from notifier.core.subscription import Scope, Topic, unknown_target
from notifier.core.text import Language
from notifier.errors import NotifierError
from notifier.feeds.addresses import Variant
from notifier.feeds.selection import ALL, Selection, selected

_ID = "[a-z0-9][a-z0-9-]*"
_CALENDAR = re.compile(
    rf"/(?P<variant>{'|'.join(Variant)})"
    rf"(?:/change/(?P<change>{_ID})|/(?P<service>{_ID})|/private/(?P<token>[\w.~-]+))?\.ics",
    re.ASCII,
)
_NEWS = re.compile(rf"/news(?:/(?P<service>{_ID}))?\.atom", re.ASCII)
_IN_LANGUAGE = re.compile(rf"/({'|'.join(Language)})(/.+)", re.ASCII)
# Clients still write the macrolanguage "no", which most people mean bokmål by.
_LANGUAGES = {"no": Language.NB, **{language.value: language for language in Language}}
_MOST_SERVICES = 100


class UnclearQueryError(NotifierError):
    """A query that cannot be understood, or that could be meant in two ways."""


class UnknownFeedError(NotifierError):
    """There is no Feed at this address."""


@dataclass(frozen=True, slots=True)
class AskedCalendar:
    """A public calendar."""

    variant: Variant
    selection: Selection
    language: Language


@dataclass(frozen=True, slots=True)
class AskedPrivate:
    """One Subscriber's own calendar; the language is theirs, and the query says nothing of it."""

    variant: Variant
    token: str

    def __repr__(self) -> str:
        return f"AskedPrivate({self.variant})"


@dataclass(frozen=True, slots=True)
class AskedNews:
    """The news, of one Service or of all."""

    service: str | None
    language: Language


def named_language(text: str) -> Language | None:
    """The language of a tag such as `nb` or `nn-NO`, None when it is none of ours."""
    return _LANGUAGES.get(text.strip().lower().partition("-")[0])


def without_language(path: str) -> tuple[str, Language]:
    """The path without the language before it, and that language; bokmål where there is none."""
    match = _IN_LANGUAGE.fullmatch(path)
    return (match[2], Language(match[1])) if match else (path, Language.NB)


def read_feed(path: str, query: bytes) -> AskedCalendar | AskedPrivate | AskedNews:
    """What the address asks for. Raises UnknownFeedError or UnclearQueryError with a sentence for people."""
    path, before = without_language(path)
    calendar, news = _CALENDAR.fullmatch(path), _NEWS.fullmatch(path)
    if calendar and calendar["token"]:
        return AskedPrivate(Variant(calendar["variant"]), calendar["token"])
    fields = query_fields(query)
    language = _language(fields, before)
    services = [value for name, value in fields if name == "service"]
    if calendar:
        selection = _selection(calendar["service"], calendar["change"], services)
        return AskedCalendar(Variant(calendar["variant"]), selection, language)
    if news and services:
        raise UnclearQueryError("The news of one service is at /news/SERVICE.atom, without service=.")
    if news:
        return AskedNews(news["service"], language)
    raise UnknownFeedError(
        "There is nothing at this address. Calendars: /calendar.ics, /calendar/SERVICE.ics, "
        "/calendar/change/CHANGE.ics. News: /news.atom, /news/SERVICE.atom."
    )


def refuse_unknown(asked: AskedCalendar | AskedNews, changes: ChangeList) -> None:
    """Raises UnknownFeedError, naming what there is, when the list has no such Service or Change."""
    for topic in _topics(asked):
        sentence = unknown_target(topic, changes)
        if sentence:
            raise UnknownFeedError(f"{sentence[0].upper()}{sentence[1:]}.")


def query_fields(query: bytes) -> list[tuple[str, str]]:
    """The query's names and values, decoded. Raises UnclearQueryError when it is not UTF-8, or has too many."""
    try:
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_SERVICES
        )
    except ValueError:
        raise UnclearQueryError(
            f"The part after “?” must be UTF-8 with at most {_MOST_SERVICES} fields, as ?service=a&service=b."
        ) from None


def _topics(asked: AskedCalendar | AskedNews) -> tuple[Topic, ...]:
    if isinstance(asked, AskedCalendar):
        return asked.selection.topics
    return (Topic(Scope.SERVICE, asked.service),) if asked.service else ()


def _language(fields: list[tuple[str, str]], before: Language) -> Language:
    named = {named_language(value) for name, value in fields if name == "lang"}
    if None in named:
        raise UnknownFeedError("There is no such language. Write ?lang=nb, ?lang=nn or ?lang=en.")
    if len(named) > 1:
        raise UnclearQueryError("Name one language: ?lang=nb, ?lang=nn or ?lang=en.")
    return next((language for language in named if language), before)


def _selection(service: str | None, change: str | None, services: list[str]) -> Selection:
    if services and (service or change):
        raise UnclearQueryError("Several services are at /calendar.ics?service=a&service=b.")
    if change:
        return selected([Topic(Scope.CHANGE, change)])
    if service:
        return selected([Topic(Scope.SERVICE, service)])
    for named in services:
        if not re.fullmatch(_ID, named, re.ASCII):
            raise UnknownFeedError("There is no such service. Write its id, as in ?service=helseid.")
    return selected(Topic(Scope.SERVICE, named) for named in services) if services else ALL
