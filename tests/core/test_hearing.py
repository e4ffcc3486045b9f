"""Of which dates nobody of a Vendor hears before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.change import ChangeList, Status
from notifier.core.hearing import Contact, Unheard, unheard
from notifier.core.subscription import EVERYTHING, Followed, SubscriberState, parse_topic
from tests.core.lists import DAYS, INSTANTS, TOPICS, a_change, a_deadline, a_list, change_lists, oslo

TODAY, ANNOUNCED = date(2026, 11, 24), oslo("2026-05-01")
LIST = a_list(
    a_change(
        a_deadline("2026-11-23", name="before"),
        a_deadline("2026-12-10", name="last"),
        a_deadline("2026-11-24", name="first"),
        a_deadline("2026-12-01", name="over", status=Status.COMPLETED),
        a_deadline("tba", name="undated"),
    ),
    a_change(a_deadline("2026-12", name="month"), name="par", service="helseid"),
)
ALL = Contact(followed=Followed((EVERYTHING,)), state=SubscriberState.ACTIVE)
LISTS = change_lists()
FOLLOWED = st.builds(lambda topics: Followed(tuple(topics)), st.lists(TOPICS, max_size=3))
ACTIVE = st.builds(
    Contact, followed=FOLLOWED, state=st.just(SubscriberState.ACTIVE), paused_until=st.none() | DAYS
)
ENDED = st.builds(
    Contact,
    followed=FOLLOWED,
    state=st.sampled_from([SubscriberState.SUSPENDED, SubscriberState.LEFT]),
    ended_at=INSTANTS,
)
CONTACTS = st.lists(ACTIVE | ENDED, max_size=4)


def looked_over(changes: ChangeList, *contacts: Contact, today: date = TODAY) -> tuple[Unheard, ...]:
    announced = dict.fromkeys((each.id for each in changes.changes), ANNOUNCED)
    return unheard(changes, contacts, announced=announced, today=today)


def missed(changes: ChangeList, *contacts: Contact, today: date = TODAY) -> list[str]:
    found = looked_over(changes, *contacts, today=today)
    return [each.change.key(each.deadline) for each in found]


def only(topic: str) -> Contact:
    return replace(ALL, followed=Followed((parse_topic(topic),)))


def test_whoever_comes_back_in_time_hears_for_all() -> None:
    sooner, later = (replace(ALL, paused_until=date(2026, 12, day)) for day in (5, 10))
    assert missed(LIST, sooner, later) == ["portal/first", "par/month"]


def test_who_follows_other_things_hears_of_none_in_the_place_of_whom_no_mail_reaches() -> None:
    bounced = replace(ALL, state=SubscriberState.SUSPENDED)
    assert missed(LIST, bounced, only("service:helseid")) == ["portal/first", "portal/last"]
    assert missed(LIST, bounced, ALL) == []


def test_who_leaves_says_of_nothing_that_it_does_not_concern_their_vendor() -> None:
    gone = replace(ALL, state=SubscriberState.LEFT, ended_at=ANNOUNCED)
    assert missed(LIST, gone, only("service:helseid")) == ["portal/first", "portal/last"]
    long_gone = replace(gone, ended_at=ANNOUNCED - timedelta(minutes=1))
    assert missed(LIST, long_gone, only("service:helseid")) == []


def test_what_a_vendor_leaves_out_is_its_choice() -> None:
    but = replace(ALL, followed=Followed((EVERYTHING,), (parse_topic("service:helseid"),)))
    assert missed(LIST, but) == []


@given(changes=LISTS, contacts=CONTACTS, today=DAYS)
def test_one_who_hears_everything_is_enough(
    changes: ChangeList, contacts: list[Contact], today: date
) -> None:
    assert missed(changes, *contacts, ALL, today=today) == []


@given(changes=LISTS, contacts=CONTACTS, followed=FOLLOWED, today=DAYS)
def test_who_cannot_be_mailed_is_as_one_who_has_paused_for_ever(
    changes: ChangeList, contacts: list[Contact], followed: Followed, today: date
) -> None:
    asleep = Contact(followed=followed, state=SubscriberState.ACTIVE, paused_until=date.max)
    suspended = Contact(followed=followed, state=SubscriberState.SUSPENDED)
    left = Contact(followed=followed, state=SubscriberState.LEFT, ended_at=ANNOUNCED)
    expected = missed(changes, *contacts, asleep, today=today)
    assert missed(changes, *contacts, suspended, today=today) == expected
    assert missed(changes, *contacts, left, today=today) == expected


@given(changes=LISTS, contacts=CONTACTS, active=ACTIVE, today=DAYS)
def test_the_less_they_hear_the_more_is_missed_and_only_of_what_they_follow(
    changes: ChangeList, contacts: list[Contact], active: Contact, today: date
) -> None:
    hears = missed(changes, *contacts, active, today=today)
    bounced = missed(changes, *contacts, replace(active, state=SubscriberState.SUSPENDED), today=today)
    assert set(hears) <= set(bounced)
    new = {key.partition("/")[0] for key in set(bounced) - set(hears)}
    assert all(active.followed.covers(change) for change in changes.changes if change.id in new)


@given(changes=LISTS, contacts=CONTACTS, today=DAYS)
def test_dates_come_soonest_first_and_none_that_is_over(
    changes: ChangeList, contacts: list[Contact], today: date
) -> None:
    found = looked_over(changes, *contacts, today=today)
    days = [each.deadline.when.earliest or date.min for each in found]
    assert days == sorted(days)
    assert all(day >= today for day in days)
    assert all(each.deadline.is_open for each in found)
