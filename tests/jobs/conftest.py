"""The relay that these jobs send through, and a crowd that is to be told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.scenes import MONDAY, a_crowd, before_joining
from tests.acceptance.story import Story
from tests.peers.smtp_sink import SmtpSink


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def crowd(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Story:
    """Thirty people who have just joined."""
    begun = before_joining(tmp_path, sink, url=sqlite_url)
    for address in a_crowd(30):
        begun.joins(address, now=MONDAY)
    return begun
