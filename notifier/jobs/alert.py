"""Alert: tell operators what they must know, in the log, by mail and by webhook.

Each way is tried by itself, so that one that is broken does not silence the others. Twice is harmless: an
Alert is marked as told for each way, and told again only when it still stands a day later. What happened once
(a Message that failed) is told once, and is over after a month.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import Connection, Engine

from notifier.channels.channel import Channel, ChannelDownError, Parcel
from notifier.core.answer import AnswerRules
from notifier.core.backoff import OVERDUE
from notifier.core.change import ChangeList
from notifier.core.plan import passed_unconfirmed
from notifier.core.text import count
from notifier.core.timing import Timing
from notifier.feeds.limits import ADVICE, outgrown
from notifier.jobs.heed_answers import LATE, WAITING, to_heed
from notifier.jobs.posting import post
from notifier.jobs.unheard import UNHEARD, unheard_dates
from notifier.logs import log
from notifier.store import alerts, cadences, changes, installation, messages, overdue
from notifier.store.alerts import Alert, Way
from notifier.store.engine import reading, writing

AGAIN_AFTER = timedelta(hours=24)
LARGE = "large"
DEFERRED = "deferred"
LEISURELY = ("passed:", "unchecked:", LATE, LARGE, UNHEARD)
REVIEWED = (*LEISURELY, "cadence:", "composing:", WAITING, DEFERRED)
UNREADABLE = (
    "whoever has the Leads “{}” gets no reminders, since these cannot be read; set them anew: notifier"
    " subscribers set ADDRESS --lead 30d"
)
STUCK = (
    "Messages cannot be composed ({mistake}); there are {count}, the first is {first}. Mend the template, the"
    " entry or the row: they are tried again within the hour, for five days or until their day is over."
    " Look with: notifier outbox show {first}"
)
IN_VAIN = (
    "The relay puts off whatever it is given: {count} since {since:%Y-%m-%d %H:%M} UTC, and it has taken nothing for"
    " two hours. Of message {first} it last said “{reply}”. They are tried again every hour, for five days or until"
    " their day is over; ask those who run the relay. Look with: notifier outbox show {first}"
)
LEISURELY_AGAIN_AFTER = timedelta(days=7)
ONCE = (
    "expired:", "failed:", "unknown:", "contactless:", "suspended:", "forwarding", "help:", "capped:", "leaving:",
    "report:", "forgotten:",
)  # fmt: skip
OVER_AFTER = timedelta(days=30)
CLOCK = "clock"
TRY_EVERY = timedelta(minutes=10)
CHECK_EVERY = timedelta(days=90)

_log = log("alert")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operators:
    """Where Alerts go. `sender` and `host` are what their mails come from."""

    recipients: tuple[str, ...]
    webhook: str | None
    sender: str
    host: str


async def alert(
    *,
    engine: Engine,
    channel: Channel,
    operators: Operators,
    timing: Timing,
    rules: AnswerRules,
    base_url: str,
    now: datetime,
) -> int:
    """Look over the list in force, then tell every open Alert that has not been told; answers how many."""
    await asyncio.to_thread(review, engine=engine, timing=timing, rules=rules, base_url=base_url, now=now)
    to_log = await asyncio.to_thread(_due, engine, Way.LOGGED, now)
    for found in to_log:
        _log.warning("alert", key=found.key, text=found.text, times=found.count)
    await asyncio.to_thread(_mark, engine, to_log, Way.LOGGED, now)
    if operators.webhook:
        to_post = await asyncio.to_thread(_due, engine, Way.POSTED, now)
        if len(to_post) > 0 and await asyncio.to_thread(_post, operators.webhook, to_post):
            await asyncio.to_thread(_mark, engine, to_post, Way.POSTED, now)
    if operators.recipients:
        to_mail = await asyncio.to_thread(_due, engine, Way.MAILED, now)
        if to_mail and await _mail(channel, operators, to_mail, now):
            await asyncio.to_thread(_mark, engine, to_mail, Way.MAILED, now)
    return len(to_log)


def review(*, engine: Engine, timing: Timing, rules: AnswerRules, base_url: str, now: datetime) -> None:
    """Raise Alerts for Deadlines that passed unconfirmed, Changes that nobody has checked for 90 days, a calendar that
    is too large, Leads that cannot be read, Messages that cannot be composed or are put off in vain, Vendors of whom
    nobody hears of a date, and Answers that need a person; resolve those that stand no longer, and what happened once a
    month ago.

    A clock in doubt decides nothing.
    """
    with reading(engine) as connection:
        current = changes.in_force(connection)
        standing = {found.key: found for found in alerts.open_alerts(connection)}
        unreadable = cadences.unreadable(connection)
        stuck = messages.uncomposed(connection)
        vain = overdue.in_vain(connection, before=now - OVERDUE)
        heeded = dict(to_heed(connection, current.changes)) if current else {}
        if current:
            heeded |= _unheard(connection, current.changes, standing, timing=timing, rules=rules, now=now)
    if current is None or CLOCK in standing:
        return
    wanted = dict(_overlooked(current.changes, timing.today(now))) | heeded
    wanted |= _outgrown(current.changes, timing, base_url, now)
    wanted |= {f"cadence:{text}": UNREADABLE.format(text) for text in unreadable}
    wanted |= {
        f"composing:{each.mistake}": STUCK.format(mistake=each.mistake, count=each.count, first=each.first)
        for each in stuck
    }
    # Over night nothing may be tried: whether it is over shows in the morning.
    if vain and (vain.is_tried or DEFERRED in standing):
        wanted[DEFERRED] = IN_VAIN.format(
            count=count(vain.count, "message"), since=vain.since, first=vain.first, reply=vain.reply
        )
    over = {
        key
        for key, found in standing.items()
        if (key.startswith(REVIEWED) and key not in wanted)
        or (key.startswith(ONCE) and now - found.last_at > OVER_AFTER)
    }
    with writing(engine) as connection:
        for key, text in wanted.items():
            if key not in standing or (key.startswith(UNHEARD) and standing[key].text != text):
                alerts.raise_alert(connection, key=key, text=text, now=now)
        for key in over:
            alerts.resolve(connection, key=key, now=now)


def _overlooked(current: ChangeList, today: date) -> Iterator[tuple[str, str]]:
    """The key and the text of an Alert for each thing that the list's editor should see to."""
    for change, deadline in passed_unconfirmed(current, today):
        key = change.key(deadline)
        text = (
            f"{key} ({deadline.when.written}) has passed and the list does not say how it ended; find out, then"
            " set its status or its new date"
        )
        yield f"passed:{key}", text
    for change in current.changes:
        if today - change.checked > CHECK_EVERY:
            text = (
                f"{change.id} was last checked on {change.checked}; verify it at its source and set `checked`"
            )
            yield f"unchecked:{change.id}", text


def _outgrown(current: ChangeList, timing: Timing, base_url: str, now: datetime) -> dict[str, str]:
    """The Alert that the calendar is too large, if it is."""
    try:
        text = outgrown(current, today=timing.today(now), zone=timing.zone, base_url=base_url)
    except Exception:  # noqa: BLE001 -- a calendar that cannot be made must not silence all other Alerts
        _log.exception("how large the calendar is cannot be found out")
        return {}
    return {LARGE: f"{text}; {ADVICE}"} if text else {}


def _unheard(
    connection: Connection,
    current: ChangeList,
    standing: Mapping[str, Alert],
    *,
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
) -> dict[str, str]:
    """The Alerts on dates that nobody of a Vendor hears of; those that stand, where a row cannot be read."""
    try:
        return dict(unheard_dates(connection, current, timing=timing, rules=rules, now=now))
    except ValueError:  # must not silence all other Alerts
        _log.exception("which dates nobody hears of cannot be found out")
        return {key: found.text for key, found in standing.items() if key.startswith(UNHEARD)}


def _due(engine: Engine, way: Way, now: datetime) -> tuple[Alert, ...]:
    """Open Alerts not told in this way, or long ago; none while the last try is only minutes old."""
    with reading(engine) as connection:
        found = alerts.open_alerts(connection)
    due = tuple(alert for alert in found if _is_due(alert, alert.told_at(way), now))
    if way is Way.LOGGED or not due:
        return due
    with writing(engine) as connection:
        return due if installation.try_again(connection, what=f"tell:{way}", every=TRY_EVERY, now=now) else ()


def _is_due(found: Alert, told: datetime | None, now: datetime) -> bool:
    if told is None:
        return True
    return not found.key.startswith(ONCE) and now - told >= _again_after(found)


def _again_after(found: Alert) -> timedelta:
    """What only the list's editor can mend, at their leisure, is not repeated every day."""
    return LEISURELY_AGAIN_AFTER if found.key.startswith(LEISURELY) else AGAIN_AFTER


def _mark(engine: Engine, told: Sequence[Alert], way: Way, now: datetime) -> None:
    if told:
        with writing(engine) as connection:
            alerts.mark_told(connection, [found.id for found in told], way=way, now=now)


async def _mail(channel: Channel, operators: Operators, found: Sequence[Alert], now: datetime) -> bool:
    """One mail with everything to each operator; whether at least one of them was sent."""
    try:
        line = await channel.open()
    except ChannelDownError:
        return False
    try:
        verdicts = [
            await line.send(_parcel(operators, to, found, now)) for to in operators.recipients if line.room
        ]
    finally:
        await line.close()
    return any(verdict.is_sent for verdict in verdicts)


def _parcel(operators: Operators, recipient: str, found: Sequence[Alert], now: datetime) -> Parcel:
    needy = count(len(found), "thing needs", "things need")
    message = EmailMessage()
    message["From"] = operators.sender
    message["To"] = recipient
    message["Subject"] = f"notifier on {operators.host}: {needy} attention"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<alert.{now:%Y%m%d%H%M%S}.{found[0].id}@{operators.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"• {alert.text}\n  (since {alert.first_at:%Y-%m-%d %H:%M} UTC)" for alert in found]
    message.set_content("\n\n".join(lines) + "\n")
    return Parcel(sender=operators.sender, recipient=recipient, data=message.as_bytes())


def _post(webhook: str, found: Sequence[Alert]) -> bool:
    body = json.dumps({"text": "\n".join(f"• {alert.text}" for alert in found)}, ensure_ascii=False)
    try:
        post(webhook, body.encode(), headers={"Content-Type": "application/json"})
    except OSError as error:
        # The address of a webhook is a secret; the error's text may hold it.
        _log.error("webhook failed", error=type(error).__name__)
        return False
    return True
