"""Headers: the right ones, each once, and nothing that a list or an address says can add another."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.compose.headers import UnsafeHeaderError, decoded, encoded, guard, named, wire_address
from notifier.compose.mime import AlteredMailError, assemble, verify
from notifier.core.notice import NoticeKind
from notifier.core.text import Language
from tests.compose.mails import LETTERHEAD, LINKS, a_notice, composed, listed, old_login, parsed
from tests.core.lists import a_subscriber, same

REMINDER = a_notice(NoticeKind.REMINDER)
HOSTILE = "\r\n\0\x0b\x1f\x7f\x85\u2028\u2029\u202e\u2066\ud800"


def test_a_reminder_has_exactly_these_headers() -> None:
    mail = parsed(composed(REMINDER))
    someone = a_subscriber()
    thread = mail["References"]
    assert dict(mail.items()) == {
        "From": "Varsler for e-helse <varsel@helsenett.example>",
        "To": someone.address,
        "Reply-To": "kundesenter@helsenett.example",
        "Subject": "7 dager igjen: Kjernejournal – gammel innlogging utgår 1. desember",
        "Date": "Tue, 24 Nov 2026 08:05:00 +0100",
        "Message-ID": "<n12.0.abc@helsenett.example>",
        "In-Reply-To": thread,
        "References": thread,
        "Content-Language": "nb",
        "List-Id": "<varsel.helsenett.example>",
        "List-Unsubscribe": f"<{LINKS.leave(someone.addressee)}?lang=nb>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": mail["Content-Type"],
    }
    assert len(mail.items()) == 15


def test_the_envelope_has_one_sender_and_one_recipient() -> None:
    mail = composed(REMINDER)
    assert (mail.sender, mail.recipient) == (LETTERHEAD.sender, a_subscriber().address)
    assert a_subscriber().address not in repr(mail)


def test_a_thread_is_the_same_for_one_change_and_other_for_others() -> None:
    other = listed(replace(old_login(), id="annet"))
    first, second = composed(REMINDER), composed(a_notice(NoticeKind.MOVED))
    assert parsed(first)["References"] == parsed(second)["References"]
    third = composed(a_notice(NoticeKind.REMINDER, "annet/end"), changes=other)
    fourth = composed(REMINDER, subscriber=a_subscriber(public_id="someone-else"))
    assert len({parsed(mail)["References"] for mail in (first, third, fourth)}) == 3
    assert a_subscriber().public_id not in parsed(first)["References"]


def test_answers_go_to_the_publisher_when_the_change_names_nobody() -> None:
    mail = composed(REMINDER, changes=listed(old_login(contact="")))
    assert parsed(mail)["Reply-To"] == LETTERHEAD.contact


def test_without_any_contact_there_is_no_reply_to() -> None:
    silent = replace(LETTERHEAD, contact="")
    mail = composed(REMINDER, changes=listed(old_login(contact="")), letterhead=silent)
    assert "Reply-To" not in parsed(mail)


@pytest.mark.parametrize(
    "publisher", ["Helsenett", "Helse- og omsorg, æøå", "Nett (SF)", 'Si "hei"', "å" * 20]
)
def test_a_publishers_name_reads_back_whatever_it_holds(publisher: str) -> None:
    mail = parsed(composed(REMINDER, letterhead=replace(LETTERHEAD, publisher=publisher)))
    address = mail["From"].addresses[0]
    assert (address.display_name, address.addr_spec) == (publisher, LETTERHEAD.sender)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("length", [1, 30, 47, 60, 75, 110])
def test_a_subject_reads_back_without_doubled_spaces_wherever_it_folds(
    length: int, language: Language
) -> None:
    title = " ".join(["på", "første", "Æ", "dag"] * 30)[:length].strip()
    mail = composed(REMINDER, changes=listed(old_login(title=same(title))), language=language)
    assert parsed(mail)["Subject"] == mail.subject
    assert "  " not in parsed(mail)["Subject"]


def test_header_lines_are_short_and_ascii() -> None:
    head = composed(REMINDER).data.split(b"\r\n\r\n", 1)[0]
    assert head.isascii()
    assert all(len(line) <= 78 or b"<https:" in line for line in head.split(b"\r\n"))
    assert b"\n" not in head.replace(b"\r\n", b"")


@pytest.mark.parametrize("title", ["a\r\nBcc: x@y.example", "=?utf-8?q?=0D=0ABcc:x?=", "a\u202eb", "a\x00b"])
def test_a_title_that_could_become_a_header_is_refused(title: str) -> None:
    with pytest.raises(UnsafeHeaderError):
        composed(REMINDER, changes=listed(old_login(title=same(f"x {title}"))))


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: c@d.example", "=?x?=@b.example", "a b@c.example", "<a@b.example>", "a@", ""],
)
def test_an_address_that_is_none_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(UnsafeHeaderError) as refusal:
        composed(REMINDER, subscriber=a_subscriber(address=address))
    assert not address or address not in str(refusal.value)


def test_an_international_domain_travels_as_a_labels() -> None:
    mail = composed(REMINDER, subscriber=a_subscriber(address="post@blåbærsyltetøy.example"))
    assert mail.recipient == parsed(mail)["To"] == "post@xn--blbrsyltety-y8ao3x.example"


def test_a_long_international_domain_stays_whole() -> None:
    domain = ".".join(["ærefrykt" * 3] * 4) + ".example"
    mail = composed(REMINDER, subscriber=a_subscriber(address=f"post@{domain}"))
    assert parseaddr(parsed(mail)["To"])[1] == mail.recipient
    assert mail.recipient.isascii()


def test_a_local_part_that_needs_smtputf8_is_refused_clearly() -> None:
    with pytest.raises(UnsafeHeaderError, match="after the @"):
        wire_address("åse@leverandor.example")


@given(st.text(), st.sampled_from(["Subject", "From"]))
def test_whatever_passes_the_guard_reads_back_as_one_header(text: str, name: str) -> None:
    try:
        wire = encoded(name, text) if name == "Subject" else named(name, text, "a@b.example")
    except UnsafeHeaderError:
        return
    assert decoded(wire) == " ".join((text if name == "Subject" else f"{text} <a@b.example>").split())
    mail = message_from_bytes(f"{name}: {wire}\r\nX-End: 1\r\n\r\n".encode("ascii"), policy=policy.default)
    assert mail.keys() == [name, "X-End"]
    assert not mail.defects


@given(st.text(), st.sampled_from(HOSTILE), st.text())
def test_the_guard_refuses_every_character_that_could_break_a_header(
    before: str, bad: str, after: str
) -> None:
    with pytest.raises(UnsafeHeaderError):
        guard(before + bad + after, what="a title")


def test_a_mail_that_reads_back_otherwise_does_not_leave() -> None:
    meant = [("Subject", "Hei"), ("To", "a@b.example")]
    data = assemble(headers=meant, text="Hei\n", html="<p>Hei</p>")
    verify(data, headers=meant, text="Hei\n", html="<p>Hei</p>")
    with pytest.raises(AlteredMailError, match="other headers"):
        verify(b"Bcc: c@d.example\r\n" + data, headers=meant, text="Hei\n", html="<p>Hei</p>")
    with pytest.raises(AlteredMailError, match="Subject"):
        verify(data.replace(b"Hei", b"Hoi", 1), headers=meant, text="Hei\n", html="<p>Hei</p>")
    with pytest.raises(AlteredMailError, match="body"):
        verify(data, headers=meant, text="Hallo\n", html="<p>Hei</p>")


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])))
def test_any_body_reads_back_and_its_lines_are_short(body: str) -> None:
    meant = [("Subject", "Hei")]
    data = assemble(headers=meant, text=f"{body}\n", html=f"<p>{body}</p>\n")
    verify(data, headers=meant, text=f"{body}\n", html=f"<p>{body}</p>\n")
    assert all(len(line) <= 76 for line in data.split(b"\r\n"))
