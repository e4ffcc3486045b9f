"""Subscribers come and go: add, remove, erase."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.frame import ATTENTION, app
from notifier.cli.opening import changing, looking
from notifier.cli.options import Now, person, understood
from notifier.cli.people import (
    Address,
    Exclude,
    Follow,
    Leads,
    VendorId,
    answers_written,
    checked_vendor,
    chosen_cadence,
    chosen_topics,
    subscriber_at,
)
from notifier.cli.printing import local, wrapped
from notifier.core.text import Language
from notifier.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from notifier.cli.opening import Look
    from notifier.core.cadence import Cadence
    from notifier.core.change import ChangeList
    from notifier.core.subscription import Followed
    from notifier.store.joining import Added
    from notifier.store.suppressions import Suppressed

group = typer.Typer(
    help="Who is told: add, change, look, remove.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(group, name="subscribers")

Basis = Annotated[
    str | None,
    typer.Option("--basis", metavar="TEXT", help="On whose word they consent; by default on yours."),
]
Again = Annotated[
    bool, typer.Option("--again", help="Also whoever left, on a consent that they gave after that.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, only show what would be done.")]


_SOON = "The mail that tells them where they stand leaves at once under notifier run, else at the next tick."


@group.command()
def add(
    context: typer.Context,
    *,
    address: Address,
    language: Annotated[
        Language | None, typer.Option("--language", help="The language of their mails; nb unless given.")
    ] = None,
    follow: Follow = None,
    exclude: Exclude = None,
    lead: Leads = None,
    vendor: VendorId = None,
    basis: Basis = None,
    again: Again = False,
    now: Now = None,
) -> None:
    """Add a subscriber, who follows everything unless told otherwise; they are told where they stand.

    Whoever left is refused without --again; with it they have what they had, but for what is given here. Whoever once
    said “I did not ask for this”, or was erased, may be written to again from then on.
    """
    from notifier.core.address import normal_address
    from notifier.store import joining, suppressions
    from notifier.store.engine import writing

    normal = understood(normal_address, address)
    cadence = chosen_cadence(lead or [])
    with changing(context, now) as look:
        chosen = chosen_topics(follow or [], exclude or [], partial(known_changes, look))
        with writing(look.engine) as connection:
            before = _before(connection, normal, again=again)
            followed = chosen.followed(before.followed)
            joiner = joining.Joiner(
                address=normal,
                language=language or before.language,
                topics=followed.topics,
                excluded=followed.excluded,
                cadence=cadence or before.cadence,
                vendor=known_vendor(connection, vendor) or before.vendor,
                basis=basis or default_basis(),
            )
            added = joining.add(connection, joiner, now=look.now, again=again)
            _refuse_who_left(connection, added, look.timing.zone)
            lifted = suppressions.lift(connection, normal, pseudonyms=look.pseudonyms)
    _tell_lifted(normal, lifted)
    _tell_added(added)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What somebody has where nothing else is given: what they had when they left, or what is usual."""

    language: Language = Language.NB
    followed: Followed
    cadence: Cadence | None = None
    vendor: str | None = None


def _before(connection: Connection, address: str, *, again: bool) -> _Before:
    from notifier.core.subscription import EVERYTHING, Followed, SubscriberState
    from notifier.store import subscribers

    found = subscribers.find(connection, address, for_update=True) if again else None
    if found is None or found.state is not SubscriberState.LEFT:
        return _Before(followed=Followed((EVERYTHING,)))
    return _Before(
        language=found.language, followed=found.followed, cadence=found.cadence, vendor=found.vendor
    )


def _refuse_who_left(connection: Connection, added: Added, zone: ZoneInfo) -> None:
    from notifier.store.joining import Joined
    from notifier.store.subscribers import left_among

    if added.joined is Joined.LEFT:
        ((address, at),) = left_among(connection, [added.address]).items()
        raise UsageError(
            f"the subscriber {address} left {local(at, zone)}, and can subscribe again themselves; with a consent"
            f" given since then: notifier subscribers add {address} --again --basis TEXT"
        )


def _tell_lifted(address: str, lifted: Suppressed | None) -> None:
    from notifier.store.suppressions import Suppressed

    if lifted is not None:
        had = "had said “I did not ask for this”" if lifted is Suppressed.DENIED else "was erased"
        print(wrapped(f"{address} {had}; on your word that is forgotten."))


def _tell_added(added: Added) -> None:
    from notifier.store.joining import Joined

    who = added.address
    match added.joined:
        case Joined.NEW:
            print(wrapped(f"{who} is added. {_SOON}"))
        case Joined.AGAIN:
            print(wrapped(f"{who} had left and is back. {_SOON} See: notifier subscribers show {who}"))
        case Joined.ALREADY:
            print(wrapped(f"{who} is subscribed already; nothing was changed. See: notifier subscribers set"))
        case Joined.SUSPENDED:
            print(
                wrapped(
                    f"{who} is suspended; nothing was changed. To end it: notifier subscribers set {who} --resume"
                )
            )
            raise typer.Exit(ATTENTION)


@group.command()
def remove(context: typer.Context, address: Address, now: Now = None) -> None:
    """End a subscription: nothing more is sent. What they were told stays on record; see also erase."""
    from notifier.store import leaving
    from notifier.store.engine import writing

    with changing(context, now) as look, writing(look.engine) as connection:
        found = subscriber_at(connection, address)
        why = f"removed by an operator ({person(None)})"
        gone = leaving.leave(connection, subscriber_id=found.id, why=why, now=look.now)
    said = "is removed; nothing more is sent" if gone else "had left already; nothing was changed"
    print(wrapped(f"{found.address} {said}."))


@group.command()
def erase(context: typer.Context, address: Address, yes: Yes = False, now: Now = None) -> None:
    """Forget a person (GDPR article 17): address, choices, words and what servers replied. It cannot be undone.

    Also whoever never subscribed, but answered a mail that somebody else was sent.
    """
    from notifier.store import erasing, writers
    from notifier.store.engine import reading, writing

    if not yes:
        with looking(context, now) as look, reading(look.engine) as connection:
            written = answers_written(connection, address)
            who = address if written else subscriber_at(connection, address).address
        print(wrapped(f"This would forget {who} for good. Nothing was changed; add --yes to do it."))
        return
    with changing(context, now) as look, writing(look.engine) as connection:
        if written := answers_written(connection, address):
            writers.forget(connection, written)
            kept = "What they answered for others stays, without their words and address."
        else:
            found = subscriber_at(connection, address)
            erasing.erase(connection, subscriber_id=found.id, pseudonyms=look.pseudonyms, now=look.now)
            kept = (
                f"What was sent stays on record without the address: for {look.settings.retention.erased} days as"
                " told to their vendor, then to nobody."
            )
    print(wrapped(f"The person is forgotten. {kept}"))


def default_basis() -> str:
    """On whose word somebody consents when nothing is said: the operator's."""
    return f"added by an operator ({person(None)})"


def known_changes(look: Look) -> ChangeList:
    """The list that can be followed. Raises ListRefusedError when none is in force and the file is wrong."""
    from notifier import app as wiring
    from notifier.jobs.known_list import known_list
    from notifier.sources.file import FileSource

    source = FileSource(look.settings.list_path)
    return known_list(engine=look.engine, source=source, timing=look.timing, wall=wiring.clock())


def known_vendor(connection: Connection, vendor: str | None) -> str | None:
    """The Vendor's id. Raises UsageError when there is no such Vendor."""
    from notifier.store import vendors

    return checked_vendor(vendor, [known.id for known in vendors.listing(connection)] if vendor else [])
