"""A Letter: a Message about a subscription itself, carrying no Notice, and whether it may still leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notifier.core.subscription import SubscriberState, Topic
from notifier.core.text import Language

# How long the links of a confirmation, of an undoing and of access work.
CONFIRM_WITHIN = timedelta(hours=72)
UNDO_WITHIN = timedelta(days=30)
ACCESS_WITHIN = timedelta(hours=1)
# An address that nobody confirmed is forgotten after this long.
FORGET_UNCONFIRMED_AFTER = timedelta(days=7)


class LetterKind(StrEnum):
    """What a Letter is about.

    A `confirmation` asks whether the address wants to be mailed; `already` says that it is; `goodbye` that it
    is no longer; `access` carries a link to one's own data; `new_address` asks the new address, and
    `address_changed` tells the old one; `status` and `help` answer a mail.
    `leaving` asks whether a mail that wanted no more of ours was theirs, `ask_again` what a mail answers of a Change,
    `answered` tells what was answered for one's Vendor, and `help_wanted` tells the contact of a Change who needs help.
    """

    CONFIRMATION = "confirmation"
    ALREADY = "already"
    GOODBYE = "goodbye"
    ACCESS = "access"
    NEW_ADDRESS = "new_address"
    ADDRESS_CHANGED = "address_changed"
    STATUS = "status"
    HELP = "help"
    LEAVING = "leaving"
    ASK_AGAIN = "ask_again"
    ANSWERED = "answered"
    HELP_WANTED = "help_wanted"


# Anybody who knows an address can cause these to be sent to it.
OF_STRANGERS = frozenset(
    {
        LetterKind.CONFIRMATION,
        LetterKind.ALREADY,
        LetterKind.STATUS,
        LetterKind.HELP,
        LetterKind.LEAVING,
        LetterKind.ASK_AGAIN,
    }
)
# Somebody can cause many of these, so they leave behind the others, a few at a time.
BEHIND_OTHERS = OF_STRANGERS | {LetterKind.HELP_WANTED}
# These go to an address that somebody typed and that no mail has reached yet.
TO_TYPED_ADDRESS = frozenset({LetterKind.CONFIRMATION, LetterKind.NEW_ADDRESS})
# These go to another address than the Subscriber's own.
TO_ANOTHER_ADDRESS = frozenset({LetterKind.NEW_ADDRESS, LetterKind.ADDRESS_CHANGED, LetterKind.HELP_WANTED})
# The address of these stands with the Message itself.
TO_KEPT_ADDRESS = TO_ANOTHER_ADDRESS - {LetterKind.NEW_ADDRESS}
# Where it went is kept with one that failed, so that it can be sent again: it is no Subscriber's address. The one that
# somebody left is forgotten, whatever became of the mail.
KEEPS_WHERE_IT_WENT = frozenset({LetterKind.HELP_WANTED})
# These show where their reader stands, and ask about all of it.
WITH_OVERVIEW = frozenset({LetterKind.STATUS, LetterKind.ASK_AGAIN})
# These say that their reader is told of something, which a pause puts off.
OF_WHAT_THEY_GET = frozenset({LetterKind.STATUS, LetterKind.ALREADY})
# These tell of an Answer.
OF_ANSWERS = frozenset({LetterKind.ANSWERED, LetterKind.HELP_WANTED})

# In which states of the Subscriber a Letter may leave; help also reaches whoever never subscribed.
MAY_LEAVE_IN = {
    LetterKind.CONFIRMATION: frozenset({SubscriberState.PENDING, SubscriberState.LEFT}),
    LetterKind.ALREADY: frozenset({SubscriberState.ACTIVE}),
    LetterKind.GOODBYE: frozenset({SubscriberState.LEFT}),
    LetterKind.ACCESS: frozenset({SubscriberState.ACTIVE}),
    LetterKind.NEW_ADDRESS: frozenset({SubscriberState.ACTIVE}),
    LetterKind.ADDRESS_CHANGED: frozenset({SubscriberState.ACTIVE}),
    LetterKind.STATUS: frozenset({SubscriberState.ACTIVE}),
    LetterKind.HELP: frozenset({SubscriberState.PENDING, SubscriberState.ACTIVE, SubscriberState.LEFT}),
    LetterKind.LEAVING: frozenset({SubscriberState.ACTIVE}),
    LetterKind.ASK_AGAIN: frozenset({SubscriberState.ACTIVE}),
    LetterKind.ANSWERED: frozenset({SubscriberState.ACTIVE}),
    LetterKind.HELP_WANTED: frozenset({SubscriberState.ACTIVE, SubscriberState.SUSPENDED}),
}

# These ask something, and serve nobody once it is no longer asked.
NEEDS_ASK = frozenset({LetterKind.CONFIRMATION, LetterKind.NEW_ADDRESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A wish that awaits its confirmation: to subscribe, or (with `address`) to be mailed there instead.

    `nonce` stands in its link, so that a link serves the wish it was made for and no other. `way` says how it
    was asked, `is_denied` that whoever is asked has said «I did not ask for this».
    """

    subscriber_id: int
    language: Language
    topics: tuple[Topic, ...]
    way: str
    nonce: str
    asked_at: datetime
    expires: datetime
    address: str | None = None
    is_denied: bool = False


def may_leave(
    kind: LetterKind, *, state: SubscriberState, ask: Ask | None, put_at: datetime, now: datetime
) -> bool:
    """Whether a Letter that was put then may still leave; `ask` is its Subscriber's, if any.

    Nothing asks whoever has said «I did not ask for this», also while it was on its way. For a newer Ask there is a
    newer Letter, so that a Letter that is tried again goes to nobody whom it was not made for.
    """
    asked = ask is not None and not ask.is_denied and ask.asked_at <= put_at and now < ask.expires
    return state in MAY_LEAVE_IN[kind] and (asked or kind not in NEEDS_ASK)
