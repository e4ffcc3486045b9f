"""What a Verdict makes of a Message: the outbox's transitions as one pure function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.core.backoff import (
    AMBIGUOUS_WAIT,
    POLICY_TRIES,
    RETRY_FOR,
    RETRY_MINUTES,
    UNCLEAR_TRIES,
    retry_delay,
)
from notifier.core.message import MOST_COPIES, Message, MessageState
from notifier.core.reply import IN_TRANSACTION, Fault, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """The row after a Verdict. `deferred_since` is kept only while it waits."""

    state: MessageState
    not_before: datetime
    copies: int
    tries: int
    refusals: int
    deferred_since: datetime | None = None


def after_verdict(
    message: Message,
    verdict: Verdict,
    *,
    now: datetime,
    spread: float,
    probing: bool = False,
    others_taken: bool = False,
) -> Transition:
    """Where an armed Message goes. `message.copies` counts the present transmission; `spread` is in -1..1.

    The copy is taken back whenever the server provably did not accept it. Trouble with the relay or our own
    standing costs the Message nothing: the breaker holds everything back. `probing` says that it is open and
    that this Message tried it: being refused then is no news about the Message. `others_taken` says that it was
    refused without a reason before and that the relay has taken another Message since: then it is its own trouble.
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
            enough = refusals >= POLICY_TRIES and (not probing or _was_long_deferred(message, now))
            state = MessageState.FAILED if enough else state
        case Fault.UNCLEAR:
            spared = probing and not others_taken
            # The refusal before counts as well, also where it was spared then.
            refusals = max(refusals + (not spared), UNCLEAR_TRIES if others_taken else 0)
            not_before = now + retry_delay(1, spread)
            enough = _was_long_deferred(message, now) if spared else refusals >= UNCLEAR_TRIES
            state = MessageState.FAILED if enough else state
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
    is_deferred = verdict.fault in (Fault.POLICY, Fault.UNCLEAR, Fault.TEMPORARY)
    return Transition(
        state=state,
        not_before=not_before,
        copies=copies,
        tries=tries,
        refusals=refusals,
        deferred_since=_deferred_since(message, state, now if is_deferred else None),
    )


def after_mistake(message: Message, *, now: datetime, spread: float) -> Transition:
    """Where a claimed Message goes that cannot be composed: it waits like one refused for the time being.

    The mistake may lie in a template, an entry of the list or a row, and is then mended for all it concerns.
    Nothing was transmitted, so its copies stay as they are.
    """
    tries = message.tries + 1
    enough = _tried_enough(message, tries, now)
    state = _given_up(message.copies) if enough else MessageState.PENDING
    return Transition(
        state=state,
        not_before=now + retry_delay(tries, spread),
        copies=message.copies,
        tries=tries,
        refusals=message.refusals,
        deferred_since=_deferred_since(message, state, now),
    )


def _deferred_since(message: Message, state: MessageState, now: datetime | None) -> datetime | None:
    """Since when it waits to be tried again; `now`, if given, it was put off."""
    return (message.deferred_since or now) if state is MessageState.PENDING else None


def _given_up(copies: int) -> MessageState:
    # A copy that was never answered may have arrived: to call its Message failed could be untrue.
    return MessageState.UNKNOWN if copies else MessageState.FAILED


def _tried_enough(message: Message, tries: int, now: datetime) -> bool:
    # It may have waited for days behind the breaker since: greylisting then deserves its tries.
    return tries >= len(RETRY_MINUTES) and _was_long_deferred(message, now)


def _was_long_deferred(message: Message, now: datetime) -> bool:
    # From its first try: before, it may have waited for weeks behind a pause.
    return message.deferred_since is not None and now - message.deferred_since >= RETRY_FOR


def after_silence(message: Message, *, now: datetime) -> Transition:
    """Where a Message goes that may or may not have been accepted: one more try, then unknown."""
    again = message.copies < MOST_COPIES
    return Transition(
        state=MessageState.PENDING if again else MessageState.UNKNOWN,
        not_before=now + AMBIGUOUS_WAIT,
        copies=message.copies,
        tries=message.tries,
        refusals=message.refusals,
        deferred_since=message.deferred_since if again else None,
    )
