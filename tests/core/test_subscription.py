"""What can be followed, and what that covers; finding one's way in a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.change import ChangeList
from notifier.core.subscription import (
    Subscriber,
    Subscription,
    Topic,
    inherited_since,
    parse_topic,
    parts_of,
    unknown_target,
    without,
)
from notifier.core.text import Language, Text
from tests.core.lists import INSTANTS, TOPICS, a_change, a_list, a_subscriber, change_lists, oslo, subscribers


@pytest.mark.parametrize("text", ["everything", "service:helseid", "change:kjernejournal-portal-2"])
def test_a_topic_reads_back_as_it_is_written(text: str) -> None:
    assert str(parse_topic(f" {text} ")) == text


@pytest.mark.parametrize(
    "text",
    ["", "all", "Everything", "everything:x", "service:", "service", "change:-a", "change:a/end", "change:Å"],
)
def test_what_cannot_be_followed_is_refused_with_what_can(text: str) -> None:
    with pytest.raises(ValueError, match="write everything, service:ID or change:ID"):
        parse_topic(text)


@pytest.mark.parametrize(
    ("topic", "covered"),
    [
        ("everything", True),
        ("service:helseid", True),
        ("service:preg", False),
        ("change:par", True),
        ("change:helseid", False),
    ],
)
def test_a_topic_covers_everything_its_service_or_its_change(topic: str, covered: bool) -> None:
    change = a_change(name="par", service="helseid")
    assert parse_topic(topic).covers(change) is covered
    assert a_subscriber(topic).follows(change) is covered


def test_an_unknown_service_or_change_is_named_with_those_that_exist() -> None:
    changes = a_list(a_change(name="par", service="helseid"), a_change(name="end", service="preg"))
    assert unknown_target(parse_topic("everything"), changes) is None
    assert unknown_target(parse_topic("service:preg"), changes) is None
    assert unknown_target(parse_topic("change:par"), changes) is None
    assert unknown_target(parse_topic("service:par"), changes) == (
        "the list has no service “par”; it has: helseid, preg"
    )
    assert unknown_target(parse_topic("change:preg"), changes) == (
        "the list has no change “preg”; it has: par, end"
    )


@given(TOPICS)
def test_a_topic_reads_back(topic: object) -> None:
    assert parse_topic(str(topic)) == topic


def test_a_subscription_counts_from_the_instant_after_it_was_made() -> None:
    made = oslo("2026-05-01")
    subscriber, change = a_subscriber("change:portal", since=made), a_change()
    assert not subscriber.followed_before(change, made)
    assert subscriber.followed_before(change, made + timedelta(microseconds=1))


@given(subscribers(), change_lists(), INSTANTS)
def test_whoever_followed_before_follows(
    subscriber: Subscriber, changes: ChangeList, instant: datetime
) -> None:
    for change in changes.changes:
        assert subscriber.follows(change) or not subscriber.followed_before(change, instant)


@given(change_lists())
def test_every_deadline_of_a_list_is_found_by_its_key(changes: ChangeList) -> None:
    for key, change, deadline in changes.deadlines():
        assert changes.deadline(key) == (change, deadline)
        assert changes.change(key.partition("/")[0]) is change
        assert changes.service(change.service) is not None
    assert changes.deadline("no/such") is changes.change("no") is changes.service("no") is None


def test_a_text_is_read_in_each_language() -> None:
    text = Text(nb="utgår", nn="går ut", en="ends")
    assert [text[language] for language in Language] == ["utgår", "går ut", "ends"]


@given(changes=change_lists(), held=TOPICS, dropped=TOPICS, instants=st.tuples(INSTANTS, INSTANTS, INSTANTS))
def test_what_is_still_followed_after_narrowing_is_followed_as_long_as_before(
    changes: ChangeList, held: Topic, dropped: Topic, instants: tuple[datetime, datetime, datetime]
) -> None:
    since, instant, now = instants
    before = replace(a_subscriber(), subscriptions=(Subscription(topic=held, since=min(since, now)),))
    rest = without([held], dropped, changes)
    after = replace(
        before,
        subscriptions=tuple(
            Subscription(topic=topic, since=inherited_since(topic, before.subscriptions, changes, now=now))
            for topic in rest
        ),
    )
    for change in filter(after.follows, changes.changes):
        assert after.followed_before(change, instant) is before.followed_before(change, instant)


@given(changes=change_lists(), person=subscribers(), topic=TOPICS, instant=INSTANTS, now=INSTANTS)
def test_nobody_counts_as_following_what_they_did_not_follow(
    changes: ChangeList, person: Subscriber, topic: Topic, instant: datetime, now: datetime
) -> None:
    since = inherited_since(topic, person.subscriptions, changes, now=now)
    assert since <= now
    for change in filter(topic.covers, changes.changes):
        if since < instant <= now:
            assert person.followed_before(change, instant)


@pytest.mark.parametrize(
    ("held", "parts"),
    [
        ("everything", "service:helseid change:par change:dpop service:preg"),
        ("service:helseid change:end", "service:helseid change:par change:dpop change:end"),
        ("change:dpop change:gone", "change:dpop"),
    ],
)
def test_less_can_be_followed_by_a_service_or_by_a_change(held: str, parts: str) -> None:
    changes = a_list(
        a_change(name="par", service="helseid"),
        a_change(name="end", service="preg"),
        a_change(name="dpop", service="helseid"),
    )
    assert " ".join(map(str, parts_of([parse_topic(each) for each in held.split()], changes))) == parts


def test_a_service_covers_its_changes_as_far_as_a_list_is_known() -> None:
    changes = a_list(a_change(name="par", service="helseid"), a_change(name="end", service="preg"))
    held, now = a_subscriber("service:helseid").subscriptions, oslo("2026-11-02")
    par, end = parse_topic("change:par"), parse_topic("change:end")
    assert inherited_since(par, held, changes, now=now) == held[0].since < now
    assert inherited_since(end, held, changes, now=now) == now
    assert inherited_since(par, held, None, now=now) == now
