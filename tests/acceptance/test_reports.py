"""The weekly report: operators and owners learn who is ready, once a week, and nobody else does."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from notifier.core.answer import Answer, AnswerKind, Party, Way
from notifier.settings.tables import MailSettings, OpsSettings
from notifier.store import answers, installation, vendors
from notifier.store.engine import writing
from notifier.store.vendors import Vendor
from tests.acceptance.announced import change, when, write
from tests.acceptance.story import KARI, Letter, Story
from tests.core.lists import oslo

OPERATOR, OWNER = "drift@example.no", "eier@example.no"
MONDAY = oslo("2026-11-23")


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begun(tmp_path)


def begun(folder: Path, **settings: MailSettings) -> Story:
    portal = change("portal", when("2026-12-01"), more=f'owner = "{OWNER}"\n')
    other = change("other", when("2027-02-01"), service="preg")
    far = change("far", when("2029-02-01"), service="preg")
    path = write(folder / "list.toml", portal, other, far)
    made = Story(folder / "state", changes=path, ops=OpsSettings(recipients=(OPERATOR,)), **settings)
    made.begin(oslo("2026-11-20"))
    made.tick(oslo("2026-11-20", "19:00"))
    with writing(made.parts.engine) as connection:
        for name in ("blabaer", "multe"):
            vendors.add(connection, Vendor(id=name, name=name.capitalize()), now=MONDAY)
    made.joins(KARI, now=oslo("2026-11-20", "20:00"))
    said(made, AnswerKind.DONE, "2026-11-20")
    made.tick(oslo("2026-11-20", "20:01"))
    made.new_letters()
    return made


def said(story: Story, kind: AnswerKind, day: str) -> None:
    answer = Answer(
        id=0,
        party=Party(vendor="blabaer"),
        change_id="portal",
        kind=kind,
        at=oslo(day, "20:00"),
        way=Way.OPERATOR,
    )
    with writing(story.parts.engine) as connection:
        answers.add(connection, answer)


def reports(story: Story) -> list[Letter]:
    return [letter for letter in story.new_letters() if letter.subject.startswith("Hvem er klare?")]


def test_operators_and_the_owner_get_it_once_a_week(story: Story) -> None:
    story.tick(oslo("2026-11-23", "07:30"))
    assert reports(story) == []

    story.tick(MONDAY)
    found = reports(story)
    assert [(letter.to, letter.subject) for letter in found] == [
        (OPERATOR, "Hvem er klare? 2 endringer (uke 48)"),
        (OWNER, "Hvem er klare? 1 av 2 leverandører (uke 48)"),
    ]
    assert "Multe: ingen der får varsel" in found[1].text
    assert "1 av 2 leverandører er klare." in " ".join(found[1].text.split())

    story.daily("2026-11-24", "2026-11-29")
    assert reports(story) == []
    story.tick(oslo("2026-11-30"))
    assert [letter.to for letter in reports(story)] == [OPERATOR, OWNER]


def test_it_brings_a_picture_that_clients_show_and_no_subscribers_address(story: Story) -> None:
    story.tick(MONDAY)
    owners = reports(story)[1].message
    pictures = [part for part in owners.walk() if part.get_content_type() == "image/png"]
    assert len(pictures) == 1
    assert Image.open(io.BytesIO(pictures[0].get_content())).size == (1120, 360)
    body = owners.get_body(("html",))
    assert body is not None
    assert f"cid:{str(pictures[0]['Content-ID']).strip('<>')}" in body.get_content()
    assert KARI not in owners.as_string()


def test_none_leaves_in_a_pause_and_it_is_made_up_for(story: Story) -> None:
    with writing(story.parts.engine) as connection:
        installation.pause(connection, by="vakt", reason="test", now=MONDAY)
    story.tick(MONDAY)
    assert reports(story) == []
    with writing(story.parts.engine) as connection:
        installation.resume(connection)
    story.tick(oslo("2026-11-25"))
    assert [letter.to for letter in reports(story)] == [OPERATOR, OWNER]


def test_a_test_installation_mails_no_owner(tmp_path: Path) -> None:
    story = begun(tmp_path, mail=MailSettings(only_to=("example.org",)))
    story.tick(MONDAY)
    story.tick(MONDAY + timedelta(minutes=20))
    assert [letter.to for letter in reports(story)] == [OPERATOR]


def test_without_vendors_there_is_nothing_to_report(tmp_path: Path) -> None:
    path = write(tmp_path / "list.toml", change("portal"))
    story = Story(tmp_path / "state", changes=path, ops=OpsSettings(recipients=(OPERATOR,)))
    story.begin(oslo("2026-11-20"))
    story.tick(oslo("2026-11-20"))
    story.tick(MONDAY)
    assert reports(story) == []
