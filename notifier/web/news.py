"""The news as Editions."""

from __future__ import annotations

from notifier.feeds.addresses import news_path
from notifier.feeds.asking import AskedNews
from notifier.feeds.atom import atom
from notifier.web.edition import Edition, edition
from notifier.web.headers import XML_PROTECTION
from notifier.web.shelf import Snapshot
from notifier.web.site import Site

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def news_edition(site: Site, snapshot: Snapshot, asked: AskedNews) -> Edition:
    """The Atom feed of one Service, or of all."""
    history = snapshot.history
    instants = [entry.at for entries in history.values() for entry in entries]
    # While there is no news, the feed was last updated when the list began.
    since = min(instants, default=snapshot.at)
    # The bytes hold the list's present words, which change without being news.
    latest = max(instants, default=since)
    service = snapshot.changes.service(asked.service) if asked.service else None
    path = news_path(asked.service, language=asked.language)
    return edition(
        atom(
            changes=snapshot.changes,
            history=history,
            feed=site.feed(asked.language, feed_url=f"{site.links.base_url}{path}"),
            since=since,
            service=service,
        ),
        media_type=MEDIA_TYPE,
        extra=XML_PROTECTION,
        changed_at=snapshot.not_ahead(latest),
        language=asked.language,
    )
