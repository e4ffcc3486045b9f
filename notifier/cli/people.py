"""Finding the person that a command was given, and reading what they shall follow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.options import no_such, understood
from notifier.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from notifier.core.cadence import Cadence
    from notifier.core.change import ChangeList
    from notifier.core.pseudonym import Pseudonyms
    from notifier.core.subscription import Followed, Subscriber, Topic

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The subscriber's e-mail address.")]
Person = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS",
        help="The subscriber's e-mail address; or a pseudonym out of the log, or a number out of an alert.",
    ),
]
Follow = Annotated[
    list[str] | None,
    typer.Option(
        "--follow", metavar="TOPIC", help="everything, service:ID or change:ID; may be given several times."
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="TOPIC",
        help="service:ID or change:ID, not to be told of though they follow more; several times.",
    ),
]
Leads = Annotated[
    list[str] | None,
    typer.Option(
        "--lead", metavar="LEAD", help="Remind this long before, as 30d, 12w or 6mo; several times."
    ),
]
VendorId = Annotated[str | None, typer.Option("--vendor", metavar="ID", help="The vendor they belong to.")]


def subscriber_at(connection: Connection, address: str, *, for_update: bool = False) -> Subscriber:
    """The Subscriber with that address. Raises UsageError with the nearest one when there is none."""
    from notifier.store import subscribers

    found = understood(lambda text: subscribers.find(connection, text, for_update=for_update), address)
    if found is not None:
        return found
    near = get_close_matches(address, subscribers.similar(connection, address), n=1, cutoff=0.5)
    meant = f"; did you mean {near[0]}?" if near else "; see: notifier subscribers list"
    raise UsageError(f"there is no subscriber {address}{meant}")


def person_named(connection: Connection, text: str, pseudonyms: Pseudonyms) -> Subscriber:
    """The same, also by a pseudonym or a number, and by the address of somebody who was erased since."""
    from notifier.store import finding

    found = understood(lambda given: finding.named(connection, given, pseudonyms=pseudonyms), text)
    if found is None and "@" not in text:
        raise UsageError(f"nobody is known as {text}, or nobody any more; see: notifier subscribers list")
    return found or subscriber_at(connection, text)


def answers_written(connection: Connection, address: str) -> tuple[int, ...]:
    """The ids of the Answers that somebody who does not subscribe wrote in reply to what others were sent."""
    from notifier.core.address import identity_of
    from notifier.store import subscribers, writers

    identity = understood(identity_of, address)
    return () if subscribers.find(connection, address) else writers.written_by(connection, {identity})


def follows(person: Subscriber) -> str:
    """What somebody follows, and what is excluded from it, in a line."""
    return followed_line(person.followed)


def followed_line(followed: Followed) -> str:
    """The same of whoever will."""
    topics = " ".join(map(str, followed.topics)) or "nothing"
    return f"{topics} but not {' '.join(map(str, followed.excluded))}" if followed.excluded else topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What `--follow` and `--exclude` name, and the list where part of it is named."""

    topics: tuple[Topic, ...]
    excluded: tuple[Topic, ...]
    changes: ChangeList | None

    def followed(self, before: Followed) -> Followed:
        """What is followed with that; what is not named stays. Raises UsageError for what is excluded from nothing."""
        from notifier.core.less import excluded_from_nothing, followed_of

        if not self.topics and not self.excluded:
            return before
        topics = self.topics or before.topics
        mistake = excluded_from_nothing(topics, self.excluded, self.changes)
        if mistake:
            raise UsageError(mistake)
        return followed_of(topics, self.excluded, self.changes)


def chosen_topics(follow: Sequence[str], exclude: Sequence[str], known: Callable[[], ChangeList]) -> Chosen:
    """What the two name. The list is asked for when part of it is named.

    Raises UsageError for what cannot be followed, naming what there is.
    """
    from notifier.core.subscription import EVERYTHING

    once = cache(known)
    topics, excluded = _topics(follow, once), _topics(exclude, once)
    is_part = any(topic != EVERYTHING for topic in (*topics, *excluded))
    return Chosen(topics=topics, excluded=excluded, changes=once() if is_part else None)


def _topics(texts: Sequence[str], known: Callable[[], ChangeList]) -> tuple[Topic, ...]:
    from notifier.core.subscription import EVERYTHING, parse_topic, unknown_target

    topics = tuple(dict.fromkeys(understood(parse_topic, text) for text in texts))
    changes = known() if any(topic != EVERYTHING for topic in topics) else None
    for topic in topics:
        mistake = unknown_target(topic, changes) if changes else None
        if mistake:
            raise UsageError(mistake)
    return topics


def chosen_cadence(texts: Sequence[str]) -> Cadence | None:
    """What `--lead` names, None when nothing does. Raises UsageError."""
    from notifier.core.cadence import parse_cadence

    return understood(lambda text: parse_cadence(text.split()), " ".join(texts)) if texts else None


def checked_vendor(vendor: str | None, known: Collection[str]) -> str | None:
    """The Vendor's id. Raises UsageError naming those that there are."""
    if vendor is not None and vendor not in known:
        raise no_such("vendor", vendor, known)
    return vendor
