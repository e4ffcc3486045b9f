"""Retelling: a mail that left, rendered anew from what was recorded, since the bytes themselves are not kept.

From the list, in the language and for what was followed as each copy of it was composed, by the answers given by then.
Of what left before that was kept, only the instant is known at which it did: it is told anew in the language, and for
what is followed, as it is now. Links and addresses are signed with a key that nobody keeps, so that they lead nowhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Connection

from notifier.compose.composer import Composer
from notifier.compose.links import Links
from notifier.compose.mailbox import Mailbox
from notifier.compose.matter import matter_of
from notifier.compose.messages import Mail
from notifier.compose.recipient import Recipient, recipient_of
from notifier.compose.voice import Voice
from notifier.core.answer import AnswerRules, Party
from notifier.core.footing import Footing
from notifier.core.history import Entry
from notifier.core.letter import OF_ANSWERS, LetterKind
from notifier.core.message import Message
from notifier.core.notice import Notice, NoticeKind, Outcome
from notifier.core.plan import NEWS
from notifier.core.rendering import Rendering
from notifier.core.stance import Circumstances, last_that_counts, stance_of
from notifier.core.subscription import Exclusion, Subscriber, Subscription
from notifier.store import answers, changes, evidence, footings, imprints
from notifier.store.changes import Reading
from notifier.store.vendors import Vendor

_TOLD = frozenset({Outcome.SENT, Outcome.UNKNOWN})
_WITH_OLD = frozenset(NEWS.values()) - {NoticeKind.ANNOUNCED}


class Retelling:
    """Renders the mails to one Vendor anew, in the voice of this installation."""

    def __init__(self, connection: Connection, vendor: Vendor, *, voice: Voice, rules: AnswerRules) -> None:
        self._composer = Composer(_signing_nothing(voice))
        self._timing = voice.timing
        self._rules = rules
        self._vendor = vendor
        in_force = [reading for reading in changes.readings(connection) if reading.in_force_at is not None]
        self._readings = sorted(in_force, key=attrgetter("in_force_at"))
        self._by_id = {reading.id: reading for reading in in_force}
        self._history = imprints.history(connection)
        self._known: dict[int, Mapping[str, Sequence[Entry]]] = {}
        self._contact = voice.letterhead.contact
        self._answers = answers.given(connection, party=Party(vendor=vendor.id))
        self._given = answers.with_givers(connection, [answer.id for answer in self._answers])
        self._evidence = evidence.of_vendor(connection, vendor.id)
        reminded = footings.reminded_vendors(connection, [vendor.id], list(self._history))
        self._reminded = reminded.get(vendor.id, {})

    def retell(
        self,
        message: Message,
        notices: Sequence[Notice],
        subscriber: Subscriber,
        address: str,
        *,
        rendering: Rendering | None,
    ) -> Mail | None:
        """The mail, or one copy of it, as it read when it left, to `address`; None when what it told is not known any
        more."""
        at = rendering.at if rendering else message.state_at or message.created_at
        if rendering is not None:
            subscriber = _as_then(subscriber, rendering)
        reading = self._reading_of(rendering, at)
        told = [_with_old(each, notices, self._history) for each in notices if _was_told(each, rendering)]
        given = self._given.get(message.answer_id or 0)
        if reading is None or not (told or message.letter):
            return None
        about = reading.changes.change(given.answer.change_id) if given else None
        if message.letter in OF_ANSWERS and about is None:
            return None
        if message.letter is LetterKind.HELP_WANTED:
            address = (about and about.contact) or self._contact
        matter = matter_of(
            message=message,
            subscriber=subscriber,
            notices=told,
            ask=None,
            changes=reading.changes,
            history=self._history_at(at, reading),
            footing=self._footing_at(at, reading),
            given=given,
            now=at,
            timing=self._timing,
        )
        return self._composer.compose(matter, _recipient(message, rendering, subscriber, address, at))

    def _reading_of(self, rendering: Rendering | None, at: datetime) -> Reading | None:
        """The reading that a copy was composed from; else the one that was in force then."""
        if rendering is not None:
            return self._by_id.get(rendering.reading)
        return next((each for each in reversed(self._readings) if _took_force(each, at)), None)

    def _history_at(self, at: datetime, reading: Reading) -> Mapping[str, Sequence[Entry]]:
        """What had happened by then; the same object for mails between the same two events."""
        # Nodes' clocks may differ, and the next reading may take force at the very instant.
        latest = max(at, reading.in_force_at or at)

        def is_known(entry: Entry) -> bool:
            return entry.at <= latest and entry.revision <= reading.revision

        number = sum(is_known(entry) for entries in self._history.values() for entry in entries)
        if number not in self._known:
            self._known[number] = {
                key: tuple(entry for entry in entries if is_known(entry))
                for key, entries in self._history.items()
            }
        return self._known[number]

    def _footing_at(self, at: datetime, reading: Reading) -> Footing:
        """Where the Vendor stood then, by what had been answered and seen by then."""
        seen = {each.change_id: each for each in self._evidence if each.at <= at}
        circumstances = Circumstances(
            history=self._history_at(at, reading),
            evidence={(each.vendor, change_id): each for change_id, each in seen.items()},
            timing=self._timing,
            today=self._timing.today(at),
            rules=self._rules,
        )
        given = [each for each in self._answers if (each.decided_at or each.at) <= at]
        stances = {}
        for change in reading.changes.changes:
            answer = last_that_counts(each for each in given if each.change_id == change.id)
            if answer is not None:
                stances[change.id] = stance_of(answer, change=change, circumstances=circumstances)
        return Footing(
            vendor=self._vendor.name,
            stances=stances,
            evidence=seen,
            answered=frozenset(each.change_id for each in given if each.counts),
            reminded=self._reminded,
            rules=self._rules,
        )


def _recipient(
    message: Message, rendering: Rendering | None, subscriber: Subscriber, address: str, at: datetime
) -> Recipient:
    return recipient_of(
        message=message,
        header_id=message.header_id_of(rendering) if rendering else message.header_id or "",
        subscriber=subscriber,
        ask=None,
        address=address,
        now=at,
    )


def _took_force(reading: Reading, at: datetime) -> bool:
    return reading.in_force_at is not None and reading.in_force_at <= at


def _as_then(subscriber: Subscriber, rendering: Rendering) -> Subscriber:
    """The Subscriber as a copy was composed for: in that language, following that."""
    followed, at = rendering.followed, rendering.at
    return replace(
        subscriber,
        language=rendering.language,
        subscriptions=tuple(Subscription(topic=topic, since=at) for topic in followed.topics),
        exclusions=tuple(Exclusion(topic=topic) for topic in followed.excluded),
    )


def _was_told(notice: Notice, rendering: Rendering | None) -> bool:
    return notice.outcome in _TOLD if rendering is None else notice.id in rendering.told


def _signing_nothing(voice: Voice) -> Voice:
    """The same voice with a key of its own for links and for the addresses of mail to us."""
    keys = (secrets.token_urlsafe(32),)
    mailbox = voice.letterhead.mailbox
    return replace(
        voice,
        links=Links(base_url=voice.links.base_url, keys=keys),
        letterhead=replace(voice.letterhead, mailbox=mailbox and Mailbox(mailbox.address, keys)),
    )


def _with_old(notice: Notice, carried: Sequence[Notice], history: Mapping[str, Sequence[Entry]]) -> Notice:
    """News with the date before it, and before the news of that Deadline whose place it took in the same mail."""
    if notice.step.kind not in _WITH_OLD:
        return notice
    news = [each.step for each in carried if each.step.kind in NEWS.values()]
    first = min(step.revision for step in news if step.deadline == notice.step.deadline)
    entries = history.get(notice.step.deadline, ())
    old = next((e.difference.old for e in entries if e.revision == first), None)
    return replace(notice, old=old)
