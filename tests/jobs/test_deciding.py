"""Deciding on a held reading while another node does the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import pytest
from sqlalchemy import Connection, Engine

from notifier.core.answer import AnswerRules
from notifier.errors import UsageError
from notifier.jobs import decide
from notifier.store import changes
from notifier.store.engine import reading, writing
from tests.core.lists import TIMING
from tests.store.people import JUNE, MAY
from tests.store.test_changes import DROPPED, FIRST, MOVED, take_force

# Long enough for the second to come to where it waits.
MEANWHILE = 0.3
HASH = changes.canonical_hash(MOVED)
approve = partial(decide.approve, short_hash=HASH, by="Per", timing=TIMING, rules=AnswerRules(), now=JUNE)
reject = partial(decide.reject, short_hash=HASH, by="Per", now=JUNE)


@pytest.fixture
def held(database: Engine) -> Engine:
    """A database in which a reading is held."""
    with writing(database) as connection:
        take_force(connection, FIRST, news=())
        changes.hold(connection, changes=MOVED, objections=["moves"], now=MAY)
    return database


def approved(connection: Connection) -> None:
    take_force(connection, MOVED, old=FIRST, by="Ola")


def rejected(connection: Connection) -> None:
    assert changes.reject(connection, changes.find_held(connection, HASH), by="Ola", now=JUNE)


@pytest.mark.parametrize("second", [approve, reject])
@pytest.mark.parametrize(
    ("first", "said"), [(approved, "Ola has approved it"), (rejected, "Ola has rejected it")]
)
def test_whoever_comes_second_waits_for_the_first_and_is_told_how_they_decided(
    held: Engine, first: Callable[[Connection], None], said: str, second: Callable[..., object]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with writing(held) as connection:
            changes.lock(connection)
            first(connection)
            coming = pool.submit(second, engine=held)
            wait([coming], timeout=MEANWHILE)
            assert not coming.done()
        with pytest.raises(UsageError, match=said):
            coming.result()
    with reading(held) as connection:
        current = changes.in_force(connection)
    assert current is not None
    assert current.changes == (MOVED if first is approved else FIRST)


def test_what_a_higher_revision_overtook_is_named_so(held: Engine) -> None:
    with writing(held) as connection:
        take_force(connection, DROPPED, old=FIRST)
    with pytest.raises(UsageError, match="a higher revision has taken force"):
        approve(engine=held)
