"""A voice: who speaks in mails, in which words, with which links, by which clock."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.compose.templates import Templates
from notifier.core.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What is the same in all mails of an installation, for as long as it runs."""

    timing: Timing
    letterhead: Letterhead
    templates: Templates
    links: Links
