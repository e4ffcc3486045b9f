"""From what copies were composed: written and read back alike, and only as long as they may have arrived."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.message import Message, MessageState
from notifier.core.rendering import Rendering, parse_renderings, written
from notifier.core.subscription import EVERYTHING, Followed, Scope, Topic
from notifier.core.text import Language

AT = datetime(2026, 5, 4, 7, 5, tzinfo=UTC)
EVERYTHING_THEN = Rendering(at=AT, reading=1, language=Language.NB, followed=Followed((EVERYTHING,)))
COUNTS = st.integers(0, 10**9)
NAMES = st.text("az09-", min_size=1, max_size=9).map("a{}".format)
TOPICS = st.lists(
    st.just(EVERYTHING) | st.builds(Topic, st.sampled_from([Scope.SERVICE, Scope.CHANGE]), NAMES), max_size=4
).map(tuple)
RENDERINGS = st.builds(
    Rendering,
    at=st.datetimes(timezones=st.just(UTC)),
    reading=COUNTS,
    language=st.sampled_from(Language),
    followed=st.builds(Followed, TOPICS, TOPICS),
    moves=COUNTS,
    told=st.lists(COUNTS, max_size=4).map(tuple),
    generation=COUNTS,
    number=COUNTS,
)


def message(**fields: Any) -> Message:
    known = {"id": 7, "subscriber_id": 1, "state": MessageState.CLAIMED, "anytime": True}
    return Message(**known | {"created_at": AT, "not_before": AT} | fields)


def numbers(renderings: Iterable[Rendering]) -> list[tuple[int, int]]:
    return [(each.generation, each.number) for each in renderings]


def rendered(message: Message) -> tuple[Rendering, ...]:
    then = EVERYTHING_THEN
    return message.rendered(at=then.at, reading=then.reading, language=then.language, followed=then.followed)


@given(renderings=st.lists(RENDERINGS, max_size=3).map(tuple))
def test_what_is_written_is_read_back(renderings: tuple[Rendering, ...]) -> None:
    assert parse_renderings(written(renderings)) == renderings


def test_what_is_kept_for_every_message_is_short() -> None:
    assert written([EVERYTHING_THEN]) == "0 1 1 0 2026-05-04T07:05:00 nb - everything"


@pytest.mark.parametrize(("copies", "kept"), [(0, [(0, 1)]), (1, [(0, 1), (0, 2)])])
def test_the_next_copy_takes_the_place_of_one_that_was_refused_and_stands_beside_one_that_may_be_there(
    copies: int, kept: list[tuple[int, int]]
) -> None:
    first = rendered(message())
    again = rendered(message(copies=copies, renderings=first))
    assert numbers(again) == kept


def test_copies_of_an_earlier_generation_stay_and_have_its_message_id() -> None:
    first = rendered(message())
    second = message(generation=1, header_id="<n7.1.abc@example.no>", renderings=first)
    again = rendered(second)
    assert numbers(again) == [(0, 1), (1, 1)]
    assert [second.header_id_of(each) for each in again] == [
        "<n7.0.abc@example.no>",
        "<n7.1.abc@example.no>",
    ]
