"""Who else hears of an answer: the other contacts once, and the contact of a Change when somebody needs help."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from notifier.consent.answering import decide
from notifier.core.answer import AnswerKind, Way
from notifier.core.message import MessageState
from notifier.settings.tables import MailSettings
from notifier.store import changes, messages, pausing, subscribers
from notifier.store.engine import reading, writing
from notifier.store.tables import subscribers as people
from tests.acceptance.announced import change, write
from tests.acceptance.answering import a_vendor, answers
from tests.acceptance.story import KARI, OLA, Letter, Story
from tests.acceptance.visiting import visiting
from tests.core.lists import oslo
from tests.peers.smtp_script import drop, say
from tests.peers.smtp_sink import SmtpSink

NOW = oslo("2026-08-04", "09:00")
PER = "per@epj.example.no"
CONTACT = "varsler@example.no"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Kari and Ola follow everything and Per another service, all for one Vendor."""
    listed = (change(), change("par", service="helseid"))
    made = Story(tmp_path, changes=write(tmp_path / "list.toml", *listed))
    made.begin(NOW)
    made.tick(NOW)
    a_vendor(made, "blabaer", "example.no", name="Blåbær EPJ", now=NOW)
    for address, follows in ((KARI, ()), (OLA, ()), (PER, ("service:helseid",))):
        made.joins(address, *follows, now=NOW, vendor="blabaer")
    made.tick(NOW)
    made.new_letters()
    return made


def heard(story: Story, *, after: timedelta = timedelta(hours=1)) -> list[Letter]:
    story.tick(NOW + after)
    return story.new_letters()


def to(address: str, letters: list[Letter]) -> list[Letter]:
    return [letter for letter in letters if letter.to == address]


def test_the_others_hear_once_who_answered_what_and_can_object(story: Story) -> None:
    answers(story, KARI, "portal", AnswerKind.DONE, now=NOW)
    answers(story, KARI, "portal", AnswerKind.DONE, now=NOW + timedelta(minutes=1))
    (letter,) = to(OLA, heard(story))
    assert letter.subject == "Kjernejournal – title portal nb: Blåbær EPJ har svart"
    text = " ".join(letter.text.split())
    words = "k…@epj.example.no har svart for Blåbær EPJ om «Kjernejournal – title portal nb»: «ferdig»."
    assert words in text
    assert KARI not in letter.message.as_string()

    link = next(line for line in letter.text.splitlines() if "/answer/" in line)
    with visiting(story, NOW + timedelta(hours=2)) as ola:
        assert "Ferdig.</strong> Svart 4. august 2026 av k…@epj.example.no." in ola.opens(link).text
        assert ola.presses(link, say="none").status == 200
    (objection,) = heard(story, after=timedelta(hours=3))
    assert objection.to == KARI
    assert "Det forrige er trukket tilbake" in " ".join(objection.text.split())


@pytest.mark.parametrize(
    ("kind", "said"), [(AnswerKind.DONE, "ferdig"), (AnswerKind.NOT_AFFECTED, "gjelder ikke oss")]
)
def test_whose_link_ends_their_reminders_hears_of_it_since_others_may_have_pressed(
    story: Story, kind: AnswerKind, said: str
) -> None:
    answers(story, KARI, "portal", kind, now=NOW)
    (letter,) = to(KARI, heard(story))
    text = " ".join(letter.text.split())
    about = f"brukt til å gi dette svaret om «Kjernejournal – title portal nb»: «{said}»."
    assert about in text
    assert "kan e-posten være sendt videre" in text
    link = next(line for line in letter.text.splitlines() if "/answer/" in line)
    with visiting(story, NOW + timedelta(hours=2)) as kari:
        assert kari.presses(link, say="none").status == 200
    assert to(KARI, heard(story, after=timedelta(hours=3))) == []


@pytest.mark.parametrize("kind", [AnswerKind.PLANNED, AnswerKind.NEED_HELP, AnswerKind.NONE])
def test_whose_link_leaves_them_reminders_is_told_nothing(story: Story, kind: AnswerKind) -> None:
    planned = date(2026, 10, 1) if kind is AnswerKind.PLANNED else None
    answers(story, KARI, "portal", kind, now=NOW, planned=planned, words="hjelp")
    assert to(KARI, heard(story)) == []


def test_who_was_sent_the_mail_hears_that_a_colleague_replied_to_it(story: Story) -> None:
    answers(story, KARI, "portal", AnswerKind.DONE, now=NOW, way=Way.MAIL, author="ida@example.no")
    letters = {letter.to: " ".join(letter.text.split()) for letter in heard(story)}
    assert letters.keys() == {KARI, OLA}
    assert all("i…@example.no har svart for Blåbær EPJ om" in text for text in letters.values())


def test_who_stands_alone_hears_that_somebody_s_reply_counts_for_them(story: Story) -> None:
    story.joins("lone@lone.example.no", now=NOW)
    heard(story)
    waiting = answers(
        story,
        "lone@lone.example.no",
        "portal",
        AnswerKind.DONE,
        now=NOW,
        way=Way.MAIL,
        author="x@else.example",
    )
    parts = story.parts
    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
    assert current is not None
    decide(
        engine=parts.engine, answer_id=waiting.answer.id, accepted=True, by="Per", contact="",
        changes=current.changes, rules=parts.settings.answer_rules, timing=parts.timing, now=NOW,
    )  # fmt: skip
    (letter,) = heard(story, after=timedelta(hours=2))
    said = (
        "En e-post som svarer på vår om «Kjernejournal – title portal nb», teller som dette svaret: «ferdig»."
    )
    assert said in " ".join(letter.text.split())


def test_of_several_answers_before_it_leaves_the_last_is_told(story: Story) -> None:
    for kind in (AnswerKind.DONE, AnswerKind.NONE, AnswerKind.NOT_AFFECTED):
        answers(story, KARI, "portal", kind, now=NOW)
    letters = heard(story)
    assert {letter.to for letter in letters} == {KARI, OLA}
    assert all("«gjelder ikke oss»" in letter.text for letter in letters)
    assert len(letters) == 2


def test_nobody_is_told_more_than_three_times_a_day_and_the_last_answer_the_next(story: Story) -> None:
    kinds = (AnswerKind.DONE, AnswerKind.NONE)
    letters = []
    for number in range(6):
        now = NOW + timedelta(hours=number)
        answers(story, KARI, "portal", kinds[number % 2], now=now)
        letters += heard(story, after=timedelta(hours=number, minutes=1))
    assert len(to(OLA, letters)) == len(to(KARI, letters)) == 3
    (last,) = heard(story, after=timedelta(days=1, minutes=5))
    assert last.to == OLA
    assert "trukket tilbake" in " ".join(last.text.split())


def test_whoever_answers_otherwise_is_not_told_what_is_no_longer_so(story: Story) -> None:
    answers(story, KARI, "portal", AnswerKind.DONE, now=NOW)
    answers(story, OLA, "portal", AnswerKind.NOT_AFFECTED, now=NOW)
    letters = heard(story)
    assert sorted(letter.to for letter in letters) == [KARI, OLA]
    assert all("«gjelder ikke oss»" in letter.text for letter in letters)


def test_what_a_vendor_answers_is_told_nobody_who_belongs_to_another(story: Story) -> None:
    a_vendor(story, "other", "another.example", now=NOW)
    answers(story, KARI, "portal", AnswerKind.DONE, now=NOW)
    with writing(story.parts.engine) as connection:
        connection.execute(update(people).where(people.c.address == OLA).values(vendor_id="other"))
    assert [letter.to for letter in heard(story)] == [KARI]


def test_the_last_that_may_be_told_in_a_day_is_the_newest(story: Story) -> None:
    for kind in (AnswerKind.DONE, AnswerKind.NONE):
        answers(story, KARI, "portal", kind, now=NOW)
        (letter,) = to(OLA, heard(story))
    for kind in (AnswerKind.DONE, AnswerKind.NEED_HELP, AnswerKind.NOT_AFFECTED):
        answers(story, KARI, "portal", kind, words="hjelp", now=NOW)
    (letter,) = to(OLA, heard(story))
    assert "«gjelder ikke oss»" in letter.text


def test_whoever_needs_help_is_heard_by_the_contact_who_answers_them(story: Story) -> None:
    words = "Vi får ikke til DPoP.\r\nBcc: eve@example.com\n<script>alert(1)</script> {{ 7*7 }} =?utf-8?q?a?="
    answers(story, KARI, "portal", AnswerKind.NEED_HELP, words=words, now=NOW)
    letters = {letter.to: letter for letter in heard(story)}
    assert letters.keys() == {CONTACT, OLA}
    letter = letters[CONTACT]
    assert letter.subject == "Blåbær EPJ trenger hjelp: Kjernejournal – title portal nb"
    assert letter.message["Reply-To"] == KARI
    assert "Bcc" not in letter.message
    assert "{{ 7*7 }}" in " ".join(letter.text.split())
    page = letter.message.get_body(("html",))
    assert page is not None
    assert "<script>" not in page.get_content()
    assert "Vi får ikke til DPoP." not in letters[OLA].text


@pytest.mark.parametrize("became", [MessageState.FAILED, MessageState.UNKNOWN])
def test_a_call_for_help_that_failed_reaches_the_contact_when_an_operator_sends_it_again(
    tmp_path: Path, sink: SmtpSink, became: MessageState
) -> None:
    mail = MailSettings(url=f"smtp://{sink.address}")
    story = Story(tmp_path, changes=write(tmp_path / "list.toml", change()), mail=mail)
    story.begin(NOW)
    story.tick(NOW)
    story.joins(KARI, now=NOW)
    story.tick(NOW)
    fails = say("554 5.6.0 no") if became is MessageState.FAILED else drop(accepts=True)
    sink.script.for_recipient("verdict", CONTACT, fails)
    answers(story, KARI, "portal", AnswerKind.NEED_HELP, words="Vi får ikke til DPoP.", now=NOW)
    story.every(timedelta(minutes=20), since=NOW, until=NOW + timedelta(hours=1))
    sink.script.reset()
    before = len(sink.accepted)

    later = NOW + timedelta(hours=2)
    with writing(story.parts.engine) as connection:
        ended = messages.ended_ids(connection, became, since=NOW)
        assert messages.retry(connection, ended, by="Per", now=later) == 1
    story.tick(later)

    assert [mail.recipients for mail in sink.accepted[before:]] == [(CONTACT,)]


def test_whoever_pauses_is_left_in_peace(story: Story) -> None:
    with writing(story.parts.engine) as connection:
        ola = subscribers.find(connection, OLA)
        assert ola is not None
        pausing.pause(connection, ola, until=NOW + timedelta(days=7), now=NOW)
    answers(story, KARI, "portal", AnswerKind.DONE, now=NOW)
    assert to(OLA, heard(story)) == []


def test_who_stands_alone_hears_of_what_their_link_answered_too(story: Story) -> None:
    story.joins("ida@legen.example.com", now=NOW)
    story.tick(NOW)
    story.new_letters()
    answers(story, "ida@legen.example.com", "portal", AnswerKind.DONE, now=NOW)
    (letter,) = heard(story)
    assert (letter.to, letter.subject) == (
        "ida@legen.example.com", "Kjernejournal – title portal nb: Dere har svart"
    )  # fmt: skip


def test_an_answer_that_waits_is_told_nobody(story: Story) -> None:
    story.joins("ida@konsulent.example.com", now=NOW, vendor="blabaer")
    story.tick(NOW)
    story.new_letters()
    assert answers(story, "ida@konsulent.example.com", "portal", AnswerKind.DONE, now=NOW).waits
    assert heard(story) == []
