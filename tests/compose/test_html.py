"""The HTML part: readable on a phone, in the dark, without images, and for those who listen to it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

from notifier.core.notice import NoticeKind
from tests.compose.mails import a_notice, composed, html_of

REMINDER = a_notice(NoticeKind.REMINDER)
WELCOME = a_notice(NoticeKind.STANDING, "")


class _Outline(HTMLParser):
    """Collects heading levels, link texts and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self._in_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "a":
            self._in_link = True
            self.links.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_link = self._in_link and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._in_link:
            self.links[-1] += data


def _outline() -> _Outline:
    outline = _Outline()
    outline.feed(html_of(composed(REMINDER, WELCOME)))
    return outline


def test_headings_begin_with_one_and_skip_no_level() -> None:
    levels = _outline().levels
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_hidden_first_line_says_what_an_inbox_should_preview() -> None:
    html = html_of(composed(REMINDER))
    hidden = re.search(
        r'<body[^>]*>\s*<div class="preheader" style="display: none;[^"]*">([^<]*)</div>', html
    )
    assert hidden
    assert hidden[1].startswith("Utgår fra tirsdag 1. desember 2026; siste dag er mandag 30. november 2026.")
    welcome = html_of(composed(WELCOME))
    assert ">Kjernejournal – gammel innlogging: Utgår fra tirsdag 1. desember 2026;" in welcome


def test_the_title_is_the_subject() -> None:
    mail = composed(REMINDER)
    assert f"<title>{mail.subject}</title>" in html_of(mail)


def test_leaving_and_changing_ones_mind_stand_before_the_other_links() -> None:
    html = html_of(composed(REMINDER))
    order = ["Hvorfor får du denne", "Velg hva du får", "Meld deg av disse", "Alle varslede endringer"]
    assert [html.index(words) for words in order] == sorted(html.index(words) for words in order)


def test_every_link_says_where_it_leads() -> None:
    links = [link.strip() for link in _outline().links]
    assert all(len(link) > 5 and not link.startswith("http") for link in links)


def test_nothing_is_fetched_and_nothing_runs() -> None:
    html = html_of(composed(REMINDER, WELCOME))
    assert not _outline().tags & {"img", "script", "link", "iframe", "object", "form", "base", "svg"}
    assert "url(" not in html
    assert "@import" not in html


def test_styles_are_inlined_and_only_the_dark_ones_stay_in_the_head() -> None:
    html = html_of(composed(REMINDER))
    assert '<h1 style="' in html
    style = html[html.index("<style>") : html.index("</style>")]
    assert style.startswith("<style>@media (prefers-color-scheme: dark)")
    assert '<meta name="color-scheme" content="light dark">' in html


def test_letters_are_at_least_sixteen_pixels() -> None:
    sizes = re.findall(r"font(?:-size)?: ?(\d+)px", html_of(composed(REMINDER, WELCOME)))
    assert sizes
    assert min(map(int, sizes)) >= 16


def test_every_colour_has_contrast_enough_on_its_ground() -> None:
    light = [("#1b1f23", "#ffffff"), ("#7a2e00", "#ffffff"), ("#0a4f86", "#ffffff"), ("#454c53", "#ffffff")]
    light += [("#1b1f23", "#fff4e3"), ("#0a4f86", "#fff4e3")]
    dark = [("#eef1f4", "#161a1e"), ("#ffb37a", "#161a1e"), ("#8cc8ff", "#161a1e"), ("#c3cad1", "#161a1e")]
    dark += [("#eef1f4", "#33261a"), ("#8cc8ff", "#33261a")]
    html = html_of(composed(REMINDER, WELCOME))
    known = {colour for pair in light + dark for colour in pair} | {
        "#f3f5f7",
        "#0d1013",
        "#a34a00",
        "#69727b",
    }
    assert set(re.findall(r"#[0-9a-f]{6}\b", html)) <= known
    assert [pair for pair in light + dark if _contrast(*pair) < 4.5] == []


def _contrast(one: str, other: str) -> float:
    """WCAG 2.1, contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
