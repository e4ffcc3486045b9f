"""Stories of a Deadline told one list after the other, and the Notices they make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifier.core.change import ChangeList, Deadline
from notifier.core.footing import ALONE, Footing
from notifier.core.notice import Notice, Outcome
from notifier.core.plan import due_news, reminder_steps
from notifier.core.settle import Settled, settle
from notifier.core.subscription import Subscriber
from tests.core.lists import LONG_AGO, TIMING, a_change, a_deadline, a_list, a_subscriber, history_of

KEY = "portal/end"
STEP = timedelta(days=1)
EVER_SINCE = a_subscriber(since=LONG_AGO - timedelta(days=365))


def lists_of(*deadlines: Deadline | str | None) -> list[ChangeList]:
    """One list after the other, revisions from 1, each with that date of `portal/end`, or without it."""
    other = a_change("2030-01-01", name="other")
    found = []
    for revision, each in enumerate(deadlines, start=1):
        deadline = a_deadline(each) if isinstance(each, str) else each
        changes = [other] if deadline is None else [a_change(deadline), other]
        found.append(a_list(*changes, revision=revision))
    return found


def news_of(lists: Sequence[ChangeList], *, message_id: int | None = 1) -> dict[int, Notice]:
    """The news Notices of one Subscriber by the revision that made them."""
    due = due_news(
        changes=lists[-1], history=history_of(lists), now=LONG_AGO + len(lists) * STEP, finished=()
    )
    return {
        f.step.revision: Notice(id=f.step.revision, subscriber_id=1, step=f.step, message_id=message_id)
        for f in due
    }


def reminders_of(deadline: Deadline) -> list[Notice]:
    """Every reminder of `portal/end` under the default Leads, the earliest first."""
    steps = reminder_steps(KEY, deadline, TIMING.cadence, TIMING)
    return [Notice(id=100 + n, subscriber_id=1, step=step, message_id=1) for n, step in enumerate(steps)]


def settled(
    lists: Sequence[ChangeList],
    notices: Sequence[Notice],
    *,
    elsewhere: Sequence[Notice] = (),
    subscriber: Subscriber = EVER_SINCE,
    footing: Footing = ALONE,
    now: datetime | None = None,
) -> Settled:
    """What becomes of these Notices while the last of the lists is in force."""
    return settle(
        notices=notices,
        elsewhere=elsewhere,
        subscriber=subscriber,
        footing=footing,
        changes=lists[-1],
        history=history_of(lists),
        timing=TIMING,
        now=now or LONG_AGO + len(lists) * STEP,
    )


def told(found: Settled) -> list[tuple[str, str | None]]:
    """What is told: the kind, and the date it came from."""
    return [(str(notice.step.kind), notice.old.written if notice.old else None) for notice in found.kept]


def untold(found: Settled) -> list[tuple[int, Outcome]]:
    """What is not told: the Notice's id, and what became of it."""
    return [(drop.notice.id, drop.outcome) for drop in found.dropped]
