"""Stencils: a spliced mail is, byte by byte, the mail that is composed the whole way."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.compose.composer import Composer
from notifier.compose.cutting import cut
from notifier.compose.headers import UnsafeHeaderError
from notifier.compose.matter import Matter
from notifier.compose.messages import compose
from notifier.compose.recipient import Recipient
from notifier.compose.stencils import Stencil
from notifier.core.letter import LetterKind
from notifier.core.lines import are_wire_ready
from notifier.core.notice import NoticeKind
from notifier.core.text import Language
from tests.compose.spliced import KINDS, MATTERS, NOW, VOICE, recipients, somebody, told
from tests.core.lists import same

HEADERS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted",
    "MIME-Version", "Content-Type",
}  # fmt: skip
OF_A_LIST = {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}
OF_A_THREAD = {"In-Reply-To", "References"}


@cache
def stencil_of(kind: NoticeKind | LetterKind, language: Language = Language.NB) -> Stencil:
    stencil = cut(told(kind, language), VOICE)
    assert stencil is not None
    return stencil


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", Language)
def test_every_kind_of_mail_is_spliced_in_every_language(
    kind: NoticeKind | LetterKind, language: Language
) -> None:
    data = stencil_of(kind, language).fill(somebody())
    assert data == compose(told(kind, language), somebody(), VOICE).data


@settings(max_examples=150, deadline=None)
@given(MATTERS, recipients(told(NoticeKind.REMINDER).today))
def test_whoever_it_goes_to_gets_the_mail_that_the_whole_way_makes(matter: Matter, to: Recipient) -> None:
    try:
        whole = compose(matter, to, VOICE)
    except UnsafeHeaderError:
        for _ in range(3):
            with pytest.raises(UnsafeHeaderError):
                COMPOSER.compose(matter, to)
        return
    for _ in range(3):  # the whole way, cut, spliced
        assert COMPOSER.compose(matter, to) == whole
    assert whole.wire_ready == are_wire_ready(whole.data)
    lines = whole.data.split(b"\r\n")
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in lines)
    body = whole.data.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76


COMPOSER = Composer(VOICE)


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        (NoticeKind.REMINDER, HEADERS | OF_A_LIST | OF_A_THREAD),
        (NoticeKind.MOVED, HEADERS | OF_A_LIST | OF_A_THREAD),
        (NoticeKind.STANDING, HEADERS | OF_A_LIST),
        (LetterKind.STATUS, HEADERS | OF_A_LIST),
        (LetterKind.CONFIRMATION, HEADERS),
    ],
)
def test_a_spliced_mail_has_the_headers_it_should_have_each_once(
    kind: NoticeKind | LetterKind, headers: set[str]
) -> None:
    data = stencil_of(kind).fill(somebody())
    assert data is not None
    mail = message_from_bytes(data, policy=policy.default)
    assert sorted(mail.keys()) == sorted(headers)


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        (
            NoticeKind.REMINDER,
            {
                "to": 1, "date": 1, "message-id": 1, "thread": 2, "leave": 1, "leave page": 2,
                "leave by mail": 1, "choose": 2, "answer gammel-innlogging": 5, "answer by mail": 1,
            },
        ),
        (
            NoticeKind.STANDING,
            {
                "to": 1, "date": 1, "message-id": 1, "leave": 3, "leave by mail": 1, "choose": 2,
                "own calendar": 3, "answer gammel-innlogging": 5, "answer b": 5, "answer c": 5, "answer by mail": 1,
            },
        ),
        (LetterKind.CONFIRMATION, {"to": 1, "date": 1, "message-id": 1, "confirm": 2, "deny": 2}),
        (LetterKind.HELP, {"to": 1, "date": 1, "message-id": 1}),
    ],
)  # fmt: skip
def test_a_stencil_has_all_its_places(kind: NoticeKind | LetterKind, places: dict[str, int]) -> None:
    stencil = stencil_of(kind)
    assert Counter(name for opening in stencil.openings for name in opening.names) == places
    assert set(stencil.places) == set(places)


@pytest.mark.parametrize(
    "value", ["a\r\nBcc: b@c.example", "a\nb", "a\rb", "a\0b", "=?utf-8?q?a?=", "\u00f8", ""]
)
def test_a_value_that_must_not_stand_in_a_header_is_not_spliced_in(value: str) -> None:
    stencil = replace(stencil_of(NoticeKind.REMINDER), in_bodies=frozenset())
    assert "message-id" in stencil.places
    assert stencil.fill(replace(somebody(), header_id=value)) is None


@pytest.mark.parametrize(
    "value", ['https://a.example/"><b>', "https://a.example/a b", "https://a.example/&amp;", "a"]
)
def test_what_stands_otherwise_in_html_or_may_be_wrapped_is_not_spliced_in(value: str) -> None:
    stencil = stencil_of(NoticeKind.REMINDER)
    assert replace(stencil, places={**stencil.places, "leave page": lambda _: value}).fill(somebody()) is None


@pytest.mark.parametrize(
    "words", ["first@stencil.invalid", "opening000003of-a-stencil", "100 %s %(leave)s {0}"]
)
def test_words_of_the_list_that_look_like_ours_do_no_harm(words: str) -> None:
    matter = told(NoticeKind.REMINDER, summary=same(words))
    composer = Composer(VOICE)
    for number in range(4):
        assert composer.compose(matter, somebody(number)) == compose(matter, somebody(number), VOICE)


def test_stencils_take_a_bounded_amount_of_memory() -> None:
    most = 3 * stencil_of(NoticeKind.REMINDER).size
    composer = Composer(VOICE, most_bytes=most)
    for day in range(8):
        matter = replace(told(NoticeKind.REMINDER), today=NOW.date() - timedelta(days=day))
        for number in range(3):
            composer.compose(matter, somebody(number))
        assert 0 < composer.kept_bytes <= most


@pytest.mark.parametrize("length", range(1, 80, 2))
def test_wherever_a_link_is_folded_the_mail_goes_as_it_is(length: int) -> None:
    to = replace(somebody(), public_id="k" * length)
    composer = Composer(VOICE)
    mails = [composer.compose(told(NoticeKind.REMINDER), to) for _ in range(3)]
    assert mails[0] == mails[1] == mails[2]
    assert mails[2].wire_ready
    assert are_wire_ready(mails[2].data)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(Language), st.integers(0, 86_399))
def test_a_mail_bears_the_hour_at_which_it_is_sent(language: Language, second: int) -> None:
    at = VOICE.timing.instant(told(NoticeKind.REMINDER).today, NOW.time().min)
    to = replace(somebody(), at=at.fromtimestamp(at.timestamp() + second, at.tzinfo))
    data = stencil_of(NoticeKind.REMINDER, language).fill(to)
    assert data is not None
    sent = message_from_bytes(data, policy=policy.default)["Date"].datetime
    assert sent == to.at


def test_another_list_or_history_makes_other_mails_and_the_same_again_the_same() -> None:
    composer = Composer(VOICE)
    news = told(NoticeKind.MOVED)
    others = (
        news,
        told(NoticeKind.MOVED, summary=same("Andre ord.")),
        replace(news, history={"gone/end": ()}),
    )
    for matter in (*others, news, deepcopy(news)):
        for number in range(3):
            assert composer.compose(matter, somebody(number)) == compose(matter, somebody(number), VOICE)
