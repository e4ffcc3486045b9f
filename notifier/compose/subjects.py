"""Subjects: how urgent first, then the service, then what and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """The subject of the most urgent passage, with a count of the other Changes; at most 120 characters."""
    values: dict[str, object] = {"publisher": publisher, "standing": standing, "more": len(sections) - 1}
    what = ""
    if sections:
        first = sections[0].passages[0]
        what = sections[0].heading
        alone = len(sections[0].passages) == 1
        if first.title and (alone or not all(map(first.tells_as, sections[0].passages))):
            what = f"{what} ({first.title})"
        values |= {"kind": first.kinds[0], "passage": first}
    else:
        values |= {"kind": NoticeKind.STANDING, "passage": None}

    def render(name: str, shown: str) -> str:
        return " ".join(templates.render(f"email/{name}.txt.j2", language, what=shown, **values).split())

    head = render("head", what)
    text = f"{head}: {render('subject', what)}"
    excess = len(text) - LONGEST
    if excess > 0:
        shown = what[: max(len(what) - excess - 1, 1)].rstrip() + "…"
        text = f"{head}: {render('subject', shown)}"
    return Subject(head=head, text=text)
