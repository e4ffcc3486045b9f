"""What to do with a mail to us: one pure function over what was read of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from notifier.compose.mailbox import Purpose, Signed
from notifier.consent.replies import RepliedTo
from notifier.core.answer import AnswerKind
from notifier.core.bounce import Weight, weight_of
from notifier.core.change import ChangeList
from notifier.core.command import Command, Wish, command_in
from notifier.core.subscription import SubscriberState
from notifier.core.written_answer import WrittenAnswer, answer_in
from notifier.inbox.reading import Incoming


class Deed(StrEnum):
    """What is done with a mail.

    answer   record what it answers of a Change
    ask      ask again: it answers our mail, but in words that no program may take for an answer
    obey     do what its command says for the one who wrote it
    leave    end the subscriptions that its address is signed for, whoever wrote it
    note     note that a Message bounced
    forward  let a person at the publisher read it
    canary   note that a canary came back
    drop     nothing: no person wrote it
    """

    ANSWER = "answer"
    ASK = "ask"
    OBEY = "obey"
    LEAVE = "leave"
    NOTE = "note"
    FORWARD = "forward"
    CANARY = "canary"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A Deed and what it needs: the answer, and which mail it answers; the command; or what the address is signed
    for, the weight of a bounce and the server's words; or the canary's number. `why` is for the log. `holds_more` tells
    that somebody needs help and wrote more than is kept of an answer, `is_doubted` that somebody else may have written
    in the author's name."""

    deed: Deed
    why: str = ""
    command: Command | None = None
    signed: Signed | None = None
    weight: Weight | None = None
    words: str = ""
    canary: int = 0
    answer: WrittenAnswer | None = None
    replied_to: RepliedTo | None = None
    holds_more: bool = False
    is_doubted: bool = False

    @property
    def is_forwarded(self) -> bool:
        """Whether a person reads it, also beside what else is done."""
        says_more = self.command is not None and self.command.says_more
        return self.deed in (Deed.FORWARD, Deed.ASK) or says_more or self.holds_more

    @property
    def is_sent_on_first(self) -> bool:
        """Whether what is done beside must wait until the person has it, since it tells the writer something each
        time. Leaving does not wait, and again it tells nothing."""
        leaves = self.command is not None and self.command.wish is Wish.LEAVE and not self.is_doubted
        return self.deed in (Deed.ASK, Deed.OBEY, Deed.ANSWER) and self.is_forwarded and not leaves

    @property
    def contact(self) -> str:
        """Which person, "" for the publisher's contact."""
        if self.replied_to is None:
            return ""
        if self.answer is None:
            return self.replied_to.contact
        answered = (each for each in self.replied_to.told if each.id == self.answer.change_id)
        return next((each.contact for each in answered), "")


FORWARD = Decision(deed=Deed.FORWARD)


def decide(
    incoming: Incoming,
    *,
    detail: str,
    signed: Signed | None,
    is_old: bool,
    canary: int | None = None,
    changes: ChangeList,
    state: SubscriberState | None,
    replied_to: RepliedTo | None = None,
    today: date,
) -> Decision:
    """The decision. `signed` is what the detail of its address is signed for, and `is_old` that this was done for a
    mailbox that the Subscriber has left since; `canary` is the number that is signed in it where it is one of ours;
    `state` is where whoever wrote it stands; `replied_to` is the mail of ours that its address is signed for.

    A bounce is believed only at a signed return path, and a mail to the signed address for leaving ends
    subscriptions whatever it says, but for an old one: nothing goes to that mailbox any more, and a person reads
    what is wrong. All other mail that a machine wrote is dropped without an answer.
    A command is done, and an answer counts, only for the one author of a mail: a person reads what names none or
    several. What answers our mail in words that no program may read is read by a person and asked for again.
    """
    if canary is not None and incoming.report is None:
        return Decision(deed=Deed.CANARY, canary=canary)
    purpose = signed.purpose if signed else None
    if purpose is Purpose.BOUNCE and incoming.report is not None:
        status = incoming.report.status
        words = f"{status} {incoming.report.words}".strip()
        return Decision(deed=Deed.NOTE, signed=signed, weight=weight_of(status), words=words)
    if purpose is Purpose.LEAVE and incoming.sender and not is_old:
        return Decision(deed=Deed.LEAVE, signed=signed)
    if incoming.automatic:
        return Decision(deed=Deed.DROP, why=incoming.automatic)
    if not incoming.author or is_old:
        return FORWARD
    answered = _answered(incoming, replied_to, changes=changes, today=today) if replied_to else None
    if answered is not None:
        return answered
    own_detail = "" if signed else detail
    command = command_in(detail=own_detail, subject=incoming.subject, lines=incoming.lines, changes=changes)
    if command is None or (replied_to is not None and command.wish is Wish.HELP):
        return Decision(deed=Deed.ASK, replied_to=replied_to) if replied_to else FORWARD
    return _obeyed(command, incoming, state)


def _answered(
    incoming: Incoming, replied_to: RepliedTo, *, changes: ChangeList, today: date
) -> Decision | None:
    """What answers our mail in words that can be read; None where there are none."""
    called = f"{incoming.author_name} {incoming.author.partition('@')[0]}"
    written = answer_in(incoming.lines, writer=called, told=replied_to.told, changes=changes, today=today)
    if written is None:
        return None
    more = written.kind is AnswerKind.NEED_HELP and (written.is_cut or incoming.holds_more)
    return Decision(deed=Deed.ANSWER, answer=written, replied_to=replied_to, holds_more=more)


def _obeyed(command: Command, incoming: Incoming, state: SubscriberState | None) -> Decision:
    """A person helps whoever wants to leave and is not known, for they may follow under another address; and
    whoever is suspended, for their address seems to work again. Who wants to leave in a mail that may be somebody
    else's is asked."""
    if command.wish is Wish.LEAVE and incoming.fails_dmarc:
        can_be_asked = state is SubscriberState.ACTIVE and not incoming.is_quiet
        return Decision(deed=Deed.OBEY, command=command, is_doubted=True) if can_be_asked else FORWARD
    if command.wish is Wish.LEAVE:
        knows = state in (SubscriberState.ACTIVE, SubscriberState.SUSPENDED)
        return Decision(deed=Deed.OBEY, command=command) if knows else FORWARD
    if state is SubscriberState.SUSPENDED:
        return FORWARD
    if command.wish is Wish.STATUS and state is not SubscriberState.ACTIVE:
        command = replace(command, wish=Wish.HELP)
    if command.wish is not Wish.SUBSCRIBE and incoming.is_quiet:
        return FORWARD
    return Decision(deed=Deed.OBEY, command=command)
