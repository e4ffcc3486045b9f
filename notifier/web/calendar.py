"""Calendars, public and private, as Editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.core.cadence import Cadence
from notifier.core.holder import NEVER, Mark, Retold
from notifier.core.subscription import EVERYTHING, Scope
from notifier.core.text import Language
from notifier.feeds.addresses import Variant, public_path
from notifier.feeds.asking import AskedCalendar
from notifier.feeds.ical import joined
from notifier.feeds.reminders import Reminding
from notifier.feeds.selection import Selection
from notifier.web.edition import Edition, edition
from notifier.web.shelf import Shelf, Snapshot
from notifier.web.site import Site

MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that a private calendar is made from beside the list and the day; nothing of whose it is.

    `own` Leads and `since` when they hold are for the variants that have reminders.
    """

    selection: Selection
    variant: Variant
    language: Language
    own: Cadence | None
    since: datetime | None
    retold: Retold
    marks: tuple[Mark, ...] = ()


def calendar_edition(site: Site, shelf: Shelf, snapshot: Snapshot, asked: AskedCalendar) -> Edition:
    """A public calendar."""
    path = public_path(asked.selection, variant=asked.variant, language=asked.language)
    return _edition(
        site,
        shelf,
        snapshot,
        selection=asked.selection,
        variant=asked.variant,
        language=asked.language,
        reminding=_reminding(site, asked.variant),
        feed_url=f"{site.links.base_url}{path}",
    )


def private_edition(site: Site, shelf: Shelf, snapshot: Snapshot, *, shown: Shown) -> Edition:
    """The calendar of everybody to whom the same is shown."""
    return _edition(
        site,
        shelf,
        snapshot,
        selection=shown.selection,
        variant=shown.variant,
        language=shown.language,
        reminding=_reminding(site, shown.variant, shown.own, shown.since),
        retold=shown.retold,
        marks=shown.marks,
        feed_url="",
    )


def _edition(
    site: Site,
    shelf: Shelf,
    snapshot: Snapshot,
    *,
    selection: Selection,
    variant: Variant,
    language: Language,
    reminding: Reminding | None,
    retold: Retold = NEVER,
    marks: tuple[Mark, ...] = (),
    feed_url: str,
) -> Edition:
    sheet = shelf.sheet(
        snapshot, language=language, variant=variant, reminding=reminding, retold=retold, marks=marks
    )
    feed = site.feed(language, feed_url=feed_url)
    whole = joined(sheet, selection=selection, variant=variant, feed=feed)
    return edition(
        whole.body,
        media_type=MEDIA_TYPE,
        changed_at=snapshot.not_ahead(whole.changed_at),
        language=language,
        filename=_filename(selection, variant, language, is_private=feed.is_private),
        is_private=feed.is_private,
    )


def _reminding(
    site: Site, variant: Variant, own: Cadence | None = None, since: datetime | None = None
) -> Reminding | None:
    if variant is Variant.PLAIN:
        return None
    return Reminding(timing=site.timing, own=own, since=since)


def _filename(selection: Selection, variant: Variant, language: Language, *, is_private: bool) -> str:
    targets = (*selection.targets(Scope.SERVICE), *selection.targets(Scope.CHANGE))
    what = "-" + targets[0] if len(targets) == 1 and not is_private else ""
    if not what and (is_private or EVERYTHING not in selection.topics):
        what = "-mine" if is_private else "-several"
    return f"e-helse{what}{variant.removeprefix('calendar')}-{language}.ics"
