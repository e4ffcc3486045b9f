"""Whether the list has the form it must have, told key by key."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from notifier.sources.problem import MOST_PROBLEMS, Finding, Path, Tree
from notifier.sources.raw import TABLES, RawList

_SENTENCES = {
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number, without quotes",
    "date_type": "must be a date without quotes, such as 2026-12-01",
    "list_type": "must be a list in square brackets",
    "model_type": "must be a table of keys",
    "enum": "must be {expected}",
    "string_too_short": "must not be empty",
    "string_too_long": "is longer than {max_length} characters",
    "too_short": "needs at least one entry",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_long": "has more than {max_length} entries",
}
_NO_CHANGES = "the list holds no changes; an empty list is refused"


def read_form(tree: Tree) -> tuple[RawList | None, list[Finding]]:
    """The list as models, or None and everything about its form that is wrong."""
    try:
        return RawList.model_validate(dict(tree)), []
    except ValidationError as error:
        return None, [_finding(problem) for problem in error.errors(include_url=False)[: 2 * MOST_PROBLEMS]]


def _finding(problem: Mapping[str, Any]) -> Finding:
    path: Path = problem["loc"]
    return Finding(path, _sentence(path, problem))


def _sentence(path: Path, problem: Mapping[str, Any]) -> str:
    kind = problem["type"]
    if path == ("change",) and kind in ("missing", "too_short"):
        return _NO_CHANGES
    if kind == "missing":
        return _missing(path)
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind in _SENTENCES:
        return _SENTENCES[kind].format_map(problem.get("ctx", {}))
    return str(problem["msg"]).removeprefix("Value error, ")


def _missing(path: Path) -> str:
    if path[-1] in ("nb", "nn", "en"):
        return "missing; every text exists in nb, nn and en"
    if path[-1] in ("title", "summary", "affects", "action"):
        return f"missing; write {path[-1]}.nb, {path[-1]}.nn and {path[-1]}.en"
    if path[-1] == "deadline":
        return 'missing; a change has at least one, and its when may be "tba"'
    return "missing"


def _unknown(path: Path) -> str:
    around = next((str(key) for key in reversed(path[:-1]) if isinstance(key, str)), "")
    known = [field.alias or name for name, field in TABLES[around].model_fields.items()]
    near = get_close_matches(str(path[-1])[:60], known, n=1)
    return (
        f"there is no such key; did you mean {near[0]}?"
        if near
        else f"there is no such key; {_listed(known)}"
    )


def _listed(keys: list[str]) -> str:
    return f"this table has {', '.join(keys)}"
