"""Canary: send a mail once a day that must come back to our inbox, and tell operators when it does not.

Twice is harmless: the row of the last one is exchanged before the mail leaves, by one node alone.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import Engine

from notifier.channels.channel import Channel, Parcel, send_alone
from notifier.compose.mailbox import CANARY_HEADER, Mailbox
from notifier.core.canary import Canary, after_refusal, after_start, flies, is_missed
from notifier.logs import log
from notifier.store import alerts, breakers, canaries, installation
from notifier.store.engine import reading, writing

CANARY = "canary"
WORDS = (
    "This mail shows that mail of the notifier arrives. Let the mailbox that it comes to pass it on, as it is, to"
    " the address that the notifier's inbox.address names."
)

_log = log("canary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aviary:
    """Where canaries fly to, and within what time they must be back. `address` None means that none fly."""

    address: str | None
    within: timedelta
    sender: str
    mailbox: Mailbox | None


async def watch_canary(*, engine: Engine, channel: Channel, aviary: Aviary, now: datetime) -> None:
    """Let one fly if it is time, and raise or resolve the Alert."""
    started = await asyncio.to_thread(_start, engine, aviary, now)
    if started is not None and aviary.address and aviary.mailbox:
        parcel = _parcel(aviary.address, aviary.mailbox, aviary.sender, started)
        if (await send_alone(channel, parcel)).is_sent:
            _log.info("canary sent")
        else:
            await asyncio.to_thread(_refused, engine, started)
    await asyncio.to_thread(_judge, engine, aviary, now)


def _start(engine: Engine, aviary: Aviary, now: datetime) -> Canary | None:
    """The one that is to leave now; none during a pause, nor while the relay takes no mail."""
    if aviary.address is None or aviary.mailbox is None:
        return None
    with reading(engine) as connection:
        before = canaries.last(connection)
        is_held = installation.paused(connection) or breakers.breaker(connection).open_until
    if is_held or not flies(before, now=now):
        return None
    started = after_start(before, now=now)
    with writing(engine) as connection:
        return started if canaries.put(connection, started, instead_of=before) else None


def _refused(engine: Engine, started: Canary) -> None:
    with writing(engine) as connection:
        canaries.put(connection, after_refusal(started), instead_of=started)


def _judge(engine: Engine, aviary: Aviary, now: datetime) -> None:
    with reading(engine) as connection:
        last = canaries.last(connection)
        is_open = CANARY in {found.key for found in alerts.open_alerts(connection)}
    if aviary.address is None and last is not None:
        with writing(engine) as connection:
            canaries.forget(connection)
        last = None
    missed = is_missed(last, within=aviary.within, now=now)
    if missed is is_open:
        return
    with writing(engine) as connection:
        if missed and last is not None and last.missed_since is not None:
            alerts.raise_alert(connection, key=CANARY, text=_told(last.missed_since), now=now)
        else:
            alerts.resolve(connection, key=CANARY, now=now)


def _told(since: datetime) -> str:
    return (
        f"The canary sent on {since:%Y-%m-%d %H:%M} UTC has not come back, so mail may not arrive although the"
        " relay takes it. Look at its way: the relay's log, the mailbox in canary.address, the mail server that"
        " hands mail over to inbox.bind"
    )


def _parcel(address: str, mailbox: Mailbox, sender: str, canary: Canary) -> Parcel:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = address
    message["Subject"] = "notifier: canary"
    message["Date"] = format_datetime(canary.sent_at)
    message["Message-ID"] = f"<canary.{canary.number}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message[CANARY_HEADER] = mailbox.canary(canary.number)
    message.set_content(f"{WORDS}\n")
    return Parcel(sender=sender, recipient=address, data=message.as_bytes())
