"""Previews: every mail the shipped list can give rise to, composed as it would leave."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import pytest

from notifier.compose.preview import Preview, compose_sample, preview_all
from notifier.compose.samples import sample
from notifier.compose.templates import shipped_templates
from notifier.compose.voice import Voice
from notifier.core.cadence import parse_lead
from notifier.core.change import ChangeList
from notifier.core.letter import LetterKind
from notifier.core.notice import NoticeKind
from notifier.core.text import Language
from notifier.errors import UsageError
from notifier.shipped import shipped
from notifier.sources.parse import parse_list
from tests.compose.mails import LETTERHEAD, LINKS, listed, old_login, text_of
from tests.core.lists import TIMING, oslo

NOW = oslo("2026-11-24")
VOICE = Voice(timing=TIMING, letterhead=LETTERHEAD, templates=shipped_templates(), links=LINKS)


@cache
def _real_list() -> ChangeList:
    return parse_list(shipped("config", "breaking-changes.toml").read_bytes(), today=date(2026, 11, 24))


@cache
def _previews() -> tuple[Preview, ...]:
    return tuple(preview_all(changes=_real_list(), now=NOW, voice=VOICE))


def test_every_kind_and_every_change_is_previewed_in_every_language() -> None:
    for language in Language:
        mine = [preview for preview in _previews() if preview.language is language]
        assert {preview.kind for preview in mine} == {*NoticeKind, *LetterKind}
        assert {preview.change for preview in mine} == {"", *(c.id for c in _real_list().changes)}


def test_every_preview_has_a_file_name_of_its_own() -> None:
    stems = [preview.stem for preview in _previews()]
    assert len(set(stems)) == len(stems)
    assert "kjernejournal-portal-gammel-innlogging.reminder.7d.nb" in stems


def test_the_real_lists_lines_are_short_unless_they_hold_a_link() -> None:
    lines = [line for preview in _previews() for line in text_of(preview.mail).splitlines()]
    assert [line for line in lines if len(line) > 78 and "://" not in line] == []


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("two sentences run together", r"[a-zæøå0-9»”)][.!?:;,][A-ZÆØÅ][a-zæøå]|[»”)][A-ZÆØÅa-zæøå]"),
        ("a space before a mark", r" [.,;:!?]"),
        ("two spaces", r"\S  +\S"),
        ("two full stops", r"\.\."),
        ("a trailing space", r"[ \t]$"),
        ("two blank lines", r"\n\n\n"),
        ("a paragraph in lower case", r"\n\n[a-zæøå]"),
        ("a heading without a line of its own", r"[^\n]\n[^\n]+\n=+$"),
    ],
)
def test_the_real_lists_texts_are_well_set(fault: str, pattern: str) -> None:
    texts = {p.stem: re.sub(r"\S*(?:://|@)\S*", "LINK", text_of(p.mail)) for p in _previews()}
    found = {stem: re.search(pattern, text, re.MULTILINE) for stem, text in texts.items()}
    assert {stem: match[0] for stem, match in found.items() if match} == {}, fault


def test_the_real_lists_subjects_fit_an_inbox() -> None:
    # An escalation names the vendor as well, first.
    others = [p for p in _previews() if p.kind is not NoticeKind.ESCALATION]
    assert [p.title for p in others if len(p.title) > 100] == []


def test_the_real_lists_subjects_are_whole() -> None:
    assert [p.title for p in _previews() if len(p.title) > 120 or "…" in p.title] == []


def test_an_escalation_is_previewed_for_somebody_who_follows_other_things() -> None:
    texts = [
        text_of(p.mail) for p in _previews() if (p.kind, p.language) == (NoticeKind.ESCALATION, Language.NB)
    ]
    assert texts
    for text in texts:
        assert "Du følger ikke denne endringen" in " ".join(text.split())
        assert "Du følger: " in text
        assert "Du følger alle" not in text


def _subject(kind: NoticeKind, lead: str | None = None) -> str:
    made = sample(
        changes=listed(old_login()),
        change_id="gammel-innlogging",
        kind=kind,
        lead=parse_lead(lead) if lead else None,
        language=Language.NB,
        now=NOW,
        timing=TIMING,
    )
    mail = compose_sample(made, VOICE)
    return mail.subject.partition(":")[0]


def test_a_reminder_is_previewed_as_on_the_day_it_falls_due() -> None:
    assert _subject(NoticeKind.REMINDER, "14d") == "14 dager igjen"
    assert _subject(NoticeKind.REMINDER, "30d") == "32 dager igjen"


def test_without_a_lead_the_next_reminder_is_previewed() -> None:
    assert _subject(NoticeKind.REMINDER) == "4 dager igjen"


def test_what_is_over_is_previewed_as_over() -> None:
    assert _subject(NoticeKind.WITHDRAWN) == "Varsel trukket tilbake"
    assert _subject(NoticeKind.COMPLETED) == "Gjennomført"


@pytest.mark.parametrize(
    ("change", "kind", "lead", "words"),
    [
        ("nothing", NoticeKind.MOVED, None, "it has: gammel-innlogging"),
        ("gammel-innlogging", NoticeKind.REMINDER, None, "no date to remind of"),
        ("gammel-innlogging", NoticeKind.REMINDER, "7d", "no date to remind of"),
        ("gammel-innlogging", NoticeKind.DATED, None, "no mail of the kind dated"),
    ],
)
def test_what_cannot_be_previewed_is_refused_with_a_reason(
    change: str, kind: NoticeKind, lead: str | None, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        sample(
            changes=listed(old_login("tba")),
            change_id=change,
            kind=kind,
            lead=parse_lead(lead) if lead else None,
            language=Language.NB,
            now=NOW,
            timing=TIMING,
        )
