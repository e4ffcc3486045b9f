"""The paths that a proxy must not write down: whoever has one can use it."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from notifier.core.subscription import Addressee
from notifier.core.text import Language
from notifier.feeds.addresses import Variant
from tests.web.sites import LINKS

SOMEBODY = Addressee("public-id", 0)


def private_paths() -> list[str]:
    """One for each kind of link that a mail may hold, and the private calendar in every variant and language."""
    until_then = datetime(2027, 1, 1, tzinfo=UTC)
    links = [
        LINKS.leave(SOMEBODY),
        LINKS.confirm(SOMEBODY, "nonce"),
        LINKS.deny(SOMEBODY),
        LINKS.choose(SOMEBODY),
        LINKS.answer(SOMEBODY, "change"),
        LINKS.access("public-id", 1, until=until_then),
        LINKS.new_address("public-id", "nonce"),
        LINKS.undo("public-id", 1),
        LINKS.readiness("public-id", until=until_then),
    ]
    calendar = urlsplit(LINKS.private_calendar("public-id", 1)).path
    calendars = [calendar.replace("/calendar/", f"/{variant}/") for variant in Variant]
    in_languages = [f"/{language}{path}" for language in Language for path in calendars]
    return [*(urlsplit(link).path for link in links), *calendars, *in_languages]
