"""The proof of what a Vendor was told of a Change, as records to be chained: dates, mails, what was not sent, answers.

Only reads. A record holds JSON's values only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from notifier.core.answer import Answer, Evidence, Party
from notifier.core.change import Change
from notifier.core.history import Entry
from notifier.core.message import Message
from notifier.core.notice import Notice, Outcome
from notifier.core.readiness import Waiver
from notifier.core.rendering import Rendering
from notifier.core.stance import answer_named
from notifier.store import answers, changes, evidence, proofs, waivers
from notifier.store.messages import Attempt
from notifier.store.proofs import Contact
from notifier.store.vendors import Vendor

Record = dict[str, Any]
# A Message of which a copy left, or may have.
_LEFT = frozenset({Outcome.SENT, Outcome.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything that is known; `mails` are the Messages that left or may have, and the Letters that were refused,
    `carried` all that each told."""

    change: Change
    vendor: Vendor
    contacts: tuple[Contact, ...]
    history: Mapping[str, Sequence[Entry]]
    ledger: tuple[Notice, ...]
    mails: Mapping[int, Message]
    carried: Mapping[int, Sequence[Notice]]
    attempts: Mapping[int, Sequence[Attempt]]
    answers: tuple[Answer, ...]
    evidence: tuple[Evidence, ...]
    waivers: tuple[Waiver, ...]

    @property
    def names(self) -> dict[int, str]:
        """What each contact is called, by Subscriber id."""
        return {contact.subscriber.id: contact.name for contact in self.contacts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """A copy of a mail rendered anew, `rendering` None where it is not known from what it was composed: its `files`
    with their hashes, and whether it went to an address that its reader has left since."""

    rendering: Rendering | None
    files: Mapping[str, str]
    to_earlier_address: bool = False


def read_proof(connection: Connection, change: Change, vendor: Vendor) -> Proof:
    """Read all of it."""
    party = Party(vendor=vendor.id)
    contacts = {each.subscriber.id: each for each in proofs.contacts_of(connection, vendor.id)}
    given = answers.given(connection, party=party, change_id=change.id)
    ledger = [
        notice
        for notice in proofs.notices_about(connection, contacts, change.id)
        if contacts[notice.subscriber_id].was_theirs(_told_at(notice))
    ]
    letters = [
        letter
        for letter in proofs.letters_about(connection, contacts, [answer.id for answer in given])
        if letter.answer_id is not None
        or contacts[letter.subscriber_id].was_theirs(letter.state_at or letter.created_at)
    ]
    mails = _left(connection, ledger) | {letter.id: letter for letter in letters}
    return Proof(
        change=change,
        vendor=vendor,
        contacts=tuple(contacts.values()),
        history=changes.history(connection),
        ledger=tuple(ledger),
        mails=mails,
        carried=proofs.notices_in(connection, mails.values()),
        attempts=proofs.attempts_by_message(connection, mails),
        answers=given,
        evidence=evidence.of_vendor(connection, vendor.id, change.id),
        waivers=waivers.of_vendor(connection, vendor.id, change.id),
    )


def _left(connection: Connection, ledger: Sequence[Notice]) -> dict[int, Message]:
    """The Messages by which any of these Notices was told, or may have been."""
    told = {each.message_id for each in ledger if each.outcome in _LEFT}
    found = proofs.messages_by_id(connection, {each.message_id for each in ledger if each.message_id})
    return {
        key: message
        for key, message in found.items()
        if key in told or message.may_have_arrived or message.copies
    }


def records_of(found: Proof, retold: Mapping[int, Sequence[Retold]]) -> list[Record]:
    """Everything in the order of time; `retold` has the mails rendered anew, by Message id."""
    records = [
        *_dates(found),
        *_contacts(found),
        *_mails(found, retold),
        *_untold(found),
        *_answers(found),
        *_evidence(found),
        *_waivers(found),
    ]
    return sorted(records, key=lambda record: (record["at"], record["what"]))


def _dates(found: Proof) -> Iterator[Record]:
    for deadline in found.change.deadlines:
        for entry in found.history.get(found.change.key(deadline), ()):
            difference = entry.difference
            yield {
                "at": _instant(entry.at),
                "what": "date",
                "deadline": difference.deadline,
                "kind": difference.kind.value,
                "old": difference.old.written if difference.old else None,
                "new": difference.new.written,
                "stated": difference.new.stated or None,
                "revision": entry.revision,
            }


def _contacts(found: Proof) -> Iterator[Record]:
    for contact in found.contacts:
        joined_at, ended_at = contact.subscriber.joined_at, contact.ended_at
        if contact.was_theirs(joined_at):
            joined = {"at": _instant(joined_at), "what": "joined", "contact": contact.name}
            yield joined | {"basis": contact.basis or None}
        if ended_at is not None and contact.was_theirs(ended_at):
            why = contact.ended_why or None
            ended = {"at": _instant(ended_at), "what": "ended", "contact": contact.name}
            yield ended | {"state": contact.subscriber.state.value, "why": why}
        for stay in contact.stays:
            if stay.came_at is not None:
                yield {"at": _instant(stay.came_at), "what": "came", "contact": contact.name}
            if stay.until is not None:
                yield {"at": _instant(stay.until), "what": "parted", "contact": contact.name}


def _mails(found: Proof, retold: Mapping[int, Sequence[Retold]]) -> Iterator[Record]:
    for message in found.mails.values():
        anew = retold.get(message.id, ())
        yield {
            "at": _instant(message.state_at or message.created_at),
            "what": "mail",
            "contact": found.names[message.subscriber_id],
            "letter": message.letter.value if message.letter else None,
            "answer": message.answer_id,
            "message": message.id,
            "message_id": message.header_id,
            "state": message.state.value,
            "reply": message.last_reply or None,
            "tells": [_notice(notice) for notice in found.carried.get(message.id, ())],
            "attempts": [_attempt(each) for each in found.attempts.get(message.id, ())],
            "copies": [_copy(message, each.rendering, each) for each in anew if each.rendering],
            "files": {name: digest for each in anew for name, digest in each.files.items()},
        }


def _copy(message: Message, rendering: Rendering, retold: Retold) -> Record:
    return {
        "at": _instant(rendering.at),
        "message_id": message.header_id_of(rendering),
        "reading": rendering.reading,
        "language": rendering.language.value,
        "follows": [str(topic) for topic in rendering.followed.topics],
        "left_out": [str(topic) for topic in rendering.followed.excluded],
        "notices": list(rendering.told),
        "to_earlier_address": retold.to_earlier_address,
        "files": sorted(retold.files),
    }


def _untold(found: Proof) -> Iterator[Record]:
    """What left in no Message that is still kept: not sent, on its way, or sent long ago."""
    for notice in found.ledger:
        if notice.message_id not in found.mails:
            at = _instant(notice.decided_at or notice.step.due)
            yield {"at": at, "what": "notice", "contact": found.names[notice.subscriber_id]} | _notice(notice)


def _answers(found: Proof) -> Iterator[Record]:
    for answer in found.answers:
        by = answer.writer(found.names.get(answer.subscriber_id or 0, ""))
        yield {
            "at": _instant(answer.at),
            "what": "answer",
            "answer": answer.id,
            "kind": answer.kind.value,
            "planned": answer.planned.isoformat() if answer.planned else None,
            "words": answer.words or None,
            "by": by or None,
            "way": answer.way.value,
            "state": answer.state.value,
            "decided_by": answer.decided_by or None,
            "decided_at": _instant(answer.decided_at) if answer.decided_at else None,
        }


def _evidence(found: Proof) -> Iterator[Record]:
    for seen in found.evidence:
        yield {
            "at": _instant(seen.at),
            "what": "evidence",
            "calls": seen.calls,
            "last_seen": seen.last_seen.isoformat(),
            "until": seen.until.isoformat() if seen.until else None,
        }


def _waivers(found: Proof) -> Iterator[Record]:
    for waiver in found.waivers:
        yield {
            "at": _instant(waiver.at),
            "what": "waiver",
            "by": waiver.by,
            "reason": waiver.reason,
            "until": waiver.until.isoformat(),
        }


def _told_at(notice: Notice) -> datetime | None:
    """When what became of it did; None for what is still owed."""
    return None if notice.outcome is Outcome.OWED else notice.decided_at or notice.step.due


def _notice(notice: Notice) -> Record:
    step = notice.step
    return {
        "notice": notice.id,
        "kind": step.kind.value,
        "deadline": step.deadline or None,
        "lead": str(step.lead) if step.lead else None,
        "date": step.date,
        "due": _instant(step.due),
        "outcome": notice.outcome.value,
        "answer": answer_named(notice.reason) if notice.outcome is Outcome.ANSWERED else None,
        "reason": notice.reason or None,
    }


def _attempt(attempt: Attempt) -> Record:
    return {
        "at": _instant(attempt.at),
        "phase": attempt.phase,
        "fault": attempt.fault,
        "code": attempt.code,
        "reply": attempt.reply,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
