"""The list's editor in a story: what they publish, and what comes of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from notifier.jobs import refresh
from notifier.settings.tables import GuardSettings
from tests.acceptance.announced import write
from tests.acceptance.invariants import assert_sound
from tests.acceptance.scenes import eve_of_a_reminder
from tests.acceptance.story import KARI, OLA, Letter, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

FAR = "2027-09-06"
PEOPLE = GuardSettings(max_people=25)


class Editor:
    """Whoever edits the list of a story, with a Subscriber to everything and one to another service."""

    def __init__(
        self, folder: Path, sink: SmtpSink, url: str, *entries: str, guard: GuardSettings = PEOPLE
    ) -> None:
        self.story: Story = eve_of_a_reminder(folder, sink, *entries, people=(KARI,), url=url, guard=guard)
        self.story.joins(OLA, "service:preg", now=oslo("2026-11-23", "09:30"))
        self.story.tick(oslo("2026-11-23", "09:31"))
        self._sink = sink
        self._revision = 1
        self._read = len(sink.accepted)

    def publishes(self, *entries: str, at: datetime) -> refresh.Refreshed:
        """Write the list with the next revision, and let the next tick come."""
        self._revision += 1
        write(self.story.changes, *entries, revision=self._revision)
        refreshed = self.story.tick(at).refreshed
        assert refreshed is not None
        return refreshed

    def means(self, *entries: str, at: datetime) -> None:
        """Publish what the guard may hold, and approve it then."""
        found = self.publishes(*entries, at=at)
        if found.finding is refresh.Finding.HELD:
            self.story.approves(found, now=at)

    def new_letters(self) -> list[Letter]:
        """What the relay took in since last asked."""
        mails = self._sink.accepted
        fresh, self._read = letters_at(mails[self._read :]), len(mails)
        assert_sound(self.story, mails)
        return fresh
