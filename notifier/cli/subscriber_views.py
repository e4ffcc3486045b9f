"""Looking at subscribers: list, show, export."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from notifier.cli.naming import address_or_erased, deadline_name
from notifier.cli.opening import looking
from notifier.cli.options import AsJson, Now
from notifier.cli.people import Person, VendorId, answers_written, checked_vendor, follows, person_named
from notifier.cli.printing import columns, local, print_json
from notifier.cli.subscribers import group
from notifier.core.subscription import SubscriberState
from notifier.core.text import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from notifier.core.pseudonym import Pseudonyms
    from notifier.core.subscription import Subscriber
    from notifier.core.timing import Timing

State = Annotated[
    list[SubscriberState] | None,
    typer.Option("--state", help="Only those in this state; by default all who are not erased."),
]


@group.command("list")
def show_all(
    context: typer.Context,
    *,
    state: State = None,
    vendor: VendorId = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """List the subscribers, with what each follows."""
    from notifier.store import subscribers, vendors
    from notifier.store.engine import reading

    with looking(context, now) as look, reading(look.engine) as connection:
        if vendor is not None:
            checked_vendor(vendor, [known.id for known in vendors.listing(connection)])
        found = subscribers.listing(connection, states=state or (), vendor=vendor)
    if as_json:
        print_json([as_value(each) for each in found])
    elif found:
        print(lines(found))
        print(f"\n{count(len(found), 'subscriber')}")
    else:
        print("No subscribers. Add the first with: notifier subscribers add ADDRESS")


@group.command()
def show(context: typer.Context, address: Person, as_json: AsJson = False, now: Now = None) -> None:
    """Show one subscriber: what they chose, on whose word, and what they will be told next."""
    from notifier.store.engine import reading

    with looking(context, now) as look, reading(look.engine) as connection:
        found = person_named(connection, address, look.pseudonyms)
        record = _record(connection, found, look.pseudonyms)
        upcoming = _next(connection, found, look.timing, look.now)
    if as_json:
        print_json(as_value(found) | record | {"next": upcoming})
    else:
        print(columns(_shown(found, record, upcoming, look.timing.zone)))


@group.command()
def export(context: typer.Context, address: Person, as_json: AsJson = True, now: Now = None) -> None:
    """Print everything stored about a person as JSON (GDPR articles 15 and 20), with --json or without."""
    from notifier.store import exporting
    from notifier.store.engine import reading

    with looking(context, now) as look, reading(look.engine) as connection:
        if "@" in address and answers_written(connection, address):
            print_json(exporting.export_written(connection, address))
            return
        found = person_named(connection, address, look.pseudonyms)
        print_json(exporting.export(connection, found.id, pseudonyms=look.pseudonyms))


def lines(found: Sequence[Subscriber]) -> str:
    """Subscribers as aligned lines: address, state, language, what they follow, at which Leads."""
    return columns(
        [
            (each.address, each.state.value, each.language.value, f"{follows(each)}{_own_leads(each)}")
            for each in found
        ]
    )


def as_value(found: Subscriber) -> dict[str, Any]:
    """A Subscriber for JSON."""
    return {
        "address": found.address,
        "state": found.state,
        "language": found.language,
        "follows": [str(each) for each in found.followed.topics],
        "excluded": [str(each) for each in found.followed.excluded],
        "leads": [str(lead) for lead in found.cadence.leads] if found.cadence else None,
        "vendor": found.vendor,
        "joined_at": found.joined_at,
    }


def _own_leads(found: Subscriber) -> str:
    return f" at {found.cadence}" if found.cadence else ""


def _record(connection: Connection, found: Subscriber, pseudonyms: Pseudonyms) -> dict[str, Any]:
    from notifier.core.pseudonym import shortened
    from notifier.store import exporting

    row = exporting.record_of(connection, found.id)
    in_log = shortened(row["pseudonym"]) if row["pseudonym"] else pseudonyms.person(found.address)
    return {name: row[name] for name in ("basis", "ended_at", "ended_why")} | {"in_log": in_log}


def _next(connection: Connection, found: Subscriber, timing: Timing, now: datetime) -> dict[str, Any] | None:
    """The next reminder by the list in force; None when they will get none."""
    from notifier.core.plan import upcoming
    from notifier.store import changes

    current = changes.in_force(connection)
    if current is None or found.state is not SubscriberState.ACTIVE:
        return None
    ahead = upcoming(changes=current.changes, own=found.cadence, timing=timing, now=now)
    for change, deadline, step in ahead:
        if found.follows(change):
            name = deadline_name(current.changes, change, deadline)
            return {"due": step.due, "lead": str(step.lead), "deadline": step.deadline, "name": name}
    return None


def _shown(
    found: Subscriber, record: dict[str, Any], upcoming: dict[str, Any] | None, zone: ZoneInfo
) -> list[tuple[str, str]]:
    since = record["ended_at"]
    ended = f" since {local(datetime.fromisoformat(since), zone)}: {record['ended_why']}" if since else ""
    rows = [
        ("Address", address_or_erased(found)),
        ("State", f"{found.state}{ended}"),
        ("Language", found.language.value),
        ("Follows", follows(found)),
        ("Leads", str(found.cadence or "each deadline's own, else the default ones")),
        ("Vendor", found.vendor or "none"),
        ("Joined", local(found.joined_at, zone)),
        ("Consent", record["basis"]),
        ("In the log", record["in_log"]),
    ]
    if upcoming:
        what = f"{local(upcoming['due'], zone)}, {upcoming['lead']} ahead: {upcoming['name']}"
        rows.append(("Next", what))
    return rows
