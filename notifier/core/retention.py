"""Retention: for how long what is stored about people is kept, and what may be forgotten when that is over.

The Ledger itself is kept: its key is what keeps anything from being told twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.core.answer import AnswerState
from notifier.core.message import MessageState
from notifier.core.subscription import SubscriberState

# Bounces are heard, leaving is undone and answers are counted for up to thirty days.
SHORTEST = timedelta(days=31)

# Ended for good: nobody sends such a Message again by itself, and a person no more after so long. An `unknown`
# one is kept, since whether it arrived is still for a person to find out.
FORGETTABLE = frozenset(
    {MessageState.SENT, MessageState.FAILED, MessageState.CANCELLED, MessageState.EXPIRED}
)
ENDED = frozenset({SubscriberState.LEFT, SubscriberState.SUSPENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long each is kept.

    `messages` and `attempts` count from a Message's end, `ended` from a Subscriber's, and `alerts` from when one
    was resolved. `ended` is also for how long is kept who answered a mail that somebody else was sent, and what never
    counted. `erased` is for how long the Vendor and a keyed pseudonym of whoever was erased are kept.
    """

    messages: timedelta = timedelta(days=400)
    attempts: timedelta = timedelta(days=400)
    ended: timedelta = timedelta(days=400)
    erased: timedelta = timedelta(days=1100)
    alerts: timedelta = timedelta(days=30)


DEFAULT_RETENTION = Retention()


def may_forget_message(state: MessageState, *, over_at: datetime, owes: bool, before: datetime) -> bool:
    """Whether a Message and what the server said of it serve nobody any more.

    `over_at` is when it ended or was to leave, whichever came last; `owes` says whether any of its Notices is still
    owed, `before` is where the time that is kept begins.
    """
    return state in FORGETTABLE and not owes and over_at < before


def may_erase(
    state: SubscriberState,
    *,
    ended_at: datetime | None,
    is_asked: bool,
    is_written_to: bool,
    before: datetime,
) -> bool:
    """Whether somebody who left, or whose address does not work, is to be erased by now.

    Not while an Ask of theirs waits to be confirmed, nor while a Message to them is on its way.
    """
    is_over = state in ENDED and ended_at is not None and ended_at < before
    return is_over and not is_asked and not is_written_to


def may_forget_answer(
    state: AnswerState, *, at: datetime, decided_at: datetime | None, before: datetime
) -> bool:
    """Whether an Answer given `at` that never counted serves nobody any more: it was refused or replaced, or nobody
    decided."""
    if state is AnswerState.COUNTS:
        return False
    ended = at if state is AnswerState.WAITING else decided_at
    return ended is not None and ended < before
