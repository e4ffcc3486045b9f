"""A told year on the real list with twenty vendors, each of which answers in its own way, or not at all."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from notifier.consent.answering import decide
from notifier.core.answer import AnswerKind, Evidence, Way
from notifier.core.bounce import Weight
from notifier.core.curve import Curve
from notifier.core.readiness import Condition, Picture
from notifier.core.stance import Doubt
from notifier.jobs import import_evidence
from notifier.jobs.readiness import pictures
from notifier.settings.tables import OpsSettings
from notifier.store import answers as store_answers
from notifier.store import bounces, changes, subscribers
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from tests.acceptance.answering import a_vendor, answers
from tests.acceptance.story import Letter, Story
from tests.core.lists import oslo

PORTAL = "kjernejournal-portal-gammel-innlogging"
TITLE = "Kjernejournal – gammel innlogging"
ALONE = "ida@lone.example"
JOINED = "05-04"
NAMES = [f"v{number:02}" for number in range(1, 21)]
DAYS = [date(2026, 5, 4) + timedelta(days=number) for number in range(219)]
# The days on which reminders fall due: the portal ends on 1 December 2026.
LEADS = ("06-04", "09-02", "10-02", "10-30", "11-17", "11-24", "11-27", "11-30", "12-01")
DONE, PLANNED, NOT_AFFECTED = AnswerKind.DONE, AnswerKind.PLANNED, AnswerKind.NOT_AFFECTED

# Whose mailbox gets what after the standing mail, by day; who else is listed is told every reminder.
EXPECTED = {
    # Ready at once, or after so many reminders; by page or by mail, which is answered.
    "v01": [],
    "v02": LEADS[:1],
    "v03": LEADS[:2],
    "v04": LEADS[:3],
    "v05": LEADS[:6],
    "v06": [*LEADS[:1], "08-03"],
    "v07": [*LEADS[:2], "09-10"],
    "v08": [*LEADS[:4], "11-02"],
    # Promised 15 October in May: reminded of that a week before. One keeps it, one does not and is asked.
    "v09": ["10-08"],
    "v10": ["10-08", "10-16", *LEADS[3:]],
    # All its mails come back, until three are enough.
    "v11": LEADS[:2],
    # Use is seen in October though it said “done” in August: the reminder of 2 October is owed after all.
    "v13": [*LEADS[:1], "10-05", *LEADS[3:]],
    # Answered from a foreign domain in August; accepted in September.
    "v14": LEADS[:2],
    # Asks for help by mail.
    "v15": [*LEADS[:1], "08-03", *LEADS[1:]],
    # Took “done” back in November: the reminder of 30 October is owed after all.
    "v16": ["11-05", *LEADS[4:]],
    # Promises what comes too late: nothing is spared, and the promise is asked about.
    "v17": [*LEADS, "12-07"],
}
# A contact of the silent v12 who follows another service: told from the third reminder on.
BESIDE = "per@v12.example"


# When operators act, and when mails come back.
ACTS = ACCEPTED, SEEN = "09-15", "10-05"
BOUNCED = ("05-05", "06-05", "09-03")

# How readiness shows them once the old login is gone.
READY = {
    Condition.DONE: "v01 v02 v03 v05 v07 v08 v09 v14",
    Condition.NOT_AFFECTED: "v04 v06",
    Condition.BOUNCED: "v11",
    Condition.SILENT: "v12 v18 v19 v20",
    Condition.NEED_HELP: "v15",
    Condition.UNANSWERED: "v10 v13 v16 v17",
}
OPERATOR = "drift@operator.example"
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

PAGE, MAIL = Way.PAGE, Way.MAIL
# Who says what on which day, and by which way.
SAID: tuple[tuple[str, str, AnswerKind, str, Way], ...] = (
    ("05-05", "v01", DONE, "", PAGE),
    ("05-05", "v09", PLANNED, "10-15", PAGE),
    ("05-05", "v10", PLANNED, "10-15", PAGE),
    ("05-05", "v16", DONE, "", PAGE),
    ("08-03", "v02", DONE, "", PAGE),
    ("08-03", "v06", NOT_AFFECTED, "", MAIL),
    ("08-03", "v13", DONE, "", PAGE),
    ("08-03", "v14", DONE, "", PAGE),
    ("08-03", "v15", AnswerKind.NEED_HELP, "", MAIL),
    ("08-03", "v17", PLANNED, "12-05", PAGE),
    ("09-10", "v03", DONE, "", PAGE),
    ("09-10", "v07", DONE, "", MAIL),
    ("10-14", "v09", DONE, "", PAGE),
    ("10-15", "v04", NOT_AFFECTED, "", PAGE),
    ("11-02", "v08", DONE, "", MAIL),
    ("11-05", "v16", AnswerKind.NONE, "", PAGE),
    ("11-25", "v05", DONE, "", PAGE),
)
EVENTFUL = {*ACTS, *BOUNCED, *(said[0] for said in SAID)}


# All of the year is told in the first test's setup, which a busy machine may take long over.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The whole year, told to its end."""
    story = Story(tmp_path_factory.mktemp("year"), ops=OpsSettings(recipients=(OPERATOR,)))
    story.begin(oslo("2026-05-04", "07:30"))
    story.tick(oslo("2026-05-04", "07:30"))
    for name in NAMES:
        a_vendor(story, name, f"{name}.example", name=f"Leverandør {name}", now=oslo("2026-05-04"))
        story.joins(contact(name), "service:kjernejournal", now=oslo("2026-05-04"), vendor=name)
    story.joins(BESIDE, "service:helseid", now=oslo("2026-05-04"), vendor="v12")
    story.joins(ALONE, "service:kjernejournal", now=oslo("2026-05-04"))
    for day in DAYS:
        story.tick(oslo(day.isoformat()))
        act(story, day)
    return story


@pytest.fixture(scope="module")
def letters(told: Story) -> list[Letter]:
    """Everything that was received in that year."""
    return told.new_letters()


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
    assert [each[:31] for each in subjects(letters, "v10")][1:3] == [
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
    said = "har ikke svart ennå (svarte 3. august 2026 at de er ferdige; men bruk er sett siden"
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


def contact(name: str) -> str:
    """The address of the vendor's contact; one has none of the vendor's own."""
    return "ola@foreign.example" if name == "v14" else f"kari@{name}.example"


def act(story: Story, today: date) -> None:
    """What vendors and operators do at noon on that day, and what the notifier does at once."""
    noon, day = oslo(today.isoformat(), "12:00"), f"{today:%m-%d}"
    for said_on, name, kind, planned, way in SAID:
        if said_on == day:
            promised = date.fromisoformat(f"2026-{planned}") if planned else None
            said = answers(story, contact(name), PORTAL, kind, planned=promised, way=way, now=noon)
            assert (said.waits, said.comes_too_late) == (name == "v14", name == "v17")
    if day in BOUNCED:
        comes_back(story, contact("v11"), now=noon)
    if day == ACCEPTED:
        accepts(story, now=noon)
    if day == SEEN:
        sees_use(story, now=noon)
    if day in EVENTFUL:
        story.tick(noon + timedelta(minutes=5))


def accepts(story: Story, *, now: datetime) -> None:
    """An operator accepts the one Answer that waits."""
    assert f"answer:waiting:vendor:v14:{PORTAL}" in story.alerts()
    with reading(story.parts.engine) as connection:
        (waiting,) = (each.id for each in store_answers.waiting(connection))
    assert decide(answer_id=waiting, accepted=True, by="Per", contact="", **known(story, now))


def sees_use(story: Story, *, now: datetime) -> None:
    """An operator imports what the service saw."""
    seen = Evidence(vendor="v13", change_id=PORTAL, calls=1243, last_seen=date(2026, 10, 4), at=now)
    assert import_evidence.record(seen=[seen], **known(story, now)).doubted == (seen,)


def known(story: Story, now: datetime) -> dict[str, Any]:
    """What deciding about Answers takes."""
    parts = story.parts
    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
    assert current is not None
    return {
        "engine": parts.engine,
        "changes": current.changes,
        "rules": parts.settings.answer_rules,
        "timing": parts.timing,
        "now": now,
    }


def comes_back(story: Story, address: str, *, now: datetime) -> None:
    """The last mail to an address bounces, for good."""
    parts, words = story.parts, "5.1.1 no such mailbox"
    with writing(parts.engine) as connection:
        found = subscribers.find(connection, address)
        assert found is not None
        last = select(func.max(messages.c.id)).where(messages.c.subscriber_id == found.id)
        bounced = bounces.note(
            connection,
            message_id=connection.execute(last).scalar_one(),
            moves=found.moves,
            weight=Weight.HARD,
            words=words,
            now=now,
        )
        assert bounced is not None
        limit = parts.settings.bounces.limit
        bounces.hold_against(connection, [bounced], limit=limit, words=words, now=now)


def day_of(letter: Letter) -> str:
    return f"{letter.day:%m-%d}"


def days(letters: list[Letter], address: str) -> list[str]:
    return [day_of(letter) for letter in letters if letter.to == address]


def subjects(letters: list[Letter], name: str) -> list[str]:
    return [letter.subject for letter in letters if letter.to == contact(name)]
