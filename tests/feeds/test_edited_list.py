"""An editor's year in a program that subscribes: every word they change reaches it, and nothing else moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from sqlalchemy import Engine

from notifier.core.answer import AnswerRules
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.feeds.feed import Feed
from notifier.feeds.ical import calendar
from notifier.feeds.specimen import imprint
from notifier.jobs.decide import approve, reject
from notifier.jobs.refresh import Finding, Refreshed, refresh
from notifier.jobs.reprint import reprint
from notifier.sources.file import FileSource
from notifier.store import changes, imprints
from notifier.store.engine import open_engine, reading
from tests.acceptance.announced import announced, change, when
from tests.core.lists import OSLO, oslo
from tests.feeds.lists import feed

TIMING = Timing(zone=OSLO)
BEGAN = oslo("2026-05-04", "10:00")
LIST = announced(
    change("portal", when(), when("2027-02-01", name="test")),
    change("pjd", '[[change.deadline]]\nid = "end"\nkind = "end"\nfollows = "portal/end"\n', service="preg"),
    change("api", when("2027-06-01"), service="helseid"),
)
Edit = Callable[[str], str]


def swap(old: str, new: str, *, times: int = 1) -> Edit:
    """Other words in the list's file."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, times)

    return edit


class Client:
    """Keeps each event it has unless SEQUENCE grew; a stamp that does not grow with it is a mistake."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, datetime, bytes]] = {}

    def fetch(self, body: bytes) -> set[str]:
        """Take in the calendar as it is now; answers which events were replaced, by their Change and Deadline."""
        replaced = set()
        for event in icalendar.Calendar.from_ical(body).walk("VEVENT"):
            uid, sequence, stamp = str(event["UID"]), int(event["SEQUENCE"]), event["LAST-MODIFIED"].dt
            known = self.kept.get(uid)
            if known is None or sequence > known[0]:
                assert known is None or stamp > known[1]
                self.kept[uid] = (sequence, stamp, event.to_ical())
                replaced.add(uid.partition("@")[0])
            assert self.kept[uid] == (sequence, stamp, event.to_ical()), (
                "an edit that the client does not see"
            )
        return replaced


class Publisher:
    """The list's file, the database, and two nodes over it that must publish the same bytes."""

    def __init__(self, file: Path, url: str) -> None:
        self._file, self._url = file, url
        self._text, self._revision, self.now = LIST, 1, BEGAN
        self._contact = "varsel@example.no"
        self._file.write_text(self._text, encoding="utf-8")
        with self._node() as node:
            assert self._read(node).finding is Finding.BASELINE

    def edit(self, edit: Edit) -> tuple[Finding, str]:
        """Publish another revision ten days later; answers what became of it and its short hash."""
        self._text, self._revision = edit(self._text), self._revision + 1
        text = swap("revision = 1", f"revision = {self._revision}")(self._text)
        self._file.write_text(text, encoding="utf-8")
        self.now += timedelta(days=10)
        with self._node() as node:
            found = self._read(node)
        return found.finding, found.hash

    def start_again(self, contact: str) -> bool:
        """Both nodes with another contact in their settings, ten days later; answers whether that was news."""
        self._contact = contact
        self.now += timedelta(days=10)
        with self._node() as node:
            return reprint(engine=node, imprint=imprint(self._feed, TIMING, AnswerRules()), now=self.now)

    def approve(self, short_hash: str) -> None:
        with self._node() as node:
            approve(
                engine=node,
                short_hash=short_hash,
                by="kari",
                timing=TIMING,
                rules=AnswerRules(),
                now=self.now,
            )

    def reject(self, short_hash: str) -> None:
        with self._node() as node:
            reject(engine=node, short_hash=short_hash, by="kari", now=self.now)

    def published(self) -> bytes:
        """The calendar, the same from both nodes, each of which has just been started."""
        bodies = []
        for _ in range(2):
            with self._node() as node, reading(node) as connection:
                current = changes.in_force(connection)
                assert current
                bodies.append(
                    calendar(
                        changes=current.changes,
                        history=imprints.history(connection),
                        today=TIMING.today(self.now),
                        feed=self._feed(Language.NB),
                    )
                )
        assert bodies[0] == bodies[1]
        return bodies[0]

    def _feed(self, language: Language) -> Feed:
        return replace(feed(language), contact=self._contact)

    @contextmanager
    def _node(self) -> Iterator[Engine]:
        node = open_engine(self._url)
        yield node
        node.dispose()

    def _read(self, node: Engine) -> Refreshed:
        return refresh(
            engine=node,
            source=FileSource(self._file),
            timing=TIMING,
            max_people=0,
            now=self.now,
            wall=self.now,
        )


EARLIER = '\nearlier = [{ when = "2026-Q4", source = "Brev" }]'
REWORDED = EARLIER.replace('"Brev"', '"Brev", stated = "i vinter"')
LINK = 'links = [{ title = "Les", url = "https://example.no" }]\n'
EDITS = [
    ("a title", swap("title portal", "tittel"), {"portal.end", "portal.test", "pjd.end"}),
    ("what to do", swap("action api nb", "Ta i bruk det nye"), {"api.end"}),
    ("the announcement's words", swap('stated = "2027-06-01"', 'stated = "i juni"'), {"api.end"}),
    ("a service's name", swap('name = "Helseid"', 'name = "HelseID"'), {"api.end"}),
    ("the leader's service", swap('"Kjernejournal"', '"KJ"'), {"portal.end", "portal.test", "pjd.end"}),
    ("an earlier date", swap('stated = "i juni"', f'stated = "i juni"{EARLIER}'), {"api.end"}),
    ("its words", swap(EARLIER, REWORDED), {"api.end"}),
    ("and away with it", swap(REWORDED, ""), {"api.end"}),
    ("that it was checked", swap("checked = 2026-04-20", "checked = 2026-05-02", times=9), set()),
    ("a link", swap('id = "api"\n', f'id = "api"\n{LINK}'), {"api.end"}),
    ("only the date", swap("when = 2027-06-01", "when = 2027-09-01"), {"api.end"}),
]


@pytest.fixture
def publisher(tmp_path: Path, sqlite_url: str) -> Publisher:
    return Publisher(tmp_path / "list.toml", sqlite_url)


def test_every_edit_reaches_a_client_and_touches_only_what_it_changed(publisher: Publisher) -> None:
    client = Client()
    client.fetch(publisher.published())
    for what, edit, touched in EDITS:
        assert publisher.edit(edit)[0] is Finding.IN_FORCE, what
        assert client.fetch(publisher.published()) == touched, what
        assert client.fetch(publisher.published()) == set(), what


def test_other_settings_reach_a_client_once(publisher: Publisher) -> None:
    client = Client()
    assert not publisher.start_again("varsel@example.no")
    client.fetch(publisher.published())
    assert publisher.start_again("ny@example.no")
    assert client.fetch(publisher.published()) == {"portal.end", "portal.test", "pjd.end", "api.end"}
    assert all(b"ny@example.no" in event.replace(b"\r\n ", b"") for _, _, event in client.kept.values())
    assert not publisher.start_again("ny@example.no")
    assert publisher.edit(swap("title api", "tittel"))[0] is Finding.IN_FORCE
    assert client.fetch(publisher.published()) == {"api.end"}


def test_what_is_held_or_rejected_moves_nothing_and_what_a_list_drops_keeps_up_with_it(
    publisher: Publisher,
) -> None:
    client = Client()
    before = publisher.published()
    client.fetch(before)
    dropped = when("2027-02-01", name="test")
    finding, first = publisher.edit(
        lambda text: swap("title portal", "tittel", times=3)(text).replace(dropped, "")
    )
    assert (finding, publisher.published()) == (Finding.HELD, before)
    publisher.reject(first)
    assert publisher.published() == before
    finding, second = publisher.edit(swap("tittel", "overskrift", times=3))
    assert (finding, publisher.published()) == (Finding.HELD, before)
    publisher.approve(second)
    assert client.fetch(publisher.published()) == {"portal.end", "portal.test", "pjd.end"}
    assert b"overskrift nb" in client.kept["portal.test@varsler-for-e-helse"][2]
