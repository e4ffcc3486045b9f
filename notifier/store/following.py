"""Who follows a Change, as conditions on rows: `core.subscription.Followed` in SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, and_, exists, or_, select

from notifier.core.subscription import EVERYTHING, Scope, Topic
from notifier.store.given import given_once
from notifier.store.tables import continuations, exclusions, subscribers, subscriptions


def topics_covering(change_id: str, service: str) -> tuple[Topic, ...]:
    """The Topics that cover a Change of this service, from wide to narrow."""
    return (EVERYTHING, Topic(Scope.SERVICE, service), Topic(Scope.CHANGE, change_id))


def written(topic: Topic) -> str:
    """A Topic as `topic_followed` has it."""
    return f"{topic.scope}:{topic.target}"


def topic_followed() -> ColumnElement[str]:
    """The Topic of a Subscription's row, as text."""
    return subscriptions.c.scope + ":" + subscriptions.c.target


def topics_say_all(
    connection: Connection, among: Callable[[ColumnElement[int]], ColumnElement[bool]]
) -> bool:
    """Whether nobody among these ids ever excluded anything, or has followed anything for longer than its Topics."""
    return not any(
        connection.scalar(select(exists().where(among(table.c.subscriber_id))))
        for table in (exclusions, continuations)
    )


def nothing_excluded(
    service: ColumnElement[str] | str,
    change: ColumnElement[str] | str,
    *,
    before: ColumnElement[datetime] | datetime | None = None,
) -> ColumnElement[bool]:
    """The condition on a Subscription's row that it holds for a Change: no Exclusion takes it, nor did `before`.

    The Change and its service are Topics, written.
    """
    excluded = exclusions.c.scope + ":" + exclusions.c.target
    taken = exclusions.c.lifted_at.is_(None)
    return ~exists().where(
        exclusions.c.subscriber_id == subscriptions.c.subscriber_id,
        or_(
            and_(subscriptions.c.scope == Scope.EVERYTHING, excluded == service),
            and_(subscriptions.c.scope != Scope.CHANGE, excluded == change),
        ),
        taken if before is None else or_(taken, exclusions.c.lifted_at >= before),
    )


def followed_before(
    service: ColumnElement[str] | str,
    change: ColumnElement[str] | str,
    instant: ColumnElement[datetime] | datetime,
) -> ColumnElement[bool]:
    """The condition on the row of a Subscription that covers a Change: by it the Change is followed, and was followed
    before an instant, be it by what it took the place of.

    The Change and its service are Topics, written.
    """
    by_topic = and_(subscriptions.c.since < instant, nothing_excluded(service, change, before=instant))
    goes_on = exists().where(
        continuations.c.subscriber_id == subscriptions.c.subscriber_id,
        f"{Scope.CHANGE}:" + continuations.c.change_id == change,
        continuations.c.since < instant,
    )
    return or_(by_topic, and_(goes_on, nothing_excluded(service, change)))


def follows_any(
    connection: Connection, changes: Collection[tuple[str, str]], *, before: datetime | None = None
) -> ColumnElement[bool]:
    """The condition on a Subscriber's row under which they follow any of these Changes, given as (id, service id); or
    do, and did `before`."""
    covering = [topics_covering(change_id, service) for change_id, service in changes]
    theirs = subscriptions.c.subscriber_id == subscribers.c.id
    topics = {written(topic) for topics in covering for topic in topics}
    covered = exists().where(theirs, topic_followed().in_(topics))
    rows = [{"service": written(service), "change": written(change)} for _, service, change in covering]
    followable = given_once(connection, {"service": String, "change": String}, rows)
    names = (followable.c.service, followable.c.change)
    holds = nothing_excluded(*names) if before is None else followed_before(*names, before)
    follows = (
        select(followable)
        .join(subscriptions, topic_followed().in_([written(EVERYTHING), *names]))
        .where(theirs, holds)
    )
    # Few exclude anything, and only of these each Change must be looked at.
    return and_(covered, or_(_topics_suffice(topics, before), follows.correlate(subscribers).exists()))


def _topics_suffice(topics: Collection[str], before: datetime | None) -> ColumnElement[bool]:
    """The condition on the row of a Subscriber whom one of these Topics covers that they follow what it covers, without
    a look at each Change."""
    excluded = and_(exclusions.c.subscriber_id == subscribers.c.id, exclusions.c.lifted_at.is_(None))
    if before is None:
        return ~exists().where(excluded)
    in_time = exists().where(
        subscriptions.c.subscriber_id == subscribers.c.id,
        topic_followed().in_(topics),
        subscriptions.c.since < before,
    )
    late = and_(exclusions.c.subscriber_id == subscribers.c.id, exclusions.c.lifted_at >= before)
    return and_(in_time, ~exists().where(or_(excluded, late)))
