"""Taking Messages from the Outbox: claim, settle what each still has to tell, compose."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from notifier.channels.channel import Parcel
from notifier.core.backoff import spread_of
from notifier.core.delivery import Trial, after_mistake
from notifier.core.message import UNCOMPOSED, Message, MessageState, header_id
from notifier.core.notice import Notice, Outcome
from notifier.core.rendering import Rendering
from notifier.errors import DatabaseError
from notifier.jobs.losses import alert_unknown
from notifier.jobs.sender import Sender
from notifier.jobs.settling import settle_claimed
from notifier.jobs.telling import Telling
from notifier.store import alerts, breakers, changes, installation, notices, outbox
from notifier.store.engine import writing


class Ready(NamedTuple):
    """A composed Message, and the Notices it carries; `moves` is how often its Subscriber had moved by then.

    `message` is as it was claimed; `renderings` are of its copies, and of the one that is ready.
    """

    message: Message
    notices: tuple[Notice, ...]
    parcel: Parcel
    moves: int
    renderings: tuple[Rendering, ...]

    @property
    def trial(self) -> Trial:
        """It once it is armed, as far as a Verdict depends on it."""
        message = self.message
        return Trial(message.copies + 1, message.tries, message.refusals, message.deferred_since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was claimed at an instant, what of it is ready, and why nothing more was.

    `probing` says that the breaker is open and that this is the one Message let through to try it; `more_waits` that as
    many were claimed as one claim takes.
    """

    at: datetime
    claimed: int = 0
    ready: tuple[Ready, ...] = ()
    reading: int = 0
    dropped: int = 0
    uncomposed: int = 0
    probing: bool = False
    more_waits: bool = False
    stopped: str = ""


def take(sender: Sender, *, now: datetime, most: int | None = None) -> Taken:
    """Claim what may leave now, `most` at once, and compose it. What has nothing left to tell is closed.

    Whatever is wrong with one Message puts that one off and never stops the others.
    """
    engine, timing = sender.engine, sender.timing
    with writing(engine) as connection:
        limit, stopped = _allowance(connection, now)
        if limit == 0 or changes.in_force(connection) is None:
            return Taken(at=now, stopped=stopped)
        claimed = outbox.claim(
            connection,
            node=sender.node,
            now=now,
            is_open=timing.is_open(now),
            next_opening=timing.next_opening(now),
            limit=limit if most is None else min(limit, most),
            probing=limit == 1,
        )
    if not claimed:
        return Taken(at=now, probing=limit == 1)
    tellings, poisoned = _settled(sender, [message for message in claimed if not message.flaw], now)
    poisoned += [(message, message.flaw) for message in claimed if message.flaw]
    ready: list[Ready] = []
    for telling in tellings:
        try:
            ready.append(_composed(sender, telling, now))
        except Exception as error:  # noqa: BLE001 -- any mistake in a template or an entry may show up here
            poisoned.append((telling.message, _name(error)))
    if poisoned:
        _put_off(engine, poisoned, now)
    return Taken(
        at=now,
        claimed=len(claimed),
        ready=tuple(ready),
        # Should the list have changed on the way, the older reading arms nothing: all is composed anew.
        reading=min((telling.reading for telling in tellings), default=0),
        dropped=len(claimed) - len(ready) - len(poisoned),
        uncomposed=len(poisoned),
        probing=limit == 1,
        more_waits=most is None and len(claimed) == limit > 1,
    )


def _allowance(connection: Connection, now: datetime) -> tuple[int, str]:
    pause = installation.paused(connection)
    if pause is not None:
        return 0, f"paused: {pause.reason}"
    breaker = breakers.breaker(connection)
    allowed = breaker.allows(now)
    if allowed == 0:
        return 0, f"the relay is left alone until {breaker.open_until:%H:%M:%S} UTC: {breaker.reason}"
    return (outbox.CLAIM_LIMIT if allowed is None else allowed), ""


def _settled(
    sender: Sender, claimed: Sequence[Message], now: datetime
) -> tuple[list[Telling], list[tuple[Message, str]]]:
    """All in one transaction; one by one when a row among them cannot be read. Answers those as well, each with
    what is wrong."""
    try:
        with writing(sender.engine) as connection:
            found = settle_claimed(
                connection,
                claimed,
                timing=sender.timing,
                rules=sender.rules,
                may_receive=sender.may_receive,
                now=now,
            )
            return found, []
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 -- a damaged row can fail in any way
        if len(claimed) == 1:
            return [], [(claimed[0], _name(error))]
    tellings: list[Telling] = []
    poisoned: list[tuple[Message, str]] = []
    for message in claimed:
        found, broken = _settled(sender, [message], now)
        tellings += found
        poisoned += broken
    return tellings, poisoned


def _composed(sender: Sender, telling: Telling, now: datetime) -> Ready:
    parcel = sender.compose(telling, header_id=header_id(telling.message, sender.id_suffix), now=now)
    return Ready(
        message=telling.message,
        notices=telling.notices,
        parcel=parcel,
        moves=telling.subscriber.moves,
        renderings=telling.rendered(at=now),
    )


def _put_off(engine: Engine, poisoned: Sequence[tuple[Message, str]], now: datetime) -> None:
    """Let them be tried again later, each with what is wrong; those that were tried for long enough fail, under one
    Alert a day.

    While they wait, the Alert is raised by `jobs.alert.review`.
    """
    after = [(message, after_mistake(message, now=now, spread=spread_of(message))) for message, _ in poisoned]
    reasons = {message.id: f"{UNCOMPOSED}: {wrong}" for message, wrong in poisoned}
    with writing(engine) as connection:
        held = outbox.put_off(connection, after, reasons=reasons, now=now)
        ended: dict[MessageState, list[int]] = {}
        for message, went in after:
            if message.id in held:
                ended.setdefault(went.state, []).append(message.id)
        doubtful = ended.get(MessageState.UNKNOWN, [])
        notices.close_messages(
            connection, doubtful, Outcome.UNKNOWN, f"a copy may have arrived; {UNCOMPOSED}", now
        )
        alert_unknown(connection, doubtful, now=now)
        if lost := ended.get(MessageState.FAILED):
            notices.close_messages(connection, lost, Outcome.FAILED, UNCOMPOSED, now)
            text = (
                f"Message {lost[0]} and all others that could not be composed for five days have failed;"
                f" after mending: notifier outbox retry --all failed --since {now:%Y-%m-%d} --yes"
            )
            alerts.raise_alert(connection, key=f"failed:composing:{now:%Y-%m-%d}", text=text, now=now)


def _name(mistake: Exception) -> str:
    """Which mistake it was and where. Not its text, which may hold an address."""
    places = traceback.extract_tb(mistake.__traceback__)
    ours = [place for place in places if {"notifier", "templates"} & set(Path(place.filename).parts)]
    where = f" at {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return f"{type(mistake).__name__}{where}"
