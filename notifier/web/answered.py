"""What somebody has answered of all they follow, with the way to answer."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.consent.given import Given, Said, look_up
from notifier.core.change import Change
from notifier.core.subscription import Subscriber
from notifier.web.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerable:
    """A Change that is open, what was `said` of it, and the page's `path` where it is answered."""

    change: Change
    said: Said | None
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of it in the list's order, for the Vendor of this name, or for themselves where that is ""."""

    vendor: str = ""
    changes: tuple[Answerable, ...] = ()


def overview_of(site: Site, found: Subscriber) -> Overview:
    """What they follow and can answer."""
    changes = site.changes()
    if changes is None:
        return Overview()
    given = look_up(
        engine=site.register.engine,
        addressee=found.addressee,
        changes=changes,
        timing=site.timing,
        rules=site.answer_rules,
        now=site.now(),
    )
    if not isinstance(given, Given):
        return Overview()
    return Overview(
        vendor=given.vendor,
        changes=tuple(
            Answerable(
                change=change,
                said=given.said.get(change.id),
                path=site.links.answer(found.addressee, change.id)
                .removeprefix(site.links.base_url)
                .lstrip("/"),
            )
            for change in changes.changes
            if change.is_open and found.follows(change)
        ),
    )
