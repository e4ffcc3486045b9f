"""What can be followed, and what that covers; finding one's way in a list."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from notifier.core.change import ChangeList
from notifier.core.choose import chosen
from notifier.core.less import again, dropped_between, without
from notifier.core.subscription import (
    EVERYTHING,
    Exclusion,
    Subscriber,
    Topic,
    parse_topic,
    unknown_target,
)
from notifier.core.text import Language, Text
from tests.core.lists import INSTANTS, TOPICS, a_change, a_list, a_subscriber, change_lists, oslo, subscribers

# Later than all INSTANTS.
LATER = oslo("2030-01-01")
PARTS = TOPICS.filter(lambda topic: topic != EVERYTHING)


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


@given(subscribers(), change_lists())
def test_whoever_follows_follows_what_is_not_excluded(person: Subscriber, changes: ChangeList) -> None:
    for change in changes.changes:
        assert person.follows(change) is person.followed.covers(change)


@given(person=subscribers(), changes=change_lists(), dropped=TOPICS, instant=INSTANTS, now=INSTANTS)
def test_what_is_still_followed_after_dropping_something_is_followed_as_long_as_before(
    person: Subscriber, changes: ChangeList, dropped: Topic, instant: datetime, now: datetime
) -> None:
    after = chosen(person, without(person.followed, dropped, changes), changes, now=now)
    for change in changes.changes:
        assert after.follows(change) is (person.follows(change) and not dropped.covers(change))
        if after.follows(change) and instant <= now:
            assert after.followed_before(change, instant) is person.followed_before(change, instant)


@given(person=subscribers(), changes=change_lists(), topic=TOPICS, instant=INSTANTS, now=INSTANTS)
def test_nobody_counts_as_following_what_they_did_not_follow(
    person: Subscriber, changes: ChangeList, topic: Topic, instant: datetime, now: datetime
) -> None:
    after = chosen(person, again(person.followed, [topic], changes), changes, now=now)
    for change in changes.changes:
        if after.followed_before(change, instant) and instant <= now:
            assert person.followed_before(change, instant)


@given(person=subscribers(), changes=change_lists(), dropped=PARTS, now=INSTANTS)
def test_dropped_and_followed_again_is_as_never_dropped_but_for_since_when(
    person: Subscriber, changes: ChangeList, dropped: Topic, now: datetime
) -> None:
    left = chosen(person, without(person.followed, dropped, changes), changes, now=now)
    topics = dropped_between(person.followed, left.followed)
    back = chosen(left, again(left.followed, topics, changes), changes, now=LATER)
    gone = set(person.followed.topics) - set(left.followed.topics)
    # With a Topic itself goes what was excluded from it: whoever follows it again hears of that too.
    forgets = any(each.is_narrower_than(topic) for topic in gone for each in person.followed.excluded)
    for change in changes.changes:
        assert back.follows(change) is person.follows(change) or (forgets and back.follows(change))
        if back.follows(change) and not left.follows(change):
            assert back.follows_since(change) == LATER


def test_a_service_covers_its_changes_as_far_as_a_list_is_known() -> None:
    changes = a_list(a_change(name="par", service="helseid"), a_change(name="end", service="preg"))
    held, now = a_subscriber("service:helseid"), oslo("2026-11-02")
    par, end = parse_topic("change:par"), parse_topic("change:end")
    assert held.inherited_since(par, changes, now=now) == held.subscriptions[0].since < now
    assert held.inherited_since(end, changes, now=now) == now
    assert held.inherited_since(par, None, now=now) == now


def test_what_is_no_longer_excluded_is_followed_from_then_on() -> None:
    lifted, change = oslo("2026-11-02"), a_change(name="par", service="helseid")
    person = a_subscriber(exclusions=(Exclusion(topic=parse_topic("change:par"), lifted_at=lifted),))
    assert person.follows_since(change) == lifted
    assert person.followed.excluded == ()
    assert not person.followed_before(change, lifted)
