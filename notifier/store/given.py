"""Rows given to a statement as one parameter: many then cost one statement, and little work each in the program."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    String,
    Subquery,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from notifier.store.columns import instant_text

# In the statement it is called so.
PARAMETER = "given_rows"


def given(
    dialect_name: str,
    columns: Mapping[str, type[TypeEngine[Any]]],
    rows: Sequence[Mapping[str, Any]] | None = None,
    *,
    varying: Collection[str] | None = None,
) -> FromClause:
    """A table of such rows, by their columns; of these rows, else of those the statement is executed with. The types
    are BigInteger, Integer, String and Instant.

    Where not all columns are `varying`, each of the others has one value, which the statement is executed with: see
    `parameters`.
    """
    if varying is not None:
        differ = {name: kind for name, kind in columns.items() if name in varying}
        same = [
            bindparam(f"{PARAMETER}_{name}", type_=kind()).label(name)
            for name, kind in columns.items()
            if name not in varying
        ]
        return select(*given(dialect_name, differ, rows).c, *same).subquery("rows")
    if rows is None:
        written: ColumnElement[str] = bindparam(PARAMETER, type_=String)
    else:
        written = literal(parameter(dialect_name, rows)[PARAMETER], String)
    if dialect_name != "sqlite":
        named = [column(name, kind()) for name, kind in columns.items()]
        listed = func.json_to_recordset(cast(written, JSON)).table_valued(*named)
        return listed.render_derived(name="given", with_types=True)
    each = func.json_each(written).table_valued("value")
    found = [
        type_coerce(func.json_extract(each.c.value, f"$.{name}"), kind()).label(name)
        for name, kind in columns.items()
    ]
    return select(*found).select_from(each).subquery("given")


def given_once(
    connection: Connection, columns: Mapping[str, type[TypeEngine[Any]]], rows: Sequence[Mapping[str, Any]]
) -> Subquery:
    """A table of these rows inside a statement, which is the same one for any number of them.

    Nested, since a statement must begin with INSERT for SQLite's driver to count its rows. Materialized, since else
    SQLite would read them out of the parameter anew for each row that they are joined to.
    """
    table = given(connection.dialect.name, columns, rows)
    once = select(*table.c).cte("given_once", nesting=True).prefix_with("MATERIALIZED")
    return select(*once.c).subquery("once")


def parameters(
    dialect_name: str, rows: Sequence[Mapping[str, Any]], *, varying: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...] | None, dict[str, Any]]]:
    """What to execute two statements with `given` with, at most: the one for those that differ in nothing but what is
    `varying`, which mostly are all of them, and the one for the others. Each comes with what its statement is told to
    be varying. To take what is the same for all out of each row takes longer than writing the row.
    """
    fixed = [name for name in rows[0] if name not in varying]
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple([row[name] for name in fixed]), []).append(row)
    same, alike = max(groups.items(), key=lambda group: len(group[1]))
    short = [{name: row[name] for name in varying} for row in alike]
    values = {f"{PARAMETER}_{name}": value for name, value in zip(fixed, same, strict=True)}
    yield varying, {**parameter(dialect_name, short), **values}
    if others := [row for group in groups.values() if group is not alike for row in group]:
        yield None, parameter(dialect_name, others)


def parameter(dialect_name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The rows for a statement with `given`, by their columns' names."""
    written = instant_text if dialect_name == "sqlite" else _in_utc
    return {PARAMETER: json.dumps(rows, default=written)}


def among(
    connection: Connection, column: ColumnElement[Any], values: Collection[int] | Collection[str]
) -> ColumnElement[bool]:
    """Whether a column has one of these values. Not as a list in the statement, which would be put into it anew each
    time: of hundreds, that takes longer than finding them does."""
    # Not by the values, of which there may be none.
    kind = String() if isinstance(column.type, String) else BigInteger()
    if connection.dialect.name != "sqlite":
        # PostgreSQL knows how many there are, and plans better than for rows of a function.
        return column == any_(literal(list(values), ARRAY(kind)))
    each = func.json_each(literal(json.dumps(list(values)), String)).table_valued("value")
    return column.in_(select(cast(each.c.value, kind)))


def _in_utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
