"""Replying: what somebody who answers a mail of ours says of a Change is recorded, or kindly asked for again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from notifier.consent.answering import answer
from notifier.consent.replies import RepliedTo
from notifier.core.answer import AnswerRules, Way
from notifier.core.caps import CapScope, cap_identity
from notifier.core.change import ChangeList
from notifier.core.letter import LetterKind
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import SubscriberState
from notifier.core.timing import Timing
from notifier.core.written_answer import WrittenAnswer
from notifier.errors import NotifierError
from notifier.store import responses
from notifier.store.engine import writing


class StaleReplyError(NotifierError):
    """An answer to what can be answered no more since it was read; the next try takes it for what it then is."""


def record(
    written: WrittenAnswer,
    replied_to: RepliedTo,
    *,
    author: str,
    contact: str,
    changes: ChangeList,
    rules: AnswerRules,
    timing: Timing,
    engine: Engine,
    now: datetime,
) -> None:
    """Let it count as its author's answer; `contact` is the publisher's. Raises StaleReplyError."""
    said = answer(
        engine=engine,
        addressee=replied_to.subscriber.addressee,
        change_id=written.change_id,
        kind=written.kind,
        planned=written.planned,
        words=written.words,
        way=Way.MAIL,
        author=author,
        contact=contact,
        changes=changes,
        rules=rules,
        timing=timing,
        now=now,
    )
    if said is None:
        raise StaleReplyError("what a mail answers can be answered no more")


def ask_again(replied_to: RepliedTo, *, engine: Engine, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Ask whoever our mail went to, once an hour as all that answers a mail, and not one who is suspended."""
    asked = replied_to.subscriber
    if asked.state is not SubscriberState.ACTIVE:
        return
    counted = {CapScope.RESPONSE: cap_identity(asked.address)}
    with writing(engine) as connection:
        responses.put(
            connection, asked.id, LetterKind.ASK_AGAIN, counted=counted, pseudonyms=pseudonyms, now=now
        )
