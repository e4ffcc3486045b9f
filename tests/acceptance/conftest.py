"""The relay that these stories end at, and the visitor with whom some begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.announced import write
from tests.acceptance.newcomers import LISTED, MONDAY
from tests.acceptance.story import Story
from tests.acceptance.visiting import Visitor, visiting
from tests.peers.smtp_sink import SmtpSink


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    """Somebody at the page of an installation that has just begun."""
    story = Story(tmp_path, changes=write(tmp_path / "list.toml", *LISTED))
    story.begin(MONDAY)
    story.tick(MONDAY)
    with visiting(story, MONDAY) as here:
        yield here
