"""The command `subscribers set`: what one person chose."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.opening import changing
from notifier.cli.options import Now
from notifier.cli.people import (
    Address,
    Exclude,
    Follow,
    Leads,
    VendorId,
    chosen_cadence,
    chosen_topics,
    subscriber_at,
)
from notifier.cli.printing import wrapped
from notifier.cli.subscribers import group, known_changes, known_vendor
from notifier.core.text import Language
from notifier.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from notifier.core.subscription import Subscriber


NewLanguage = Annotated[Language | None, typer.Option("--language", help="The language of their mails.")]
DefaultLeads = Annotated[
    bool,
    typer.Option("--default-leads", help="Remind at each deadline's own or the default leads again."),
]
NoVendor = Annotated[bool, typer.Option("--no-vendor", help="They belong to no vendor.")]
Suspend = Annotated[
    str | None, typer.Option("--suspend", metavar="REASON", help="Send them nothing until resumed.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="End a suspension; the next mail tells all that is ahead.")
]


@group.command("set")
def change(
    context: typer.Context,
    *,
    address: Address,
    language: NewLanguage = None,
    follow: Follow = None,
    exclude: Exclude = None,
    lead: Leads = None,
    default_leads: DefaultLeads = False,
    vendor: VendorId = None,
    no_vendor: NoVendor = False,
    suspend: Suspend = None,
    resume: Resume = False,
    now: Now = None,
) -> None:
    """Change what a subscriber chose; what is not named stays.

    --follow, --exclude and --lead replace all of theirs; --follow alone leaves nothing excluded.
    """
    from notifier.consent.choosing import alter
    from notifier.store.engine import writing

    _refuse_both(lead, default_leads, "--lead", "--default-leads")
    _refuse_both(vendor, no_vendor, "--vendor", "--no-vendor")
    _refuse_both(suspend is not None, resume, "--suspend", "--resume")
    chooses = any((language, follow, exclude, lead, default_leads, vendor, no_vendor))
    if not (chooses or suspend is not None or resume):
        raise UsageError("nothing to change was named; see: notifier subscribers set --help")
    cadence = chosen_cadence(lead or [])
    with changing(context, now) as look:
        chosen = chosen_topics(follow or [], exclude or [], partial(known_changes, look))
        with writing(look.engine) as connection:
            found = _who_stays(connection, address)
            alter(
                connection,
                found,
                language=language or found.language,
                followed=chosen.followed(found.followed),
                cadence=cadence or (None if default_leads else found.cadence),
                vendor=known_vendor(connection, vendor) or (None if no_vendor else found.vendor),
                rules=look.settings.answer_rules,
                timing=look.timing,
                now=look.now,
            )
            stays = _stays_as_it_was(connection, found, suspend=suspend, resume=resume, now=look.now)
    changed = "" if stays and not chooses else f"{found.address} is changed. "
    print(wrapped(f"{stays}{changed}See: notifier subscribers show {found.address}"))


def _refuse_both(one: object, other: object, first: str, second: str) -> None:
    if one and other:
        raise UsageError(f"{first} and {second} exclude each other")


def _who_stays(connection: Connection, address: str) -> Subscriber:
    """The Subscriber, unless they left: then there is nothing to change."""
    from notifier.core.subscription import SubscriberState

    found = subscriber_at(connection, address, for_update=True)
    if found.state is SubscriberState.PENDING:
        raise UsageError(
            f"{found.address} has not confirmed yet; to subscribe them on your word: notifier subscribers add"
        )
    if found.state is SubscriberState.LEFT:
        raise UsageError(
            f"the subscriber {found.address} has left; they can subscribe again themselves, or with their consent:"
            f" notifier subscribers add {found.address} --again"
        )
    return found


def _stays_as_it_was(
    connection: Connection, found: Subscriber, *, suspend: str | None, resume: bool, now: datetime
) -> str:
    """Suspend or resume them where that is asked for; answers with a sentence when they were so already."""
    from notifier.store import leaving

    if suspend is not None:
        why = suspend.strip() or "no reason given"
        if not leaving.suspend(connection, subscriber_id=found.id, why=why, now=now):
            return f"{found.address} was suspended already. "
    if resume and not leaving.resume(connection, subscriber_id=found.id, now=now):
        return f"{found.address} was not suspended. "
    return ""
