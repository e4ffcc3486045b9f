"""What is said of the list, of held readings, and of mails."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.feeds import limits
from notifier.jobs.diagnosis.content import look_at_list, look_at_mails, look_at_readings
from notifier.jobs.diagnosis.finding import Level
from notifier.settings import Settings
from notifier.settings.tables import ListSettings
from notifier.store import changes
from notifier.store.engine import writing
from tests.core.lists import a_list, oslo
from tests.sources.lists import small

NOW = oslo("2026-11-24")
LINKS = Links(base_url="https://varsel.example.no", keys=("key",))


def settings_with(folder: Path, text: str) -> Settings:
    file = folder / "list.toml"
    file.write_text(text, encoding="utf-8")
    return Settings(list=ListSettings(path=file))


def test_a_valid_list_is_fine(tmp_path: Path) -> None:
    found, said = look_at_list(settings_with(tmp_path, small()), NOW)
    assert found is not None
    assert [each.level for each in said] == [Level.OK]


def test_every_mistake_in_it_is_an_error(tmp_path: Path) -> None:
    broken = small(("2026-11-20", "2026-99-99"))
    found, said = look_at_list(settings_with(tmp_path, broken), NOW)
    assert found is None
    assert {each.level for each in said} == {Level.ERROR}


def test_what_nobody_has_verified_for_long_is_warned_of(tmp_path: Path) -> None:
    old = small(("checked = 2026-11-20", "checked = 2026-01-20"))
    _, (said,) = look_at_list(settings_with(tmp_path, old), NOW)
    assert (said.level, "testdata" in said.seen) == (Level.WARNING, True)


def test_a_calendar_that_programs_would_drop_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_EVENTS", 2)
    _, (said,) = look_at_list(settings_with(tmp_path, small()), NOW)
    assert (said.level, said.about, "3 events" in said.seen) == (Level.WARNING, "calendar", True)


def test_a_held_reading_is_warned_of_with_both_ways_out(database: Engine) -> None:
    with writing(database) as connection:
        held = changes.hold(connection, changes=a_list(revision=2), objections=["too many"], now=NOW)
    (said,) = look_at_readings(database)
    assert said.level is Level.WARNING
    assert f"notifier approve {changes.short(held.hash)}" in said.advice


@pytest.mark.parametrize(
    ("publisher", "level"), [("Norsk helsenett", Level.OK), ("=?utf-8?q?NHN?=", Level.ERROR)]
)
def test_a_name_that_cannot_stand_in_a_mail_is_an_error(tmp_path: Path, publisher: str, level: Level) -> None:
    settings = settings_with(tmp_path, small())
    letterhead = Letterhead(publisher=publisher, contact="a@example.no", sender="b@example.no")
    found, _ = look_at_list(settings, NOW)
    said = look_at_mails(found=found, letterhead=letterhead, links=LINKS, settings=settings, now=NOW)
    assert said.level is level
