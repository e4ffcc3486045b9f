"""Recognising that an older copy of the database was put in force again.

Mails may have left since it was made, of which it knows nothing and which it would send again. So nothing leaves
until a person has looked. A copy made by `notifier backup` says so itself; for any other, the state directory
remembers how far the database had come (its epoch).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from notifier.logs import log
from notifier.store import alerts, installation, restoring
from notifier.store.engine import reading, writing

BY = "the restored database"

# Nodes whose clocks differ a little write one after the other.
SLACK = timedelta(minutes=5)
NOTED_EVERY = timedelta(minutes=1)

_log = log("daemon")


def recognise(engine: Engine, *, state_dir: Path, now: datetime) -> bool:
    """Whether an older copy was put in force since the last run; then sending is paused and operators are told.

    To be asked before the first tick, which brings the epoch up to date.
    """
    with writing(engine) as connection:
        if installation.mode(connection) is installation.Mode.REHEARSAL:
            return False
        noted = _noted(state_dir)
        same = noted is not None and noted[0] == installation.identity(connection)
        remembered = noted[1] if noted is not None and same else None
        made = restoring.take_mark(connection)
        last = installation.last_tick(connection)
        older = remembered is not None and (last is None or last < remembered - SLACK)
        if made is None and not older:
            return False
        text = _text(made or last, remembered if older else None)
        if installation.paused(connection) is None:
            installation.pause(connection, by=BY, reason="look before anything is sent again", now=now)
        alerts.raise_alert(connection, key=restoring.ALERT, text=text, now=now)
    _log.warning("older copy restored", made=str(made or last), until=str(remembered))
    return True


def remember(engine: Engine, *, state_dir: Path, now: datetime) -> None:
    """Note beside the database how far it has come; once a minute is enough."""
    file = _file(state_dir)
    noted = _noted(state_dir)
    if noted is not None and timedelta(0) <= now - noted[1] < NOTED_EVERY:
        return
    with reading(engine) as connection:
        if installation.mode(connection) is installation.Mode.REHEARSAL:
            return
        identity = installation.identity(connection)
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.touch(mode=0o600)
        fresh.write_text(f"{identity} {now.isoformat()}\n", encoding="ascii")
        fresh.rename(file)
    except OSError as error:
        # Sending goes on; only a restored copy would not be recognised.
        _log.warning("epoch not noted", file=str(file), error=error.strerror)


def _file(state_dir: Path) -> Path:
    return state_dir / "epoch"


def _noted(state_dir: Path) -> tuple[str, datetime] | None:
    """Which database was last at work here, and until when."""
    try:
        whose, _, at = _file(state_dir).read_text(encoding="ascii").strip().partition(" ")
        return whose, datetime.fromisoformat(at)
    except (OSError, ValueError):
        return None


def _text(made: datetime | None, until: datetime | None) -> str:
    copied = f"a copy from {made:%Y-%m-%d %H:%M} UTC" if made else "an older copy"
    lost = f" The lost one was at work until {until:%Y-%m-%d %H:%M} UTC." if until else ""
    return (
        f"The database in force is {copied}: what was sent since then, it does not know.{lost} Nothing leaves."
        " See with notifier outbox list what would be sent again; then either all of it: notifier resume, or only"
        " what fell due later: notifier resume --told-until INSTANT"
    )
