"""A report that passes through everything a report can say, for the rehearsal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle

from notifier.core.answer import Answer, AnswerKind, Evidence, Party, Way
from notifier.core.change import Change
from notifier.core.curve import Curve
from notifier.core.readiness import Condition, Contacts, Picture, Told, VendorLine, Waiver, picture_of
from notifier.core.stance import OPEN, Doubt, Stance


def report_samples(change: Change, *, now: datetime) -> tuple[tuple[Picture, Curve], ...]:
    """The Change with Vendors of every kind: once with its date ahead, once vague, once without one, twice after it."""
    today = now.date()
    picture = picture_of(change, _lines(change, now))
    days = ((today - timedelta(days=1), 1), (today, 2))
    return tuple(
        (
            picture,
            Curve(
                days=days,
                total=len(picture.lines),
                until=until,
                expected=expected,
                is_exact=is_exact,
                is_over=until is not None and until < today,
            ),
        )
        for until, expected, is_exact in (
            (today + timedelta(days=9), 5, True),
            (today + timedelta(days=9), 5, False),
            (None, None, False),
            (today - timedelta(days=1), None, True),
            (today - timedelta(days=1), None, False),
        )
    )


def _lines(change: Change, now: datetime) -> Iterator[VendorLine]:
    """A line for each Condition, the Answers and the Doubts in turn."""
    stances = cycle(_stances(change, now))
    name = f"vendor of {change.id}"
    for number, condition in enumerate(Condition):
        is_told = number % 2 == 0
        yield VendorLine(
            vendor_id=f"vendor-{number}",
            name=name,
            condition=condition,
            stance=next(stances),
            contacts=Contacts(active=1, suspended=number % 3, follows=True),
            told=Told(last_at=now, reply="250 ok", reminders=number) if is_told else None,
            evidence=Evidence(vendor=name, change_id=change.id, calls=number, last_seen=now.date(), at=now),
            # Yesterday's, so that they are still to be called.
            waiver=Waiver(
                vendor=name,
                change_id=change.id,
                by="Ord",
                reason="ord",
                until=now.date() - timedelta(days=1),
                at=now,
            ),
            waiting=number % 2,
        )


def _stances(change: Change, now: datetime) -> Iterator[Stance]:
    yield OPEN
    for kind in AnswerKind:
        answer = Answer(
            id=1,
            party=Party(vendor="vendor"),
            change_id=change.id,
            kind=kind,
            at=now,
            way=Way.PAGE,
            planned=now.date() if kind is AnswerKind.PLANNED else None,
        )
        yield Stance(answer=answer)
        if kind is AnswerKind.DONE:
            yield from (Stance(answer=answer, doubt=doubt) for doubt in Doubt)
