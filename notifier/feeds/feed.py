"""What a Feed is published as: its language, its addresses and who speaks."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from notifier.core.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One published edition of the deadlines.

    `page_url` is the page in the same language, below which each Change has a page of its own; `feed_url` is
    the Feed's own address, empty for a private one, which must not hold it; `zone` decides on which local
    day something was changed.
    """

    language: Language
    zone: ZoneInfo
    publisher: str
    contact: str
    page_url: str
    feed_url: str

    @property
    def is_private(self) -> bool:
        """Whether it is one Subscriber's own."""
        return not self.feed_url

    def change_url(self, change_id: str) -> str:
        """The page that tells of one Change."""
        return f"{self.page_url}/change/{change_id}"
