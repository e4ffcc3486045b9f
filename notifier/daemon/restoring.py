"""Recognising that an older copy of the database was put in force again, or that the database is gone.

Mails may have left since a copy was made, of which it knows nothing and which it would send again. Another database
in the place of the one that is gone, an empty one perhaps, would remind nobody, and nobody would notice. So nothing
leaves until a person has looked. A copy made by `notifier backup` says so itself; for all else, the state directory
remembers which database was last at work, and how far it had come (its epoch).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine

from notifier.logs import log
from notifier.store import alerts, installation, restoring
from notifier.store.engine import name_of, reading, writing

BY = "the daemon"

# Nodes whose clocks differ a little write one after the other.
SLACK = timedelta(minutes=5)
NOTED_EVERY = timedelta(minutes=1)

_log = log("daemon")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Epoch:
    """Which database was last at work here, where it is, and until when."""

    identity: str
    until: datetime
    place: str


def recognise(engine: Engine, *, state_dir: Path, now: datetime) -> bool:
    """Whether the database is not what it was at the last run; then sending is paused and operators are told.

    To be asked before the first tick, which brings the epoch up to date.
    """
    with writing(engine) as connection:
        if installation.mode(connection) is installation.Mode.REHEARSAL:
            return False
        text = _trouble(connection, _noted(state_dir), place=name_of(engine))
        if not text:
            return False
        if installation.paused(connection) is None:
            reason = "the database is not as it was left; look before anything is sent"
            installation.pause(connection, by=BY, reason=reason, now=now)
        alerts.raise_alert(connection, key=restoring.ALERT, text=text, now=now)
    _log.warning("another database than before")
    return True


def remember(engine: Engine, *, state_dir: Path, now: datetime) -> None:
    """Note beside the database how far it has come; once a minute is enough."""
    file = _file(state_dir)
    noted = _noted(state_dir)
    if noted is not None and timedelta(0) <= now - noted.until < NOTED_EVERY:
        return
    with reading(engine) as connection:
        if installation.mode(connection) is installation.Mode.REHEARSAL:
            return
        identity = installation.identity(connection)
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.touch(mode=0o600)
        fresh.write_text(f"{identity} {now.isoformat()} {name_of(engine)}\n", encoding="utf-8")
        fresh.rename(file)
    except OSError as error:
        # Sending goes on; only a restored copy would not be recognised.
        _log.warning("epoch not noted", file=str(file), error=error.strerror)


def _file(state_dir: Path) -> Path:
    return state_dir / "epoch"


def _noted(state_dir: Path) -> _Epoch | None:
    try:
        identity, at, place = _file(state_dir).read_text(encoding="utf-8").rstrip("\n").split(" ", 2)
        return _Epoch(identity=identity, until=datetime.fromisoformat(at), place=place)
    except (OSError, ValueError):
        return None


def _trouble(connection: Connection, noted: _Epoch | None, *, place: str) -> str:
    """What has become of the database since it was noted, and what to do; empty when all is as it was."""
    made = restoring.take_mark(connection)
    last = installation.last_tick(connection)
    same = noted is not None and noted.identity == installation.identity(connection)
    if noted is not None and same and (last is None or last < noted.until - SLACK):
        return _older(made or last, noted.until)
    if made is not None:
        return _older(made, None)
    # Whoever moves to another place means to.
    if noted is not None and not same and noted.place == place:
        return (
            f"The database that was at work until {noted.until:%Y-%m-%d %H:%M} UTC is gone, and another one is in its"
            " place, which knows neither its subscribers nor what they were sent. Nothing leaves. Put the last good"
            " copy in its place; or if this one is meant: notifier resume"
        )
    return ""


def _older(made: datetime | None, until: datetime | None) -> str:
    copied = f"a copy from {made:%Y-%m-%d %H:%M} UTC" if made else "an older copy"
    lost = f" The lost one was at work until {until:%Y-%m-%d %H:%M} UTC." if until else ""
    return (
        f"The database in force is {copied}: what was sent since then, it does not know.{lost} Nothing leaves."
        " See with notifier outbox list what would be sent again; then either all of it: notifier resume, or only"
        " what fell due later: notifier resume --told-until INSTANT"
    )
