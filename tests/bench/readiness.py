"""Readiness of 2,000 Vendors for 20 Changes, the weekly report on them, and a dossier of 10,000 Notices.

Run by `python -m tests.bench.readiness`. Each Vendor has two contacts who were shown where they stand and sent five
reminders of each Change, 400,000 in all; half of the Vendors answered. On SQLite, in one process: seconds, and the peak
of its memory.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.compose.reports import compose_report
from notifier.compose.templates import shipped_templates
from notifier.compose.voice import Voice
from notifier.core.answer import AnswerRules
from notifier.core.change import ChangeList
from notifier.core.curve import Curve
from notifier.core.readiness import Picture
from notifier.core.rendering import Rendering, written
from notifier.core.subscription import EVERYTHING, Followed
from notifier.core.text import Language
from notifier.jobs.dossier import check_dossier, write_dossier
from notifier.jobs.readiness import pictures
from notifier.jobs.refresh import refresh
from notifier.store import changes
from notifier.store.answer_tables import answers
from notifier.store.engine import open_engine, reading, writing
from notifier.store.migrating import upgrade
from notifier.store.tables import messages, notices, subscribers, subscriptions, vendors
from notifier.store.vendors import Vendor
from tests.core.lists import TIMING, oslo

VENDORS, CHANGES, CONTACTS = 2_000, 20, 2
LEADS = ("180d", "90d", "60d", "30d", "14d")
# In place of a Lead: shown where they stand.
STANDING = ""
# One more Vendor, with so many contacts and reminders to each, for the dossier.
TALKATIVE, ITS_CONTACTS, ITS_LEADS = "talkative", 100, 100
BEFORE, NOW = oslo("2026-05-01"), oslo("2026-11-24")
KEYS = ("a key of thirty-two bytes or more",)


class _List:
    name = "the bench's list"

    def read(self) -> bytes:
        """So many Changes that end on 1 December."""
        text = ["revision = 1", "[[service]]", 'id = "s"', 'name = "S"']
        for number in range(CHANGES):
            text += ["[[change]]", f'id = "c{number}"', 'service = "s"', "checked = 2026-04-20"]
            for part in ("title", "summary", "affects", "action"):
                text += [f'{part}.{language} = "words {number}"' for language in ("nb", "nn", "en")]
            text += ['source = { document = "a roadmap" }', "[[change.deadline]]", 'id = "end"']
            text += ['kind = "end"', "when = 2026-12-01"]
        return "\n".join(text).encode()


def main() -> None:
    """Print each figure."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/bench.sqlite3")
        upgrade(engine)
        refresh(engine=engine, source=_List(), timing=TIMING, max_people=0, now=BEFORE, wall=BEFORE)
        fill(engine)
        _measure(engine, Path(folder))
        engine.dispose()


def fill(engine: Engine) -> None:
    """Everybody, what they were told and what half of them said."""
    names = [*(f"vendor-{number}" for number in range(VENDORS)), TALKATIVE]
    people = [(n + 1, names[n // CONTACTS]) for n in range(VENDORS * CONTACTS)]
    more = [(len(people) + 1 + n, TALKATIVE) for n in range(ITS_CONTACTS)]
    with writing(engine) as connection:
        connection.execute(
            insert(vendors), [{"id": n, "name": n, "domains": "", "created_at": BEFORE} for n in names]
        )
        connection.execute(insert(subscribers), [_person(*each) for each in (*people, *more)])
        follows = [
            {"subscriber_id": n, "scope": "everything", "target": "", "since": BEFORE}
            for n, _ in (*people, *more)
        ]
        connection.execute(insert(subscriptions), follows)
        told = [(n, change, lead) for n, _ in people for lead in LEADS for change in range(CHANGES)]
        told += [(n, 0, f"{lead}d") for n, _ in more for lead in range(1, ITS_LEADS + 1)]
        told += [(n, 0, STANDING) for n, _ in people]
        for table, row in ((messages, _mail), (notices, _notice)):
            for part in _parts(told):
                connection.execute(insert(table), [row(number, *each) for number, each in part])
        said = [_said(names[n], c) for n in range(0, VENDORS, 2) for c in range(CHANGES)]
        connection.execute(insert(answers), said)


def _parts(told: list[tuple[int, int, str]]) -> Iterator[list[tuple[int, tuple[int, int, str]]]]:
    numbered = list(enumerate(told, 1))
    for start in range(0, len(numbered), 10_000):
        yield numbered[start : start + 10_000]


def _measure(engine: Engine, folder: Path) -> None:
    with reading(engine) as connection:
        current = changes.in_force(connection)
        assert current is not None
        began = time.perf_counter()
        found = pictures(connection, current.changes.changes, timing=TIMING, rules=AnswerRules(), now=NOW)
        _print(f"readiness, {len(found[0][0].lines):,} vendors × {len(found)} changes", began)
    voice = Voice(
        timing=TIMING,
        letterhead=Letterhead(publisher="Varsler", contact="a@b.example", sender="a@b.example", mailbox=None),
        templates=shipped_templates(),
        links=Links("https://varsler.example.no", KEYS),
    )
    _measure_report(found, current.changes, voice)
    _measure_dossier(engine, folder / "dossier", current.changes, voice)


def _measure_report(found: Sequence[tuple[Picture, Curve]], current: ChangeList, voice: Voice) -> None:
    began = time.perf_counter()
    mail = compose_report(
        found, recipient="drift@example.no", changes=current, voice=voice, language=Language.NB, now=NOW
    )
    _print(f"the weekly report on them, {len(mail.data) / 1000:.0f} kB", began)


def _measure_dossier(engine: Engine, folder: Path, current: ChangeList, voice: Voice) -> None:
    began = time.perf_counter()
    written = write_dossier(
        folder,
        engine=engine,
        changes=current,
        change=current.changes[0],
        vendor=Vendor(id=TALKATIVE, name=TALKATIVE),
        voice=voice,
        rules=AnswerRules(),
        language=Language.NB,
        keys=KEYS,
        now=NOW,
        advance=lambda _: None,
    )
    _print(f"a dossier of {written.mails:,} mails", began)
    began = time.perf_counter()
    assert check_dossier(folder, keys=KEYS).faults == ()
    _print("checking it", began)


def _print(what: str, began: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<60} {time.perf_counter() - began:7.2f} s   peak so far {peak:6.0f} MB", flush=True)


def _person(number: int, vendor: str) -> dict[str, Any]:
    return {
        "id": number,
        "public_id": f"p{number}",
        "address": f"p{number}@example.no",
        "identity": f"p{number}@example.no",
        "language": "nb",
        "state": "active",
        "joined_at": BEFORE,
        "vendor_id": vendor,
        "basis": "bench",
    }


def _mail(number: int, person: int, change: int, lead: str) -> dict[str, Any]:
    at = BEFORE + timedelta(days=1)
    if lead not in (STANDING, "180d"):
        at = NOW - timedelta(days=int(lead[:-1]) - 7)
    composed = Rendering(
        at=at, reading=1, language=Language.NB, followed=Followed((EVERYTHING,)), told=(number,)
    )
    return {
        "id": number,
        "subscriber_id": person,
        "state": "sent",
        "anytime": False,
        "created_at": at,
        "not_before": at,
        "copies": 1,
        "header_id": f"<{number}@example.no>",
        "last_reply": "250 2.0.0 Ok",
        "renderings": written([composed]),
        "state_at": at,
    }


def _notice(number: int, person: int, change: int, lead: str) -> dict[str, Any]:
    at = _mail(number, person, change, lead)["state_at"]
    return {
        "id": number,
        "subscriber_id": person,
        "deadline": f"c{change}/end" if lead else "",
        "kind": "reminder" if lead else "standing",
        "lead": lead,
        "spoken": "2026-12-01" if lead else "",
        "due": at,
        "outcome": "sent",
        "decided_at": at,
        "message_id": number,
    }


def _said(vendor: str, change: int) -> dict[str, Any]:
    return {
        "party": f"vendor:{vendor}",
        "change": f"c{change}",
        "kind": "done",
        "way": "operator",
        "by": "bench",
        "at": NOW - timedelta(days=change),
        "state": "counts",
    }


if __name__ == "__main__":
    main()
