"""Fixtures for the tests of real processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """The relay, the only witness of what was sent."""
    with SmtpSink() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path, sink: SmtpSink) -> Iterator[Installation]:
    """An installation that mails to the sink."""
    installation = Installation(tmp_path, sink=sink)
    yield installation
    installation.close()
