"""A told year on the real list with twenty vendors, each of which answers in its own way, or not at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path

from sqlalchemy import func, select

from notifier.consent.answering import decide
from notifier.core.answer import AnswerKind, Evidence, Way
from notifier.core.bounce import Weight
from notifier.core.readiness import Condition
from notifier.core.stance import Doubt
from notifier.core.working_days import is_working_day
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
ALONE = "ida@lone.example"
JOINED = "05-04"
# The days on which reminders fall due: the portal ends on 1 December 2026.
LEADS = ("06-04", "09-02", "10-02", "10-30", "11-17", "11-24", "11-27", "11-30", "12-01")
DONE, PLANNED, NOT_AFFECTED = AnswerKind.DONE, AnswerKind.PLANNED, AnswerKind.NOT_AFFECTED

# Whose mailbox gets what after the standing mail, by day; who else is listed is told every reminder.
EXPECTED = {
    # Ready at once, or after so many reminders; by page or by mail, which is answered next morning.
    "v01": [],
    "v02": LEADS[:1],
    "v03": LEADS[:2],
    "v04": LEADS[:3],
    "v05": LEADS[:6],
    "v06": [*LEADS[:1], "08-04"],
    "v07": [*LEADS[:2], "09-11"],
    "v08": [*LEADS[:4], "11-03"],
    # Promised 15 October in May: reminded of that a week before. One keeps it, one does not and is asked.
    "v09": ["10-08"],
    "v10": ["10-08", "10-16", *LEADS[3:]],
    # All its mails come back, until three are enough.
    "v11": LEADS[:2],
    # Use is seen in October though it said “done” in August: the reminder of 2 October is owed after all.
    "v13": [*LEADS[:1], "10-06", *LEADS[3:]],
    # Answered from a foreign domain in August; accepted in September.
    "v14": LEADS[:2],
    # Asks for help by mail.
    "v15": [*LEADS[:1], "08-04", *LEADS[1:]],
    # Took “done” back in November: the reminder of 30 October is owed after all.
    "v16": ["11-06", *LEADS[4:]],
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


def test_each_vendor_s_mailbox_is_as_it_answered(tmp_path: Path) -> None:
    story = Story(tmp_path, ops=OpsSettings(recipients=(OPERATOR,)))
    story.begin(oslo("2026-05-04", "07:30"))
    story.tick(oslo("2026-05-04", "07:30"))
    names = [f"v{number:02}" for number in range(1, 21)]
    for name in names:
        a_vendor(story, name, f"{name}.example", name=f"Leverandør {name}", now=oslo("2026-05-04"))
        story.joins(contact(name), "service:kjernejournal", now=oslo("2026-05-04"), vendor=name)
    story.joins(BESIDE, "service:helseid", now=oslo("2026-05-04"), vendor="v12")
    story.joins(ALONE, "service:kjernejournal", now=oslo("2026-05-04"))
    weeks = tell(story)

    letters = story.new_letters()
    told = {name: days(letters, contact(name)) for name in names}
    assert told == {name: [JOINED, *EXPECTED.get(name, LEADS)] for name in names}
    assert days(letters, ALONE) == [JOINED, *LEADS]
    assert days(letters, BESIDE) == [JOINED, *LEADS[2:]]

    assert [subject.startswith("Ingen hos Leverandør v12 har svart:") for subject in subjects(letters, "v12")] == [
        False, False, False, *[True] * len(LEADS[2:]),
    ]  # fmt: skip
    assert not any(
        each.startswith("Ingen hos") for name in ("v10", "v15") for each in subjects(letters, name)
    )
    assert [each[:31] for each in subjects(letters, "v10")][1:3] == [
        "Planlagt 15.10.2026: Kjernejour",
        "Er dere ferdige? Kjernejournal ",
    ]
    traffic = next(each for each in letters if each.to == contact("v13") and day_of(each) == "10-06")
    assert "Vi har sett 1 243 kall fra dere, sist søndag 4. oktober" in " ".join(traffic.text.split())
    assert_ready_as_they_say(story)
    assert_reported([each for each in letters if each.subject.startswith("Hvem er klare?")], weeks)


def assert_ready_as_they_say(story: Story) -> None:
    """The table at the end: who has not said it, or is not believed, stands for what they are."""
    parts = story.parts
    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
        assert current is not None
        portal = current.changes.change(PORTAL)
        assert portal is not None
        ((picture, curve),) = pictures(
            connection,
            [portal],
            timing=parts.timing,
            rules=parts.settings.answer_rules,
            now=oslo("2026-12-08"),
        )
    found: dict[Condition, str] = {}
    for line in sorted(picture.lines, key=lambda line: line.vendor_id):
        found[line.condition] = f"{found.get(line.condition, '')} {line.vendor_id}".strip()
    assert found == READY
    told = {line.vendor_id: line.told.reminders for line in picture.lines if line.told}
    assert (told["v01"], told["v04"], told["v12"]) == (0, 3, len(LEADS))
    doubts = {line.vendor_id: line.stance.doubt for line in picture.lines if line.stance.doubt}
    assert doubts == {"v10": Doubt.SLIPPED, "v13": Doubt.TRAFFIC, "v17": Doubt.SLIPPED}
    assert [line.vendor_id for line in picture.to_call(date(2026, 12, 8))] == [
        "v13",
        "v11",
        "v12",
        "v18",
        "v19",
    ]
    assert curve.days[-1] == (date(2026, 12, 8), 10)


def assert_reported(found: list[Letter], weeks: set[int]) -> None:
    """One mail in each of these weeks, and the last says how it stands."""
    assert [each.day.isocalendar().week for each in found] == sorted(weeks)
    assert {each.to for each in found} == {OPERATOR}
    last = " ".join(found[-1].text.split())
    assert "10 av 20 leverandører er klare." in last
    assert (
        "Leverandør v13: har ikke svart ennå (svarte 3. august 2026 at de er ferdige; men bruk er sett siden"
        in last
    )
    assert "Leverandør v11: e-posten kommer i retur" in last


def contact(name: str) -> str:
    """The address of the vendor's contact; one has none of the vendor's own."""
    return "ola@foreign.example" if name == "v14" else f"kari@{name}.example"


def tell(story: Story) -> set[int]:
    """Tick on each working day on which anything happens and on those around it, for what comes a day early or late;
    at noon vendors and operators do what they do. Answers in which weeks that was."""
    days = [date(2026, 5, 4) + timedelta(days=n) for n in range(219)]
    names = [f"{day:%m-%d}" for day in days if is_working_day(day)]
    eventful = {JOINED, *LEADS, *ACTS, *BOUNCED, *chain(*EXPECTED.values()), *(said[0] for said in SAID)}
    weeks = set()
    for before, today, after in zip(["", *names], names, [*names[1:], ""], strict=False):
        if eventful & {before, today, after}:
            weeks.add(date.fromisoformat(f"2026-{today}").isocalendar().week)
            story.tick(oslo(f"2026-{today}"))
            act(story, today)
    return weeks


def act(story: Story, today: str) -> None:
    """What happens at noon on that day."""
    noon = oslo(f"2026-{today}", "12:00")
    for day, name, kind, planned, way in SAID:
        if day == today:
            promised = date.fromisoformat(f"2026-{planned}") if planned else None
            said = answers(story, contact(name), PORTAL, kind, planned=promised, way=way, now=noon)
            assert (said.waits, said.comes_too_late) == (name == "v14", name == "v17")
    parts = story.parts
    rules = {"rules": parts.settings.answer_rules, "timing": parts.timing, "now": noon}
    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
    assert current is not None
    if today in BOUNCED:
        comes_back(story, contact("v11"), now=noon)
    if today == ACCEPTED:
        assert f"answer:waiting:vendor:v14:{PORTAL}" in story.alerts()
        with reading(parts.engine) as connection:
            (waiting,) = (each.id for each in store_answers.waiting(connection))
        deciding = partial(
            decide, engine=parts.engine, changes=current.changes, by="Per", contact="", **rules
        )
        assert deciding(answer_id=waiting, accepted=True)
    if today == SEEN:
        seen = Evidence(vendor="v13", change_id=PORTAL, calls=1243, last_seen=date(2026, 10, 4), at=noon)
        recording = partial(import_evidence.record, engine=parts.engine, changes=current.changes, **rules)
        assert recording(seen=[seen]).doubted == (seen,)


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
