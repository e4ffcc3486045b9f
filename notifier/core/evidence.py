"""Evidence that comes in parts: several clients of one Vendor, in one file or several, of one report after another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from notifier.core.answer import Evidence, Use


def added_up(uses: Iterable[Use], *, vendor: str, change_id: str, until: date, at: datetime) -> Evidence:
    """One report's Evidence on a Vendor and a Change: calls are added up, the last day counts. What stands there
    several times of one client, as by day or by address, is added up as well."""
    by_client: dict[str, Use] = {}
    for use in uses:
        before = by_client.get(use.client, Use(use.client, 0, use.last_seen))
        last_seen = max(before.last_seen, use.last_seen)
        by_client[use.client] = Use(use.client, before.calls + use.calls, last_seen)
    return Evidence(
        vendor=vendor,
        change_id=change_id,
        calls=sum(use.calls for use in by_client.values()),
        last_seen=max(use.last_seen for use in by_client.values()),
        at=at,
        until=until,
        uses=tuple(by_client[client] for client in sorted(by_client)),
    )


def joined(known: Evidence | None, new: Evidence, *, is_dated: bool) -> Evidence | None:
    """What counts once `new` is imported beside what is `known`; None where that changes nothing.

    Of the same report, clients are added to those known, and one known already is as the new file says. A newer
    report takes the place of an older one as a whole, and an older one comes too late. Where nobody said of which day
    the report is (not `is_dated`), a file that tells nothing but what is known is the one of then, imported again.
    """
    if known is None or known.until is None or new.until is None:
        return new
    if new.until < known.until:
        return None
    if set(new.uses) <= set(known.uses) and (new.until == known.until or not is_dated):
        return None
    if new.until > known.until:
        return new
    others = {use.client: use for use in known.uses} | {use.client: use for use in new.uses}
    return added_up(others.values(), vendor=new.vendor, change_id=new.change_id, until=new.until, at=new.at)
