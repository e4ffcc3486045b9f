"""Mails in a real browser: axe finds nothing in any kind of them, light and dark, on a phone and on a desktop."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from notifier.compose.preview import compose_sample
from notifier.compose.report_sample import report_samples
from notifier.compose.reports import compose_report
from notifier.compose.samples import letter_sample, sample
from notifier.compose.templates import shipped_templates
from notifier.compose.voice import Voice
from notifier.core.letter import LetterKind
from notifier.core.notice import NoticeKind
from notifier.core.text import Language
from notifier.core.timing import Timing
from tests.browser.looking import NARROW, PageAt, axe_in_all_sizes, sideways
from tests.compose.mails import LETTERHEAD
from tests.feeds.lists import OSLO
from tests.web.sites import LINKS, NOW, real_list

TIMING = Timing(zone=OSLO)
VOICE = Voice(timing=TIMING, letterhead=LETTERHEAD, templates=shipped_templates(), links=LINKS)


def html_of(kind: NoticeKind | LetterKind, language: Language) -> str:
    """A mail of that kind, about the Change that has the most dates where it is about one."""
    if isinstance(kind, LetterKind):
        made = letter_sample(changes=real_list(), kind=kind, language=language, now=NOW)
    else:
        made = sample(
            changes=real_list(),
            change_id="preg-testdata",
            kind=kind,
            language=language,
            now=NOW,
            timing=TIMING,
        )
    mail = compose_sample(made, VOICE)
    part = message_from_bytes(mail.data, policy=policy.default).get_body(("html",))
    assert part is not None
    return str(part.get_content())


def report_in(language: Language) -> str:
    """The weekly report with everything it can say."""
    mail = compose_report(
        report_samples(real_list().changes[0], now=NOW),
        recipient="drift@example.no",
        changes=real_list(),
        voice=VOICE,
        language=language,
        now=NOW,
    )
    part = message_from_bytes(mail.data, policy=policy.default).get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_axe_finds_nothing_in_a_report(page_at: PageAt) -> None:
    page = page_at(NARROW)
    for language in Language:
        page.set_content(report_in(language))
        assert axe_in_all_sizes(page, is_mail=True) == [], language
        assert sideways(page) == 0


@pytest.mark.parametrize("kind", [*NoticeKind, *LetterKind])
def test_axe_finds_nothing_in_a_mail(page_at: PageAt, kind: NoticeKind | LetterKind) -> None:
    page = page_at(NARROW)
    for language in Language:
        page.set_content(html_of(kind, language))
        assert axe_in_all_sizes(page, is_mail=True) == [], language
        assert sideways(page) == 0
