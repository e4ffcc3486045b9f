"""Acting on a decision: what a mail changes in the database, and the Letters that answer it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.channels.replies import safe_words
from notifier.compose.forwarding import FORWARDED
from notifier.consent.asking import ask
from notifier.core.caps import CapScope, cap_identity
from notifier.core.command import Command, Wish
from notifier.core.letter import LetterKind
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.core.text import Language
from notifier.inbox.deciding import Decision, Deed
from notifier.store import alerts, answers, asks, bounces, leaving, letters, subscribers, suppressions
from notifier.store.caps import spend
from notifier.store.engine import writing

BY_MAIL = "mail"


def act(
    decision: Decision,
    *,
    author: str,
    engine: Engine,
    pseudonyms: Pseudonyms,
    bounce_limit: int,
    now: datetime,
) -> None:
    """Do it, for the `author` of the mail. What is only forwarded or dropped changes nothing."""
    match decision.deed:
        case Deed.NOTE:
            _note(engine, decision, limit=bounce_limit, now=now)
        case Deed.LEAVE:
            with writing(engine) as connection:
                _leave(connection, decision.number, now=now)
        case Deed.OBEY if decision.command is not None:
            _obey(decision.command, author, engine=engine, pseudonyms=pseudonyms, now=now)


def _obey(command: Command, author: str, *, engine: Engine, pseudonyms: Pseudonyms, now: datetime) -> None:
    language = command.language or Language.NB
    if command.wish is Wish.SUBSCRIBE:
        ask(
            engine=engine,
            pseudonyms=pseudonyms,
            address=author,
            language=language,
            topics=command.topics,
            way=BY_MAIL,
            client="",
            now=now,
        )
        return
    with writing(engine) as connection:
        found = subscribers.find(connection, author)
        if command.wish is Wish.HELP:
            _help(connection, author, found, language=language, pseudonyms=pseudonyms, now=now)
        elif found is not None and command.wish is Wish.LEAVE:
            _leave(connection, found.id, now=now)
        elif found is not None and found.state is SubscriberState.ACTIVE:
            answers.put(connection, found.id, LetterKind.STATUS, now=now)


def _leave(connection: Connection, subscriber_id: int, *, now: datetime) -> None:
    """End all subscriptions, and say so, with a way to undo it: anybody can write in another's name."""
    if leaving.leave(connection, subscriber_id=subscriber_id, why="asked to by mail", now=now):
        letters.put(connection, subscriber_id, LetterKind.GOODBYE, now=now)


def _help(
    connection: Connection,
    author: str,
    found: Subscriber | None,
    *,
    language: Language,
    pseudonyms: Pseudonyms,
    now: datetime,
) -> None:
    """Say how to write to us. A stranger's name may be forged, so what goes to strangers is capped, and whoever
    said that they never asked is left in peace."""
    if found is None or found.state is not SubscriberState.ACTIVE:
        domain = cap_identity(author).rpartition("@")[2]
        counted = {CapScope.OVERALL: "", CapScope.DOMAIN: domain}
        if suppressions.is_suppressed(connection, author, pseudonyms=pseudonyms) or not spend(
            connection, counted, pseudonyms=pseudonyms, today=now.date()
        ):
            return
        asks.add_pending(connection, address=author, language=language, now=now)
        found = subscribers.find(connection, author)
    if found is not None:
        answers.put(connection, found.id, LetterKind.HELP, now=now)


def _note(engine: Engine, decision: Decision, *, limit: int, now: datetime) -> None:
    words = safe_words(decision.words)
    with writing(engine) as connection:
        if decision.number == FORWARDED:
            _alert_forwarding(connection, words, now)
        elif decision.weight is not None:
            bounced = bounces.note(
                connection, message_id=decision.number, weight=decision.weight, words=words, now=now
            )
            if bounced is not None:
                weights = {bounced.subscriber_id: decision.weight}
                bounces.hold_against(connection, weights, limit=limit, words=words, now=now)


def _alert_forwarding(connection: Connection, words: str, now: datetime) -> None:
    text = (
        f"a letter that was sent on to publisher.contact came back: {words}. See that the address works; the"
        " letter is lost unless its writer writes again"
    )
    alerts.raise_alert(connection, key="forwarding", text=text, now=now)
