"""The Outbox that these tests look into."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from notifier.store.engine import writing
from tests.store.boxes import fill


@pytest.fixture
def box(database: Engine) -> Iterator[Connection]:
    """Three Subscribers with a waiting Message each, and a list in force."""
    with writing(database) as connection:
        fill(connection)
        yield connection
