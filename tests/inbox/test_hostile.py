"""Mails built to wear readers out, to be taken for somebody else's, or to be answered for ever."""

from __future__ import annotations

import random
import time
import tracemalloc
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.command import Wish
from notifier.inbox.deciding import Deed
from notifier.inbox.own_words import own_lines
from notifier.inbox.reading import LOOKED_AT, HostileMailError, read
from tests.inbox.letters import MAILBOX, MAILS, US, bytes_of, decision, letter

HEAD = f"From: kari@epj.example.no\r\nTo: {US}\r\nSubject: Hei\r\nMIME-Version: 1.0\r\n"


def nested(depth: int) -> bytes:
    """Parts in parts in parts."""
    opening = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth)
    )
    return f"{HEAD}{opening}Content-Type: text/plain\r\n\r\nStopp\r\n".encode()


def side_by_side(count: int) -> bytes:
    """Parts beside parts."""
    part = "--b\r\nContent-Type: text/plain\r\n\r\nStopp\r\n"
    return f'{HEAD}Content-Type: multipart/mixed; boundary="b"\r\n\r\n{part * count}--b--\r\n'.encode()


def attached(depth: int) -> bytes:
    """Mails in mails."""
    return f"{HEAD}{'Content-Type: message/rfc822' + chr(13) + chr(10) * 2}".encode() + (
        b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Stopp\r\n"
    )


@pytest.mark.parametrize("data", [nested(3_000), side_by_side(3_000), attached(3_000), nested(60)])
def test_a_mail_of_very_many_parts_is_refused_at_once(data: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(HostileMailError, match="too many parts"):
        read(data, sender="kari@epj.example.no", ours=[US])
    assert time.perf_counter() - began < 2


def test_a_mail_of_very_many_headers_is_refused() -> None:
    with pytest.raises(HostileMailError, match="too many headers"):
        read(b"X-A: b\r\n" * 5_000 + b"\r\nHei\r\n", sender="kari@epj.example.no", ours=[US])


ODDITIES = {
    "open tags": "Content-Type: text/html\r\n\r\n" + "<div" * 60_000,
    "open comments": "Content-Type: text/html\r\n\r\n" + "<!--" * 60_000,
    "open references": "Content-Type: text/html\r\n\r\n" + "&#" * 120_000,
    "open declarations": "Content-Type: text/html\r\n\r\n" + "<!" * 120_000,
    "deep pages": "Content-Type: text/html\r\n\r\n" + "<blockquote>" * 20_000,
    "one long line": "\r\n" + "a " * 120_000,
    "introductions": "\r\n" + "On mon tir ons wrote " * 12_000,
    "many short introductions": "\r\n" + "On den wrote\r\n" * 18_000,
    "rules": "\r\n" + "- " * 120_000,
    "signs": "\r\n" + "med venlig " * 24_000,
    "encoded words": "Subject: " + "=?utf-8?q?=C3=A5?= " * 12_000 + "\r\n\r\nHei",
    "open comments in From": "From: " + "(" * 100_000 + "\r\n\r\nHei",
    "many addresses": "From: " + "<a@b>," * 20_000 + "\r\n\r\nHei",
}


@pytest.mark.parametrize("oddity", ODDITIES)
def test_reading_takes_little_time_and_memory_whatever_is_written(oddity: str) -> None:
    data = f"X-Odd: yes\r\n{ODDITIES[oddity]}".encode()
    tracemalloc.start()
    began = time.perf_counter()
    mail = read(data, sender="kari@epj.example.no", ours=[US])
    decision(mail)
    took = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < 10
    assert peak < 64 * 2**20


def test_a_false_report_of_blank_lines_takes_little_time() -> None:
    began = time.process_time()
    mail = read(HEAD.encode() + b"\r\n" + b"\n" * LOOKED_AT, sender="", ours=[US])
    assert mail.report is None
    assert time.process_time() - began < 1


@pytest.mark.parametrize("unit", ["a", "a ", "a,", "1 ", "a.b", "a@", "Aa ", "message "])
@pytest.mark.parametrize("length", [300, 64 * 1024])
def test_what_is_written_below_a_closing_to_wear_readers_out_takes_little_time(
    unit: str, length: int
) -> None:
    line = (unit * length)[:length]
    began = time.process_time()
    own_lines("Ferdig\n\nMvh Kari\n" + f"{line}\n" * (64 * 1024 // length))
    assert time.process_time() - began < 1


def test_only_the_beginning_of_a_long_mail_is_looked_at() -> None:
    data = letter("Stopp\r\n\r\n-- \r\n" + "x" * 76 + "\r\n") + b"y" * (20 * 2**20)
    mail = read(data, sender="kari@epj.example.no", ours=[US])
    assert mail.lines == ("Stopp",)
    assert len(mail.text) <= LOOKED_AT


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_read(data: bytes, in_body: bool) -> None:
    read(HEAD.encode() + b"\r\n" + data if in_body else data, sender="", ours=[US])


@given(st.sampled_from(sorted(file.stem for file in MAILS.glob("*.eml"))), st.integers(0, 2**32))
def test_a_damaged_mail_is_read(name: str, seed: int) -> None:
    chance, data = random.Random(seed), bytearray(bytes_of(name))
    for _ in range(20):
        data[chance.randrange(len(data))] = chance.randrange(256)
    decision(read(bytes(data), sender="", ours=[US]), to=MAILBOX.return_path(1, 0))


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\r\n",
        "Auto-Submitted: auto-generated (vacation)\r\n",
        "Precedence: bulk\r\n",
        "Precedence: JUNK\r\n",
        "List-Id: <a.b>\r\n",
        "List-Unsubscribe: <mailto:a@b.example>\r\n",
        "X-Autoreply: yes\r\n",
        "X-Autorespond: Stopp\r\n",
        "Received: from a by b; now\r\n" * 60,
    ],
)
def test_no_machine_is_obeyed(headers: str) -> None:
    mail = read(letter("Stopp", headers=headers), sender="kari@epj.example.no", ours=[US])
    assert decision(mail).deed is Deed.DROP


@pytest.mark.parametrize(
    ("sender", "author"),
    [
        ("", "kari@epj.example.no"),
        (US, "kari@epj.example.no"),
        ("kari@epj.example.no", US.upper()),
        ("noreply@epj.example.no", "noreply@epj.example.no"),
        ("kari@epj.example.no", "MAILER-DAEMON@epj.example.no"),
    ],
)
def test_nobody_and_we_ourselves_are_not_obeyed(sender: str, author: str) -> None:
    assert decision(read(letter("Stopp", author=author), sender=sender, ours=[US])).deed is Deed.DROP


@pytest.mark.parametrize(
    "subject", ["Automatisk svar: hei", "Sv: Fraværsmelding", "Out of Office: Re: x", "Autosvar"]
)
def test_an_autoresponder_that_does_not_say_so_is_known_by_its_subject(subject: str) -> None:
    mail = read(letter("Hjelp", subject=subject), sender="kari@epj.example.no", ours=[US])
    assert decision(mail).deed is Deed.DROP


def test_two_authors_are_nobody() -> None:
    mail = read(
        letter("Stopp", author="a@b.example.no, kari@epj.example.no"), sender="x@b.example.no", ours=[US]
    )
    assert mail.author == ""
    assert decision(mail, state=None).deed is Deed.FORWARD


def test_who_wants_to_leave_and_is_not_known_is_helped_by_a_person() -> None:
    mail = read(letter("Stopp"), sender="kari@epj.example.no", ours=[US])
    assert decision(mail, state=None).deed is Deed.FORWARD


def test_who_asks_where_they_stand_and_does_not_follow_anything_gets_help() -> None:
    mail = read(letter("Status"), sender="kari@epj.example.no", ours=[US])
    found = decision(mail, state=None).command
    assert found is not None
    assert found.wish is Wish.HELP


def test_what_a_forwarded_mail_says_is_not_what_the_sender_says() -> None:
    inner = letter("Stopp").decode()
    part = f"--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    data = f'{HEAD}Content-Type: multipart/mixed; boundary="b"\r\n\r\n{part}'
    assert message_from_bytes(data.encode()).is_multipart()
    assert decision(read(data.encode(), sender="kari@epj.example.no", ours=[US])).deed is Deed.FORWARD


def test_a_report_to_the_address_for_leaving_ends_nothing() -> None:
    mail = read(bytes_of("dsn-postfix"), sender="", ours=[US])
    assert decision(mail, to=MAILBOX.leave(7, 0)).deed is Deed.DROP
