"""Whom a step concerns, and with which outcome."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.cadence import parse_cadence, parse_lead
from notifier.core.notice import NoticeKind, Outcome, Step
from notifier.core.plan import FanOut, concerns
from notifier.core.subscription import Subscriber, SubscriberState
from tests.core.lists import INSTANTS, a_change, a_subscriber, oslo, subscribers

DUE = oslo("2026-11-24", "08:00")
BEFORE, AFTER = DUE - timedelta(seconds=1), DUE + timedelta(seconds=1)
CHANGE = a_change(name="portal", service="kjernejournal")
WEEKLY = parse_cadence(["7d"])


def _fan_out(
    kind: NoticeKind = NoticeKind.REMINDER,
    *,
    cadence: str | None = "",
    outcome: Outcome = Outcome.OWED,
    due: datetime = DUE,
) -> FanOut:
    lead = parse_lead("7d") if kind is NoticeKind.REMINDER else None
    step = Step(deadline="portal/end", kind=kind, due=due, lead=lead, spoken="2026-12-01")
    return FanOut(step=step, change_id="portal", service="kjernejournal", outcome=outcome, cadence=cadence)


def _outcome(fan_out: FanOut, subscriber: Subscriber, ended_at: datetime | None = None) -> Outcome | None:
    return concerns(fan_out, subscriber=subscriber, change=CHANGE, ended_at=ended_at)


@pytest.mark.parametrize("joined", [BEFORE, DUE, AFTER])
@pytest.mark.parametrize("subscribed", [BEFORE, DUE, AFTER])
def test_who_joined_and_followed_before_it_fell_due_is_told(joined: datetime, subscribed: datetime) -> None:
    subscriber = a_subscriber("change:portal", since=subscribed, joined_at=joined)
    expected = Outcome.OWED if (joined, subscribed) == (BEFORE, BEFORE) else None
    assert _outcome(_fan_out(), subscriber) is expected


@pytest.mark.parametrize(
    ("topic", "concerned"),
    [
        ("everything", True),
        ("service:kjernejournal", True),
        ("change:portal", True),
        ("service:preg", False),
        ("change:other", False),
    ],
)
def test_only_who_follows_it_is_concerned(topic: str, concerned: bool) -> None:
    assert (_outcome(_fan_out(), a_subscriber(topic)) is Outcome.OWED) is concerned


def test_any_one_of_several_subscriptions_that_was_there_before_is_enough() -> None:
    late, early = a_subscriber("everything", since=AFTER), a_subscriber("change:portal")
    both = a_subscriber(subscriptions=late.subscriptions + early.subscriptions)
    assert _outcome(_fan_out(), both) is Outcome.OWED


@pytest.mark.parametrize(
    ("step_for", "own", "concerned"),
    [("", None, True), ("", WEEKLY, False), ("7d", WEEKLY, True), ("7d", None, False), ("8d", WEEKLY, False)],
)
def test_a_reminder_is_for_those_with_its_cadence(step_for: str, own: object, concerned: bool) -> None:
    subscriber = a_subscriber(cadence=own)
    assert (_outcome(_fan_out(cadence=step_for), subscriber) is Outcome.OWED) is concerned


@pytest.mark.parametrize(("chosen", "concerned"), [(BEFORE, True), (DUE, False), (AFTER, False)])
@pytest.mark.parametrize("own", [None, WEEKLY])
def test_new_leads_remind_from_the_instant_after_they_were_chosen(
    chosen: datetime, concerned: bool, own: object
) -> None:
    subscriber = a_subscriber(cadence=own, cadence_since=chosen)
    assert (_outcome(_fan_out(cadence=str(own or "")), subscriber) is Outcome.OWED) is concerned


@pytest.mark.parametrize("own", [None, WEEKLY])
def test_news_is_told_whatever_leads_one_chose_and_whenever(own: object) -> None:
    subscriber = a_subscriber(cadence=own, cadence_since=AFTER)
    assert _outcome(_fan_out(NoticeKind.MOVED, cadence=None), subscriber) is Outcome.OWED


@pytest.mark.parametrize(
    ("state", "ended_at", "expected"),
    [
        (SubscriberState.ACTIVE, None, Outcome.OWED),
        (SubscriberState.SUSPENDED, None, Outcome.SUSPENDED),
        (SubscriberState.SUSPENDED, BEFORE, Outcome.SUSPENDED),
        (SubscriberState.LEFT, AFTER, Outcome.LEFT),
        (SubscriberState.LEFT, DUE, None),
        (SubscriberState.LEFT, BEFORE, None),
        (SubscriberState.LEFT, None, None),
        (SubscriberState.ERASED, AFTER, None),
    ],
)
def test_who_cannot_be_told_has_it_recorded_why(
    state: SubscriberState, ended_at: datetime | None, expected: Outcome | None
) -> None:
    assert _outcome(_fan_out(), a_subscriber(state=state), ended_at) is expected


@pytest.mark.parametrize("outcome", [Outcome.OWED, Outcome.SUPERSEDED, Outcome.EXPIRED])
def test_who_is_active_gets_the_steps_own_outcome(outcome: Outcome) -> None:
    assert _outcome(_fan_out(outcome=outcome), a_subscriber()) is outcome


@given(subscribers(), INSTANTS, st.none() | INSTANTS)
def test_nobody_hears_of_what_was_due_before_they_joined_or_when_they_follow_nothing(
    subscriber: Subscriber, due: datetime, ended_at: datetime | None
) -> None:
    fan_out = _fan_out(NoticeKind.MOVED, cadence=None, due=due)
    if _outcome(fan_out, subscriber, ended_at) is not None:
        assert subscriber.joined_at < due
        assert any(subscription.since < due for subscription in subscriber.subscriptions)
        assert subscriber.state is not SubscriberState.ERASED
