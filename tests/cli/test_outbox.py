"""`outbox list`, `show` and `retry`."""

from __future__ import annotations

import pytest
from sqlalchemy import Update, update

from notifier.store.engine import writing
from notifier.store.tables import messages
from tests.cli.rehearsal import FIRST_TICK, JOINED, Rehearsal, oslo
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink

LATER = oslo(2026, 11, 25)


@pytest.fixture
def failed(place: Rehearsal, relay: SmtpSink) -> Rehearsal:
    """An installation whose only Message was refused for good."""
    relay.script.once("rcpt", say("550 5.1.1 no such user here"))
    place("tick", now=FIRST_TICK)
    place.join("kari@epj.example.no", now=JOINED)
    assert place("tick", now=JOINED).code == 1
    return place


def write(place: Rehearsal, statement: Update) -> None:
    """Write what no command would."""
    with place.opened() as engine, writing(engine) as connection:
        connection.execute(statement)


def test_an_empty_outbox_says_so(place: Rehearsal) -> None:
    assert "The Outbox is empty." in place("outbox", "list").out


def test_the_list_shows_states_and_last_words(failed: Rehearsal) -> None:
    assert "1 failed 1 failed Tue 2026-11-24 08:05" in failed("outbox", "list").words
    assert "no such user here" in failed("outbox", "list").words


def test_the_list_can_be_narrowed_to_a_state(failed: Rehearsal) -> None:
    listed = failed("outbox", "list", "--state", "sent", "--json").json
    assert (listed["counts"], listed["messages"]) == ({"failed": 1}, [])
    assert [m["id"] for m in failed("outbox", "list", "--state", "failed", "--json").json["messages"]] == [1]


def test_one_message_is_shown_with_notices_and_attempts(failed: Rehearsal) -> None:
    shown = failed("outbox", "show", "1", "--json").json
    assert shown["address"] == "kari@epj.example.no"
    assert [notice["kind"] for notice in shown["notices"]] == ["standing"]
    assert [(attempt["phase"], attempt["code"]) for attempt in shown["attempts"]] == [("rcpt", 550)]
    assert "address at rcpt: 550 5.1.1 no such user here" in failed("outbox", "show", "1").words


def test_retry_sends_a_failed_message_again_under_a_new_message_id(
    failed: Rehearsal, relay: SmtpSink
) -> None:
    before = failed("outbox", "show", "1", "--json").json["header_id"]
    assert failed("outbox", "retry", "1", "--by", "Ola", now=LATER).code == 0
    assert failed("tick", now=LATER).code == 0
    (mail,) = relay.wait_for(1)
    assert mail.recipients == ("kari@epj.example.no",)
    assert mail.message["Message-ID"] != before
    assert failed("outbox", "list", "--json").json["counts"] == {"sent": 1}


def test_retry_takes_several_ids_or_a_whole_state(place: Rehearsal, relay: SmtpSink) -> None:
    place("tick", now=FIRST_TICK)
    relay.script.always("rcpt", say("550 5.1.1 no such user here"))
    for name in ("kari", "ola", "per"):
        place.join(f"{name}@epj.example.no", now=JOINED)
    place("tick", now=JOINED)
    assert "2 Messages wait again" in place("outbox", "retry", "1", "2", now=LATER).words
    assert place("outbox", "list", "--json").json["counts"] == {"failed": 1, "pending": 2}
    assert "Message 3 waits again" in place("outbox", "retry", "--all", "failed", "--yes", now=LATER).words
    assert "0 Messages" in place("outbox", "retry", "--all", "failed", "--yes", now=LATER).words


def test_retry_of_a_whole_state_first_shows_what_would_be_sent(failed: Rehearsal) -> None:
    shown = failed("outbox", "retry", "--all", "failed", now=LATER).words
    assert "1 Message became failed since Sun 2026-11-22 08:05" in shown
    assert "1 standing" in shown
    assert "add --yes" in shown
    assert failed("outbox", "list", "--json").json["counts"] == {"failed": 1}


def test_retry_of_a_whole_state_leaves_alone_what_failed_long_ago(failed: Rehearsal) -> None:
    later = oslo(2026, 11, 30)
    assert "No Message became failed" in failed("outbox", "retry", "--all", "failed", now=later).words
    assert "0 Messages" in failed("outbox", "retry", "--all", "failed", "--yes", now=later).words
    older = ("outbox", "retry", "--all", "failed", "--since", "2026-11-24", "--yes")
    assert "Message 1 waits again" in failed(*older, now=later).words


def test_since_and_yes_are_of_no_use_with_ids(failed: Rehearsal) -> None:
    called = failed("outbox", "retry", "1", "--yes", now=LATER)
    assert (called.code, "--since and --yes belong to --all" in called.err) == (2, True)


def test_what_went_to_an_address_that_is_forgotten_is_not_sent_again(failed: Rehearsal) -> None:
    write(failed, update(messages).values(letter="address_changed"))

    called = failed("outbox", "retry", "1", now=LATER)

    assert (called.code, "is forgotten; it cannot be sent again" in called.err) == (2, True)
    assert "0 Messages" in failed("outbox", "retry", "--all", "failed", "--yes", now=LATER).words


def test_retry_sends_none_when_one_of_them_cannot_be_sent_again(failed: Rehearsal) -> None:
    assert failed("outbox", "retry", "1", "9", now=LATER).code == 2
    assert failed("outbox", "list", "--json").json["counts"] == {"failed": 1}


def test_what_was_sent_is_not_sent_again(place: Rehearsal) -> None:
    called = place.begun()("outbox", "retry", "1", now=LATER)
    assert (called.code, "Message 1 is sent; only failed and unknown" in called.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "9"], "There is no message 9"),
        (["retry", "9"], "There is no message 9"),
        (["retry"], "Name the Messages to send again"),
        (["retry", "1", "--all", "failed"], "Name the Messages to send again"),
        (["retry", "--all", "pending"], "There is no state to send again from “pending”"),
        (["list", "--state", "snet"], "did you mean sent?"),
    ],
)
def test_what_does_not_exist_is_exit_2(place: Rehearsal, words: list[str], sentence: str) -> None:
    called = place.begun()("outbox", *words)
    assert (called.code, sentence in called.err) == (2, True)


@pytest.mark.parametrize(
    ("column", "value", "flaw"),
    [("letter", "digest", "does not know its kind of letter"), ("about", "?", "cannot be read")],
)
def test_a_message_that_cannot_be_read_is_named(
    failed: Rehearsal, column: str, value: str, flaw: str
) -> None:
    write(failed, update(messages).values({column: value, "renderings": "in another form"}))

    assert flaw in failed("outbox", "list").words
    assert flaw in failed("outbox", "show", "1").words
    assert flaw in failed("outbox", "show", "1", "--json").json["flaw"]
    assert failed("outbox", "retry", "1", now=LATER).code == 0
    assert failed("tick", now=LATER).code == 1
    assert failed("outbox", "list", "--json").json["counts"] == {"pending": 1}
