"""Report: once a week, tell operators and each Change's owner which Vendors are ready, and whom to call first.

Twice is harmless: each recipient's is marked in its week, and only what provably did not leave is tried again after
a while.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, Engine

from notifier.channels.channel import Channel, ChannelDownError, Parcel
from notifier.compose.messages import Mail
from notifier.core.answer import AnswerRules
from notifier.core.change import Change, ChangeList
from notifier.core.curve import Curve
from notifier.core.readiness import Picture
from notifier.core.reply import Fault, Verdict
from notifier.core.timing import Timing
from notifier.core.weekly import due_week
from notifier.jobs.readiness import pictures
from notifier.store import alerts, changes, installation, reports
from notifier.store.engine import reading, writing

REFUSED = (
    "the weekly report to {whom} was refused for good: {reply}. See that the address in the settings, or in the"
    " list, works"
)
_REFUSED = frozenset({Fault.ADDRESS, Fault.MESSAGE, Fault.POLICY, Fault.UNCLEAR})
_OVER = _REFUSED | {Fault.NONE, Fault.AMBIGUOUS}
_TRY_EVERY = timedelta(minutes=10)
_SOON = timedelta(days=365)


class ComposeReport(Protocol):
    """Make a report's bytes."""

    def __call__(
        self, found: Sequence[tuple[Picture, Curve]], *, recipient: str, changes: ChangeList, now: datetime
    ) -> Mail:
        """The mail for one recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report that is due: who gets it, and on which Changes it is. `to_owner` tells an owner's from an
    operator's."""

    recipient: str = field(repr=False)
    about: tuple[str, ...]
    to_owner: bool = False

    @property
    def name(self) -> str:
        """What marks it as sent, whatever its recipient is called: a hash, since it is about nobody else."""
        return hashlib.blake2s(self.recipient.casefold().encode(), digest_size=16).hexdigest()


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
    due = [each for each in due if not each.to_owner or may_receive(each.recipient)]
    if not due:
        return 0
    try:
        line = await channel.open()
    except ChannelDownError:
        return 0
    sent = 0
    try:
        for each in due:
            if not line.room:
                break
            about = [found[change_id] for change_id in each.about]
            mail = compose(about, recipient=each.recipient, changes=current, now=now)
            verdict = await line.send(Parcel(sender=mail.sender, recipient=mail.recipient, data=mail.data))
            await asyncio.to_thread(_record, engine, each, verdict, week, now)
            sent += verdict.is_sent
    finally:
        await line.close()
    return sent


def reports_of(current: ChangeList, operators: Sequence[str], now: datetime) -> Iterator[Report]:
    """Every report there is: the operators' on all that ends within a year, and each owner's on their own."""
    open_ones = [change for change in current.changes if _is_worth_it(change, now)]
    if not open_ones:
        return
    for operator in dict.fromkeys(operators):
        yield Report(recipient=operator, about=tuple(change.id for change in open_ones))
    for owner in dict.fromkeys(change.owner for change in open_ones if change.owner):
        if owner not in operators:
            own = tuple(change.id for change in open_ones if change.owner == owner)
            yield Report(recipient=owner, about=own, to_owner=True)


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


def _record(engine: Engine, sent: Report, verdict: Verdict, week: str, now: datetime) -> None:
    """Mark what was sent, or may have been, or was refused for good, which operators are told. All else is
    tried again."""
    if verdict.fault not in _OVER:
        return
    with writing(engine) as connection:
        reports.mark_sent(connection, sent.name, week, now=now)
        if verdict.fault in _REFUSED:
            whom = f"the owner of {', '.join(sent.about)}" if sent.to_owner else "one of ops.recipients"
            text = REFUSED.format(whom=whom, reply=verdict.reply)
            alerts.raise_alert(connection, key=f"report:{sent.name}", text=text, now=now)
