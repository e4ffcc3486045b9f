"""Values given to a statement as one parameter, also where there are none."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from notifier.store import answers, subscribers
from notifier.store.engine import reading
from notifier.store.given import among
from notifier.store.tables import subscribers as subscribers_table
from tests.store.people import join


@pytest.mark.parametrize(("column", "values"), [("id", [1, 7]), ("language", ["nb", "nn"])])
def test_a_row_has_one_of_the_values_and_none_where_there_are_none(
    database: Engine, column: str, values: list[int] | list[str]
) -> None:
    join(database)
    of = subscribers_table.c[column]
    with reading(database) as connection:
        for given, found in ((values, 1), (values[:0], 0), (values[1:], 0)):
            chosen = select(subscribers_table.c.id).where(among(connection, of, given))
            assert len(connection.scalars(chosen).all()) == found


def test_of_no_parties_nothing_is_known(database: Engine) -> None:
    with reading(database) as connection:
        assert answers.last_counting(connection, []) == {}
        assert answers.answered_by(connection, []) == {}
        assert subscribers.load(connection, []) == {}
