"""Bounces: what mail that could not be delivered says of an address, and when to stop writing to it.

Points add up, at most once a day, so that a bad day at a mail server costs nobody their reminders; a Message
that stays without a bounce wipes them out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HARD_POINTS = 2
SOFT_POINTS = 1
DAY = timedelta(days=1)
# Servers give up after five days at most (RFC 5321 section 4.5.4.1); a report may take its time as well.
STALE = timedelta(days=14)
# No bounce for so long: the Message was taken in.
QUIET = timedelta(days=6)


class Weight(StrEnum):
    """How much a bounce says of the address.

    hard  there is no such mailbox or domain, or it is closed
    soft  it could not be delivered this time: a full mailbox, a policy, a server in trouble
    """

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What is held against a Subscriber: points, and when they were last added to."""

    points: int
    scored_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The points from now on, and whether they are enough to suspend."""

    points: int
    is_scored: bool
    suspends: bool


def weight_of(status: str) -> Weight:
    """How heavy an enhanced status code weighs (RFC 3463 section 3): bad addresses, mailboxes and domains."""
    hard = re.fullmatch(r"5\.(?:1\.(?:0|1|2|3|6|10)|2\.1|4\.4)|5\.0\.0", status.strip())
    return Weight.HARD if hard else Weight.SOFT


def judge(score: Score, weight: Weight, *, limit: int, now: datetime) -> Judgement:
    """What one more bounce makes of it. Of several within a day only the first counts."""
    if score.scored_at is not None and now - score.scored_at < DAY:
        return Judgement(points=score.points, is_scored=False, suspends=False)
    points = score.points + (HARD_POINTS if weight is Weight.HARD else SOFT_POINTS)
    return Judgement(points=points, is_scored=True, suspends=points >= limit)


def is_worth_hearing(*, sent_at: datetime, joined_at: datetime, bounced: bool, now: datetime) -> bool:
    """Whether a report about a Message sent then may count: recent, of this time as a Subscriber, and the first."""
    return not bounced and joined_at <= sent_at <= now <= sent_at + STALE
