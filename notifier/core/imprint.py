"""When calendars' events count as printed anew, and when nodes that differ must not take turns.

An imprint stands for how a release with its settings words every event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# So a node of the release that is being replaced makes no reprint while it lasts.
AT_MOST_EVERY = timedelta(hours=1)
# Two imprints are in dispute until one of them was not seen for so long.
QUIET = timedelta(days=1)
# How exactly it is known when an imprint in dispute was last seen; so often that is written down.
_GRAIN = timedelta(minutes=10)
_MOST_BEFORE = 100


class Step(StrEnum):
    """What became of events when a node looked.

    same        they are printed as this node prints them, or it must wait
    reprinted   all of them count as changed from now on
    returned    likewise, though they are as they were before: a release was taken back, or nodes differ for good
    settled     nobody prints them otherwise any more
    """

    SAME = "same"
    REPRINTED = "reprinted"
    RETURNED = "returned"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """When some node last printed events as they are kept, and when another one last did as they were before."""

    kept_seen: datetime
    other_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """When, and the id of the last Difference before it."""

    at: datetime
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """How events are printed, "" before the first look; every reprint, oldest first; the imprints `before`."""

    imprint: str = ""
    reprints: tuple[Reprint, ...] = ()
    before: tuple[str, ...] = ()
    dispute: Dispute | None = None


def look(printed: Printed, imprint: str, *, after: int, now: datetime) -> tuple[Step, Printed]:
    """What becomes of events when a node prints them like this, `after` the Difference with that id.

    1. Words that are new are printed at once, but no sooner than an hour after the last reprint.
    2. So are words that were there before: a release may be taken back. From then on the two are in dispute.
    3. While they are, neither replaces the other before nobody prints that one for an hour: nodes that differ for good
       would else take turns, and every calendar would change every hour.
    """
    if imprint == printed.imprint:
        return _seen_again(printed, now)
    returns, dispute = imprint in printed.before, printed.dispute
    if returns and dispute and _is_within(dispute.kept_seen, AT_MOST_EVERY, now):
        return Step.SAME, replace(
            printed, dispute=replace(dispute, other_seen=_seen(dispute.other_seen, now))
        )
    if printed.reprints and _is_within(printed.reprints[-1].at, AT_MOST_EVERY, now):
        return Step.SAME, printed
    if not printed.imprint:
        return Step.SAME, replace(printed, imprint=imprint)
    before = [each for each in printed.before if each not in (imprint, printed.imprint)] + [printed.imprint]
    made = Printed(
        imprint=imprint,
        reprints=(*printed.reprints, Reprint(at=now, after=after)),
        before=tuple(before[-_MOST_BEFORE:]),
        dispute=Dispute(kept_seen=now, other_seen=now) if returns or dispute else None,
    )
    return Step.RETURNED if returns else Step.REPRINTED, made


def _seen_again(printed: Printed, now: datetime) -> tuple[Step, Printed]:
    dispute = printed.dispute
    if dispute is None:
        return Step.SAME, printed
    if not _is_within(dispute.other_seen, QUIET, now):
        return Step.SETTLED, replace(printed, dispute=None)
    return Step.SAME, replace(printed, dispute=replace(dispute, kept_seen=_seen(dispute.kept_seen, now)))


def _seen(last: datetime, now: datetime) -> datetime:
    return last if _is_within(last, _GRAIN, now) else now


def _is_within(at: datetime, span: timedelta, now: datetime) -> bool:
    return timedelta(0) <= now - at < span
