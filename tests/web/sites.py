"""Sites for the tests to serve: real templates, real links, and lists of the test's own."""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from notifier.compose.links import Links
from notifier.compose.templates import shipped_templates
from notifier.consent.leaving import Left
from notifier.core.change import ChangeList
from notifier.core.curve import Curve
from notifier.core.history import Entry
from notifier.core.holder import Held
from notifier.core.pseudonym import Pseudonyms
from notifier.core.readiness import Picture
from notifier.core.subscription import Addressee
from notifier.core.timing import Timing
from notifier.shipped import shipped
from notifier.sources.file import FileSource
from notifier.sources.parse import parse_list
from notifier.store.engine import open_engine
from notifier.web.site import Health, Register, Site
from tests.feeds.lists import OSLO
from tests.prepared import put_tables

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LINKS = Links(base_url="https://varsel.example.no", keys=("old key", "new key"))


@cache
def real_list() -> ChangeList:
    """The list that ships, as it is read on 23 November 2026."""
    file = shipped("config", "breaking-changes.toml")
    return parse_list(FileSource(file).read(), today=NOW.date())


@cache
def nobody() -> Register:
    """A register in which nobody is, shared by the tests that subscribe nobody."""
    folder = tempfile.TemporaryDirectory()
    file = Path(folder.name, "notifier.sqlite3")
    put_tables(file)
    engine = open_engine(f"sqlite:///{file}")
    atexit.register(folder.cleanup)
    atexit.register(engine.dispose)
    return Register(engine=engine, pseudonyms=Pseudonyms(LINKS.keys), pace=0)


def site(
    *,
    changes: Callable[[], ChangeList | None] = real_list,
    history: Callable[[], Mapping[str, Sequence[Entry]]] = dict,
    now: Callable[[], datetime] = lambda: NOW,
    elapsed: Callable[[], timedelta | None] = lambda: None,
    leave: Callable[[Addressee], Left] = lambda _: Left.NOW,
    holder: Callable[[str], Held] = lambda _: None,
    version: Callable[[], Hashable | None] = lambda: None,
    health: Callable[[], Health] = lambda: Health(live=True, ready=True),
    contact: str = "varsel@example.no",
    since: Callable[[], datetime | None] = lambda: None,
    register: Register | None = None,
    readiness: Callable[[str], tuple[Picture, Curve] | None] = lambda _: None,
) -> Site:
    """A Site around whatever the test wants to see."""
    return Site(
        changes=changes,
        history=history,
        since=since,
        now=now,
        elapsed=elapsed,
        leave=leave,
        holders=lambda tokens: [holder(token) for token in tokens],
        version=version,
        health=health,
        timing=Timing(zone=OSLO),
        links=LINKS,
        templates=shipped_templates(),
        publisher="Varsler for e-helse",
        contact=contact,
        register=register or nobody(),
        readiness=readiness,
    )
