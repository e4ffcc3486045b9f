"""Following less: what is left when a service or a Change is dropped, and nothing more than before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.change import ChangeList, Service
from notifier.core.subscription import EVERYTHING, Scope, Topic, without
from tests.core.lists import a_change

CHANGES = tuple(
    a_change(name=name, service=service) for name, service in [("a", "x"), ("b", "x"), ("c", "y")]
)
LISTED = ChangeList(
    revision=1, services=tuple(Service(id=each, name=each) for each in ("x", "y", "z")), changes=CHANGES
)
TOPICS = st.sampled_from(
    [
        EVERYTHING,
        *(Topic(Scope.SERVICE, service.id) for service in LISTED.services),
        *(Topic(Scope.CHANGE, change.id) for change in CHANGES),
    ]
)


@given(topics=st.lists(TOPICS, max_size=4), dropped=TOPICS)
def test_exactly_what_the_dropped_one_covers_is_followed_no_longer(
    topics: list[Topic], dropped: Topic
) -> None:
    left = without(topics, dropped, LISTED)
    for change in CHANGES:
        before = any(topic.covers(change) for topic in topics)
        assert any(topic.covers(change) for topic in left) is (before and not dropped.covers(change))
