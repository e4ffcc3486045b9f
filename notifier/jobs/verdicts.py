"""Recording Verdicts: the Messages, the Ledger, the breaker and the Alerts in one commit."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.core.backoff import CLOSED, UNCLEAR_TRIES, Breaker, after_fault, spread_of
from notifier.core.bounce import weight_of
from notifier.core.delivery import after_verdict
from notifier.core.letter import TO_ANOTHER_ADDRESS, TO_TYPED_ADDRESS, LetterKind
from notifier.core.message import MessageState
from notifier.core.notice import Outcome
from notifier.core.reply import NOT_TRANSMITTED, Fault, Phase, Verdict, enhanced_status
from notifier.jobs.losses import alert_unknown
from notifier.jobs.taking import Ready
from notifier.logs import Person, log
from notifier.store import alerts, bounces, breakers, holding, notices, outbox
from notifier.store.bounces import Bounced
from notifier.store.engine import writing
from notifier.store.outbox import Recorded

RELAY_ALERT = "relay"

_SAID = {MessageState.PENDING: "again"}
_log = log("send")

_FINAL = {
    MessageState.SENT: (Outcome.SENT, ""),
    MessageState.FAILED: (Outcome.FAILED, "the server refused it for good"),
    MessageState.UNKNOWN: (Outcome.UNKNOWN, "sent without an answer; whether it arrived is not known"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many were sent, failed for good, and wait to be tried again; whether the breaker lets more leave."""

    sent: int = 0
    failed: int = 0
    again: int = 0
    goes_on: bool = True

    def __add__(self, later: Tally) -> Tally:
        return Tally(
            sent=self.sent + later.sent,
            failed=self.failed + later.failed,
            again=self.again + later.again,
            goes_on=later.goes_on,
        )


def record(
    *,
    engine: Engine,
    recorded: Sequence[tuple[Ready, Recorded]],
    bounce_limit: int,
    now: datetime,
    again: bool = False,
) -> Tally:
    """Write what became of a batch. For what was not transmitted no attempt is recorded.

    With `bounce_limit` points against it an address is written to no more. `again` is said where it was tried
    before: what was written by a commit whose answer was lost is then not written or counted twice.
    """
    if not recorded:
        return Tally()
    with writing(engine) as connection:
        recorded = _blaming(connection, recorded, now)
        refused = {each.subscriber_id for each in _refused(recorded)}
        if refused:
            holding.hold_people(connection, refused)
        written = [ready.message for ready, _ in recorded] if again else []
        known = outbox.recorded_before(connection, written)
        new = [(ready, entry) for ready, entry in recorded if ready.message.id not in known]
        held = outbox.record(connection, [entry for _, entry in new], now=now)
        ours = [(ready, entry) for ready, entry in new if ready.message.id in held]
        _close_told(connection, ours, now)
        bounces.hold_against(
            connection, _refused(ours), limit=bounce_limit, words="the server refused it", now=now
        )
        tried = [entry for _, entry in new if entry.verdict is not NOT_TRANSMITTED]
        breaker = _note_relay(connection, [(each.verdict, each.message.letter) for each in tried], now)
        _alert_ended(connection, ours, now)
    in_detail = _log.is_enabled_for(logging.DEBUG)
    for ready, entry in ours:
        if in_detail or entry.transition.state is not MessageState.SENT:
            _tell(ready, entry)
    return _tally(
        [entry.transition.state for ready, entry in recorded if ready.message.id in held | known], breaker
    )


def _blaming(
    connection: Connection, recorded: Sequence[tuple[Ready, Recorded]], now: datetime
) -> Sequence[tuple[Ready, Recorded]]:
    """The same, but that what was refused without a reason costs no Message anything where so many are in a row that
    the breaker opens: then it is ours. But what the relay refuses again, having taken others since, is not spared."""
    unclear = [entry.message.id for _, entry in recorded if entry.verdict.fault is Fault.UNCLEAR]
    if not unclear:
        return recorded
    refused = breakers.refused_before(connection, unclear)
    breaker, taken, judged = breakers.breaker(connection), False, []
    for ready, entry in recorded:
        message, verdict = entry.message, entry.verdict
        if verdict is not NOT_TRANSMITTED:
            breaker = after_fault(breaker, verdict, now=now, letter=message.letter)
        taken = taken or verdict.is_sent
        transition = entry.transition
        if verdict.fault is Fault.UNCLEAR:
            transition = after_verdict(
                ready.trial,
                verdict,
                now=now,
                spread=spread_of(message),
                probing=breaker.open_until is not None,
                others_taken=message.id in refused and (taken or refused[message.id]),
            )
        judged.append((ready, entry._replace(transition=transition)))
    return judged


def _close_told(connection: Connection, ours: Sequence[tuple[Ready, Recorded]], now: datetime) -> None:
    """Give what ended Messages told its outcome, and free what joined them too late to travel along."""
    ended = [(ready, entry.transition.state) for ready, entry in ours if entry.transition.state in _FINAL]
    decided = [(notice.id, *_FINAL[state]) for ready, state in ended for notice in ready.notices]
    notices.close(connection, decided, now)
    if ended:
        notices.loosen(connection, [ready.message.id for ready, _ in ended])


def _tally(states: Sequence[MessageState], breaker: Breaker) -> Tally:
    return Tally(
        sent=states.count(MessageState.SENT),
        failed=states.count(MessageState.FAILED) + states.count(MessageState.UNKNOWN),
        again=states.count(MessageState.PENDING),
        goes_on=breaker.open_until is None,
    )


def _tell(ready: Ready, entry: Recorded) -> None:
    """Write what the server said: of each mail that was not sent, and of all where the log goes into detail."""
    verdict, state = entry.verdict, entry.transition.state
    write = _log.debug if state is MessageState.SENT else _log.info
    write(
        f"message {_SAID.get(state, state.value)}",
        message=ready.message.id,
        person=Person(ready.parcel.recipient),
        fault=verdict.fault.value,
        phase=verdict.phase.value,
        code=verdict.code,
        reply=verdict.reply,
    )


def _refused(recorded: Sequence[tuple[Ready, Recorded]]) -> list[Bounced]:
    """How heavily the server refused whose address."""
    return [
        Bounced(
            subscriber_id=ready.message.subscriber_id,
            moves=ready.moves,
            weight=weight_of(enhanced_status(entry.verdict.reply) or "5.0.0"),
        )
        for ready, entry in recorded
        if _is_blamed(entry) and ready.message.letter not in TO_ANOTHER_ADDRESS
    ]


def _is_blamed(entry: Recorded) -> bool:
    """Whether the address was refused: with a word of it, or again and again while others were not."""
    fault, phase = entry.verdict.fault, entry.verdict.phase
    by_and_by = fault is Fault.UNCLEAR and phase is Phase.RCPT
    ended = entry.transition.state is not MessageState.PENDING
    return fault is Fault.ADDRESS or (by_and_by and ended and entry.transition.refusals >= UNCLEAR_TRIES)


def record_relay(*, engine: Engine, verdict: Verdict, now: datetime) -> None:
    """Write that no connection could be had."""
    with writing(engine) as connection:
        _note_relay(connection, [(verdict, None)], now)


def _note_relay(
    connection: Connection, verdicts: Sequence[tuple[Verdict, LetterKind | None]], now: datetime
) -> Breaker:
    before = breaker = breakers.breaker(connection)
    for verdict, letter in verdicts:
        breaker = after_fault(breaker, verdict, now=now, letter=letter)
    if breaker != before:
        breakers.record_breaker(connection, breaker)
    if breaker == CLOSED:
        alerts.resolve(connection, key=RELAY_ALERT, now=now)
    elif breaker.open_until is not None:
        text = (
            f"Mail cannot leave: the relay answered “{breaker.reason}”. Nothing is lost; everything waits and"
            " is sent when the relay answers again. Check mail.url, the login and the sender's standing."
        )
        alerts.raise_alert(connection, key=RELAY_ALERT, text=text, now=now)
    return breaker


def _alert_ended(connection: Connection, ours: Sequence[tuple[Ready, Recorded]], now: datetime) -> None:
    for ready, entry in ours:
        if entry.transition.state is MessageState.SENT:
            continue
        message, verdict = ready.message, entry.verdict
        # Whoever mistypes an address in the form is nobody that operators must know of.
        mistyped = message.letter in TO_TYPED_ADDRESS and _is_blamed(entry)
        if entry.transition.state is MessageState.FAILED and not mistyped:
            whose = "its address" if _is_blamed(entry) else "the Message"
            text = (
                f"Message {message.id} to subscriber {message.subscriber_id} failed for good; the server"
                f" refused {whose}: {verdict.code or ''} {verdict.reply}."
                f" Look with: notifier outbox show {message.id}"
            )
            alerts.raise_alert(connection, key=f"failed:{message.id}", text=text, now=now)
        elif entry.transition.state is MessageState.UNKNOWN:
            alert_unknown(connection, [message.id], now=now)
