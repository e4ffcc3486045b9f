"""The ways into a calendar program: a calendar's address to copy, and links that hand it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from notifier.core.change import ChangeList
from notifier.core.subscription import Subscriber
from notifier.core.text import Language
from notifier.feeds.addresses import Variant, public_path
from notifier.feeds.head import name_of, name_of_private
from notifier.feeds.selection import Selection
from notifier.web.site import Site

# Google takes an address by hand only: the links that name one in the query work for some and not for others.
GOOGLE = "https://calendar.google.com/calendar/u/0/r/settings/addbyurl"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLinks:
    """One calendar: what programs call it, its address, and the links that open it where it is to be shown."""

    name: str
    https: str
    google: str = GOOGLE

    @property
    def webcal(self) -> str:
        """What the calendar program of a phone or a desktop opens."""
        return urlsplit(self.https)._replace(scheme="webcal").geturl()

    @property
    def office(self) -> str:
        """Outlook at work or school."""
        return f"https://outlook.office.com/calendar/0/addfromweb?{self._query}"

    @property
    def live(self) -> str:
        """Outlook.com, for private accounts."""
        return f"https://outlook.live.com/calendar/0/addfromweb?{self._query}"

    @property
    def _query(self) -> str:
        return urlencode({"url": self.https, "name": self.name}, quote_via=quote)


def calendar_links(
    site: Site, changes: ChangeList, selection: Selection, language: Language
) -> Mapping[Variant, CalendarLinks]:
    """A public calendar in every variant, the plain one first."""
    return {
        variant: CalendarLinks(
            name=name_of(changes, selection, variant=variant, feed=site.feed(language)),
            https=site.links.base_url + public_path(selection, variant=variant, language=language),
        )
        for variant in Variant
    }


def private_links(site: Site, subscriber: Subscriber) -> Mapping[Variant, CalendarLinks]:
    """Somebody's own calendar in every variant, the plain one first. Whoever has an address can read it."""
    return {
        variant: CalendarLinks(
            name=name_of_private(variant, subscriber.language),
            https=site.links.private_calendar(
                subscriber.public_id, subscriber.calendar_serial, variant=variant
            ),
        )
        for variant in Variant
    }
