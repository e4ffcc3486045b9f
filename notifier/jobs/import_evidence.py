"""Import evidence: what a service saw of each Vendor's use, from CSV or JSON, all of it or none.

Twice is harmless: a file that was imported already changes nothing. An Answer that it contradicts is doubted from
then on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from notifier.consent.reconsidering import reconsider
from notifier.core.answer import Answer, AnswerRules, Evidence, Party, Use
from notifier.core.change import ChangeList
from notifier.core.evidence import added_up, joined
from notifier.core.stance import Circumstances, Doubt, stance_of
from notifier.core.timing import Timing
from notifier.errors import ImportRefusedError
from notifier.jobs.rows import MOST_BYTES, Problems, Row, read_rows
from notifier.store import answers, evidence, holding
from notifier.store.engine import writing

COLUMNS = ("vendor", "client", "change", "calls", "last_seen")
_REQUIRED = ("change", "calls", "last_seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What rows may name: the Vendors, whose client is whose, the Changes; and today's local date."""

    vendors: Collection[str]
    clients: Mapping[str, str]
    changes: Collection[str]
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What an import came to: what counts from now on where that is news, and what of it contradicts that its Vendor
    is ready."""

    new: tuple[Evidence, ...]
    doubted: tuple[Evidence, ...]


def read_evidence(
    data: bytes, *, known: Known, until: date | None = None, now: datetime
) -> tuple[Evidence, ...]:
    """Everything in the file, one for each Vendor and Change, of a report up to the day `until`, or else today.

    Raises ImportRefusedError with every problem.
    """
    problems = Problems()
    last = until or known.today
    found: dict[tuple[str, str], list[Use]] = {}
    for row in _rows(data, problems):
        vendor, use = _use(row, known, last, problems)
        if use is not None:
            found.setdefault((vendor, row.values["change"]), []).append(use)
    problems.refuse()
    return tuple(
        added_up(uses, vendor=vendor, change_id=change_id, until=last, at=now)
        for (vendor, change_id), uses in found.items()
    )


def _rows(data: bytes, problems: Problems) -> Iterator[Row]:
    """The rows of either form; a file that begins with a bracket is JSON."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        yield from _json_rows(data, problems)
    else:
        yield from read_rows(data, columns=COLUMNS, required=_REQUIRED, problems=problems)


def _json_rows(data: bytes, problems: Problems) -> Iterator[Row]:
    """The entries of a JSON array of objects; its place is its number."""
    if len(data) > MOST_BYTES:
        raise ImportRefusedError([f"the file is larger than {MOST_BYTES:,} bytes; import it in parts"])
    try:
        entries = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ImportRefusedError([f"the file is not JSON: {error}"]) from None
    problems.place = "entry"
    if not isinstance(entries, list):
        raise ImportRefusedError(["the file's JSON is not an array of objects"])
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            problems.add(number, "is not an object")
            continue
        for name in entry.keys() - set(COLUMNS):
            problems.add(number, f"there is no “{str(name)[:80]}”; there is: {', '.join(COLUMNS)}")
        yield Row(number, {name: _text(entry.get(name)) for name in COLUMNS})


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _use(row: Row, known: Known, last: date, problems: Problems) -> tuple[str, Use | None]:
    """Whose it is, and what; no Use where anything is wrong."""
    before = problems.count
    vendor = _vendor(row, known, problems)
    change = row.values["change"]
    if change not in known.changes:
        problems.add(row.line, f"the list has no change “{change[:80]}”")
    calls = row.values["calls"].replace(" ", "").replace("\u00a0", "")
    if not re.fullmatch(r"[0-9]{1,12}", calls, re.ASCII):
        problems.add(row.line, f"“{row.values['calls'][:80]}” is not a number of calls; write 0 or more")
    day = _day(row, known.today, last, problems)
    if problems.count > before or day is None:
        return vendor, None
    return vendor, Use(row.values["client"], int(calls), day)


def _vendor(row: Row, known: Known, problems: Problems) -> str:
    vendor, client = row.values["vendor"], row.values["client"]
    if bool(vendor) == bool(client):
        problems.add(row.line, "name either a vendor or a client")
    elif vendor and vendor not in known.vendors:
        problems.add(row.line, f"there is no vendor “{vendor[:80]}”")
    elif client and client not in known.clients:
        problems.add(
            row.line, f"no vendor has the client “{client[:80]}”; give it one with: notifier vendors import"
        )
    return vendor or known.clients.get(client, "")


def _day(row: Row, today: date, last: date, problems: Problems) -> date | None:
    text = row.values["last_seen"]
    try:
        day = date.fromisoformat(re.split("[T ]", text, maxsplit=1)[0])  # a log's instant will do
    except ValueError:
        problems.add(row.line, f"“{text[:80]}” is not a day; write it as 2026-11-24")
        return None
    if day > today:
        problems.add(row.line, f"{day} has not been yet")
        return None
    if day > last:
        problems.add(row.line, f"{day} lies after {last}, up to which the report is")
        return None
    return day


def news_in(connection: Connection, seen: Sequence[Evidence], *, is_dated: bool) -> tuple[Evidence, ...]:
    """What counts once all of it is imported, where that is other than what counts now; see `core.evidence.joined`."""
    known = evidence.last_of_each(connection, {each.vendor for each in seen}, with_uses=True)
    whole = (joined(known.get((new.vendor, new.change_id)), new, is_dated=is_dated) for new in seen)
    return tuple(each for each in whole if each is not None)


def record(
    *,
    engine: Engine,
    seen: Sequence[Evidence],
    is_dated: bool = False,
    changes: ChangeList,
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
) -> Recorded:
    """Store all of it in one transaction. `is_dated` says that somebody named the day of the report.

    What an Answer had spared that is contradicted, and is not too late for, is owed again.
    """
    with writing(engine) as connection:
        holding.hold_vendors(connection, {each.vendor for each in seen})
        new = news_in(connection, seen, is_dated=is_dated)
        evidence.add(connection, new)
        touched = {(Party(vendor=each.vendor), each.change_id) for each in new}
        reconsider(connection, touched, changes=changes, rules=rules, timing=timing, now=now)
        answered = answers.last_counting(connection, {Party(vendor=each.vendor) for each in new})
    circumstances = Circumstances(
        history={},  # whether a date moved is not asked here
        evidence={(each.vendor, each.change_id): each for each in new},
        timing=timing,
        today=timing.today(now),
        rules=rules,
    )
    doubted = tuple(each for each in new if _contradicts(each, answered, changes, circumstances))
    return Recorded(new=new, doubted=doubted)


def _contradicts(
    seen: Evidence,
    answered: Mapping[tuple[Party, str], Answer],
    changes: ChangeList,
    circumstances: Circumstances,
) -> bool:
    change = changes.change(seen.change_id)
    answer = answered.get((Party(vendor=seen.vendor), seen.change_id))
    if change is None:
        return False
    return stance_of(answer, change=change, circumstances=circumstances).doubt is Doubt.TRAFFIC
