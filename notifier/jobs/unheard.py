"""Unheard: dates before which nobody of a Vendor is mailed, since all who follow them have paused beyond, cannot be
mailed, or left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from notifier.core.answer import AnswerRules, Party
from notifier.core.change import ChangeList
from notifier.core.footing import Footing
from notifier.core.hearing import Unheard, unheard
from notifier.core.subscription import SubscriberState
from notifier.core.text import count
from notifier.core.timing import Timing
from notifier.store import contacts, waivers
from notifier.store.footings import footings

UNHEARD = "unheard:"
_MOST_NAMED = 5
_WHY = {
    SubscriberState.ACTIVE: "has paused beyond it",
    SubscriberState.SUSPENDED: "is suspended, so that no mail goes there",
    SubscriberState.LEFT: "left",
}


def unheard_dates(
    connection: Connection, current: ChangeList, *, timing: Timing, rules: AnswerRules, now: datetime
) -> Iterator[tuple[str, str]]:
    """The key and the text of an Alert for each Vendor that has such dates, has not said that it is ready and is not
    let off.

    It is looked for again and again, since a contact who leaves or whose mail comes back and a date that moves make
    some as well as a pause does.
    """
    found = contacts.where_some_hear_nothing(connection, timing=timing, now=now)
    if not found:
        return
    today, announced = timing.today(now), contacts.announced(connection)
    parties = [Party(vendor=vendor) for vendor in found]
    stand = footings(connection, parties, changes=current, about=(), timing=timing, rules=rules, now=now)
    free = _ready(stand) | _let_off(connection, today)
    for vendor, theirs in found.items():
        missed = [
            each
            for each in unheard(current, theirs, announced=announced, today=today)
            if (vendor, each.change.id) not in free
        ]
        if missed:
            yield f"{UNHEARD}{vendor}", _text(vendor, missed)


def _ready(stand: Mapping[Party, Footing]) -> set[tuple[str, str]]:
    """The Vendors that are ready for a Change, as far as nothing casts doubt on it."""
    return {
        (party.vendor, change_id)
        for party, footing in stand.items()
        for change_id, stance in footing.stances.items()
        if stance.is_settled
    }


def _let_off(connection: Connection, today: date) -> set[tuple[str, str]]:
    waived = waivers.last_of_each(connection)
    return {key for key, waiver in waived.items() if today <= waiver.until}


def _text(vendor: str, missed: Sequence[Unheard]) -> str:
    named = [
        f"{each.change.key(each.deadline)} ({each.deadline.when.written})" for each in missed[:_MOST_NAMED]
    ]
    if more := len(missed) - len(named):
        named.append(f"and {count(more, 'more date')}")
    states = {contact.state for each in missed for contact in each.contacts}
    why = " or ".join(_WHY[state] for state in _WHY if state in states)
    return (
        f"Of the vendor {vendor}, nobody hears of {', '.join(named)} before: whoever followed {why}. Tell them"
        f" another way, mend the address, or find another contact: notifier subscribers add ADDRESS --vendor {vendor}."
        f" Who they are: notifier vendors show {vendor}"
    )
