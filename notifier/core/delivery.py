"""What a Verdict makes of a Message: the outbox's transitions as one pure function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.core.backoff import AMBIGUOUS_WAIT, POLICY_TRIES, RETRY_FOR, RETRY_MINUTES, retry_delay
from notifier.core.message import MOST_COPIES, Message, MessageState
from notifier.core.reply import IN_TRANSACTION, Fault, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """The row after a Verdict."""

    state: MessageState
    not_before: datetime
    copies: int
    tries: int
    refusals: int


def after_verdict(
    message: Message, verdict: Verdict, *, now: datetime, spread: float, probing: bool = False
) -> Transition:
    """Where an armed Message goes. `message.copies` counts the present transmission; `spread` is in -1..1.

    The copy is taken back whenever the server provably did not accept it. Trouble with the relay or our own
    standing costs the Message nothing: the breaker holds everything back. `probing` says that it is open and
    that this Message tried it: being refused then is no news about the Message.
    """
    if verdict.fault is Fault.AMBIGUOUS:
        return after_silence(message, now=now)
    state, not_before = MessageState.PENDING, now
    tries, refusals = message.tries, message.refusals
    match verdict.fault:
        case Fault.NONE:
            state = MessageState.SENT
        case Fault.POLICY:
            refusals += 1
            not_before = now + retry_delay(1 if probing else refusals, spread)
            refused_enough = refusals >= POLICY_TRIES and not (
                probing and now - message.created_at < RETRY_FOR
            )
            state = MessageState.FAILED if refused_enough else state
        case Fault.TEMPORARY:
            tries += 1
            not_before = now + retry_delay(tries, spread)
            state = MessageState.FAILED if _tried_enough(message, tries, now) else state
        case Fault.ADDRESS | Fault.MESSAGE:
            state = MessageState.FAILED
        case Fault.RELAY if verdict.phase in IN_TRANSACTION:
            # It may be this very Message that upsets the relay: let the others go first.
            not_before = now + retry_delay(1, spread)
        case _:
            pass
    copies = message.copies if verdict.is_sent else message.copies - 1
    if state is MessageState.FAILED:
        state = _given_up(copies)
    return Transition(state=state, not_before=not_before, copies=copies, tries=tries, refusals=refusals)


def after_mistake(message: Message, *, now: datetime, spread: float) -> Transition:
    """Where a claimed Message goes that cannot be composed: it waits like one refused for the time being.

    The mistake may lie in a template, an entry of the list or a row, and is then mended for all it concerns.
    Nothing was transmitted, so its copies stay as they are.
    """
    tries = message.tries + 1
    enough = _tried_enough(message, tries, now)
    return Transition(
        state=_given_up(message.copies) if enough else MessageState.PENDING,
        not_before=now + retry_delay(tries, spread),
        copies=message.copies,
        tries=tries,
        refusals=message.refusals,
    )


def _given_up(copies: int) -> MessageState:
    # A copy that was never answered may have arrived: to call its Message failed could be untrue.
    return MessageState.UNKNOWN if copies else MessageState.FAILED


def _tried_enough(message: Message, tries: int, now: datetime) -> bool:
    # It may have waited for days behind a pause or the breaker: greylisting then deserves its tries.
    return tries >= len(RETRY_MINUTES) and now - message.created_at >= RETRY_FOR


def after_silence(message: Message, *, now: datetime) -> Transition:
    """Where a Message goes that may or may not have been accepted: one more try, then unknown."""
    again = message.copies < MOST_COPIES
    return Transition(
        state=MessageState.PENDING if again else MessageState.UNKNOWN,
        not_before=now + AMBIGUOUS_WAIT,
        copies=message.copies,
        tries=message.tries,
        refusals=message.refusals,
    )
