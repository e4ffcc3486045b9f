"""Erasing: forgetting a person (GDPR article 17), and what is kept so that telling their Vendor can be proven.

The Ledger's rows stay, and from what mails were composed as long as these are kept. For a time they can be found by
the Vendor and by a keyed pseudonym of the address, so that whoever says «you never told us» can be answered; after that
they are about nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, exists, or_, select, update

from notifier.core.address import identity_of
from notifier.core.message import ON_THEIR_WAY
from notifier.core.pseudonym import PERSON, Pseudonyms
from notifier.core.retention import ENDED
from notifier.core.subscription import SubscriberState
from notifier.store import alerts, leaving, partings, suppressions, writers
from notifier.store.answer_tables import answers
from notifier.store.suppressions import Suppressed
from notifier.store.tables import (
    asks,
    attempts,
    continuations,
    exclusions,
    messages,
    subscribers,
    subscriptions,
)


def erase(connection: Connection, *, subscriber_id: int, pseudonyms: Pseudonyms, now: datetime) -> bool:
    """End a Subscriber and forget the person; answers whether anything changed.

    Only a keyed hash of the address is kept for ever, by which no import writes to it again; whoever reads that
    mailbox may ask anew.
    """
    here = and_(subscribers.c.id == subscriber_id, subscribers.c.state != SubscriberState.ERASED)
    vendor = connection.scalar(select(subscribers.c.vendor_id).where(here))
    leaving.leave(connection, subscriber_id=subscriber_id, why="erased", now=now)
    is_changed = _forget(connection, [subscriber_id], pseudonyms, now) > 0
    if is_changed and vendor is not None:
        text = (
            f"A contact of the vendor {vendor} was erased, and what they followed is forgotten with them. See that"
            f" somebody there still hears of what concerns them: notifier vendors show {vendor}"
        )
        alerts.raise_alert(connection, key=f"forgotten:{vendor}", text=text, now=now)
    return is_changed


def erase_ended(
    connection: Connection, *, before: datetime, limit: int, pseudonyms: Pseudonyms, now: datetime
) -> int:
    """The same for those who left, or whose address does not work, since before an instant; answers how many.

    It repeats `core.retention.may_erase` in SQL; a property test holds the two together.
    """
    chosen = select(subscribers.c.id).where(_is_over(before)).order_by(subscribers.c.id).limit(limit)
    ids = connection.scalars(chosen.with_for_update()).all()
    if not ids:
        return 0
    # Whoever was asking anew at this instant was waited for, and has a wish by now.
    still = select(subscribers.c.id).where(_is_over(before), subscribers.c.id.in_(ids))
    return _forget(connection, connection.scalars(still).all(), pseudonyms, now)


def forget_pseudonyms(connection: Connection, *, before: datetime, limit: int) -> int:
    """Take the Vendors and the pseudonym from those erased before an instant; answers how many."""
    known = or_(subscribers.c.pseudonym.is_not(None), subscribers.c.vendor_id.is_not(None))
    old = and_(subscribers.c.state == SubscriberState.ERASED, subscribers.c.ended_at < before, known)
    ids = list(connection.scalars(select(subscribers.c.id).where(old).limit(limit)))
    if not ids:
        return 0
    partings.forget(connection, ids)
    blank = update(subscribers).where(subscribers.c.id.in_(ids)).values(pseudonym=None, vendor_id=None)
    return connection.execute(blank).rowcount


def forget_late_replies(connection: Connection, *, since: datetime) -> int:
    """What servers said after those were erased who were since an instant; answers how many replies."""
    erased = and_(subscribers.c.state == SubscriberState.ERASED, subscribers.c.ended_at >= since)
    theirs = select(messages.c.id).where(messages.c.subscriber_id.in_(select(subscribers.c.id).where(erased)))
    late = and_(messages.c.id.in_(theirs), messages.c.last_reply != "")
    connection.execute(update(messages).where(late).values(last_reply="", letter_to=None))
    said = and_(attempts.c.message_id.in_(theirs), attempts.c.reply != "")
    return connection.execute(update(attempts).where(said).values(reply="")).rowcount


def erased_by(connection: Connection, address: str, *, pseudonyms: Pseudonyms) -> tuple[int, ...]:
    """Who was erased under this address, the last first. Raises ValueError when it is no address."""
    known = subscribers.c.pseudonym.in_(pseudonyms.all_of(PERSON, identity_of(address)))
    return tuple(connection.scalars(select(subscribers.c.id).where(known).order_by(subscribers.c.id.desc())))


def _is_over(before: datetime) -> ColumnElement[bool]:
    theirs = messages.c.subscriber_id == subscribers.c.id
    return and_(
        subscribers.c.state.in_(ENDED),
        subscribers.c.ended_at < before,
        ~exists().where(asks.c.subscriber_id == subscribers.c.id),
        ~exists().where(theirs, messages.c.state.in_(ON_THEIR_WAY)),
    )


def _forget(connection: Connection, ids: Sequence[int], pseudonyms: Pseudonyms, now: datetime) -> int:
    """Address, choices, links and what servers replied; answers for how many."""
    known = and_(subscribers.c.id.in_(ids), subscribers.c.state != SubscriberState.ERASED)
    rows = connection.execute(select(subscribers.c.id, subscribers.c.identity).where(known)).all()
    if not rows:
        return 0
    suppressions.suppress_many(
        connection, [row.identity for row in rows], why=Suppressed.ERASED, pseudonyms=pseudonyms, now=now
    )
    blank: dict[str, Any] = {name: bindparam("blank") for name in ("address", "identity", "public_id")}
    values = {
        **blank,
        "state": SubscriberState.ERASED.value,
        "pseudonym": bindparam("person"),
        "cadence": None,
        "cadence_since": None,
        "basis": "",
        "ended_at": now,
        "ended_why": "erased",
        "score": 0,
        "scored_at": None,
        "changed_at": None,
    }
    connection.execute(
        update(subscribers).where(subscribers.c.id == bindparam("row_id")).values(values),
        [
            {"row_id": row.id, "blank": f"erased:{row.id}", "person": pseudonyms.of(PERSON, row.identity)}
            for row in rows
        ],
    )
    _forget_what_they_wrote_and_got(connection, [row.id for row in rows])
    writers.forget(connection, writers.written_by(connection, {row.identity for row in rows}))
    return len(rows)


def _forget_what_they_wrote_and_got(connection: Connection, ids: Sequence[int]) -> None:
    for table in (subscriptions, exclusions, continuations, asks):
        connection.execute(delete(table).where(table.c.subscriber_id.in_(ids)))
    # What they answered for their Vendor stays; who said it in which words goes.
    connection.execute(update(answers).where(answers.c.subscriber_id.in_(ids)).values(by="", words=""))
    theirs = messages.c.subscriber_id.in_(ids)
    # Servers like to repeat the address in their replies.
    connection.execute(update(messages).where(theirs).values(last_reply="", letter_to=None, about=""))
    told = attempts.c.message_id.in_(select(messages.c.id).where(theirs))
    connection.execute(update(attempts).where(told).values(reply=""))
