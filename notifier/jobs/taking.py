"""Taking Messages from the Outbox: claim, settle what each still has to tell, compose."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from notifier.channels.channel import Parcel
from notifier.core.answer import AnswerRules, GivenAnswer
from notifier.core.backoff import spread_of
from notifier.core.change import ChangeList
from notifier.core.delivery import after_mistake
from notifier.core.footing import Footing
from notifier.core.history import Entry
from notifier.core.letter import Ask
from notifier.core.message import UNCOMPOSED, Message, MessageState, header_id
from notifier.core.notice import Notice, Outcome
from notifier.core.subscription import Subscriber
from notifier.core.timing import Timing
from notifier.errors import DatabaseError
from notifier.jobs.losses import alert_unknown
from notifier.jobs.settling import Telling, settle_claimed
from notifier.store import alerts, breakers, changes, installation, notices, outbox
from notifier.store.engine import writing


class Compose(Protocol):
    """Make a Message's bytes from its Notices as they stand now."""

    def __call__(
        self,
        *,
        message: Message,
        header_id: str,
        subscriber: Subscriber,
        notices: Sequence[Notice],
        changes: ChangeList,
        ask: Ask | None,
        given: GivenAnswer | None,
        footing: Footing,
        history: Mapping[str, Sequence[Entry]],
        recipient: str,
        now: datetime,
    ) -> Parcel:
        """The parcel for the way out. A Letter has no Notices; `ask` is what it asks to be confirmed, `given`
        the Answer that it tells of; `footing` is where the Subscriber's Party stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A composed Message and the Notices it carries; `moves` is how often its Subscriber had moved by then."""

    message: Message
    notices: tuple[Notice, ...]
    parcel: Parcel
    moves: int

    def armed(self) -> Ready:
        """The same with the copy counted that is about to be transmitted."""
        return replace(self, message=replace(self.message, copies=self.message.copies + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was claimed at an instant, what of it is ready, and why nothing more was.

    `probing` says that the breaker is open and that this is the one Message let through to try it.
    """

    at: datetime
    claimed: int = 0
    ready: tuple[Ready, ...] = ()
    reading: int = 0
    dropped: int = 0
    uncomposed: int = 0
    probing: bool = False
    stopped: str = ""


def take(
    *,
    engine: Engine,
    node: int,
    now: datetime,
    timing: Timing,
    rules: AnswerRules,
    compose: Compose,
    may_receive: Callable[[str], bool],
    id_suffix: str,
    most: int | None = None,
) -> Taken:
    """Claim what may leave now, `most` at once, and compose it. What has nothing left to tell is closed.

    Whatever is wrong with one Message puts that one off and never stops the others.
    """
    with writing(engine) as connection:
        limit, stopped = _allowance(connection, now)
        if limit == 0 or changes.in_force(connection) is None:
            return Taken(at=now, stopped=stopped)
        claimed = outbox.claim(
            connection,
            node=node,
            now=now,
            is_open=timing.is_open(now),
            next_opening=timing.next_opening(now),
            limit=limit if most is None else min(limit, most),
        )
    tellings, poisoned = _settled(
        engine, claimed, timing=timing, rules=rules, may_receive=may_receive, now=now
    )
    ready: list[Ready] = []
    for telling in tellings:
        try:
            ready.append(_composed(telling, compose, id_suffix, now))
        except Exception as error:  # noqa: BLE001 -- any mistake in a template or an entry may show up here
            poisoned.append((telling.message, error))
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
    engine: Engine,
    claimed: Sequence[Message],
    *,
    timing: Timing,
    rules: AnswerRules,
    may_receive: Callable[[str], bool],
    now: datetime,
) -> tuple[list[Telling], list[tuple[Message, Exception]]]:
    """All in one transaction; one by one when a row among them cannot be read. Answers those as well."""
    try:
        with writing(engine) as connection:
            found = settle_claimed(
                connection, claimed, timing=timing, rules=rules, may_receive=may_receive, now=now
            )
            return found, []
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 -- a damaged row can fail in any way
        if len(claimed) == 1:
            return [], [(claimed[0], error)]
    tellings: list[Telling] = []
    poisoned: list[tuple[Message, Exception]] = []
    for message in claimed:
        found, broken = _settled(
            engine, [message], timing=timing, rules=rules, may_receive=may_receive, now=now
        )
        tellings += found
        poisoned += broken
    return tellings, poisoned


def _composed(telling: Telling, compose: Compose, id_suffix: str, now: datetime) -> Ready:
    parcel = compose(
        message=telling.message,
        header_id=header_id(telling.message, id_suffix),
        subscriber=telling.subscriber,
        notices=telling.notices,
        changes=telling.changes,
        ask=telling.ask,
        given=telling.given,
        footing=telling.footing,
        history=telling.history,
        recipient=telling.recipient or "",
        now=now,
    )
    return Ready(
        message=telling.message, notices=telling.notices, parcel=parcel, moves=telling.subscriber.moves
    )


def _put_off(engine: Engine, poisoned: Sequence[tuple[Message, Exception]], now: datetime) -> None:
    """Let them be tried again later; those that were tried for long enough fail, under one Alert a day.

    While they wait, the Alert is raised by `jobs.alert.review`.
    """
    after = [(message, after_mistake(message, now=now, spread=spread_of(message))) for message, _ in poisoned]
    reasons = {message.id: f"{UNCOMPOSED}: {_name(mistake)}" for message, mistake in poisoned}
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
                " after mending: notifier outbox retry --all failed"
            )
            alerts.raise_alert(connection, key=f"failed:composing:{now:%Y-%m-%d}", text=text, now=now)


def _name(mistake: Exception) -> str:
    """Which mistake it was and where. Not its text, which may hold an address."""
    places = traceback.extract_tb(mistake.__traceback__)
    ours = [place for place in places if {"notifier", "templates"} & set(Path(place.filename).parts)]
    where = f" at {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return f"{type(mistake).__name__}{where}"
