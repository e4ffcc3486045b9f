"""Choosing, again and again: a Change counts as followed for as long as it was so without a gap, by whatever Topic."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.choose import chosen
from notifier.core.less import again, followed_of, without
from notifier.core.subscription import Followed, parse_topic
from tests.core.lists import a_subscriber, oslo
from tests.core.test_less import CHANGES, FOLLOWED, LISTED, TO_COME, TOPICS

START = oslo("2026-05-01")
# A whole form, or a step from what is followed: something dropped, or followed again.
CHOICES = st.one_of(
    FOLLOWED.map(lambda wanted: lambda _: wanted),
    TOPICS.map(lambda topic: lambda before: without(before, topic, LISTED)),
    TOPICS.map(lambda topic: lambda before: again(before, [topic], LISTED)),
)


@given(st.lists(CHOICES, min_size=1, max_size=8))
def test_whatever_somebody_chooses_a_change_counts_as_followed_since_it_was_without_a_gap(
    choices: list,
) -> None:
    person = a_subscriber(subscriptions=())
    unbroken = {}
    for hours, choice in enumerate(choices):
        now = START + timedelta(hours=hours)
        followed = choice(person.followed)
        person = chosen(person, followed, LISTED, now=now)
        unbroken = {each.id: unbroken.get(each.id, now) for each in CHANGES if followed.covers(each)}
        counts = {each.id: person.follows_since(each) for each in CHANGES}
        assert {name: since for name, since in counts.items() if since} == unbroken
        assert person.followed == Followed(followed.topics, followed.excluded)
        # What is still to come is followed by what covers it.
        assert all(person.follows(each) is followed.covers(each) for each in TO_COME)


def test_a_change_goes_on_in_what_takes_its_place_and_ends_with_it() -> None:
    change, single, service, everything = (
        CHANGES[0],
        *map(parse_topic, ("change:a", "service:x", "everything")),
    )
    apart = a_subscriber("everything", "change:a", since=START)
    apart = chosen(apart, Followed((everything, single), (service,)), LISTED, now=START)
    later, latest = START + timedelta(days=1), START + timedelta(days=2)

    all_of_it = chosen(apart, Followed((everything,)), LISTED, now=later)
    assert [each.change for each in all_of_it.continuations] == ["a"]
    assert all_of_it.follows_since(change) == START
    assert all_of_it.follows_since(CHANGES[1]) == later

    left_out = chosen(all_of_it, followed_of([everything], [service], LISTED), LISTED, now=latest)
    assert (left_out.follows(change), left_out.continuations) == (False, ())
    back = chosen(left_out, Followed((everything,)), LISTED, now=latest + timedelta(days=1))
    assert back.follows_since(change) == latest + timedelta(days=1)
