"""The news as an Atom feed (RFC 4287).

The bytes follow from the list and its history alone. An entry's id is made from the Deadline's key, the revision
in which it happened and the language, never from a title or a place in the list: a feed reader shows each thing
once, and somebody who follows both one Service and all of them sees it once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_DNS, UUID, uuid5
from xml.etree import ElementTree as ET

from notifier.core.change import ChangeList, Service
from notifier.core.history import Entry
from notifier.core.text import Language
from notifier.feeds import news_words as words
from notifier.feeds.feed import Feed
from notifier.feeds.markers import UID_DOMAIN
from notifier.feeds.news import News, content, news_of, title

ATOM = "http://www.w3.org/2005/Atom"
_OURS = uuid5(NAMESPACE_DNS, UID_DOMAIN)
# All but the characters that an XML document may hold (XML 1.0, 2.2); a carriage return would not survive reading.
_NOT_IN_XML = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(
    *,
    changes: ChangeList,
    history: Mapping[str, Sequence[Entry]],
    feed: Feed,
    since: datetime,
    service: Service | None = None,
) -> bytes:
    """The news of one Service, or of all. While there is none, the feed was last updated at `since`."""
    found = news_of(changes=changes, history=history, service=service.id if service else None)
    language = feed.language
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language.value})
    name = words.NAME[language]
    _add(root, "id", feed_id(language, service.id if service else ""))
    _add(root, "title", f"{name} – {service.name}" if service else name)
    _add(root, "subtitle", words.ABOUT[language])
    _add(root, "updated", _stamp(max((news.entry.at for news in found), default=since)))
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.feed_url})
    ET.SubElement(
        root,
        "link",
        {"rel": "alternate", "type": "text/html", "hreflang": language.value, "href": feed.page_url},
    )
    author = ET.SubElement(root, "author")
    _add(author, "name", feed.publisher)
    if "@" in feed.contact:
        _add(author, "email", feed.contact)
    for news in found:
        _add_entry(root, news, feed)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def feed_id(language: Language, service_id: str = "") -> str:
    """A feed's name for life."""
    return _urn(f"news {service_id} {language}")


def entry_id(entry: Entry, language: Language) -> str:
    """An entry's name for life; one revision changes a Deadline once."""
    return _urn(f"{entry.difference.deadline} {entry.revision} {language}")


def _add_entry(root: ET.Element, news: News, feed: Feed) -> None:
    language = feed.language
    element = ET.SubElement(root, "entry")
    _add(element, "id", entry_id(news.entry, language))
    _add(element, "title", " ".join(title(news, language).split()))
    _add(element, "published", _stamp(news.entry.at))
    _add(element, "updated", _stamp(news.entry.at))
    ET.SubElement(
        element,
        "link",
        {
            "rel": "alternate",
            "type": "text/html",
            "hreflang": language.value,
            "href": feed.change_url(news.change.id),
        },
    )
    ET.SubElement(element, "category", {"term": news.service.id, "label": _clean(news.service.name)})
    _add(element, "content", content(news, language), type="text")


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = _clean(text)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _stamp(instant: datetime) -> str:
    """RFC 3339, in UTC and whole seconds (RFC 4287, 3.3)."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _urn(name: str) -> str:
    made: UUID = uuid5(_OURS, name)
    return made.urn
