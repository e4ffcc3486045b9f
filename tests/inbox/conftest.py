"""Mails in, tried against a real database and a listener on a free port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from notifier.store.engine import open_engine
from tests.inbox.letterbox import Letterbox, opened
from tests.peers.smtp_sink import SmtpSink

settings.register_profile("inbox", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("inbox")


@pytest.fixture
def relay() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def box(sqlite_url: str, relay: SmtpSink) -> Iterator[Letterbox]:
    engine = open_engine(sqlite_url)
    with opened(Letterbox(engine=engine, relay=relay.url)) as letterbox:
        yield letterbox
    engine.dispose()
