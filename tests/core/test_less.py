"""Following less, and again: what is dropped is followed no longer, and nothing else is lost, now or later."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.change import Change, ChangeList, Service
from notifier.core.less import again, dropped_between, followed_of, lost_between, parts_of, without
from notifier.core.subscription import EVERYTHING, Followed, Scope, Topic, parse_topic
from tests.core.lists import a_change, a_list

CHANGES = tuple(
    a_change(name=name, service=service) for name, service in [("a", "x"), ("b", "x"), ("c", "y")]
)
LISTED = ChangeList(
    revision=1, services=tuple(Service(id=each, name=each) for each in ("x", "y", "z")), changes=CHANGES
)
# What the list may have one day: of each service there is, and of a new one.
TO_COME = tuple(a_change(name=f"new-{service}", service=service) for service in ("x", "y", "z", "new"))
PARTS = tuple(Topic(Scope.SERVICE, service.id) for service in LISTED.services) + tuple(
    Topic(Scope.CHANGE, change.id) for change in CHANGES
)
TOPICS = st.sampled_from([EVERYTHING, *PARTS])
FOLLOWED = st.builds(
    lambda topics, excluded: followed_of(topics, excluded, LISTED),
    st.lists(TOPICS, max_size=4),
    st.lists(st.sampled_from(PARTS), max_size=3),
)


def covered(followed: Followed) -> set[str]:
    return {change.id for change in (*CHANGES, *TO_COME) if followed.covers(change)}


@given(followed=FOLLOWED, dropped=TOPICS)
def test_exactly_what_the_dropped_one_covers_is_followed_no_longer(
    followed: Followed, dropped: Topic
) -> None:
    gone = {change.id for change in (*CHANGES, *TO_COME) if dropped.covers(change)}
    left = without(followed, dropped, LISTED)
    assert covered(left) == covered(followed) - gone
    assert without(left, dropped, LISTED) == left


@given(before=FOLLOWED, after=FOLLOWED)
def test_less_is_told_where_less_is_followed_and_nowhere_else(before: Followed, after: Followed) -> None:
    lost = lost_between(before, after, LISTED)
    if covered(before) - covered(after):
        assert covered(again(after, dropped_between(before, after), LISTED)) >= covered(before)
        assert lost
    elif covered(after) >= covered(before):
        assert lost == ()


@given(followed=FOLLOWED, change=st.sampled_from(CHANGES))
def test_whoever_drops_a_change_is_still_told_of_all_others_also_those_to_come(
    followed: Followed, change: Change
) -> None:
    left = without(followed, Topic(Scope.CHANGE, change.id), LISTED)
    assert covered(left) == covered(followed) - {change.id}


@given(followed=FOLLOWED, dropped=st.lists(st.sampled_from(PARTS), min_size=1, max_size=3))
def test_what_was_dropped_can_be_followed_again_and_nothing_is_missing(
    followed: Followed, dropped: list[Topic]
) -> None:
    left = followed
    for topic in dropped:
        left = without(left, topic, LISTED)
    back = again(left, dropped_between(followed, left), LISTED)
    assert covered(back) >= covered(followed)
    # What was excluded from what then went altogether is not remembered.
    if set(followed.excluded) <= set(left.excluded):
        assert covered(back) == covered(followed)


@given(followed=FOLLOWED, topics=st.lists(TOPICS, min_size=1, max_size=2))
def test_what_is_followed_again_is_followed_and_nothing_is_lost_by_it(
    followed: Followed, topics: list[Topic]
) -> None:
    back = again(followed, topics, LISTED)
    assert covered(back) >= covered(followed)
    assert all(back.includes(topic, LISTED) for topic in topics)
    assert not set(topics) & set(back.excluded)
    assert again(back, topics, LISTED) == back


@given(FOLLOWED)
def test_whoever_follows_everything_again_leaves_nothing_out(followed: Followed) -> None:
    assert again(followed, [EVERYTHING], LISTED).excluded == ()


@given(FOLLOWED)
def test_only_what_a_wider_topic_covers_is_excluded(followed: Followed) -> None:
    for excluded in followed.excluded:
        assert excluded not in followed.topics
        all_of_it = Followed(tuple(each for each in followed.topics if excluded.is_narrower_than(each)))
        assert all_of_it.includes(excluded, LISTED)


@pytest.mark.parametrize(
    ("topics", "excluded", "follows"),
    [
        ("everything", "change:a", "b c new-new new-x new-y new-z"),
        ("everything", "service:x", "c new-new new-y new-z"),
        ("service:x", "change:a", "b new-x"),
        # The narrowest that is said counts.
        ("everything change:a", "service:x", "a c new-new new-y new-z"),
        ("everything service:x", "change:a", "b c new-new new-x new-y new-z"),
        ("change:a", "service:x", "a"),
    ],
)
def test_an_exclusion_takes_from_what_is_wider_than_it(topics: str, excluded: str, follows: str) -> None:
    followed = Followed(tuple(map(parse_topic, topics.split())), tuple(map(parse_topic, excluded.split())))
    assert " ".join(sorted(covered(followed))) == follows


@pytest.mark.parametrize(
    ("topics", "excluded", "parts"),
    [
        ("everything", "", "service:helseid change:par change:dpop service:preg change:end"),
        ("everything", "change:par service:preg", "service:helseid change:dpop"),
        ("everything change:end", "service:preg", "service:helseid change:par change:dpop change:end"),
        ("service:helseid change:end", "", "service:helseid change:par change:dpop change:end"),
        # A service with one Change: this one can be dropped, the service would be all.
        ("service:preg", "", "change:end"),
        ("change:dpop change:gone", "", "change:dpop"),
        ("change:dpop", "", ""),
    ],
)
def test_less_can_be_followed_by_a_service_or_by_a_change_while_something_is_left(
    topics: str, excluded: str, parts: str
) -> None:
    changes = a_list(
        a_change(name="par", service="helseid"),
        a_change(name="end", service="preg"),
        a_change(name="dpop", service="helseid"),
    )
    followed = Followed(tuple(map(parse_topic, topics.split())), tuple(map(parse_topic, excluded.split())))
    assert " ".join(map(str, parts_of(followed, changes))) == parts
