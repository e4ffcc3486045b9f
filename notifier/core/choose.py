"""Choosing what to follow: since when each Change then counts as followed.

A Change that is followed before and after counts as followed since it was, by whatever Topic: what fell due within
that time and is not planned yet is owed all the same. What is followed anew counts from now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from notifier.core.change import ChangeList
from notifier.core.subscription import Continuation, Exclusion, Followed, Subscriber, Subscription


def chosen(
    before: Subscriber, followed: Followed, changes: ChangeList | None, *, now: datetime
) -> Subscriber:
    """Whoever chooses that. `changes` is the list in force; what is on none has nothing that fell due."""
    since = {each.topic: each.since for each in before.subscriptions}
    lifted = (
        replace(each, lifted_at=each.lifted_at or now)
        for each in before.exclusions
        if each.topic not in followed.excluded
    )
    after = replace(
        before,
        subscriptions=tuple(
            Subscription(
                topic=topic, since=since.get(topic) or before.inherited_since(topic, changes, now=now)
            )
            for topic in followed.topics
        ),
        exclusions=(*lifted, *(Exclusion(topic=topic) for topic in followed.excluded)),
        continuations=(),
    )
    return replace(after, continuations=tuple(_continuations(before, after, changes)))


def _continuations(
    before: Subscriber, after: Subscriber, changes: ChangeList | None
) -> Iterator[Continuation]:
    """What is followed on, and by the Topics alone would count from later."""
    for change in changes.changes if changes else ():
        since, by_topics = before.follows_since(change), after.follows_since(change)
        if since is not None and by_topics is not None and since < by_topics:
            yield Continuation(change=change.id, since=since)
