"""A told year on the real list, tick by tick: what came into each mailbox, and who is ready at its end."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from notifier.core.answer import AnswerKind
from notifier.core.curve import Curve
from notifier.core.readiness import Condition, Picture
from notifier.core.stance import Doubt
from notifier.jobs.readiness import pictures
from notifier.store import answers, changes
from notifier.store.engine import reading
from tests.acceptance.proving import but_for_links, dossier, retold
from tests.acceptance.story import KARI, OLA, Letter, Story
from tests.acceptance.year import (
    ALONE,
    BESIDE,
    DAYS,
    NAMES,
    OPERATOR,
    PORTAL,
    SAID,
    SEEN,
    WRITTEN,
    contact,
    told_in,
)
from tests.core.lists import oslo

TITLE = "Kjernejournal – gammel innlogging"
JOINED = "05-04"
# The days on which reminders fall due: the portal ends on 1 December 2026.
LEADS = ("06-04", "09-02", "10-02", "10-30", "11-17", "11-24", "11-27", "11-30", "12-01")

# Whose mailbox gets what after the standing mail, by day; who else is listed is told every reminder.
EXPECTED = {
    # Ready at once, or after so many reminders; by page or by mail, of which each is told.
    "v01": ["05-05"],
    "v02": [*LEADS[:1], "08-03"],
    "v03": [*LEADS[:2], "09-10"],
    "v04": [*LEADS[:3], "10-15"],
    "v05": [*LEADS[:6], "11-25"],
    "v06": [*LEADS[:1], "08-03"],
    "v07": [*LEADS[:2], "09-10"],
    "v08": [*LEADS[:4], "11-02"],
    # Promised 15 October in May: reminded of that a week before. One keeps it, one does not and is asked.
    "v09": ["10-08", "10-14"],
    "v10": ["05-05", "10-08", "10-16", *LEADS[3:]],
    # All its mails come back, until three are enough.
    "v11": LEADS[:2],
    # Use is seen in October though it said “done” in August: the reminder of 2 October is owed after all.
    "v13": [*LEADS[:1], "08-03", "10-05", *LEADS[3:]],
    # Answered from a foreign domain in August; accepted in September.
    "v14": [*LEADS[:2], "09-15"],
    # Asks for help by mail.
    "v15": [*LEADS[:1], "08-03", *LEADS[1:]],
    # Took “done” back in November: the reminder of 30 October is owed after all.
    "v16": ["05-05", "11-05", *LEADS[4:]],
    # Promises what comes too late: nothing is spared, and the promise is asked about.
    "v17": [*LEADS, "12-07"],
}

# How readiness shows them once the old login is gone.
READY = {
    Condition.DONE: "v01 v02 v03 v05 v07 v08 v09 v14",
    Condition.NOT_AFFECTED: "v04 v06",
    Condition.BOUNCED: "v11",
    Condition.SILENT: "v12 v18 v19 v20",
    Condition.NEED_HELP: "v15",
    Condition.IN_DOUBT: "v10 v13 v17",
    Condition.UNANSWERED: "v16",
}
# Of the 20, how many are ready by the weekly mails, from each in which that was another number.
WEEKLY = {
    "05-04": 0,
    "05-11": 2,
    "08-10": 5,
    "09-14": 7,
    "09-21": 8,
    "10-12": 7,
    "10-19": 9,
    "11-30": 10,
}
WHIT_MONDAY, TUESDAY = date(2026, 5, 25), date(2026, 5, 26)


# All of the year is told in the first test's setup, which a busy machine may take long over.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return told_in(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def letters(told: Story) -> list[Letter]:
    """Everything that was received in that year."""
    return told.new_letters()


def test_who_follows_everything_is_told_at_every_lead_and_never_otherwise(letters: list[Letter]) -> None:
    standing, fjernhjelp, *reminders = (letter for letter in letters if letter.to == KARI)
    assert (standing.day, standing.subject[:9]) == (date(2026, 5, 1), "Velkommen")
    assert fjernhjelp.day == date(2026, 5, 29)
    assert "Fjernhjelp" in fjernhjelp.subject
    assert "32 dager" in fjernhjelp.text
    assert _told(reminders) == [
        (date(2026, 6, 4), 180),
        (date(2026, 9, 2), 90),
        (date(2026, 10, 2), 60),
        (date(2026, 10, 30), 32),
        (date(2026, 11, 17), 14),
        (date(2026, 11, 24), 7),
        (date(2026, 11, 27), 4),
        (date(2026, 11, 30), 1),
        (date(2026, 12, 1), 0),
    ]
    for letter in reminders:
        assert "Kjernejournal" in letter.text
        assert "Pasientens journaldokumenter" in letter.text


def test_whoever_follows_one_service_hears_of_that_one_only(letters: list[Letter]) -> None:
    standing, reminder, *more = (letter for letter in letters if letter.to == OLA)
    assert "Kjernejournal" not in standing.text
    assert reminder.day == date(2026, 5, 29)
    assert more == []


def test_each_vendor_s_mailbox_is_as_it_answered(letters: list[Letter]) -> None:
    received = {name: days(letters, contact(name)) for name in NAMES}
    assert received == {name: [JOINED, *EXPECTED.get(name, LEADS)] for name in NAMES}
    assert days(letters, ALONE) == [JOINED, *LEADS]
    assert days(letters, BESIDE) == [JOINED, *LEADS[2:]]


def test_subjects_say_who_is_silent_and_what_was_promised(letters: list[Letter]) -> None:
    silent = [
        subject.startswith("Ingen hos Leverandør v12 har svart:") for subject in subjects(letters, "v12")
    ]
    assert silent == [False, False, False, *[True] * len(LEADS[2:])]
    assert not any(
        each.startswith("Ingen hos") for name in ("v10", "v15") for each in subjects(letters, name)
    )
    assert [each[:31] for each in subjects(letters, "v10")][2:4] == [
        "Planlagt 15.10.2026: Kjernejour",
        "Er dere ferdige? Kjernejournal ",
    ]


def test_whoever_is_seen_using_it_is_told_so(letters: list[Letter]) -> None:
    traffic = next(each for each in letters if each.to == contact("v13") and day_of(each) == SEEN)
    assert "Vi har sett 1 243 kall fra dere, sist søndag 4. oktober" in " ".join(traffic.text.split())


def test_readiness_ends_as_they_say_and_as_they_are(told: Story) -> None:
    picture, curve = pictured(told)
    found: dict[Condition, str] = {}
    for line in sorted(picture.lines, key=lambda line: line.vendor_id):
        found[line.condition] = f"{found.get(line.condition, '')} {line.vendor_id}".strip()
    assert found == READY
    reminders = {line.vendor_id: line.told.reminders for line in picture.lines if line.told}
    assert (reminders["v01"], reminders["v04"], reminders["v12"]) == (0, 3, len(LEADS))
    doubts = {line.vendor_id: line.stance.doubt for line in picture.lines if line.stance.doubt}
    assert doubts == {"v10": Doubt.SLIPPED, "v13": Doubt.TRAFFIC, "v17": Doubt.SLIPPED}
    to_call = [line.vendor_id for line in picture.to_call(date(2026, 12, 8))]
    assert to_call == ["v13", "v11", "v12", "v18", "v19"]
    assert curve.days[-1] == (date(2026, 12, 8), 10)


def test_every_answer_is_kept_with_the_way_by_which_it_came(told: Story) -> None:
    with reading(told.parts.engine) as connection:
        given = answers.given(connection)
    kept = [(f"{each.at:%m-%d}", each.party.vendor, each.kind, each.planned, each.way) for each in given]
    said = [(*each[:3], date.fromisoformat(f"2026-{each[3]}") if each[3] else None, each[4]) for each in SAID]
    assert kept == said
    assert {each.words for each in given if each.kind is AnswerKind.NEED_HELP} == {WRITTEN["v15"][1]}


def test_whoever_asks_for_help_by_mail_hears_who_reads_it(letters: list[Letter]) -> None:
    (heard,) = (each for each in letters if each.to == contact("v15") and day_of(each) == "08-03")
    assert "adressen din til varsler@example.no, som svarer deg." in " ".join(heard.text.split())


@pytest.mark.parametrize("name", ["v10", "v12", "v13", "v14", "v15", "v16"])
def test_the_proof_holds_every_mail_as_it_came(told: Story, letters: list[Letter], name: str) -> None:
    folder = dossier(told, PORTAL, name, now=oslo("2026-12-08"))
    theirs = [
        letter for letter in letters if letter.to in (contact(name), *({BESIDE} if name == "v12" else ()))
    ]
    asked = [letter for letter in letters if letter.subject.startswith("Leverandør v15 trenger hjelp")]
    came = [*theirs, *(asked if name == "v15" else ())]
    assert sorted(retold(folder)) == sorted(but_for_links(letter.text) for letter in came)


def test_operators_are_told_every_week_how_many_are_ready(letters: list[Letter]) -> None:
    reports = weekly(letters)
    mondays = [day if day != WHIT_MONDAY else TUESDAY for day in DAYS if day.weekday() == 0]
    assert list(reports) == mondays
    said = {day: re.search(r"(\d+) av 20 leverandører er klare", text) for day, text in reports.items()}
    ready = {f"{day:%m-%d}": int(found[1]) for day, found in said.items() if found}
    assert len(ready) == len(mondays)
    rises = [day for day, before in zip(ready, [None, *ready.values()], strict=False) if ready[day] != before]
    assert {day: ready[day] for day in rises} == WEEKLY


def test_the_last_week_s_mail_says_whom_to_call_and_why(letters: list[Letter]) -> None:
    last = weekly(letters)[DAYS[-2]]
    assert re.findall(r"\* Leverandør (v\d\d)", last) == ["v13", "v11", "v12", "v18", "v19"]
    said = "svaret stemmer kanskje ikke (svarte 3. august 2026 at de er ferdige; men bruk er sett siden"
    assert f"Leverandør v13: {said}" in last
    assert "Leverandør v11: e-posten kommer i retur" in last


def test_no_day_is_called_possible_that_is_past(letters: list[Letter]) -> None:
    last = [each for each in letters if each.subject.startswith("Hvem er klare?")][-1]
    _, _, gone = " ".join(last.text.split()).partition("Fjernhjelp – tjenesten =")
    assert gone.split("= ")[1].startswith(
        "Det varslede tidspunktet er passert. 0 av 20 leverandører er klare."
    )


def weekly(letters: list[Letter]) -> dict[date, str]:
    """What the weekly mails say of the portal's old login, by the day on which they came."""
    reports = [each for each in letters if each.subject.startswith("Hvem er klare?")]
    assert {each.to for each in reports} == {OPERATOR}
    said = {each.day: " ".join(each.text.split()).partition(f"{TITLE} =")[2] for each in reports}
    return {day: text.partition("Alle leverandørene:")[0] for day, text in said.items()}


def pictured(story: Story) -> tuple[Picture, Curve]:
    """How it stands once the old login is gone."""
    parts = story.parts
    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
        assert current is not None
        portal = current.changes.change(PORTAL)
        assert portal is not None
        (found,) = pictures(
            connection,
            [portal],
            timing=parts.timing,
            rules=parts.settings.answer_rules,
            now=oslo("2026-12-08"),
        )
    return found


def test_a_daemon_that_slept_for_four_weeks_sends_one_reminder_for_the_two_it_missed(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.begin(oslo("2026-10-05", "07:30"))
    story.tick(oslo("2026-10-05", "07:30"))
    story.joins(KARI, now=oslo("2026-10-05", "08:00"))
    story.daily("2026-10-22", "2026-10-24")
    story.new_letters()

    story.tick(oslo("2026-11-20", "10:00"))
    assert _told(story.new_letters()) == [(date(2026, 11, 20), 11)]

    story.daily("2026-11-21", "2026-12-05")
    assert _told(story.new_letters()) == [
        (date(2026, 11, 24), 7),
        (date(2026, 11, 27), 4),
        (date(2026, 11, 30), 1),
        (date(2026, 12, 1), 0),
    ]


def test_ticking_every_five_minutes_tells_no_more_than_ticking_once_a_day(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.begin(oslo("2026-11-23", "07:30"))
    story.tick(oslo("2026-11-23", "07:30"))
    story.joins(KARI, now=oslo("2026-11-23", "08:10"))
    for hour in range(6, 12):
        for minute in range(0, 60, 5):
            story.tick(oslo("2026-11-24", f"{hour:02}:{minute:02}"))

    assert _told(story.new_letters()) == [(date(2026, 11, 24), None), (date(2026, 11, 24), 7)]


def _told(letters: list[Letter]) -> list[tuple[date, int | None]]:
    return [(letter.day, letter.days_left()) for letter in letters]


def day_of(letter: Letter) -> str:
    return f"{letter.day:%m-%d}"


def days(letters: list[Letter], address: str) -> list[str]:
    return [day_of(letter) for letter in letters if letter.to == address]


def subjects(letters: list[Letter], name: str) -> list[str]:
    return [letter.subject for letter in letters if letter.to == contact(name)]
