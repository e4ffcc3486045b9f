"""The command `vendors waive`: a vendor that need not be ready."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from notifier.cli import vendors
from notifier.cli.finding import find_change, find_vendor, list_in_force
from notifier.cli.opening import changing
from notifier.cli.options import By, ChangeId, Now, parse_day, person
from notifier.cli.printing import wrapped
from notifier.errors import UsageError

Until = Annotated[
    date, typer.Option("--until", metavar="DATE", parser=parse_day, help="The last day on which it holds.")
]


@vendors.group.command()
def waive(
    context: typer.Context,
    vendor_id: Annotated[str, typer.Argument(metavar="VENDOR", help="The vendor's id.")],
    change_id: ChangeId,
    *,
    until: Until,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    by: By = None,
    now: Now = None,
) -> None:
    """Let a vendor off being ready, until a day.

    It no longer holds up readiness --gate. It is reminded as before. To end it early, give --until a day gone by.
    """
    from notifier.core.readiness import Waiver
    from notifier.store import waivers
    from notifier.store.engine import writing

    if not reason.strip() or not reason.isprintable():
        raise UsageError("a waiver needs a reason of one line: --reason TEXT")
    with changing(context, now) as look:
        change = find_change(list_in_force(look.engine), change_id)
        with writing(look.engine) as connection:
            waiver = Waiver(
                vendor=find_vendor(connection, vendor_id).id,
                change_id=change.id,
                by=person(by),
                reason=reason.strip(),
                until=until,
                at=look.now,
            )
            waivers.add(connection, waiver)
        over = until < look.timing.today(look.now)
    if over:
        print(wrapped(f"{vendor_id} is no longer let off for {change.id}."))
    else:
        print(wrapped(f"{vendor_id} need not be ready for {change.id} until and with {until}."))
