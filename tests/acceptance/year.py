"""A whole year on the real list, ticked daily: people who only listen, and twenty vendors, each of which answers in its
own way, or not at all.

They press on the page that their last mail leads to, and reply to that mail, as mail programs do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from sqlalchemy import func, select

from notifier.consent.answering import decide
from notifier.core.answer import AnswerKind, Evidence, Way
from notifier.core.bounce import Weight
from notifier.daemon.receiving import receiving
from notifier.jobs import import_evidence
from notifier.settings.tables import InboxSettings, OpsSettings
from notifier.store import answers as store_answers
from notifier.store import bounces, changes, subscribers
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from tests.acceptance.answering import a_vendor
from tests.acceptance.story import KARI, OLA, Letter, Story
from tests.acceptance.visiting import Visitor, visiting
from tests.core.lists import oslo
from tests.inbox.letterbox import hand_over, listening

PORTAL = "kjernejournal-portal-gammel-innlogging"
OPERATOR = "drift@operator.example"
# Without a vendor: one follows the same service, KARI everything, OLA Fjernhjelp alone.
ALONE = "ida@lone.example"
NAMES = [f"v{number:02}" for number in range(1, 21)]
# A contact of the silent v12 who follows another service.
BESIDE = "per@v12.example"
DAYS = [date(2026, 5, 1) + timedelta(days=number) for number in range(222)]
BEGINS, JOIN = oslo("2026-05-01", "07:30"), date(2026, 5, 4)
# When operators act, and when mails come back.
ACTS = ACCEPTED, SEEN = "09-15", "10-05"
BOUNCED = ("05-05", "06-05", "09-03")
DONE, PLANNED, NOT_AFFECTED = AnswerKind.DONE, AnswerKind.PLANNED, AnswerKind.NOT_AFFECTED
PAGE, MAIL = Way.PAGE, Way.MAIL
# Who says what on which day, and by which way.
SAID: tuple[tuple[str, str, AnswerKind, str, Way], ...] = (
    ("05-05", "v01", DONE, "", PAGE),
    ("05-05", "v09", PLANNED, "10-15", PAGE),
    ("05-05", "v10", PLANNED, "10-15", MAIL),
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


def gmail(words: str, sender: str, said: str) -> str:
    return f"{words}\n\ntor. 4. juni 2026 kl. 08:05 skrev {sender}:\n\n{quoted(said)}\n"


def outlook(words: str, sender: str, said: str) -> str:
    head = f"Fra: {sender}\nSendt: torsdag 4. juni 2026 08:05\nTil: Kari Nordmann\nEmne: Varsel"
    return (
        f"{words}\n\nMed vennlig hilsen\nKari Nordmann\n\n________________________________\n{head}\n\n{said}"
    )


def iphone(words: str, sender: str, said: str) -> str:
    head = f"> 4. juni 2026 kl. 08:05 skrev {sender}:\n>"
    return f"{words}\n\nSendt fra min iPhone\n\n{head}\n{quoted(said)}\n"


def thunderbird(words: str, sender: str, said: str) -> str:
    return f"Den 04.06.2026 08:05, skrev {sender}:\n{quoted(said)}\n\n{words}\n\n-- \nKari Nordmann\n"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


# What who replies writes, in which program.
WRITTEN: dict[str, tuple[Callable[[str, str, str], str], str]] = {
    "v06": (gmail, "Gjelder ikke oss."),
    "v07": (iphone, "Ferdig"),
    "v08": (thunderbird, "Ferdig!"),
    "v10": (gmail, "Planlagt 15. oktober"),
    "v15": (outlook, "Hjelp, vi kommer ikke i gang"),
}


@dataclass
class Year:
    """The installation, its page, and the port at which it takes mail."""

    story: Story
    visitor: Visitor
    port: int

    def answers(self, name: str, kind: AnswerKind, planned: str, way: Way) -> None:
        """A vendor's contact answers the last mail they got."""
        letter = last_letter(self.story, contact(name))
        if way is Way.MAIL:
            program, words = WRITTEN[name]
            data = reply(letter, words, program)
            to = letter.message["Reply-To"].addresses[0].addr_spec
            assert hand_over(self.port, data, sender=contact(name), to=to) == "250 2.0.0 Taken"
            return
        link = re.search(rf"https?://\S+/answer/\S+\.{PORTAL}\.\S+", letter.text)
        assert link
        said = {"planned": f"2026-{planned}"} if planned else {}
        page = self.visitor.presses(link[0], say=kind.value, **said)
        assert page.status == 200
        assert ("Takk, vi har fått svaret" in page.text) == (name == "v14")
        assert ("Merk at den gamle løsningen ikke lenger virker da." in page.text) == (name == "v17")


def told_in(folder: Any) -> Story:
    """The whole year, told to its end."""
    settings = InboxSettings(bind="127.0.0.1:8024", address="varsel@varsel.example.no")
    story = Story(folder, ops=OpsSettings(recipients=(OPERATOR,)), inbox=settings)
    story.begin(BEGINS)
    story.tick(BEGINS)
    story.joins(KARI, now=oslo("2026-05-01", "08:00"))
    story.joins(OLA, "service:fjernhjelp", now=oslo("2026-05-01", "08:00"))
    with visiting(story, BEGINS) as visitor, taking_mail(visitor) as port:
        year = Year(story, visitor, port)
        for day in DAYS:
            if day == JOIN:
                vendors_join(story)
            story.tick(oslo(day.isoformat()))
            act(year, day)
    return story


@contextmanager
def taking_mail(visitor: Visitor) -> Iterator[int]:
    """The daemon's own listener for mail, by the visitor's clock."""
    parts = visitor.story.parts
    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
    assert current is not None
    with listening(
        lambda door: receiving(parts, door, changes=lambda: current.changes, clock=lambda: visitor.now)
    ) as port:
        yield port


def vendors_join(story: Story) -> None:
    """All that have or get a vendor, and one who has none."""
    now = oslo("2026-05-04")
    for name in NAMES:
        a_vendor(story, name, f"{name}.example", name=f"Leverandør {name}", now=now)
        story.joins(contact(name), "service:kjernejournal", now=now, vendor=name)
    story.joins(BESIDE, "service:helseid", now=now, vendor="v12")
    story.joins(ALONE, "service:kjernejournal", now=now)


def contact(name: str) -> str:
    """The address of the vendor's contact; one has none of the vendor's own."""
    return "ola@foreign.example" if name == "v14" else f"kari@{name}.example"


def last_letter(story: Story, address: str) -> Letter:
    """The last mail that came to an address."""
    return next(letter for letter in story.latest_letters() if letter.to == address)


def reply(letter: Letter, words: str, program: Callable[[str, str, str], str]) -> bytes:
    """What a mail program makes of somebody's answer to a mail of ours."""
    received, answer = letter.message, EmailMessage(policy=SMTP)
    answer["From"], answer["To"] = letter.to, received["Reply-To"]
    answer["Subject"] = f"SV: {letter.subject}"
    answer["In-Reply-To"] = answer["References"] = str(received["Message-ID"])
    answer.set_content(program(words, str(received["From"]), letter.text))
    return bytes(answer)


def act(year: Year, today: date) -> None:
    """What vendors and operators do at noon on that day, and what the notifier does at once."""
    noon, day, story = oslo(today.isoformat(), "12:00"), f"{today:%m-%d}", year.story
    if day not in EVENTFUL:
        return
    year.visitor.now = noon
    for said_on, name, kind, planned, way in SAID:
        if said_on == day:
            year.answers(name, kind, planned, way)
    if day in BOUNCED:
        comes_back(story, contact("v11"), now=noon)
    if day == ACCEPTED:
        accepts(story, now=noon)
    if day == SEEN:
        sees_use(story, now=noon)
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
