"""What is true of the whole installation: its id, live or rehearsal, the pause, default Leads, last tick.

Two clocks (see the Outbox for the other one): what falls due is decided by the caller's `now`. On a live
database that is the wall clock; on a rehearsal it is the instant that acting commands are given, so that a
year can be played through without anybody's clock being turned.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, bindparam, delete, select

from notifier.errors import UsageError
from notifier.store.tables import installation
from notifier.store.upsert import insert_into

_VALUE = select(installation.c.value).where(installation.c.key == bindparam("of"))
ELSEWHERE = "set NOTIFIER_STATE_DIR (or NOTIFIER_DATABASE__URL) to a place of its own"


class Mode(StrEnum):
    """Whether the database serves people or a rehearsal; its first acting command decides."""

    LIVE = "live"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing leaves; who said so, why and since when."""

    by: str
    reason: str
    at: datetime


def identity(connection: Connection) -> str:
    """The installation's random id, made at first use (which therefore writes)."""
    return _get(connection, "identity") or _keep_first(connection, "identity", secrets.token_hex(8))


def mode(connection: Connection) -> Mode | None:
    """Live or rehearsal; None before the first acting command."""
    value = _get(connection, "mode")
    return Mode(value) if value else None


def begin_acting(connection: Connection, *, given: datetime | None, wall: datetime) -> datetime:
    """The `now` for an acting command, whose first fixes the mode: with `given` a rehearsal, else live.

    A rehearsal without `given` goes on at its last instant. Raises UsageError for `given` on a live database.
    """
    wanted = Mode.LIVE if given is None else Mode.REHEARSAL
    if Mode(_keep_first(connection, "mode", wanted)) is Mode.LIVE:
        if given is not None:
            raise UsageError(
                "this database is live: it follows the real clock, and only commands that read take --now."
                f" For a rehearsal, {ELSEWHERE} and give its first command --now"
            )
        return wall
    now = given or _last_instant(connection) or wall
    _put(connection, "instant", now.isoformat())
    return now


def reading_now(connection: Connection, *, given: datetime | None, wall: datetime) -> datetime:
    """The `now` for a command that only reads: as given, else a rehearsal's last instant, else the clock."""
    if given is not None:
        return given
    rehearses = mode(connection) is Mode.REHEARSAL
    return (_last_instant(connection) if rehearses else None) or wall


def require_live(connection: Connection) -> None:
    """Raises UsageError on a rehearsal database, whose clock the daemon could not follow."""
    if mode(connection) is Mode.REHEARSAL:
        raise UsageError(
            "this database is a rehearsal (its first command had --now), and the daemon follows the real"
            f" clock. Use notifier tick --now here, or {ELSEWHERE} for the daemon"
        )


def turn_into_rehearsal(connection: Connection, *, now: datetime) -> None:
    """Make a scratch copy of a database, live or not, a rehearsal that stands at `now` and is not paused."""
    _put(connection, "mode", Mode.REHEARSAL)
    _put(connection, "instant", now.isoformat())
    resume(connection)


def pause(connection: Connection, *, by: str, reason: str, now: datetime) -> Pause:
    """Let nothing leave, on any node. Pausing again replaces who and why."""
    paused_by = Pause(by=by, reason=reason, at=now)
    _put(connection, "pause", json.dumps({"by": by, "reason": reason, "at": now.isoformat()}))
    return paused_by


def resume(connection: Connection) -> bool:
    """End the pause; answers whether there was one."""
    return bool(connection.execute(delete(installation).where(installation.c.key == "pause")).rowcount)


def paused(connection: Connection) -> Pause | None:
    """The pause, if there is one."""
    value = _get(connection, "pause")
    if value is None:
        return None
    kept = json.loads(value)
    return Pause(by=kept["by"], reason=kept["reason"], at=datetime.fromisoformat(kept["at"]))


def leads_since(connection: Connection, *, leads: str, now: datetime) -> datetime:
    """The instant since which these default Leads are in force: `now` when they are other than before."""
    since = leads_kept(connection, leads=leads)
    if since is not None:
        return since
    _put(connection, "leads", json.dumps({"leads": leads, "since": now.isoformat()}))
    return now


def leads_before(connection: Connection, *, leads: str) -> str | None:
    """The default Leads in force, where others than these are: these take effect when they are planned by."""
    value = _get(connection, "leads")
    kept: str | None = json.loads(value)["leads"] if value else None
    return kept if kept != leads else None


def leads_kept(connection: Connection, *, leads: str) -> datetime | None:
    """Since when these default Leads are in force; None when they have not taken effect yet. Only reads."""
    value = _get(connection, "leads")
    kept = json.loads(value) if value else {}
    return datetime.fromisoformat(kept["since"]) if kept.get("leads") == leads else None


def try_again(connection: Connection, *, what: str, every: timedelta, now: datetime) -> bool:
    """Whether `what` was last tried so long ago that it is time again; then it counts as tried now."""
    tried = _instant(connection, what)
    if tried is not None and timedelta(0) <= now - tried < every:
        return False
    _put(connection, what, now.isoformat())
    return True


def keep_imprint(connection: Connection, value: str) -> None:
    """Remember how events are printed, and when that changed: see `store.imprints`."""
    _put(connection, "imprint", value)


def kept_imprint(connection: Connection) -> str | None:
    """What was last remembered so."""
    return _get(connection, "imprint")


def record_tick(connection: Connection, *, now: datetime) -> None:
    """Remember an instant at which the clock was believed, so that what was owed by then is being done."""
    _put(connection, "last_tick", now.isoformat())


def last_tick(connection: Connection) -> datetime | None:
    """The last instant at which the clock was believed, on any node; None before the first tick."""
    return _instant(connection, "last_tick")


def swap_fingerprints(connection: Connection, mine: set[str]) -> set[str]:
    """Keep these fingerprints of signing keys; answers those that were kept before."""
    kept = set((_get(connection, "keys") or "").split())
    _put(connection, "keys", " ".join(sorted(mine)))
    return kept


def _last_instant(connection: Connection) -> datetime | None:
    return _instant(connection, "instant")


def _instant(connection: Connection, key: str) -> datetime | None:
    value = _get(connection, key)
    return datetime.fromisoformat(value) if value else None


def _get(connection: Connection, key: str) -> str | None:
    value: str | None = connection.scalar(_VALUE, {"of": key})
    return value


def _put(connection: Connection, key: str, value: str) -> None:
    statement = insert_into(connection, installation).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def _keep_first(connection: Connection, key: str, value: str) -> str:
    """Of several that come at once, the first one's value stays; answers it."""
    statement = insert_into(connection, installation).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_nothing())
    kept: str = connection.scalars(select(installation.c.value).where(installation.c.key == key)).one()
    return kept
