"""What a simulation leaves behind: the calendars as they stand at its end, and a page that leads to every mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from notifier.app import Parts
from notifier.channels.folder import Kept
from notifier.core.text import Language
from notifier.daemon.simulating import Raised, Simulation
from notifier.feeds.ical import calendar
from notifier.jobs.exhibit import write_index
from notifier.store import changes, imprints
from notifier.store.engine import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One line of the page: a mail or an Alert, at a local time."""

    at: datetime
    who: str = ""
    mail: Kept | None = None
    alert: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day on which something happened."""

    day: date
    shown: tuple[Shown, ...]


def write_album(simulation: Simulation, folder: Path, *, first: date, last: date, end: datetime) -> Path:
    """Write the calendars and the page; answers the page. `end` is the last instant that was played."""
    parts, mails = simulation.parts, simulation.channel.kept
    lines = sorted(_lines(parts, mails, simulation.raised), key=lambda line: (line.at, line.who))
    return write_index(
        folder,
        parts.templates,
        "simulation-index.html.j2",
        first=first,
        last=last,
        simulation=simulation,
        number=len(mails),
        zone=parts.timing.zone.key,
        lived=simulation.overlap.astimezone(parts.timing.zone) if simulation.overlap else None,
        calendars=_write_calendars(parts, folder, end),
        days=[Day(day=day, shown=tuple(shown)) for day, shown in groupby(lines, lambda line: line.at.date())],
        people=_by_person(mails),
    )


def _lines(parts: Parts, mails: Sequence[Kept], raised: Sequence[Raised]) -> Iterator[Shown]:
    zone = parts.timing.zone
    yield from (Shown(at=mail.at.astimezone(zone), mail=mail, who=mail.recipient) for mail in mails)
    yield from (Shown(at=alert.at.astimezone(zone), alert=alert.text) for alert in raised)


def _write_calendars(parts: Parts, folder: Path, now: datetime) -> dict[Language, str]:
    """One file in each language, by name; none while there is no list."""
    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
        history = imprints.history(connection)
    if current is None:
        return {}
    names = {language: f"calendar-{language}.ics" for language in Language}
    for language, name in names.items():
        today = parts.timing.today(now)
        data = calendar(changes=current.changes, history=history, today=today, feed=parts.feed(language))
        (folder / name).write_bytes(data)
    return names


def _by_person(mails: Sequence[Kept]) -> dict[str, list[Kept]]:
    """Each address's mails, by address."""
    by_address = sorted(mails, key=lambda mail: mail.recipient)
    return {address: list(theirs) for address, theirs in groupby(by_address, lambda mail: mail.recipient)}
