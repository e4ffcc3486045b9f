"""Acting on a decision: what a mail changes in the database, and the Letters that answer it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.channels.replies import safe_words
from notifier.compose.forwarding import FORWARDED
from notifier.compose.mailbox import Signed
from notifier.compose.reports import REPORTED
from notifier.consent.asking import ask
from notifier.consent.leaving import leave, leave_topics
from notifier.core.bounce import Weight
from notifier.core.caps import CAPS, CapScope, Entrance, cap_identity, shared_by
from notifier.core.change import ChangeList
from notifier.core.command import Command, Wish
from notifier.core.letter import LetterKind
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import EVERYTHING, Addressee, Subscriber, SubscriberState
from notifier.core.text import Language
from notifier.inbox.deciding import Decision, Deed
from notifier.store import alerts, asks, bounces, canaries, caps, responses, subscribers, suppressions
from notifier.store.engine import reading, writing

REPORT_BOUNCED = (
    "a weekly report on who is ready came back: {}. See that ops.recipients and every owner in the list can be"
    " mailed"
)
BY_MAIL = "asked to by mail"
FORGED = (
    "on {day} more than {most} mails without a signature of ours ended what somebody follows, and such mails can be"
    " forged. See that the mail server in front refuses what fails DMARC. Who left: notifier subscribers list --state"
    " left. Each was told how to undo it within 30 days; for whoever asks: notifier subscribers add ADDRESS --again"
)


def act(
    decision: Decision,
    *,
    author: str,
    changes: ChangeList,
    engine: Engine,
    pseudonyms: Pseudonyms,
    bounce_limit: int,
    now: datetime,
) -> None:
    """Do it, for the `author` of the mail. What is only forwarded or dropped changes nothing."""
    match decision.deed:
        case Deed.NOTE if decision.signed is not None and decision.weight is not None:
            words = safe_words(decision.words)
            _note(engine, decision.signed, decision.weight, words, limit=bounce_limit, now=now)
        case Deed.LEAVE if decision.signed is not None:
            number, moves = decision.signed.number, decision.signed.moves
            with reading(engine) as connection:
                found = subscribers.load(connection, [number]).get(number)
            if found is not None:
                addressee = Addressee(found.public_id, moves)
                leave(engine=engine, addressee=addressee, why=BY_MAIL, now=now)
        case Deed.CANARY:
            with writing(engine) as connection:
                canaries.note_return(connection, decision.canary)
        case Deed.OBEY if decision.command is not None:
            _obey(decision, decision.command, author, changes, engine=engine, pseudonyms=pseudonyms, now=now)


def _obey(
    decision: Decision,
    command: Command,
    author: str,
    changes: ChangeList,
    *,
    engine: Engine,
    pseudonyms: Pseudonyms,
    now: datetime,
) -> None:
    language = command.language or Language.NB
    if command.wish is Wish.SUBSCRIBE:
        ask(
            engine=engine,
            pseudonyms=pseudonyms,
            address=author,
            language=language,
            topics=command.topics,
            entrance=Entrance.MAIL,
            client="",
            now=now,
        )
    elif command.wish is Wish.HELP:
        _help(author, language, engine=engine, pseudonyms=pseudonyms, now=now)
    else:
        with reading(engine) as connection:
            found = subscribers.find(connection, author)
        if found is None:
            return
        if command.wish is Wish.LEAVE and not decision.is_doubted:
            _leave(found, command, changes, engine=engine, now=now)
            _count_leaving(engine, pseudonyms=pseudonyms, now=now)
        else:
            leaves = command.wish is Wish.LEAVE
            scope = CapScope.DOUBTED if leaves else CapScope.RESPONSE
            kind = LetterKind.LEAVING if leaves else LetterKind.STATUS
            counted = {scope: cap_identity(author)}
            with writing(engine) as connection:
                responses.put(connection, found.id, kind, counted=counted, pseudonyms=pseudonyms, now=now)


def _leave(
    found: Subscriber, command: Command, changes: ChangeList, *, engine: Engine, now: datetime
) -> None:
    """End what the command names, and say so at once: anybody can write in another's name.

    The goodbye has a way to undo it, and whoever follows less is told what is left, however often they ask, with
    a way to take that back.
    """
    if command.topics in ((), (EVERYTHING,)):
        leave(engine=engine, addressee=found.addressee, why=BY_MAIL, now=now)
        return
    leave_topics(
        engine=engine,
        addressee=found.addressee,
        topics=command.topics,
        changes=changes,
        now=now,
        at_once=True,
    )


def _count_leaving(engine: Engine, *, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Tell operators, once a day, when more leave than people do by themselves: names in mails may be forged."""
    with writing(engine) as connection:
        counted = {CapScope.LEAVING: "by mail"}
        if caps.spend(connection, counted, pseudonyms=pseudonyms, today=now.date()) is not None:
            text = FORGED.format(day=f"{now:%Y-%m-%d}", most=CAPS[CapScope.LEAVING].daily)
            alerts.raise_alert(connection, key=f"leaving:{now:%Y-%m-%d}", text=text, now=now)


def _help(author: str, language: Language, *, engine: Engine, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Say how to write to us. A name may be forged, so this is capped, and whoever said that they never asked
    is left in peace. What is not answered leaves no row."""
    with writing(engine) as connection:
        attempt = connection.begin_nested()
        refusing = _help_or_refuse(connection, author, language, pseudonyms=pseudonyms, now=now)
        if refusing is None:
            attempt.commit()
            return
        attempt.rollback()
        caps.tell(connection, refusing, entrance=Entrance.HELP, now=now)


def _help_or_refuse(
    connection: Connection, author: str, language: Language, *, pseudonyms: Pseudonyms, now: datetime
) -> CapScope | None:
    counted = {CapScope.RESPONSE: cap_identity(author)}
    # It holds the row, so that whoever denies at the same time waits, or was heard before.
    asks.add_pending(connection, address=author, language=language, now=now)
    found = subscribers.find(connection, author)
    if found is None:
        return CapScope.RESPONSE
    if found.state is not SubscriberState.ACTIVE:
        if suppressions.is_suppressed(connection, author, pseudonyms=pseudonyms):
            return CapScope.RESPONSE
        counted |= shared_by(author, Entrance.HELP)
    return responses.put(
        connection, found.id, LetterKind.HELP, counted=counted, pseudonyms=pseudonyms, now=now
    )


def _note(engine: Engine, signed: Signed, weight: Weight, words: str, *, limit: int, now: datetime) -> None:
    with writing(engine) as connection:
        if signed.number == FORWARDED:
            _alert_forwarding(connection, words, now)
            return
        if signed.number == REPORTED:
            alerts.raise_alert(connection, key="report:bounced", text=REPORT_BOUNCED.format(words), now=now)
            return
        bounced = bounces.note(
            connection, message_id=signed.number, moves=signed.moves, weight=weight, words=words, now=now
        )
        if bounced is not None:
            bounces.hold_against(connection, [bounced], limit=limit, words=words, now=now)
        else:
            bounces.note_call_for_help(
                connection, message_id=signed.number, weight=weight, words=words, now=now
            )


def _alert_forwarding(connection: Connection, words: str, now: datetime) -> None:
    text = (
        f"a letter that was sent on to publisher.contact came back: {words}. See that the address works; the"
        " letter is lost unless its writer writes again"
    )
    alerts.raise_alert(connection, key="forwarding", text=text, now=now)
