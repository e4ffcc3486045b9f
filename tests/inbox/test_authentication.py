"""Whoever asks to leave in a mail that our mail server found to be somebody else's is asked whether they meant it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from notifier.core.subscription import SubscriberState
from notifier.inbox.authentication import fails_dmarc
from notifier.store.engine import reading
from notifier.store.tables import messages
from tests.inbox.letterbox import CONTACT, Letterbox, opened
from tests.inbox.letters import letter
from tests.peers.smtp_sink import SmtpSink
from tests.store.people import join, look_up

SERVER = "mx.example.no"
FAILED = (
    f"Authentication-Results: {SERVER};\r\n\tspf=pass smtp.mailfrom=spam.example;\r\n"
    "\tdmarc=fail (p=none) header.from=epj.example.no\r\n"
)
KARI = "kari@epj.example.no"


@pytest.fixture
def guarded(box: Letterbox) -> Iterator[Letterbox]:
    """A box behind a mail server that says what fails DMARC."""
    with opened(replace(box, authenticated_by=SERVER, replies=[])) as letterbox:
        yield letterbox


def letters(box: Letterbox) -> list[str]:
    with reading(box.engine) as connection:
        return list(connection.scalars(select(messages.c.letter).where(messages.c.letter.is_not(None))))


@pytest.mark.parametrize(
    ("result", "fails"),
    [
        (f"{SERVER}; dmarc=fail", True),
        ("MX.Example.NO 1 (it); spf=none; DMARC = FAIL (p=none; sp=none) header.from=x", True),
        (f"{SERVER}; dkim=pass (x); dmarc/1=fail reason=y", True),
        (f"{SERVER}; dmarc=pass", False),
        (f"{SERVER}; dmarc=failed", False),
        (f"{SERVER}; spf=fail (dmarc=fail)", False),
        (f"{SERVER}; xdmarc=fail", False),
        ("mx.elsewhere.example; dmarc=fail", False),
        (SERVER, False),
        ("", False),
        ("(" * 2000, False),
    ],
)
def test_only_what_our_server_says_of_dmarc_counts(result: str, fails: bool) -> None:
    assert fails_dmarc(["mx.elsewhere.example; dmarc=fail", result], server=SERVER) is fails
    assert not fails_dmarc([result], server="")


@pytest.mark.parametrize("body", ["Stopp", "Stopp FTPS"])
def test_a_mail_that_fails_ends_nothing_and_is_answered_with_a_button(guarded: Letterbox, body: str) -> None:
    kari = join(guarded.engine)
    for _ in range(3):
        assert guarded.hand_over(letter(body, headers=FAILED)).startswith("250")
    assert look_up(guarded.engine) == kari
    assert letters(guarded) == ["leaving"]


def test_whoever_wants_to_leave_is_asked_whatever_else_was_answered(guarded: Letterbox) -> None:
    join(guarded.engine)
    for body in ("Hjelp", "Status", "Stopp", "Stopp"):
        assert guarded.hand_over(letter(body, headers=FAILED)).startswith("250")
    assert letters(guarded) == ["help", "leaving"]


def test_what_is_said_of_dmarc_counts_however_much_is_said_before_it(guarded: Letterbox) -> None:
    kari = join(guarded.engine)
    forged = "".join(f"\tdkim=fail header.d={'a' * 900}{number}.example;\r\n" for number in range(7))
    guarded.hand_over(letter("Stopp", headers=FAILED.replace("\tdmarc=", f"{forged}\tdmarc=")))
    assert look_up(guarded.engine) == kari
    assert letters(guarded) == ["leaving"]


def test_all_other_mail_is_obeyed_as_ever(guarded: Letterbox, box: Letterbox) -> None:
    join(guarded.engine)
    guarded.hand_over(letter("Stopp", headers=FAILED.replace("dmarc=fail", "dmarc=none")))
    assert look_up(guarded.engine).state is SubscriberState.LEFT

    join(box.engine)
    box.hand_over(letter("Stopp", headers=FAILED))
    assert look_up(box.engine).state is SubscriberState.LEFT


def test_where_nobody_can_be_asked_a_person_reads_it(guarded: Letterbox, relay: SmtpSink) -> None:
    guarded.hand_over(letter("Stopp", sender="ukjent@epj.example.no", headers=FAILED))
    assert relay.wait_for(1)[0].recipients == (CONTACT,)
    assert letters(guarded) == []
