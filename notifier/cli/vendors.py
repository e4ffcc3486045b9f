"""Commands about vendors: add, list, show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from notifier.cli.finding import find_vendor
from notifier.cli.frame import app
from notifier.cli.opening import changing, looking
from notifier.cli.options import AsJson, Now, understood
from notifier.cli.printing import columns, print_json, wrapped
from notifier.cli.subscriber_views import as_value, lines
from notifier.core.text import count
from notifier.errors import UsageError

if TYPE_CHECKING:
    from notifier.store.vendors import Vendor

group = typer.Typer(
    help="The organisations that subscribers belong to.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(group, name="vendors")


@group.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The organisation's name.")],
    *,
    vendor_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Its short name; by default made from the name.")
    ] = None,
    domain: Annotated[
        list[str] | None,
        typer.Option("--domain", metavar="DOMAIN", help="A mail domain of theirs; several times."),
    ] = None,
    now: Now = None,
) -> None:
    """Add a vendor."""
    from notifier.store import vendors
    from notifier.store.engine import writing

    new = understood(
        lambda wanted: vendors.checked(vendor_id=wanted, name=name, domains=domain or ()),
        vendor_id or vendors.id_from(name),
    )
    with changing(context, now) as look, writing(look.engine) as connection:
        added = vendors.add(connection, new, now=look.now)
        there = vendors.find(connection, new.id)
    if added:
        print(wrapped(f"{new.name} is added as {new.id}."))
    elif there == new:
        print(wrapped(f"{new.name} is there already as {new.id}; nothing was changed."))
    else:
        raise UsageError(
            f"there is a vendor {new.id} already, with another name or other domains; nothing was changed."
            " Give this one its own --id, or change that one with: notifier vendors import"
        )


@group.command("list")
def show_all(context: typer.Context, as_json: AsJson = False, now: Now = None) -> None:
    """List the vendors."""
    from notifier.store import vendors
    from notifier.store.engine import reading

    with looking(context, now) as look, reading(look.engine) as connection:
        found = vendors.listing(connection)
    if as_json:
        print_json([_as_value(each) for each in found])
    elif found:
        print(columns([(each.id, each.name, " ".join(each.domains)) for each in found]))
        print(f"\n{count(len(found), 'vendor')}")
    else:
        print("No vendors. Add the first with: notifier vendors add NAME")


@group.command()
def show(
    context: typer.Context,
    vendor_id: Annotated[str, typer.Argument(metavar="ID", help="The vendor's id.")],
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Show one vendor with its subscribers."""
    from notifier.store import subscribers
    from notifier.store.engine import reading

    with looking(context, now) as look, reading(look.engine) as connection:
        found = find_vendor(connection, vendor_id)
        people = subscribers.listing(connection, vendor=vendor_id)
    if as_json:
        print_json(_as_value(found) | {"subscribers": [as_value(each) for each in people]})
        return
    rows = [("Vendor", found.id), ("Name", found.name), ("Domains", " ".join(found.domains) or "none")]
    print(columns([*rows, *([("Clients", " ".join(found.clients))] if found.clients else [])]))
    print(f"\n{lines(people)}" if people else "\nNo subscribers.")


def _as_value(vendor: Vendor) -> dict[str, Any]:
    return {
        "id": vendor.id,
        "name": vendor.name,
        "domains": list(vendor.domains),
        "clients": list(vendor.clients),
    }
