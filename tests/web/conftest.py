"""One server around the real list, shared by the tests that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.feeds.lists import history_of
from tests.web.serving import Client, serving
from tests.web.sites import real_list, site


@pytest.fixture(scope="session")
def real() -> Iterator[Client]:
    """The real list on 23 November 2026, with its baseline as history."""
    history = history_of([real_list()])
    with serving(site(history=lambda: history)) as client:
        yield client
