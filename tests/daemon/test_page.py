"""What the page shows follows the list in force, and says since when it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from notifier.daemon.page import Shown
from notifier.jobs.refresh import refresh
from notifier.sources.file import FileSource
from notifier.store.engine import open_engine
from tests.core.lists import TIMING
from tests.sources.lists import SMALL
from tests.web.sites import NOW


def test_a_revision_without_a_difference_is_shown_with_the_instant_it_took_force(
    tmp_path: Path, sqlite_url: str
) -> None:
    file, shown, engine = tmp_path / "list.toml", Shown(), open_engine(sqlite_url)
    texts = [SMALL, SMALL.replace("revision = 1", "revision = 2").replace("2026-11-20", "2026-11-21")]
    seen = []
    for day, text in enumerate(texts):
        file.write_text(text, encoding="utf-8")
        now = NOW + timedelta(days=day)
        refresh(engine=engine, source=FileSource(file), timing=TIMING, max_people=0, now=now, wall=now)
        shown.renew(engine)
        assert shown.changes
        seen.append((shown.changes.revision, shown.since))
    assert seen == [(1, NOW), (2, NOW + timedelta(days=1))]
    engine.dispose()
