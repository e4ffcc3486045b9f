"""Replies: which mail of ours somebody answers, and what it told."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from notifier.consent.answering import ANSWER_IN
from notifier.core.change import Change, ChangeList
from notifier.core.letter import WITH_OVERVIEW
from notifier.core.message import Message
from notifier.core.notice import NoticeKind
from notifier.core.subscription import Subscriber
from notifier.store import answers, messages, subscribers
from notifier.store.engine import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class RepliedTo:
    """Whom a mail went to that is now answered, and of which Changes that are still open it told."""

    subscriber: Subscriber = field(repr=False)
    told: tuple[Change, ...]

    @property
    def contact(self) -> str:
        """Who answers for what it told, "" where that is not one alone."""
        contacts = {change.contact for change in self.told}
        return contacts.pop() if len(contacts) == 1 else ""


def replied_to(*, engine: Engine, message_id: int, moves: int, changes: ChangeList) -> RepliedTo | None:
    """The Message that a reply's address is signed for, `moves` times after whom it went to had moved.

    None for one that is forgotten, or went to a mailbox that they left; and when they may not answer any more.
    """
    with reading(engine) as connection:
        message = next(iter(messages.load(connection, [message_id])), None)
        if message is None:
            return None
        found = subscribers.load(connection, [message.subscriber_id]).get(message.subscriber_id)
        if found is None or found.moves != moves or found.state not in ANSWER_IN:
            return None
        return RepliedTo(subscriber=found, told=_told(connection, message, found, changes))


def _told(
    connection: Connection, message: Message, found: Subscriber, changes: ChangeList
) -> tuple[Change, ...]:
    """What a mail told that shows where they stand is what they follow."""
    steps = [notice.step for notice in messages.notices_of(connection, message.id)]
    named = {step.change_id for step in steps}
    answer = answers.find(connection, message.answer_id) if message.answer_id is not None else None
    named |= {answer.change_id} if answer else set()
    all_of_it = message.letter in WITH_OVERVIEW or any(step.kind is NoticeKind.STANDING for step in steps)
    return tuple(
        change
        for change in changes.changes
        if change.is_open and (change.id in named or (all_of_it and found.follows(change)))
    )
