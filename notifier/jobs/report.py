"""Report: once a week, tell operators and each Change's owner which Vendors are ready, and whom to call first.

Twice is harmless: a report is marked as sent in its week, and a try that fails is repeated after a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, Engine

from notifier.channels.channel import Channel, ChannelDownError, Parcel
from notifier.compose.messages import Mail
from notifier.core.answer import AnswerRules
from notifier.core.change import Change, ChangeList
from notifier.core.curve import Curve
from notifier.core.readiness import Picture
from notifier.core.timing import Timing
from notifier.core.weekly import due_week
from notifier.jobs.readiness import pictures
from notifier.logs import log
from notifier.store import changes, installation, reports
from notifier.store.engine import reading, writing

OPERATORS = "operators"
_TRY_EVERY = timedelta(minutes=10)
_SOON = timedelta(days=365)

_log = log("report")


class ComposeReport(Protocol):
    """Make a report's bytes."""

    def __call__(
        self, found: Sequence[tuple[Picture, Curve]], *, recipient: str, changes: ChangeList, now: datetime
    ) -> Mail:
        """The mail for one recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report that is due: who gets it, and on which Changes it is. `name` is what marks it as sent."""

    name: str
    recipients: tuple[str, ...]
    about: tuple[str, ...]


async def report(
    *,
    engine: Engine,
    channel: Channel,
    operators: Sequence[str],
    may_receive: Callable[[str], bool],
    compose: ComposeReport,
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
) -> int:
    """Send what is due; answers how many reports were sent. None leaves while a pause lasts.

    `may_receive` says which owners this installation may mail.
    """
    week = due_week(now, timing)
    if week is None:
        return 0
    due, found, current = await asyncio.to_thread(
        _due, engine, week, operators=operators, timing=timing, rules=rules, now=now
    )
    sent = 0
    for each in due:
        if each.name != OPERATORS and not all(map(may_receive, each.recipients)):
            continue
        about = [found[change_id] for change_id in each.about]
        mails = [compose(about, recipient=to, changes=current, now=now) for to in each.recipients]
        if await _send(channel, mails):
            await asyncio.to_thread(_mark, engine, each, week, now)
            sent += 1
    return sent


def reports_of(current: ChangeList, operators: Sequence[str], now: datetime) -> Iterator[Report]:
    """Every report there is: the operators' on all that ends within a year, and each owner's on their own."""
    open_ones = [change for change in current.changes if _is_worth_it(change, now)]
    if operators and open_ones:
        yield Report(name=OPERATORS, recipients=tuple(operators), about=tuple(c.id for c in open_ones))
    for owner in dict.fromkeys(change.owner for change in open_ones if change.owner):
        own = tuple(change.id for change in open_ones if change.owner == owner)
        yield Report(name=f"owner:{own[0]}", recipients=(owner,), about=own)


def _is_worth_it(change: Change, now: datetime) -> bool:
    dated = [d.when.earliest for d in change.deadlines if d.is_open and d.when.earliest is not None]
    return bool(dated) and min(dated) <= (now + _SOON).date()


def _due(
    engine: Engine,
    week: str,
    *,
    operators: Sequence[str],
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
) -> tuple[Sequence[Report], Mapping[str, tuple[Picture, Curve]], ChangeList]:
    """What is due and not sent, with all that it tells; nothing without Vendors, in a pause or just after a try."""
    with reading(engine) as connection:
        current = changes.in_force(connection)
        if current is None or installation.paused(connection) is not None:
            return (), {}, ChangeList(revision=0, services=(), changes=())
        due = _unsent(connection, current.changes, operators, week, now)
    if not due:
        return (), {}, current.changes
    with writing(engine) as connection:
        if not installation.try_again(connection, what="tell:reports", every=_TRY_EVERY, now=now):
            return (), {}, current.changes
    wanted = {change_id for each in due for change_id in each.about}
    chosen = [change for change in current.changes.changes if change.id in wanted]
    with reading(engine) as connection:
        found = pictures(connection, chosen, timing=timing, rules=rules, now=now)
    if not any(picture.lines for picture, _ in found):
        return (), {}, current.changes
    return due, {picture.change.id: (picture, curve) for picture, curve in found}, current.changes


def _unsent(
    connection: Connection, current: ChangeList, operators: Sequence[str], week: str, now: datetime
) -> list[Report]:
    sent = reports.sent_in(connection, week)
    return [each for each in reports_of(current, operators, now) if each.name not in sent]


def _mark(engine: Engine, sent: Report, week: str, now: datetime) -> None:
    with writing(engine) as connection:
        reports.mark_sent(connection, sent.name, week, now=now)


async def _send(channel: Channel, mails: Sequence[Mail]) -> bool:
    """Whether at least one of them was sent; a recipient that refuses does not repeat it for the others."""
    try:
        line = await channel.open()
    except ChannelDownError:
        return False
    try:
        verdicts = [
            await line.send(Parcel(sender=mail.sender, recipient=mail.recipient, data=mail.data))
            for mail in mails
            if line.room
        ]
    finally:
        await line.close()
    refused = sum(not verdict.is_sent for verdict in verdicts)
    if refused:
        _log.warning("report refused", recipients=refused)
    return any(verdict.is_sent for verdict in verdicts)
