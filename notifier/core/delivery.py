"""What a Verdict makes of a Message: the outbox's transitions as one pure function."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

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


class Trial(NamedTuple):
    """What a Verdict depends on of a Message that is armed: its `copies` with the present transmission."""

    copies: int
    tries: int
    refusals: int
    deferred_since: datetime | None


class Transition(NamedTuple):
    """The row after a Verdict. `deferred_since` is kept only while it waits."""

    state: MessageState
    not_before: datetime
    copies: int
    tries: int
    refusals: int
    deferred_since: datetime | None = None


def after_verdict(
    message: Message | Trial,
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
    copies = message.copies - 1
    match verdict.fault:
        case Fault.AMBIGUOUS:
            return after_silence(message, now=now)
        case Fault.NONE:
            return _moved(message, MessageState.SENT, not_before=now, copies=message.copies)
        case Fault.POLICY:
            refusals = message.refusals + 1
            wait = retry_delay(1 if probing else refusals, spread)
            enough = refusals >= POLICY_TRIES and (not probing or _was_long_deferred(message, now))
            return _put_off(message, now=now, wait=wait, copies=copies, refusals=refusals, enough=enough)
        case Fault.UNCLEAR:
            spared = probing and not others_taken
            # The refusal before counts as well, also where it was spared then.
            refusals = max(message.refusals + (not spared), UNCLEAR_TRIES if others_taken else 0)
            wait = retry_delay(1, spread)
            enough = _was_long_deferred(message, now) if spared else refusals >= UNCLEAR_TRIES
            return _put_off(message, now=now, wait=wait, copies=copies, refusals=refusals, enough=enough)
        case Fault.TEMPORARY:
            return _tried_in_vain(message, now=now, spread=spread, copies=copies)
        case Fault.ADDRESS | Fault.MESSAGE:
            return _moved(message, _given_up(copies), not_before=now, copies=copies)
        case Fault.RELAY if verdict.phase in IN_TRANSACTION:
            # It may be this very Message that upsets the relay: let the others go first.
            not_before = now + retry_delay(1, spread)
            return _moved(message, MessageState.PENDING, not_before=not_before, copies=copies)
        case _:
            return _moved(message, MessageState.PENDING, not_before=now, copies=copies)


def after_mistake(message: Message, *, now: datetime, spread: float) -> Transition:
    """Where a claimed Message goes that cannot be composed: it waits like one refused for the time being.

    The mistake may lie in a template, an entry of the list or a row, and is then mended for all it concerns.
    Nothing was transmitted, so its copies stay as they are.
    """
    return _tried_in_vain(message, now=now, spread=spread, copies=message.copies)


def after_silence(message: Message | Trial, *, now: datetime) -> Transition:
    """Where a Message goes that may or may not have been accepted: one more try, then unknown."""
    again = message.copies < MOST_COPIES
    state = MessageState.PENDING if again else MessageState.UNKNOWN
    return _moved(message, state, not_before=now + AMBIGUOUS_WAIT, copies=message.copies)


def _moved(message: Message | Trial, state: MessageState, *, not_before: datetime, copies: int) -> Transition:
    """What its tries and refusals have no part in."""
    return Transition(
        state=state,
        not_before=not_before,
        copies=copies,
        tries=message.tries,
        refusals=message.refusals,
        deferred_since=message.deferred_since if state is MessageState.PENDING else None,
    )


def _tried_in_vain(message: Message | Trial, *, now: datetime, spread: float, copies: int) -> Transition:
    tries = message.tries + 1
    # It may have waited for days behind the breaker since: greylisting then deserves its tries.
    enough = tries >= len(RETRY_MINUTES) and _was_long_deferred(message, now)
    wait = retry_delay(tries, spread)
    return _put_off(message, now=now, wait=wait, copies=copies, tries=tries, enough=enough)


def _put_off(
    message: Message | Trial,
    *,
    now: datetime,
    wait: timedelta,
    copies: int,
    tries: int | None = None,
    refusals: int | None = None,
    enough: bool,
) -> Transition:
    """Let it wait for its next try, or give it up where there have been `enough`."""
    return Transition(
        state=_given_up(copies) if enough else MessageState.PENDING,
        not_before=now + wait,
        copies=copies,
        tries=message.tries if tries is None else tries,
        refusals=message.refusals if refusals is None else refusals,
        deferred_since=None if enough else message.deferred_since or now,
    )


def _given_up(copies: int) -> MessageState:
    # A copy that was never answered may have arrived: to call its Message failed could be untrue.
    return MessageState.UNKNOWN if copies else MessageState.FAILED


def _was_long_deferred(message: Message | Trial, now: datetime) -> bool:
    # From its first try: before, it may have waited for weeks behind a pause.
    return message.deferred_since is not None and now - message.deferred_since >= RETRY_FOR
