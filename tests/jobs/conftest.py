"""The relay that these jobs send through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peers.smtp_sink import SmtpSink


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server
