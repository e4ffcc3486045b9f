"""Choosing: what a Subscriber follows, how early and in which language; and pausing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Engine

from notifier.consent.narrowing import tell_of_less
from notifier.consent.reconsidering import reconsider_all
from notifier.core.answer import AnswerRules, party_of
from notifier.core.cadence import Cadence
from notifier.core.change import ChangeList
from notifier.core.less import again, lost_between
from notifier.core.subscription import MOVED, Addressee, Followed, Moved, Subscriber, SubscriberState, Topic
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.logs import Person, log
from notifier.store import choices, holding, owing, pausing, subscribers
from notifier.store.engine import reading, writing

_log = log("consent")
_CHOOSE_IN = (SubscriberState.ACTIVE, SubscriberState.SUSPENDED)


def look_up(*, engine: Engine, addressee: Addressee) -> Subscriber | Literal[Moved.MOVED] | None:
    """Whom a link was made for, whatever their state; MOVED when it stands in a mailbox that they left."""
    with reading(engine) as connection:
        return subscribers.addressed(connection, addressee)


def follow_again(
    *,
    engine: Engine,
    addressee: Addressee,
    topics: Sequence[Topic],
    changes: ChangeList | None,
    timing: Timing,
    now: datetime,
    elapsed: timedelta | None,
) -> bool:
    """Follow these Topics, excluded ones too, beside what they follow; False as in `choose`. Twice is harmless.

    What has fallen due by now they are still told, as in `choose`.
    """
    with writing(engine) as connection:
        found = subscribers.addressed(connection, addressee, for_update=True)
        if found is None or found is MOVED or found.state not in _CHOOSE_IN:
            return False
        owing.record_due(connection, found.id, timing=timing, now=now, elapsed=elapsed)
        choices.put(
            connection,
            found.id,
            language=found.language,
            followed=again(found.followed, topics, changes),
            cadence=found.cadence,
            vendor=found.vendor,
            now=now,
        )
        return True


def alter(
    connection: Connection,
    found: Subscriber,
    *,
    language: Language,
    followed: Followed,
    cadence: Cadence | None,
    vendor: str | None,
    rules: AnswerRules,
    timing: Timing,
    now: datetime,
) -> None:
    """Replace what a Subscriber that was read for update chose, and whom they belong to, on an operator's word.

    What has fallen due by now they are still told, as in `choose`; and what their former Vendor's Answers had
    spared them, where the new one's do not.
    """
    party = party_of(replace(found, vendor=vendor))
    holding.hold(connection, party)
    _keep_what_fell_due(connection, found, cadence, timing=timing, now=now, elapsed=None)
    choices.put(
        connection,
        found.id,
        language=language,
        followed=followed,
        cadence=cadence,
        vendor=vendor,
        now=now,
    )
    if vendor != found.vendor:
        reconsider_all(connection, party, rules=rules, timing=timing, now=now)


def choose(
    *,
    engine: Engine,
    addressee: Addressee,
    language: Language,
    followed: Followed,
    cadence: Cadence | None,
    paused_until: datetime | None,
    changes: ChangeList | None,
    timing: Timing,
    now: datetime,
    elapsed: timedelta | None,
) -> bool:
    """Replace all that they chose; False for whoever has left, moved or is unknown. Twice is harmless.

    What has fallen due by now they are still told, if they follow it on. `cadence` None means the Deadlines' own or
    the default Leads, `paused_until` None no pause, and `elapsed`, how long ago this process last believed the clock,
    that it never did. A Letter tells whoever follows less than before, or pauses. Raises ValueError when they would
    follow nothing: that is leaving.
    """
    if not followed.topics:
        raise ValueError("whoever follows nothing has left")
    with writing(engine) as connection:
        found = subscribers.addressed(connection, addressee, for_update=True)
        if found is None or found is MOVED or found.state not in _CHOOSE_IN:
            return False
        _keep_what_fell_due(connection, found, cadence, timing=timing, now=now, elapsed=elapsed)
        choices.put(
            connection,
            found.id,
            language=language,
            followed=followed,
            cadence=cadence,
            vendor=found.vendor,
            now=now,
        )
        longer = paused_until is not None and paused_until > max(found.paused_until or now, now)
        dropped = lost_between(found.followed, followed, changes)
        tell_of_less(connection, found, dropped=dropped, is_paused=longer, now=now)
        if paused_until is not None and paused_until != found.paused_until:
            pausing.pause(connection, found, until=paused_until, now=now)
        elif paused_until is None and found.paused_until is not None:
            pausing.end(connection, found, now=now)
        _log.info("chose", person=Person(found.address))
        return True


def _keep_what_fell_due(
    connection: Connection,
    found: Subscriber,
    cadence: Cadence | None,
    *,
    timing: Timing,
    now: datetime,
    elapsed: timedelta | None,
) -> None:
    """Record what has fallen due, before they choose that Cadence.

    Under a clock that is not believed nobody knows what has. What they follow on counts as followed since it was, but
    the Leads of before are gone, so that whoever chooses others is told of everything ahead.
    """
    is_recorded = owing.record_due(connection, found.id, timing=timing, now=now, elapsed=elapsed)
    if not is_recorded and cadence != found.cadence:
        owing.tell_where_they_stand(
            connection, found.id, generation=found.generation, after="choosing", now=now
        )
