"""Rows given to a statement as one parameter: many then cost one statement, and little work each in the program."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    FromClause,
    String,
    bindparam,
    cast,
    column,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from notifier.store.columns import instant_text

# In the statement it is called so.
PARAMETER = "given_rows"


def given(dialect_name: str, columns: Mapping[str, type[TypeEngine[Any]]]) -> FromClause:
    """A table of such rows, by their columns. The types are BigInteger, Integer, String and Instant."""
    rows = bindparam(PARAMETER, type_=String)
    if dialect_name != "sqlite":
        named = [column(name, kind()) for name, kind in columns.items()]
        listed = func.json_to_recordset(cast(rows, JSON)).table_valued(*named)
        return listed.render_derived(name="given", with_types=True)
    each = func.json_each(rows).table_valued("value")
    found = [
        type_coerce(func.json_extract(each.c.value, f"$.{name}"), kind()).label(name)
        for name, kind in columns.items()
    ]
    return select(*found).select_from(each).subquery("given")


def parameter(dialect_name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The rows for a statement with `given`, by their columns' names."""
    written = instant_text if dialect_name == "sqlite" else _in_utc
    return {PARAMETER: json.dumps(rows, default=written)}


def _in_utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
