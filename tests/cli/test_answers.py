"""`answers`: what a vendor says on the phone is recorded, and what waits is decided on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from notifier.core.answer import Answer, AnswerKind, AnswerState, Party, Way
from notifier.store import answers
from notifier.store.engine import reading, writing
from notifier.store.tables import alerts
from tests.cli.rehearsal import JOINED, Rehearsal, oslo

LATER = JOINED + timedelta(hours=1)
CHANGE = "testdata"


@pytest.fixture
def vendor(place: Rehearsal) -> Rehearsal:
    assert (
        place("vendors", "add", "Blåbær EPJ", "--id", "blabaer", "--domain", "epj.example", now=JOINED).code
        == 0
    )
    assert place("subscribers", "add", "kari@epj.example", "--vendor", "blabaer", now=JOINED).code == 0
    assert place("tick", now=JOINED).code == 0
    return place


def a_waiting_answer(place: Rehearsal, kind: AnswerKind = AnswerKind.DONE) -> int:
    said = Answer(
        id=0, party=Party(vendor="blabaer"), change_id=CHANGE, kind=kind, at=JOINED, way=Way.MAIL,
        by="ola@elsewhere.example", state=AnswerState.WAITING, subscriber_id=1,
    )  # fmt: skip
    with place.opened() as engine, writing(engine) as connection:
        added = answers.add(connection, said)
    return added.id


def alerts_of_answers(place: Rehearsal) -> list[str]:
    """The keys of all Alerts about Answers that there ever were."""
    with place.opened() as engine, reading(engine) as connection:
        keys = connection.scalars(select(alerts.c.key).where(alerts.c.key.startswith("answer:"))).all()
    return sorted(keys)


def test_what_was_said_on_the_phone_is_recorded_once_and_shown(vendor: Rehearsal) -> None:
    recording = (
        "answers",
        "record",
        CHANGE,
        "planned",
        "--vendor",
        "blabaer",
        "--on",
        "2026-11-27",
        "--by",
        "Per",
    )
    assert "Recorded as answer 1." in vendor(*recording, "--words", "etter ferien", now=LATER).words
    assert "That was answered before, as answer 1" in vendor(*recording, now=LATER).words
    listed = vendor("answers", "list", now=LATER).words
    assert f"vendor:blabaer {CHANGE} planned for 2026-11-27" in " ".join(listed.split())
    shown = vendor("answers", "show", "1", now=LATER).words
    assert "By Per (operator)" in " ".join(shown.split())
    (entry,) = vendor("answers", "list", "--vendor", "blabaer", "--change", CHANGE, "--json", now=LATER).json
    assert (entry["answer"], entry["planned"], entry["words"], entry["by"]) == (
        "planned",
        "2026-11-27",
        "etter ferien",
        "Per",
    )


def test_what_waits_raises_an_alert_until_it_is_decided(vendor: Rehearsal) -> None:
    first, second = a_waiting_answer(vendor), a_waiting_answer(vendor)
    vendor("tick", now=LATER)
    assert alerts_of_answers(vendor) == [f"answer:waiting:vendor:blabaer:{CHANGE}"]
    assert "Answer 1 counts." in vendor("answers", "accept", str(first), "--by", "Per", now=LATER).words
    assert "2 waits" not in vendor("answers", "list", "--waiting", now=LATER).words
    assert vendor("answers", "refuse", str(second), now=LATER).code == 0
    again = vendor("answers", "accept", str(first), now=LATER)
    assert (again.code, "does not wait: it counts" in again.words + again.err) == (2, True)
    assert [each["state"] for each in vendor("answers", "list", "--json", now=LATER).json] == [
        "counts",
        "refused",
    ]


def test_an_accepted_call_for_help_reaches_somebody_though_no_contact_is_set(vendor: Rehearsal) -> None:
    vendor.set("NOTIFIER_PUBLISHER__CONTACT", "")
    waiting = a_waiting_answer(vendor, AnswerKind.NEED_HELP)
    assert vendor("answers", "accept", str(waiting), now=LATER).code == 0
    vendor("tick", now=LATER)
    (called,) = [mail for mail in vendor.mails() if "ola@elsewhere.example" in str(mail["Reply-To"])]
    assert called["To"].addresses[0].addr_spec == called["From"].addresses[0].addr_spec


def test_a_promise_that_stays_too_late_is_one_alert(vendor: Rehearsal) -> None:
    for day in ("2027-06-01", "2027-07-01"):
        vendor("answers", "record", CHANGE, "planned", "--vendor", "blabaer", "--on", day, now=LATER)
        vendor("tick", now=LATER)
        assert alerts_of_answers(vendor) == [f"answer:late:vendor:blabaer:{CHANGE}"]


def test_a_promise_that_comes_too_late_is_said_so(vendor: Rehearsal) -> None:
    said = vendor(
        "answers", "record", CHANGE, "planned", "--vendor", "blabaer", "--on", "2027-06-01", now=LATER
    )
    assert "That is too late" in said.words


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("record", CHANGE, "done"), "say for whom"),
        (("record", CHANGE, "done", "--vendor", "blaber"), "did you mean blabaer"),
        (("record", CHANGE, "done", "--address", "kari@epj.example"), "belongs to the vendor blabaer"),
        (("record", CHANGE, "planned", "--vendor", "blabaer"), "names the day"),
        (("show", "7"), "there is no answer 7"),
        (("accept", "7"), "there is no answer 7"),
    ],
)
def test_a_mistake_is_said_with_what_to_write(
    vendor: Rehearsal, arguments: tuple[str, ...], complaint: str
) -> None:
    found = vendor("answers", *arguments, now=LATER)
    assert found.code == 2
    assert complaint.casefold() in found.err.casefold()


def test_who_turns_out_to_belong_elsewhere_is_told_what_the_vendors_answer_spared_them(
    vendor: Rehearsal,
) -> None:
    vendor("answers", "record", CHANGE, "done", "--vendor", "blabaer", now=LATER)
    vendor("tick", now=oslo(2026, 12, 2))
    before = len(vendor.mails())
    moved = vendor("subscribers", "set", "kari@epj.example", "--no-vendor", now=oslo(2026, 12, 2, 12))
    assert moved.code == 0, moved.err
    vendor("tick", now=oslo(2026, 12, 2, 12, 5))
    (reminder,) = vendor.mails()[before:]
    assert "testdata" in reminder["Subject"]
