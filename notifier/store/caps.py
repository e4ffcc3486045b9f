"""Spending from Caps: counted by keyed hash and day, all or nothing, so that a refused request leaves no row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from notifier.core.caps import CAPS, MONTH, SHARED, CapScope, Entrance, allows
from notifier.core.pseudonym import Pseudonyms
from notifier.store import alerts
from notifier.store.tables import caps
from notifier.store.upsert import insert_into

_ALARM = {
    CapScope.OVERALL: "{cap} mails a day",
    CapScope.DOMAIN: "{cap} mails a day to the addresses of one mail domain",
}
_CAUSE = {
    Entrance.PAGE: "the page's form may cause {most}; on {day} more were asked for",
    Entrance.MAIL: "mails that ask to subscribe may cause {most}; on {day} more came",
    Entrance.HELP: "mails that ask for help may cause {most}; on {day} more came",
}


def reached(
    connection: Connection, values: Mapping[CapScope, str], *, pseudonyms: Pseudonyms, today: date
) -> CapScope | None:
    """Which Cap refuses one more of each, None when all allow it. It only reads: a flood is cheap to turn away."""
    keys = {_key(scope, value, pseudonyms): scope for scope, value in values.items()}
    month = (caps.c.key.in_(keys), caps.c.day >= today - MONTH, caps.c.day <= today)
    counted: dict[CapScope, dict[date, int]] = {scope: {} for scope in values}
    for key, day, count in connection.execute(select(caps.c.key, caps.c.day, caps.c.count).where(*month)):
        counted[keys[key]][day] = count
    refusing = (scope for scope in CAPS if scope in values)
    return next((scope for scope in refusing if not allows(CAPS[scope], counted[scope], today)), None)


def spend(
    connection: Connection, values: Mapping[CapScope, str], *, pseudonyms: Pseudonyms, today: date
) -> CapScope | None:
    """Count one more of each, unless `core.caps.allows` refuses any of them; answers which, None when counted.

    The UPDATE itself holds the limit, so that requests at the same time cannot pass together.
    """
    attempt = connection.begin_nested()
    for scope in CAPS:
        if scope in values and not _counted(connection, scope, values[scope], pseudonyms, today):
            attempt.rollback()
            return scope
    attempt.commit()
    return None


def is_told(connection: Connection, scope: CapScope, *, entrance: Entrance, now: datetime) -> bool:
    """Whether operators need not be told any more today that this Cap refuses."""
    return scope not in SHARED or alerts.is_known(connection, key=_alarm_key(scope, entrance, now))


def tell(connection: Connection, scope: CapScope, *, entrance: Entrance, now: datetime) -> None:
    """Tell operators, once on a day, that a Cap refuses whoever comes; not of one that concerns few.

    What was spent must be undone before, not after, or the Alert would be undone with it.
    """
    if is_told(connection, scope, entrance=entrance, now=now):
        return
    cause = _CAUSE[entrance].format(most=_ALARM[scope].format(cap=CAPS[scope].daily), day=f"{now:%Y-%m-%d}")
    text = (
        f"{cause}, and whoever asks until midnight UTC gets none. Reminders are not held up. If this is a flood,"
        " turn away who causes it at the proxy or the mail server; help whoever complains with: notifier"
        " subscribers add ADDRESS"
    )
    alerts.raise_alert(connection, key=_alarm_key(scope, entrance, now), text=text, now=now)


def _alarm_key(scope: CapScope, entrance: Entrance, now: datetime) -> str:
    return f"capped:{scope}:{entrance}:{now:%Y-%m-%d}"


def _counted(
    connection: Connection, scope: CapScope, value: str, pseudonyms: Pseudonyms, today: date
) -> bool:
    cap, key = CAPS[scope], _key(scope, value, pseudonyms)
    statement = insert_into(connection, caps).values(key=key, day=today, count=1)
    counting = statement.on_conflict_do_update(
        index_elements=["key", "day"], set_={"count": caps.c.count + 1}, where=caps.c.count < cap.daily
    ).returning(caps.c.count)
    if connection.scalar(counting) is None:
        return False
    if cap.monthly is None:
        return True
    month = (caps.c.key == key, caps.c.day >= today - MONTH, caps.c.day <= today)
    return (connection.scalar(select(func.sum(caps.c.count)).where(*month)) or 0) <= cap.monthly


def _key(scope: CapScope, value: str, pseudonyms: Pseudonyms) -> str:
    return pseudonyms.of(f"cap.{scope}", value)
