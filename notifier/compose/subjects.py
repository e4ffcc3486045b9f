"""Subjects: how urgent first, then the service, then what and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifier.compose.headers import guard
from notifier.compose.sections import Section
from notifier.compose.standing import Standing
from notifier.compose.templates import Templates
from notifier.core.notice import NoticeKind
from notifier.core.text import Language

LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`head` says how urgent it is or what kind of news, `text` is the whole subject."""

    head: str
    text: str


def subject_of(
    *,
    sections: Sequence[Section],
    standing: Standing | None,
    publisher: str,
    templates: Templates,
    language: Language,
) -> Subject:
    """The subject of the most urgent passage, with a count of the other Changes; at most 120 characters.

    Raises UnsafeHeaderError when the Change's title must not stand in a header.
    """
    first = sections[0].passages[0] if sections else None
    what = _what(sections[0]) if sections else ""
    values = {
        "kind": first.kinds[0] if first else NoticeKind.STANDING,
        "passage": first,
        "standing": standing,
        "publisher": publisher,
        "more": len(sections) - 1,
    }

    def render(name: str, shown: str) -> str:
        return _line(templates.render(f"email/{name}.txt.j2", language, what=shown, **values))

    head = render("head", what)
    text = f"{head}: {render('subject', what)}"
    excess = len(text) - LONGEST
    if excess > 0:
        shown = what[: max(len(what) - excess - 1, 1)].rstrip() + "…"
        text = f"{head}: {render('subject', shown)}"
    return Subject(head=head, text=text)


def _what(section: Section) -> str:
    """The Change, and which of its Deadlines where it does not tell the same of all of them."""
    first = section.passages[0]
    same = len(section.passages) > 1 and all(map(first.tells_as, section.passages))
    what = f"{section.heading} ({first.title})" if first.title and not same else section.heading
    return _line(guard(what, what="a title"))


def _line(text: str) -> str:
    return " ".join(text.split())
