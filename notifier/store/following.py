"""Who follows a Change, as conditions on rows: `core.subscription.Followed` in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, and_, column, exists, or_, select, values

from notifier.core.subscription import EVERYTHING, Scope, Topic
from notifier.store.tables import exclusions, subscribers, subscriptions


def topics_covering(change_id: str, service: str) -> tuple[Topic, ...]:
    """The Topics that cover a Change of this service, from wide to narrow."""
    return (EVERYTHING, Topic(Scope.SERVICE, service), Topic(Scope.CHANGE, change_id))


def written(topic: Topic) -> str:
    """A Topic as `topic_followed` has it."""
    return f"{topic.scope}:{topic.target}"


def topic_followed() -> ColumnElement[str]:
    """The Topic of a Subscription's row, as text."""
    return subscriptions.c.scope + ":" + subscriptions.c.target


def any_excluded(connection: Connection, theirs: ColumnElement[bool]) -> bool:
    """Whether any of these rows of Exclusions is there, also lifted ones."""
    return bool(connection.scalar(select(exists().where(theirs))))


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


def follows_any(changes: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """The condition on a Subscriber's row under which they follow any of these Changes, given as (id, service id)."""
    covering = [topics_covering(change_id, service) for change_id, service in changes]
    theirs = subscriptions.c.subscriber_id == subscribers.c.id
    topics = {written(topic) for topics in covering for topic in topics}
    covered = exists().where(theirs, topic_followed().in_(topics))
    excludes = exists().where(
        exclusions.c.subscriber_id == subscribers.c.id, exclusions.c.lifted_at.is_(None)
    )
    rows = [(written(service), written(change)) for _, service, change in covering]
    columns = (column("service", String), column("change", String))
    # Nested, since a statement must begin with INSERT for SQLite's driver to count its rows.
    given = values(*columns, name="followable").data(rows).cte("followable", nesting=True)
    follows = (
        select(given)
        .join(subscriptions, topic_followed().in_([written(EVERYTHING), given.c.service, given.c.change]))
        .where(theirs, nothing_excluded(given.c.service, given.c.change))
    )
    # Few exclude anything, and only of these each Change must be looked at.
    return and_(covered, or_(~excludes, follows.correlate(subscribers).exists()))
