"""Where the stories begin: people who have joined, a relay that listens, a reminder about to fall due."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from notifier.jobs.examine import examine
from notifier.settings.tables import MailSettings
from tests.acceptance.announced import change, write
from tests.acceptance.story import KARI, Story
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

# The portal ends on Tuesday 1 December; the reminder seven days ahead falls due on Tuesday at 08:00.
MONDAY = oslo("2026-11-23", "09:00")
TUESDAY = oslo("2026-11-24", "09:00")
_PORTAL = (change(),)


def a_crowd(count: int) -> tuple[str, ...]:
    """That many addresses."""
    return tuple(f"person{number}@vendor{number}.example.no" for number in range(1, count + 1))


def before_joining(
    folder: Path, sink: SmtpSink, *changes: str, url: str | None = None, **settings: Any
) -> Story:
    """An installation with its baseline in force, on Monday at 08:00."""
    settings.setdefault("mail", MailSettings(url=sink.url))
    story = Story(folder, changes=write(folder / "list.toml", *(changes or _PORTAL)), url=url, **settings)
    story.begin(oslo("2026-11-23", "08:00"))
    story.tick(oslo("2026-11-23", "08:00"))
    return story


def eve_of_a_reminder(
    folder: Path,
    sink: SmtpSink,
    *changes: str,
    people: tuple[str, ...] = (KARI,),
    url: str | None = None,
    **settings: Any,
) -> Story:
    """The same with people who were told on Monday where they stand."""
    story = before_joining(folder, sink, *changes, url=url, **settings)
    for address in people:
        story.joins(address, now=oslo("2026-11-23", "08:30"))
    story.tick(MONDAY)
    assert sum(mail.recipients[0] in people for mail in sink.accepted) == len(people)
    return story


def troubles(story: Story, now: str) -> str:
    """Everything that the health page would complain of at a time on Tuesday."""
    found = examine(engine=story.parts.engine, timing=story.parts.timing, now=oslo("2026-11-24", now))
    return "; ".join(trouble.what for trouble in found)
