"""Import evidence: what a service saw of each Vendor's use, from CSV or JSON, all of it or none.

Twice is harmless: the last that was seen counts. An Answer that it contradicts is doubted from then on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine

from notifier.consent.reconsidering import reconsider
from notifier.core.answer import Answer, AnswerRules, Evidence, Party
from notifier.core.change import ChangeList
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


def read_evidence(data: bytes, *, known: Known, now: datetime) -> tuple[Evidence, ...]:
    """Everything in the file, one for each Vendor and Change: calls of several clients are added up.

    Raises ImportRefusedError with every problem.
    """
    problems = Problems()
    found: dict[tuple[str, str], Evidence] = {}
    for row in _rows(data, problems):
        seen = _evidence(row, known, now, problems)
        if seen is None:
            continue
        before = found.get((seen.vendor, seen.change_id))
        if before is not None:
            last_seen = max(before.last_seen, seen.last_seen)
            seen = replace(seen, calls=before.calls + seen.calls, last_seen=last_seen)
        found[seen.vendor, seen.change_id] = seen
    problems.refuse()
    return tuple(found.values())


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


def _evidence(row: Row, known: Known, now: datetime, problems: Problems) -> Evidence | None:
    before = problems.count
    vendor = _vendor(row, known, problems)
    change = row.values["change"]
    if change not in known.changes:
        problems.add(row.line, f"the list has no change “{change[:80]}”")
    calls = row.values["calls"].replace(" ", "").replace("\u00a0", "")
    if not re.fullmatch(r"[0-9]{1,12}", calls, re.ASCII):
        problems.add(row.line, f"“{row.values['calls'][:80]}” is not a number of calls; write 0 or more")
    day = _day(row, known.today, problems)
    if problems.count > before or day is None:
        return None
    return Evidence(vendor=vendor, change_id=change, calls=int(calls), last_seen=day, at=now)


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


def _day(row: Row, today: date, problems: Problems) -> date | None:
    text = row.values["last_seen"]
    try:
        day = date.fromisoformat(re.split("[T ]", text, maxsplit=1)[0])  # a log's instant will do
    except ValueError:
        problems.add(row.line, f"“{text[:80]}” is not a day; write it as 2026-11-24")
        return None
    if day > today:
        problems.add(row.line, f"{day} has not been yet")
        return None
    return day


def record(
    *,
    engine: Engine,
    seen: Sequence[Evidence],
    changes: ChangeList,
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
) -> tuple[Evidence, ...]:
    """Store all of it in one transaction; answers what contradicts that its Vendor is ready.

    What such an Answer had spared, and is not too late for, is owed again.
    """
    circumstances = Circumstances(
        history={},  # whether a date moved is not asked here
        evidence={(each.vendor, each.change_id): each for each in seen},
        timing=timing,
        today=timing.today(now),
        rules=rules,
    )
    with writing(engine) as connection:
        holding.hold_vendors(connection, {each.vendor for each in seen})
        evidence.add(connection, seen)
        touched = {(Party(vendor=each.vendor), each.change_id) for each in seen}
        reconsider(connection, touched, changes=changes, rules=rules, timing=timing, now=now)
        answered = answers.last_counting(connection, {Party(vendor=each.vendor) for each in seen})
    return tuple(each for each in seen if _contradicts(each, answered, changes, circumstances))


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
