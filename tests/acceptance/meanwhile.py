"""What happens while Messages are on their way: after they were claimed, before they are armed."""

from __future__ import annotations

from collections.abc import Callable

from notifier.channels.channel import Channel, Line
from tests.acceptance.story import Story


class Meanwhile:
    """A Channel before whose first Line something happens: after Messages were claimed, before they are armed."""

    def __init__(self, channel: Channel, happens: Callable[[], object]) -> None:
        self._channel = channel
        self._happens: Callable[[], object] | None = happens

    async def open(self) -> Line:
        happens, self._happens = self._happens, None
        if happens:
            happens()
        return await self._channel.open()

    def describe(self) -> str:
        return self._channel.describe()


def after_the_claim(story: Story, happens: Callable[[], object]) -> None:
    """Let something happen between the next claim and its transmission."""
    story.sends_through(Meanwhile(story.parts.channel, happens))
