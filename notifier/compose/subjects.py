"""Subjects: how urgent first, then the service, then what and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifier.compose.headers import guard
from notifier.compose.overview import Overview
from notifier.compose.sections import Section
from notifier.compose.templates import Templates
from notifier.core.notice import NoticeKind
from notifier.core.text import Language

LONGEST = 120
# What most inboxes show of it on a wide screen; a Change with a shorter name to go by is called by that.
COMFORTABLE = 100
LONGEST_VENDOR = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`head` says how urgent it is or what kind of news, `text` is the whole subject."""

    head: str
    text: str


def subject_of(
    *,
    sections: Sequence[Section],
    overview: Overview | None,
    publisher: str,
    templates: Templates,
    language: Language,
) -> Subject:
    """The subject of the most urgent passage, with a count of the other Changes; at most 120 characters.

    Raises UnsafeHeaderError when the Change's title must not stand in a header.
    """
    first = sections[0].foremost if sections else None
    names = _names(sections[0]) if sections else [""]
    values = {
        "kind": first.kinds[0] if first else NoticeKind.STANDING,
        "passage": first,
        "overview": overview,
        "publisher": publisher,
        "part": _part(sections[0]) if sections else "",
        "more": len(sections) - 1,
        "silent": _line(sections[0].silent_vendor.replace("=?", "= ?"))[:LONGEST_VENDOR] if sections else "",
    }

    def render(name: str, shown: str) -> str:
        return _line(templates.render(f"email/{name}.txt.j2", language, what=shown, **values))

    head = render("head", names[0])
    opening = head if head.endswith("?") else f"{head}:"
    texts = [f"{opening} {render('subject', name)}" for name in names]
    text = next((each for each in texts if len(each) <= COMFORTABLE), min(texts, key=len))
    excess = len(text) - LONGEST
    if excess > 0:
        name = min(names, key=len)
        shown = name[: max(len(name) - excess - 1, 1)].rstrip() + "…"
        text = f"{opening} {render('subject', shown)}"
    return Subject(head=head, text=text)


def _names(section: Section) -> list[str]:
    """What to call it: the Change, with which of its Deadlines unless all tell the same; or that one alone."""
    first = section.foremost
    same = len(section.passages) > 1 and all(map(first.tells_as, section.passages))
    names = [section.heading]
    if first.title and not same:
        names = [f"{section.heading} ({first.title})", f"{section.service} – {first.title}"]
    return [_line(guard(name, what="a title")) for name in names]


def _part(section: Section) -> str:
    """Which of several Deadlines without titles it tells of, for subjects whose verb does not say so."""
    first = section.foremost
    whole = len(section.passages) == len(section.change.deadlines)
    return "" if whole or first.title else first.milestone


def _line(text: str) -> str:
    return " ".join(text.split())
