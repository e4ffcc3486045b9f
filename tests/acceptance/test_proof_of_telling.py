"""A proof is of what was sent, whatever somebody follows, reads or is called by afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.core.message import MessageState
from notifier.core.subscription import EVERYTHING, Followed, parse_topic
from notifier.core.text import Language
from notifier.jobs.readiness import pictures
from notifier.settings.tables import MailSettings
from notifier.store import changes, choices, erasing, messages, moving, subscribers
from notifier.store.changes import Reading
from notifier.store.engine import reading, writing
from notifier.store.tables import messages as outbox
from tests.acceptance.announced import change, when, write
from tests.acceptance.answering import a_vendor
from tests.acceptance.proving import but_for_links, dossier, retold
from tests.acceptance.story import Letter, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_script import drop, say
from tests.peers.smtp_sink import SmtpSink
from tests.store.people import KEYED

MAY, JUNE, AUGUST = (oslo(day, "09:05") for day in ("2026-05-04", "2026-06-03", "2026-08-04"))
KARI, OLA = "kari@v.example", "ola@w.example"
PORTAL, HELSEID = parse_topic("change:portal"), parse_topic("service:helseid")
LISTED = (change(), change("dpop", when("2027-03-02"), service="helseid"))


@pytest.fixture
def story(tmp_path: Path, sink: SmtpSink, sqlite_url: str) -> Story:
    return begun(tmp_path, sink, sqlite_url)


@pytest.fixture
def on_either(tmp_path: Path, sink: SmtpSink, database_url: str) -> Iterator[Story]:
    """The same on either database."""
    story = begun(tmp_path, sink, database_url)
    yield story
    story.parts.engine.dispose()


def begun(folder: Path, sink: SmtpSink, url: str) -> Story:
    """Kari follows everything and Ola HelseID, each for a vendor; nobody has been told yet."""
    listed = write(folder / "list.toml", *LISTED)
    story = Story(folder / "var", changes=listed, url=url, mail=MailSettings(url=sink.url))
    story.begin(MAY)
    story.tick(MAY)
    for name, address, follows in (("v", KARI, "everything"), ("w", OLA, "service:helseid")):
        a_vendor(story, name, f"{name}.example", now=MAY)
        story.joins(address, follows, now=MAY, vendor=name)
    return story


def chooses(
    story: Story, address: str, followed: Followed, *, language: Language = Language.NB, now: datetime
) -> None:
    """Somebody follows other things from now on."""
    with writing(story.parts.engine) as connection:
        found = subscribers.find(connection, address)
        assert found is not None
        choices.put(
            connection,
            found.id,
            language=language,
            followed=followed,
            cadence=None,
            vendor=found.vendor,
            now=now,
        )


def moves(story: Story, address: str, to: str, *, now: datetime) -> None:
    with writing(story.parts.engine) as connection:
        found = subscribers.find(connection, address)
        assert found is not None
        assert moving.move(connection, found.id, address=to, now=now)


def in_force(story: Story) -> Reading:
    with reading(story.parts.engine) as connection:
        found = changes.in_force(connection)
    assert found is not None
    return found


def received(sink: SmtpSink, *addresses: str) -> list[Letter]:
    return [letter for letter in letters_at(sink.accepted) if letter.to in addresses]


def mails(folder: Path) -> list[dict[str, Any]]:
    """The records of a dossier's mails."""
    written = json.loads((folder / "dossier.json").read_text())
    return [record for record in written["records"] if record["what"] == "mail"]


def named(mail: dict[str, Any]) -> list[str]:
    """The Message-IDs of a mail's copies."""
    return [copy["message_id"] for copy in mail["copies"]]


def last_told(story: Story, change_id: str, *, now: datetime) -> dict[str, str | None]:
    """By Vendor, on which day readiness says it was last told of a Change."""
    parts, about = story.parts, in_force(story).changes.change(change_id)
    assert about is not None
    with reading(parts.engine) as connection:
        ((picture, _),) = pictures(
            connection, [about], timing=parts.timing, rules=parts.settings.answer_rules, now=now
        )
    return {line.vendor_id: f"{line.told.last_at:%m-%d}" if line.told else None for line in picture.lines}


def test_mails_are_told_anew_as_they_were_though_other_things_are_followed_since(
    story: Story, sink: SmtpSink
) -> None:
    story.tick(MAY)
    story.daily("2026-06-03", "2026-06-05")
    # She leaves the portal out, reads nynorsk, and moves; the list gets another change.
    chooses(story, KARI, Followed((EVERYTHING,), (PORTAL,)), language=Language.NN, now=JUNE)
    moves(story, KARI, "kari.hansen@v.example", now=AUGUST)
    write(story.changes, *LISTED, change("innsyn", when("2027-06-01")), revision=2)
    story.tick(AUGUST)
    sent = received(sink, KARI, "kari.hansen@v.example")
    assert [letter.subject.partition(" ")[0] for letter in sent] == ["Velkommen", "180", "Nytt"]

    folder = dossier(story, "portal", "v", now=AUGUST)
    assert retold(folder) == [but_for_links(letter.text) for letter in sent[:2]]
    assert ["portal" in " ".join(text) for text in retold(folder)] == [True, True]
    (standing, _) = mails(folder)
    (copy,) = standing["copies"]
    assert (copy["follows"], copy["language"], copy["to_earlier_address"]) == (["everything"], "nb", True)
    assert "kari.hansen" not in next((folder / "mails").glob("*.eml")).read_text()
    told = dossier(story, "innsyn", "v", now=AUGUST)
    assert retold(told) == [but_for_links(letter.text) for letter in (sent[0], sent[2])]


def test_readiness_counts_what_a_standing_mail_told_and_nothing_that_came_later(
    on_either: Story,
) -> None:
    story = on_either
    story.tick(MAY)
    assert last_told(story, "portal", now=MAY) == {"v": "05-04", "w": None}
    chooses(story, KARI, Followed((EVERYTHING,), (PORTAL,)), now=MAY + timedelta(hours=1))
    chooses(story, OLA, Followed((HELSEID, PORTAL)), now=MAY + timedelta(hours=1))
    assert last_told(story, "portal", now=JUNE) == {"v": "05-04", "w": None}
    for address in (KARI, OLA):
        story.is_suspended(address, now=MAY + timedelta(hours=2))
    write(story.changes, *LISTED, change("innsyn", when("2027-06-01"), service="helseid"), revision=2)
    story.tick(AUGUST)
    assert last_told(story, "innsyn", now=AUGUST) == {"v": None, "w": None}
    assert last_told(story, "dpop", now=AUGUST) == {"v": "05-04", "w": "05-04"}


def test_of_mails_from_before_that_was_kept_the_proof_says_by_what_it_shows_them(story: Story) -> None:
    story.tick(MAY)
    with writing(story.parts.engine) as connection:
        connection.execute(outbox.update().values(renderings=""))
    chooses(story, OLA, Followed((HELSEID, PORTAL)), now=MAY + timedelta(hours=1))
    assert last_told(story, "portal", now=JUNE) == {"v": "05-04", "w": None}
    folder = dossier(story, "portal", "w", now=JUNE)
    assert [record["copies"] for record in mails(folder)] == [[]]
    assert "med språket og valgene som gjelder i dag" in (folder / "index.html").read_text()
    write(story.changes, *LISTED, change("innsyn", when("2027-06-01"), service="helseid"), revision=2)
    for address in (KARI, OLA):
        story.is_suspended(address, now=MAY + timedelta(hours=2))
    story.tick(AUGUST)
    assert last_told(story, "innsyn", now=AUGUST) == {"v": None, "w": None}


def test_every_copy_that_may_have_arrived_is_told_anew_as_it_was(story: Story, sink: SmtpSink) -> None:
    sink.script.always("verdict", drop(accepts=True))
    story.tick(MAY)
    chooses(story, KARI, Followed((EVERYTHING,), (PORTAL,)), now=MAY)
    story.tick(MAY + timedelta(minutes=16))
    assert [*received(sink, KARI)][1:] != []
    with writing(story.parts.engine) as connection:
        assert 1 in messages.ended_ids(connection, MessageState.UNKNOWN, since=MAY)
        assert messages.retry(connection, [1], by="Per", now=JUNE) == 1
    (waiting,) = mails(dossier(story, "portal", "v", now=JUNE))
    assert named(waiting) == [each.message["Message-ID"] for each in received(sink, KARI)]
    sink.script.reset()
    chooses(story, KARI, Followed((HELSEID,)), now=JUNE)
    story.tick(JUNE)

    sent = received(sink, KARI)
    folder = dossier(story, "portal", "v", now=JUNE)
    assert len(sent) == 3
    assert retold(folder) == [but_for_links(letter.text) for letter in sent]
    (record,) = mails(folder)
    assert [(*copy["follows"], *copy["left_out"]) for copy in record["copies"]] == [
        ("everything",),
        ("everything", "change:portal"),
        ("service:helseid",),
    ]
    assert named(record) == [each.message["Message-ID"] for each in sent]
    assert last_told(story, "portal", now=JUNE)["v"] is None


def test_a_copy_that_was_refused_is_not_among_them(story: Story, sink: SmtpSink) -> None:
    sink.script.once("rcpt", say("450 4.2.0 try later"))
    story.tick(MAY)
    chooses(story, KARI, Followed((EVERYTHING,), (PORTAL,)), now=MAY)
    story.tick(MAY + timedelta(minutes=16))
    folder = dossier(story, "portal", "v", now=JUNE)
    assert retold(folder) == [but_for_links(letter.text) for letter in received(sink, KARI)]
    assert [copy["left_out"] for record in mails(folder) for copy in record["copies"]] == [["change:portal"]]


def test_what_an_erased_person_was_told_is_still_known_and_nothing_of_who_it_was(
    story: Story, sink: SmtpSink
) -> None:
    story.tick(MAY)
    with writing(story.parts.engine) as connection:
        found = subscribers.find(connection, KARI)
        assert found is not None
        erasing.erase(connection, subscriber_id=found.id, pseudonyms=KEYED, now=JUNE)
    folder = dossier(story, "portal", "v", now=JUNE)
    assert retold(folder) == [but_for_links(letter.text) for letter in received(sink, KARI)]
    assert last_told(story, "portal", now=JUNE)["v"] == "05-04"
    assert not any(b"kari" in file.read_bytes() for file in folder.rglob("*") if file.is_file())
