"""What is owed at an instant by the list in force; and recording it for one Subscriber who chooses otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from notifier.core.clock import disbelief
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.plan import FanOut, due_news, due_reminders
from notifier.core.timing import Timing
from notifier.store import cadences, changes, installation, notices
from notifier.store.planning import Slice, plan_slice
from notifier.store.tables import notices as notices_table
from notifier.store.upsert import insert_into


def due_steps(
    connection: Connection, *, default_since: datetime, timing: Timing, now: datetime
) -> Sequence[FanOut]:
    """Every step that is due and not finished. `default_since` is since when the default Leads are in force."""
    current = changes.in_force(connection)
    if current is None:
        return ()
    finished = notices.finished_steps(connection)
    news = due_news(changes=current.changes, history=changes.history(connection), now=now, finished=finished)
    reminders = due_reminders(
        changes=current.changes,
        own_cadences=cadences.in_use(connection),
        effects=changes.effects(connection),
        default_since=default_since,
        timing=timing,
        now=now,
        finished=finished,
    )
    return (*news, *reminders)


def record_due(
    connection: Connection, subscriber_id: int, *, timing: Timing, now: datetime, elapsed: timedelta | None
) -> bool:
    """Record for one Subscriber what has fallen due and is not planned yet, since they are about to choose otherwise.

    By what they choose now it would never have been owed. `elapsed` is how long ago this process last believed the
    clock, None if never: under a clock that cannot be believed nothing is recorded, and the answer is False. What came
    too late is left to `jobs.remind`, which tells operators of it. Twice is harmless.
    """
    last = installation.last_tick(connection)
    if last is None:
        return True
    if disbelief(now, last_tick=last, elapsed=elapsed, newest_checked=None):
        return False
    since = installation.leads_kept(connection, leads=str(timing.cadence)) or now
    due = due_steps(connection, default_since=since, timing=timing, now=now)
    told = [fan_out for fan_out in due if fan_out.outcome is not Outcome.EXPIRED]
    alone = Slice(after=subscriber_id - 1, upto=subscriber_id)
    if told:
        plan_slice(connection, told, alone, now=now, is_open=timing.is_open(now))
    return True


def tell_where_they_stand(
    connection: Connection, subscriber_id: int, *, generation: int, after: str, now: datetime
) -> None:
    """Let the next mail to a Subscriber tell everything that is ahead, `after` they chose or came back."""
    standing = {
        "subscriber_id": subscriber_id,
        "deadline": "",
        "kind": NoticeKind.STANDING.value,
        "spoken": f"after {after} at {now:%Y-%m-%dT%H:%M:%S}",
        "revision": generation,
        "due": now,
        "outcome": Outcome.OWED.value,
        "decided_at": now,
    }
    connection.execute(insert_into(connection, notices_table).on_conflict_do_nothing(), standing)
