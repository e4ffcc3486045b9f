"""Receiving: read a mail, decide, act, and answer the mail server that hands it over (RFC 2033).

Twice is harmless: leaving and noting a bounce are done once, and a letter sent on twice has the same Message-ID. What
answers a mail is done last, once the letter is sent on. So a mail of which not everything could be done is left with
the server, which tries again for days, and is answered once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from notifier.channels.channel import Channel, Parcel, send_alone
from notifier.compose.forwarding import Handed, forwarded
from notifier.compose.letterhead import Letterhead
from notifier.compose.mailbox import Mailbox, Purpose
from notifier.compose.templates import Templates
from notifier.consent.answering import AnsweredTooOftenError
from notifier.consent.replies import RepliedTo, replied_to
from notifier.core.answer import AnswerRules
from notifier.core.change import ChangeList
from notifier.core.pseudonym import Pseudonyms
from notifier.core.reply import Fault, Phase
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.core.written_answer import WrittenAnswer
from notifier.inbox.acting import act
from notifier.inbox.deciding import Decision, Deed, decide
from notifier.inbox.reading import HostileMailError, Incoming, read
from notifier.inbox.replying import ask_again, record
from notifier.logs import Person, log
from notifier.store import installation, subscribers
from notifier.store.engine import reading

TAKEN = "250 2.0.0 Taken"
LATER = "451 4.3.0 Not now; try again later"
HOSTILE = "554 5.6.0 The mail has too many parts to be read"
UNSENDABLE = "554 5.6.0 The mail cannot be sent on to a person"
NO_SUCH = "550 5.1.1 No such address here"

# Of those who answer letters to people at a Norwegian public body.
PUBLISHERS_LANGUAGE = Language.NB
# Mails are read in memory, at most so many at once.
AT_ONCE = 2

_log = log("inbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What receiving needs, wired once.

    `changes` is the list in force, None before the first; `may_receive` the installation's allow-list; `rules`
    say whether an Answer still holds. `authenticated_by` names the mail server that says what fails DMARC, "" for none.
    `clock` is asked anew for every mail, and answers None while the time is in doubt.
    """

    engine: Engine
    channel: Channel
    mailbox: Mailbox
    letterhead: Letterhead
    templates: Templates
    changes: Callable[[], ChangeList | None]
    may_receive: Callable[[str], bool]
    pseudonyms: Pseudonyms
    bounce_limit: int
    rules: AnswerRules
    timing: Timing
    clock: Callable[[], datetime | None]
    authenticated_by: str = ""
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


def refusal_of(mailbox: Mailbox, address: str) -> str:
    """The reply that refuses a recipient, "" for one that is ours. A forged signature is no address of ours."""
    detail = mailbox.detail_of(address)
    if detail is None or (mailbox.looks_signed(detail) and mailbox.read(detail) is None):
        return NO_SUCH
    return ""


async def receive(inbox: Inbox, sender: str, recipient: str, data: bytes) -> str:
    """Take one mail; answers the reply. `sender` is the envelope's, "" for none."""
    now, changes = inbox.clock(), inbox.changes()
    if now is None or changes is None:
        return LATER
    async with inbox.free:
        try:
            incoming, decision = await asyncio.to_thread(
                _decided, inbox, (sender, recipient, data), changes, now
            )
        except HostileMailError as hostile:
            _log.warning("a mail was refused", why=str(hostile))
            return HOSTILE
        sending_on = partial(
            _send_on, inbox, incoming, data, decision.contact or inbox.letterhead.contact, now
        )
        is_first = decision.is_sent_on_first
        reply = await sending_on() if is_first else TAKEN
        if reply == LATER or (decision.deed is Deed.ASK and reply != TAKEN):
            return reply
        try:
            await asyncio.to_thread(_do, inbox, incoming, decision, changes, now)
        except AnsweredTooOftenError as too_often:
            decision = Decision(deed=Deed.FORWARD, why=str(too_often))
        _log.info("mail", deed=decision.deed.value, why=decision.why, person=Person(incoming.author))
        if decision.is_forwarded and not is_first:
            return await sending_on()
        return reply


def _decided(
    inbox: Inbox, mail: tuple[str, str, bytes], changes: ChangeList, now: datetime
) -> tuple[Incoming, Decision]:
    """What was read of a mail, given as sender, recipient and bytes, and what is to be done with it."""
    sender, recipient, data = mail
    incoming = read(
        data,
        sender=sender,
        ours=(inbox.mailbox.address, inbox.letterhead.sender),
        authenticated_by=inbox.authenticated_by,
    )
    detail = inbox.mailbox.detail_of(recipient) or ""
    signed = inbox.mailbox.read(detail)
    leaves = [signed.number] if signed and signed.purpose is Purpose.LEAVE else []
    ours = None
    if signed and signed.purpose is Purpose.ANSWER:
        ours = replied_to(engine=inbox.engine, message_id=signed.number, moves=signed.moves, changes=changes)
    with reading(inbox.engine) as connection:
        author = subscribers.find(connection, incoming.author) if incoming.author else None
        named = subscribers.load(connection, leaves)
    decision = decide(
        incoming,
        detail=detail,
        signed=signed,
        is_old=any(signed is not None and each.moves != signed.moves for each in named.values()),
        canary=inbox.mailbox.canary_in(incoming.canary),
        changes=changes,
        state=author.state if author else None,
        replied_to=ours,
        today=inbox.timing.today(now),
    )
    return incoming, decision


def _do(inbox: Inbox, incoming: Incoming, decision: Decision, changes: ChangeList, now: datetime) -> None:
    """Do what was decided, but for sending on."""
    match decision:
        case Decision(deed=Deed.ANSWER, answer=WrittenAnswer() as written, replied_to=RepliedTo() as ours):
            record(
                written,
                ours,
                author=incoming.author,
                contact=inbox.letterhead.contact,
                changes=changes,
                rules=inbox.rules,
                timing=inbox.timing,
                engine=inbox.engine,
                now=now,
            )
        case Decision(deed=Deed.ASK, replied_to=RepliedTo() as ours) if not incoming.is_quiet:
            ask_again(ours, engine=inbox.engine, pseudonyms=inbox.pseudonyms, now=now)
        case _:
            act(
                decision,
                author=incoming.author,
                changes=changes,
                engine=inbox.engine,
                pseudonyms=inbox.pseudonyms,
                bounce_limit=inbox.bounce_limit,
                now=now,
            )


async def _send_on(inbox: Inbox, incoming: Incoming, data: bytes, contact: str, now: datetime) -> str:
    """Send a letter on to a person while the server that handed it over waits.

    So nothing is stored and nothing lost: what does not leave now stays with that server, which tries again.
    """
    if await asyncio.to_thread(_is_paused, inbox.engine) or not inbox.may_receive(contact):
        return LATER
    letter = Handed(
        sender=incoming.sender,
        author=incoming.author,
        author_name=incoming.author_name,
        subject=incoming.subject,
        text=incoming.text,
        data=data,
    )
    mail = forwarded(
        letter,
        letterhead=replace(inbox.letterhead, contact=contact),
        language=PUBLISHERS_LANGUAGE,
        templates=inbox.templates,
        now=now,
    )
    verdict = await send_alone(
        inbox.channel, Parcel(sender=mail.sender, recipient=mail.recipient, data=mail.data)
    )
    if verdict.is_sent:
        return TAKEN
    _log.warning("a letter could not be sent on", fault=verdict.fault.value, reply=verdict.reply)
    is_its_own = verdict.fault is Fault.MESSAGE or (
        verdict.fault is Fault.UNCLEAR and verdict.phase is Phase.VERDICT
    )
    return UNSENDABLE if is_its_own else LATER


def _is_paused(engine: Engine) -> bool:
    with reading(engine) as connection:
        return installation.paused(connection) is not None
