"""A Notice: one thing to be told to one Subscriber once; the Ledger's row as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.core.cadence import Lead
from notifier.core.when import When


class NoticeKind(StrEnum):
    """What a Notice tells."""

    STANDING = "standing"
    ANNOUNCED = "announced"
    REMINDER = "reminder"
    DATED = "dated"
    CONFIRMED = "confirmed"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    PROMISE = "promise"
    QUESTION = "question"
    ESCALATION = "escalation"


# Towards a Deadline, at a Lead. An escalation is the same to a contact who does not follow the Change.
REMINDERS = frozenset({NoticeKind.REMINDER, NoticeKind.ESCALATION})
# Towards the day that an Answer promises: ahead of it, and the question whether it is done, after it.
PROMISES = frozenset({NoticeKind.PROMISE, NoticeKind.QUESTION})


class Outcome(StrEnum):
    """What became of a Notice. `owed` is the only one that is still open.

    `suspended` says that no mail goes to the address any more, `paused` that its day was over before the end of a pause
    that the Subscriber had chosen.
    """

    OWED = "owed"
    SENT = "sent"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUSPENDED = "suspended"
    PAUSED = "paused"
    LEFT = "left"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing owed to everybody it concerns, before it is fanned out into Notices.

    `spoken` is the date it speaks of, as text: an ISO day for reminders and promises, the When as written for
    news. `revision` is the list revision that made the news, the id of the Answer that promises, 0 for
    reminders, for standing the generation of the Subscriber, so that whoever joins again is told again.
    `expires` is the instant from which it would come too late (None: never).
    """

    deadline: str
    kind: NoticeKind
    due: datetime
    lead: Lead | None = None
    spoken: str = ""
    revision: int = 0
    expires: datetime | None = None

    @property
    def identity(self) -> tuple[str, str, str, str, int]:
        """What makes it the same step: the Ledger's key without the Subscriber."""
        return (self.deadline, self.kind, str(self.lead or ""), self.spoken, self.revision)

    @property
    def date(self) -> str | None:
        """The date it speaks of, as `spoken`; None where that is why somebody is told where they stand."""
        return self.spoken if self.deadline and self.spoken else None

    @property
    def change_id(self) -> str:
        """The Change that it speaks of; "" for standing, which speaks of all."""
        return self.deadline.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A Step as it concerns one Subscriber, with its outcome so far. News knows the `old` date, if any.

    `decided_at` is when it came to its outcome; for what was sent, when that was. `copies` is how many copies of its
    Message have left, whether or not they arrived.
    """

    id: int
    subscriber_id: int
    step: Step
    outcome: Outcome = Outcome.OWED
    reason: str = ""
    decided_at: datetime | None = None
    message_id: int | None = None
    copies: int = 0
    old: When | None = None
