"""What a mail says of the way back to us, where mail to us is read: return path, answers, leaving by mail."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from notifier.compose.mailbox import Mailbox, Purpose, Signed
from notifier.compose.messages import Mail
from notifier.core.change import Status
from notifier.core.notice import NoticeKind
from tests.compose.mails import LETTERHEAD, LINKS, a_notice, composed, listed, old_login, parsed
from tests.core.lists import a_deadline, a_subscriber

MAILBOX = Mailbox("varsel@svar.helsenett.example", ("key",))
READ = replace(LETTERHEAD, mailbox=MAILBOX)
REMINDER = a_notice(NoticeKind.REMINDER)


def signed_for(address: str) -> Signed | None:
    return MAILBOX.read(MAILBOX.detail_of(address) or "")


def of_what_is_over(contact: str) -> Mail:
    over = replace(old_login(a_deadline(status=Status.COMPLETED)), contact=contact)
    return composed(a_notice(NoticeKind.COMPLETED), letterhead=READ, changes=listed(over))


def test_an_answer_comes_to_us_who_know_which_mail_it_answers() -> None:
    for notice in (REMINDER, a_notice(NoticeKind.STANDING, deadline="")):
        reply_to = str(parsed(composed(notice, letterhead=READ))["Reply-To"])
        assert signed_for(reply_to) == Signed(Purpose.ANSWER, 12, 0)


def test_the_envelopes_sender_is_signed_for_this_message() -> None:
    mail = composed(REMINDER, letterhead=READ)
    assert signed_for(mail.sender) == Signed(Purpose.BOUNCE, 12, 0)
    assert mail.sender not in mail.data.decode()
    assert parsed(mail)["From"] == "Varsler for e-helse <varsel@helsenett.example>"


def test_one_can_leave_by_link_and_by_mail() -> None:
    someone = a_subscriber()
    raw = message_from_bytes(composed(REMINDER, letterhead=READ).data, policy=policy.default)
    link, mailto = str(raw["List-Unsubscribe"]).split(", ")
    assert link == f"<{LINKS.leave(someone.addressee)}?lang=nb>"
    assert signed_for(mailto.removeprefix("<mailto:").removesuffix(">")) == Signed(
        Purpose.LEAVE, someone.id, 0
    )
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("contact", "answers"),
    [
        (None, MAILBOX.address),
        (LETTERHEAD.contact, MAILBOX.address),
        ("helseid@helsenett.example", "helseid@helsenett.example"),
    ],
)
def test_of_what_is_over_replies_come_to_us_unless_the_change_has_a_contact_of_its_own(
    contact: str, answers: str
) -> None:
    assert parsed(of_what_is_over(contact))["Reply-To"] == answers
