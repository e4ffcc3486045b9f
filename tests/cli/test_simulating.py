"""`simulate`: the real engine over a scratch copy, with a moving clock; nobody is mailed."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest

from tests.cli.rehearsal import JOINED, Rehearsal, oslo
from tests.peers.smtp_sink import SmtpSink
from tests.sources.lists import REAL_FILE, small

NOVEMBER_24 = ("--from", "2026-11-24")
ALL_REMINDERS = ["2026-12-02", "2026-12-18", "2026-12-23", "2026-12-29", "2026-12-30"]


def simulated(place: Rehearsal, *options: str, folder: str = "told") -> list[EmailMessage]:
    """Every mail of a simulation, in the order of its files' names."""
    called = place("simulate", *options, folder)
    assert called.code == 0, called.err
    files = sorted((place.folder / folder / "mails").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


def days(mails: list[EmailMessage]) -> list[str]:
    """The local days of their dates."""
    return [mail["Date"].datetime.date().isoformat() for mail in mails]


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_simulated_time_sends_what_that_time_then_sends(place: Rehearsal) -> None:
    place.begun()
    foreseen = simulated(place, "--from", "2026-12-01", "--to", "2026-12-03")

    for day in range(1, 4):
        place("tick", now=oslo(2026, 12, day))
    happened = place.mails()[1:]
    assert [mail["Message-ID"] for mail in foreseen] == [mail["Message-ID"] for mail in happened]
    assert [mail["Subject"] for mail in foreseen] == [mail["Subject"] for mail in happened]
    assert [str(mail["Date"]) for mail in foreseen] == [str(mail["Date"]) for mail in happened]
    assert foreseen


def test_the_real_database_and_mailbox_stay_as_they_are(place: Rehearsal) -> None:
    place.begun()
    database = place.folder / "var" / "notifier.sqlite3"
    before = digest(database)
    assert simulated(place, "--from", "2026-12-02", "--to", "2026-12-02")
    assert digest(database) == before
    assert len(place.mails()) == 1


def test_nothing_reaches_the_relay_and_no_link_works_outside(place: Rehearsal, relay: SmtpSink) -> None:
    place.set("NOTIFIER_OPS__RECIPIENTS", "ops@example.no")
    place.set("NOTIFIER_OPS__WEBHOOK", "http://127.0.0.1:9/never")
    place.join("kari@epj.example.no", now=JOINED)
    mails = simulated(place, "--from", "2026-12-30", "--to", "2027-01-04")
    assert {mail["To"] for mail in mails} == {"kari@epj.example.no", "ops@example.no"}
    assert relay.accepted == ()
    keys = {file.read_text() for file in place.folder.rglob("signing.keys")}
    assert place("tick", now=JOINED).code == 0
    assert {file.read_text() for file in place.folder.rglob("signing.keys")} - keys, "a key of its own"


def test_with_nobody_subscribed_samples_in_each_language_are_told_everything(place: Rehearsal) -> None:
    place.set("NOTIFIER_LIST__PATH", str(REAL_FILE))
    place.set("NOTIFIER_MAIL__ONLY_TO", "nobody@example.no")
    called = place("simulate", "--from", "2026-11-23", "--to", "2026-12-05", "told")
    assert "nobody is subscribed yet, so one sample in each language follows everything" in called.words
    stems = {file.stem for file in (place.folder / "told" / "mails").glob("*.html")}
    assert len(stems) == 3 * 5  # where they stand, then 7, 4 and 1 days left, then today
    assert place("subscribers", "list", "--json").json == []


def test_days_before_the_first_are_lived_through_but_not_shown(place: Rehearsal) -> None:
    place.begun()
    mails = simulated(place, "--from", "2026-12-10", "--to", "2026-12-31")
    assert days(mails) == ALL_REMINDERS[1:]


def test_days_gone_by_are_told_to_nobody_twice(place: Rehearsal) -> None:
    place.begun()
    called = place("simulate", "--from", "2026-11-01", "--to", "2026-12-02", "told")
    assert "the database had lived until Tue 2026-11-24 08:05" in called.words
    assert len(list((place.folder / "told" / "mails").glob("*.eml"))) == 1


def test_a_pause_and_a_new_list_are_played_as_they_would_be(place: Rehearsal) -> None:
    place.begun()
    place("pause", "--reason", "maintenance")
    earlier = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2026-12-20"))
    place.list.write_text(small(*earlier), encoding="utf-8")
    assert days(simulated(place, "--from", "2026-11-25", "--to", "2026-12-03")) == ["2026-12-02"]
    page = (place.folder / "told" / "index.html").read_text(encoding="utf-8")
    assert "is held" in page


def test_it_ticks_as_often_as_it_is_told(place: Rehearsal) -> None:
    place.begun()
    called = place("simulate", "--from", "2026-12-02", "--to", "2026-12-02", "--every", "2h", "told")
    assert "Ticks 12" in called.words
    mails = sorted((place.folder / "told" / "mails").glob("*.eml"))
    message = email.message_from_bytes(mails[0].read_bytes(), policy=email.policy.default)
    assert message["Date"].datetime.hour == 8


def test_everything_can_be_browsed_from_one_page(place: Rehearsal) -> None:
    place.begun()
    simulated(place, "--from", "2026-12-02", "--to", "2026-12-18")
    folder = place.folder / "told"
    page = (folder / "index.html").read_text(encoding="utf-8")
    for link in re.findall(r'href="([^"#]+)"', page):
        assert (folder / link).exists() or link.startswith("data:"), link
    for file in (folder / "mails").iterdir():
        assert f"mails/{file.name}" in page
    assert "kari@epj.example.no: 2 mails" in page
    for language in ("nb", "nn", "en"):
        calendar = icalendar.Calendar.from_ical((folder / f"calendar-{language}.ics").read_bytes())
        assert len(calendar.events) == 3


def test_without_a_folder_it_writes_into_the_state_directory(place: Rehearsal) -> None:
    called = place("simulate", "--from", "2026-12-01", "--to", "2026-12-02")
    index = place.folder / "var" / "simulations" / "2026-12-01..2026-12-02" / "index.html"
    assert index.is_file()
    assert index.stat().st_mode & 0o077 == 0 or index.parent.stat().st_mode & 0o077 == 0
    assert str(index) in "".join(called.out.split())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--from", "2026-12-02", "--to", "2026-12-01"], "--to 2026-12-01 is before --from 2026-12-02"),
        (["--from", "1.12.2026", "--to", "2026-12-01"], "“1.12.2026” is not a day"),
        (["--from", "2026-12-01", "--to", "2026-12-02", "--every", "week"], "“week” is no rhythm"),
        (["--from", "2026-12-01", "--to", "2027-12-01", "--every", "1min"], "more than 50,000 ticks"),
        (["--from", "2026-12-01", "--to", "2026-12-02", "."], "holds other files"),
    ],
)
def test_what_makes_no_sense_is_exit_2(place: Rehearsal, options: list[str], sentence: str) -> None:
    called = place("simulate", *options)
    assert called.code == 2
    assert sentence in called.err


def test_a_postgresql_installation_is_simulated_on_a_scratch_sqlite_file(
    place: Rehearsal, postgres_url: str
) -> None:
    place.set("NOTIFIER_DATABASE__URL", postgres_url)
    assert place("tick", now=oslo(2026, 11, 23)).code == 0
    assert place("subscribers", "add", "kari@epj.example.no", now=JOINED).code == 0
    assert days(simulated(place, *NOVEMBER_24, "--to", "2026-12-31")) == ["2026-11-24", *ALL_REMINDERS]
    assert [each["state"] for each in place("outbox", "list", "--json").json["messages"]] == ["pending"]
    assert (place.folder / "told" / "scratch" / "notifier.sqlite3").is_file()
