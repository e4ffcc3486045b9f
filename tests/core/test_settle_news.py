"""News is told once, from what the Subscriber last heard to what is so now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.change import Deadline, Status
from notifier.core.notice import Outcome
from tests.core.lists import LONG_AGO, a_deadline, a_subscriber, a_when, deadlines
from tests.core.settling import EVER_SINCE, KEY, STEP, lists_of, news_of, settled, told, untold

A, B, C = "2026-12-01", "2027-03-01", "2027-06-01"
WITHDRAWN = a_deadline(A, status=Status.WITHDRAWN)
COMPLETED = a_deadline(A, status=Status.COMPLETED)
TENTATIVE = a_deadline(A, tentative=True)


def _tale(
    *story: Deadline | str | None, before: dict[int, Outcome] | None = None
) -> tuple[list[object], list[object]]:
    """Told and untold, when the news with an outcome in `before` is over and all other news is owed."""
    lists, over = lists_of(*story), before or {}
    news = news_of(lists)
    earlier = [replace(news[n], outcome=outcome, message_id=99, copies=1) for n, outcome in over.items()]
    found = settled(lists, [notice for n, notice in news.items() if n not in over], elsewhere=earlier)
    return told(found), untold(found)


@pytest.mark.parametrize(
    ("story", "kind", "old"),
    [
        ((None, A), "announced", None),
        (("tba", A), "dated", "tba"),
        ((TENTATIVE, A), "confirmed", A),
        (("2026-Q4", A), "confirmed", "2026-Q4"),
        ((A, B), "moved", A),
        ((A, "tba"), "moved", A),
        ((A, TENTATIVE), "moved", A),
        ((A, WITHDRAWN), "withdrawn", A),
        ((A, COMPLETED), "completed", A),
        ((WITHDRAWN, A), "announced", None),
    ],
)
def test_one_piece_of_news_is_told_as_it_is(
    story: tuple[Deadline | str | None, ...], kind: str, old: str | None
) -> None:
    assert _tale(*story) == ([(kind, old)], [])


@pytest.mark.parametrize(
    "story",
    [
        (A, B, A),
        (A, B, C, A),
        ("tba", A, "tba"),
        (A, "tba", A),
        (A, WITHDRAWN, A),
        (A, COMPLETED, A),
        (TENTATIVE, A, TENTATIVE),
        (A, TENTATIVE, A),
        (None, A, WITHDRAWN),
        (None, A, B, COMPLETED),
    ],
)
def test_what_was_undone_before_it_was_sent_is_not_told(story: tuple[Deadline | str | None, ...]) -> None:
    kept, dropped = _tale(*story)
    assert kept == []
    assert [outcome for _, outcome in dropped][:-1] == [Outcome.SUPERSEDED] * (len(dropped) - 1)


@pytest.mark.parametrize(
    ("story", "kind", "old"),
    [
        ((A, B, C), "moved", A),
        ((None, A, B), "announced", None),
        ((None, "tba", A), "announced", None),
        ((None, A, WITHDRAWN, B), "announced", None),
        (("tba", A, B), "dated", "tba"),
        (("2026-Q4", "2027-01", A), "confirmed", "2026-Q4"),
        ((TENTATIVE, B, A), "confirmed", A),
        ((A, B, TENTATIVE), "moved", A),
        ((A, B, "tba"), "moved", A),
        ((A, WITHDRAWN, B), "moved", A),
        ((A, B, WITHDRAWN), "withdrawn", A),
    ],
)
def test_several_steps_are_told_as_one_from_the_first_unheard(
    story: tuple[Deadline | str | None, ...], kind: str, old: str | None
) -> None:
    kept, dropped = _tale(*story)
    assert kept == [(kind, old)]
    assert {outcome for _, outcome in dropped} == {Outcome.SUPERSEDED}


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.UNKNOWN])
def test_what_was_told_or_may_have_been_is_taken_back_when_undone(outcome: Outcome) -> None:
    assert _tale(A, B, A, before={2: outcome}) == ([("moved", B)], [])
    assert _tale(A, B, C, before={2: outcome}) == ([("moved", B)], [])
    assert _tale(None, A, WITHDRAWN, before={2: outcome}) == ([("withdrawn", A)], [])
    assert _tale(A, WITHDRAWN, A, before={2: outcome}) == ([("announced", None)], [])


@pytest.mark.parametrize(
    "outcome", [Outcome.FAILED, Outcome.CANCELLED, Outcome.SUPERSEDED, Outcome.SUSPENDED, Outcome.EXPIRED]
)
def test_what_never_reached_them_counts_as_unheard(outcome: Outcome) -> None:
    assert _tale(A, B, C, before={2: outcome}) == ([("moved", A)], [])
    assert _tale(A, B, A, before={2: outcome}) == ([], [(3, Outcome.CANCELLED)])
    assert _tale(None, A, B, before={2: outcome}) == ([("announced", None)], [])


def test_a_tale_told_in_part_goes_on_from_the_last_part_that_was_heard() -> None:
    assert _tale("tba", A, B, C, before={2: Outcome.SENT, 3: Outcome.FAILED}) == ([("moved", A)], [])
    assert _tale("tba", A, B, C, before={2: Outcome.FAILED, 3: Outcome.SENT}) == ([("moved", B)], [])


def test_what_is_on_its_way_in_another_mail_counts_as_heard() -> None:
    assert _tale(A, B, A, before={2: Outcome.OWED}) == ([("moved", B)], [])


@pytest.mark.parametrize("message_id", [None, 99])
def test_what_is_owed_but_in_no_mail_yet_or_in_one_that_waits_counts_as_unheard(
    message_id: int | None,
) -> None:
    lists = lists_of(A, B, C)
    news = news_of(lists)
    found = settled(lists, [news[3]], elsewhere=[replace(news[2], message_id=message_id)])
    assert told(found) == [("moved", A)]


def test_a_mails_own_notices_among_the_earlier_ones_change_nothing() -> None:
    lists = lists_of(A, B, C)
    news = list(news_of(lists).values())
    assert settled(lists, news, elsewhere=news) == settled(lists, news)


def test_what_one_missed_before_joining_again_was_told_on_joining() -> None:
    lists = lists_of(A, B, A)
    news = news_of(lists)
    missed = replace(news[2], outcome=Outcome.LEFT, message_id=None)
    again = a_subscriber(since=LONG_AGO + 1.5 * STEP, generation=2)
    assert told(settled(lists, [news[3]], elsewhere=[missed], subscriber=again)) == [("moved", B)]
    assert told(settled(lists, [news[3]], elsewhere=[missed])) == []


@pytest.mark.parametrize("newer", [C, A, "tba", a_deadline(B, status=Status.WITHDRAWN)])
def test_news_that_newer_news_follows_waits_for_it(newer: Deadline | str) -> None:
    lists = lists_of(A, B, newer)
    assert untold(settled(lists, [news_of(lists)[2]])) == [(2, Outcome.SUPERSEDED)]


def test_news_is_not_lost_when_its_date_is_only_written_in_another_way() -> None:
    lists = lists_of(A, "2027-Q1", "2027-01..2027-03")
    assert told(settled(lists, [news_of(lists)[2]])) == [("moved", A)]
    over = replace(COMPLETED, when=a_when("2026-11-13"))
    lists = lists_of(A, COMPLETED, over)
    assert told(settled(lists, [news_of(lists)[2]])) == [("completed", A)]


def test_each_deadline_has_a_tale_of_its_own() -> None:
    lists = lists_of(A, B, A)
    other = replace(
        news_of(lists)[2], id=50, step=replace(news_of(lists)[2].step, deadline="other/end", revision=1)
    )
    news = news_of(lists)
    found = settled(lists, [news[2], news[3], other])
    assert told(found) == [("announced", None)]
    assert found.kept[0].step.deadline == "other/end"


def test_the_told_notice_is_the_newest_and_keeps_its_place_in_the_ledger() -> None:
    lists = lists_of(None, A, B)
    found = settled(lists, list(news_of(lists).values()))
    assert found.kept[0].id == 3
    assert (found.kept[0].step.deadline, found.kept[0].step.revision, found.kept[0].step.spoken) == (
        KEY,
        3,
        B,
    )


def _story() -> st.SearchStrategy[list[Deadline]]:
    return st.lists(deadlines(), min_size=2, max_size=7)


@given(
    st.lists(deadlines(), min_size=2, max_size=7),
    st.lists(st.sampled_from([Outcome.SENT, Outcome.FAILED, Outcome.OWED]), min_size=7, max_size=7),
)
def test_every_notice_is_told_or_dropped_and_at_most_one_is_told(
    story: list[Deadline], fates: Iterable[Outcome]
) -> None:
    lists = lists_of(*story)
    news = news_of(lists)
    fate = dict(zip(news, fates, strict=False))
    owed = [notice for n, notice in news.items() if fate[n] is Outcome.OWED]
    earlier = [replace(notice, outcome=fate[n]) for n, notice in news.items() if fate[n] is not Outcome.OWED]
    found = settled(lists, owed, elsewhere=earlier, subscriber=EVER_SINCE)
    assert sorted([n.id for n in found.kept] + [d.notice.id for d in found.dropped]) == sorted(
        n.id for n in owed
    )
    assert len(found.kept) <= 1


def _revised(drawn: list[Deadline]) -> list[Deadline]:
    """The Deadlines one after the other, but what is over stays as it is until it is revived."""
    return drawn[:1] + [new for old, new in pairwise(drawn) if old.is_open or new.is_open]


@given(st.lists(deadlines(), min_size=2, max_size=7).map(_revised), st.data())
def test_whenever_mail_leaves_each_telling_begins_where_the_last_one_ended_and_ends_at_what_is_so(
    story: list[Deadline], data: st.DataObject
) -> None:
    lists = lists_of(*story)
    known, waiting, over = story[0], [], []
    for count, present in enumerate(story, start=1):
        waiting += [notice for number, notice in news_of(lists[:count]).items() if number == count]
        if count < len(story) and not data.draw(st.booleans(), label=f"mail leaves at revision {count}"):
            continue
        cut = data.draw(
            st.integers(0, max(0, len(waiting) - 1)), label="so many in a mail that waits beside it"
        )
        beside = [replace(notice, message_id=2) for notice in waiting[:cut]]
        found = settled(lists[:count], waiting[cut:], elsewhere=[*over, *beside])
        for notice in found.kept:
            assert notice.old is None or notice.old.same_days(known.when)
            known = present
        for each in (found, settled(lists[:count], beside, elsewhere=[*over, *waiting[cut:]])):
            over += [replace(notice, outcome=Outcome.SENT) for notice in each.kept]
            over += [replace(drop.notice, outcome=drop.outcome) for drop in each.dropped]
        waiting = []
    assert known.is_open == story[-1].is_open
    assert known.when.same_days(story[-1].when) or not known.is_open
