"""Floods of the form: caps hold, the database stays small, and reminders leave on time."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from notifier.consent.asking import ask
from notifier.core.caps import CAPS, CapScope, Entrance
from notifier.core.text import Language
from notifier.store.alerts import open_alerts
from notifier.store.engine import reading
from notifier.store.tables import caps, messages, subscribers
from tests.acceptance.announced import change, write
from tests.acceptance.story import KARI, Story
from tests.core.lists import oslo

DAY = oslo("2026-11-24", "07:50")
REQUESTS = 200
NETWORK = "192.0.2.1"


def flood(story: Story, shape: str) -> None:
    """Hundreds of requests that have one thing in common."""
    for number in range(REQUESTS):
        address = {
            "victim": "victim@epj.example.no",
            "domain": f"victim{number}@epj.example.no",
            "network": f"victim{number}@vendor{number}.example.no",
        }[shape]
        client = NETWORK if shape == "network" else f"198.51.{number // 250}.{number % 250}"
        ask(
            engine=story.parts.engine, pseudonyms=story.parts.pseudonyms, address=address,
            language=Language.NB, topics=(), entrance=Entrance.PAGE, client=client, now=DAY,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "scope"),
    [("victim", CapScope.ADDRESS), ("domain", CapScope.DOMAIN), ("network", CapScope.NETWORK)],
)
def test_a_flood_causes_few_mails_few_rows_and_no_delay(tmp_path: Path, shape: str, scope: CapScope) -> None:
    story = Story(tmp_path, changes=write(tmp_path / "list.toml", change("portal")))
    story.begin(oslo("2026-11-23", "08:00"))
    story.tick(oslo("2026-11-23", "08:00"))
    story.joins(KARI, now=oslo("2026-11-23", "08:30"))
    story.tick(oslo("2026-11-23", "09:00"))
    story.new_letters()

    flood(story, shape)
    story.tick(oslo("2026-11-24", "08:00"))

    limit = CAPS[scope].daily
    letters = story.new_letters()
    assert [letter.days_left() for letter in letters if letter.to == KARI] == [7]
    assert len(letters) == limit + 1
    assert len({letter.to for letter in letters}) == len(letters)
    with reading(story.parts.engine) as connection:
        rows = {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in (subscribers, messages, caps)
        }
    assert rows["subscribers"] == limit + 1
    assert rows["messages"] == limit + 2
    assert (rows["caps"] or 0) <= 4 * limit
    alarmed = [key for key in story.alerts() if key.startswith("capped")]
    assert alarmed == (["capped:domain:page:2026-11-24"] if shape == "domain" else [])


def test_a_flood_at_the_form_shuts_nobody_out_who_asks_by_mail_and_is_told_once(tmp_path: Path) -> None:
    story = Story(tmp_path, changes=write(tmp_path / "list.toml", change("portal")))
    story.begin(oslo("2026-11-23", "08:00"))
    flood(story, "domain")
    with reading(story.parts.engine) as connection:
        (told,) = (each for each in open_alerts(connection) if each.key.startswith("capped"))
    assert told.count == 1
    assert "100 mails a day to the addresses of one mail domain" in told.text
    assert "epj" not in told.text
    ask(
        engine=story.parts.engine, pseudonyms=story.parts.pseudonyms, address="anna@epj.example.no",
        language=Language.NB, topics=(), entrance=Entrance.MAIL, client="", now=DAY,
    )  # fmt: skip
    story.tick(DAY)
    assert "anna@epj.example.no" in {letter.to for letter in story.new_letters()}
