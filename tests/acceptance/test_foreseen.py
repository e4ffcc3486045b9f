"""What `plan` foresees is what is then sent, where nobody does anything: also what silence and promises bring."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from notifier.core.answer import AnswerKind
from notifier.core.cadence import parse_cadence
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.subscription import Followed, parse_topic
from notifier.core.text import Language
from notifier.jobs.forecast import Forecast, forecast
from notifier.store import choices, subscribers
from notifier.store.engine import reading, writing
from notifier.store.tables import notices
from tests.acceptance.announced import change, when, write
from tests.acceptance.answering import a_vendor, answers
from tests.acceptance.story import Story
from tests.core.lists import oslo

BEGIN, END = oslo("2026-08-03", "07:30"), oslo("2026-12-31")
PORTAL = "service:kjernejournal"
# Who follows what of which Vendor: silent ones with and without others to tell, one that answers, one that promises.
PEOPLE = (
    ("kari@silent.example", "silent", PORTAL),
    ("ola@silent.example", "silent", "change:portal"),
    ("per@silent.example", "silent", "service:helseid"),
    ("own@silent.example", "silent", "service:helseid"),
    ("kari@mute.example", "mute", "everything"),
    ("kari@ready.example", "ready", PORTAL),
    ("per@ready.example", "ready", "service:helseid"),
    ("kari@late.example", "late", PORTAL),
    ("per@late.example", "late", "service:helseid"),
    ("per@deaf.example", "deaf", "service:helseid"),
    ("ida@lone.example", None, PORTAL),
)
Seen = Counter[tuple[date, str, str, str]]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """All of them, told where they stand; the portal ends in December, in test in October."""
    portal = change("portal", when(), when("2026-10-20", name="test"))
    login = change("login", when("2026-11-20"), service="helseid")
    made = Story(tmp_path, changes=write(tmp_path / "list.toml", portal, login))
    made.begin(BEGIN)
    made.tick(BEGIN)
    for vendor in dict.fromkeys(vendor for _, vendor, _ in PEOPLE if vendor):
        a_vendor(made, vendor, f"{vendor}.example", now=BEGIN)
    for address, vendor, topic in PEOPLE:
        made.joins(address, topic, now=BEGIN, vendor=vendor)
    with writing(made.parts.engine) as connection:
        own = subscribers.find(connection, "own@silent.example")
        assert own is not None
        choices.put(
            connection,
            own.id,
            language=Language.NB,
            followed=Followed((parse_topic("service:helseid"),)),
            cadence=parse_cadence(["30d", "10d"]),
            vendor="silent",
            now=BEGIN,
        )
    made.tick(oslo("2026-08-03"))
    noon = oslo("2026-08-03", "12:00")
    answers(made, "kari@ready.example", "portal", AnswerKind.DONE, now=noon)
    promised = date(2026, 11, 10)
    answers(made, "kari@late.example", "portal", AnswerKind.PLANNED, planned=promised, now=noon)
    made.tick(noon + timedelta(minutes=5))
    return made


def foreseen(story: Story, now: datetime) -> Forecast:
    parts = story.parts
    rules = parts.settings.answer_rules
    return forecast(engine=parts.engine, timing=parts.timing, rules=rules, now=now, until=END)


def seen(found: Forecast) -> Seen:
    """By day, what will be told to how many."""
    told = {(p.step.due.date(), p.step.kind, p.step.deadline, str(p.step.lead or "")): p for p in found.ahead}
    return Counter({key: planned.people for key, planned in told.items() if planned.people})


def sent(story: Story, since: datetime) -> Seen:
    """By day, what was told to how many."""
    step = (notices.c.due, notices.c.kind, notices.c.deadline, notices.c.lead)
    chosen = select(*step, func.count()).where(notices.c.due > since, notices.c.outcome == Outcome.SENT)
    found: Seen = Counter()
    with reading(story.parts.engine) as connection:
        for due, kind, deadline, lead, people in connection.execute(chosen.group_by(*step)):
            found[due.date(), kind, deadline, lead] += people
    return found


def test_what_is_foreseen_is_sent_where_nobody_does_anything(story: Story) -> None:
    now = oslo("2026-08-03", "13:00")
    before = foreseen(story, now)
    expected = seen(before)
    others = {key[1] for key in expected}
    assert others == {NoticeKind.REMINDER, NoticeKind.ESCALATION, NoticeKind.PROMISE, NoticeKind.QUESTION}
    instants = sorted({planned.step.due for planned in before.ahead})
    for due in instants[: len(instants) // 2]:
        story.tick(due + timedelta(minutes=5))
    # Halfway, after reminders were sent, the rest is foreseen as it was.
    halfway = instants[len(instants) // 2 - 1] + timedelta(minutes=10)
    rest = seen(foreseen(story, halfway))
    assert rest == {key: people for key, people in expected.items() if key[0] > halfway.date()}
    for due in instants[len(instants) // 2 :]:
        story.tick(due + timedelta(minutes=5))
    assert sent(story, now) == expected


def test_an_answer_takes_back_what_silence_would_bring(story: Story) -> None:
    now = oslo("2026-08-03", "13:00")
    escalated = {key[2] for key in seen(foreseen(story, now)) if key[1] == NoticeKind.ESCALATION}
    assert escalated == {"portal/end", "portal/test", "login/end"}
    answers(story, "per@silent.example", "portal", AnswerKind.NEED_HELP, words="Hjelp", now=now)
    left = {key[2] for key in seen(foreseen(story, now)) if key[1] == NoticeKind.ESCALATION}
    assert left == {"login/end"}


def test_what_is_owed_at_once_is_foreseen_too(story: Story) -> None:
    for day in ("2026-08-21", "2026-09-02"):
        story.tick(oslo(day))
    third = oslo("2026-09-18", "09:00")
    owed = {(each.step.deadline, each.step.kind): each.people for each in foreseen(story, third).owed}
    story.tick(third)
    told = sent(story, oslo("2026-09-03"))
    assert owed == {(deadline, kind): people for (_, kind, deadline, _), people in told.items()}
    assert owed["portal/test", NoticeKind.ESCALATION] == 2
