"""What holds between the list's entries: unique ids, known services, sound followers.

These rules look at the parsed file rather than at the models, so that they still speak where something
else in the same entry is wrong; what has no usable form is passed over, since the form is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from notifier.core.change import Status
from notifier.core.when import Certainty
from notifier.sources.problem import Finding, Path, Tree

Table = Mapping[str, Any]

_MOST_COMPARED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outline:
    """A Deadline as far as these rules care."""

    key: str
    path: Path
    table: Table
    withdrawn: bool


def rule_findings(tree: Tree, *, today: date) -> Iterator[Finding]:
    """Every broken rule. `today` is the real day, against which `checked` is held."""
    services = list(_tables(tree, "service"))
    changes = list(_tables(tree, "change"))
    yield from _taken_ids(services, "service")
    yield from _taken_ids(changes, "change")
    known = [name for _, table in services if (name := _text(table, "id"))]
    for path, change in changes:
        yield from _unknown_service(path, change, known)
        yield from _checked_ahead(path, change, today)
        yield from _taken_ids(list(_tables(change, "deadline", path)), "deadline of this change")
    outlines = list(_outlines(changes))
    by_key = {outline.key: outline for outline in outlines}
    for outline in outlines:
        yield from _date_findings(outline, by_key)


def _tables(table: Table, key: str, path: Path = ()) -> Iterator[tuple[Path, Table]]:
    items = table.get(key)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping):
            yield (*path, key, index), item


def _text(table: Table, key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""


def _taken_ids(tables: list[tuple[Path, Table]], what: str) -> Iterator[Finding]:
    seen = set()
    for path, table in tables:
        name = _text(table, "id")
        if name and name in seen:
            yield Finding((*path, "id"), f"“{name}” is already the id of another {what}")
        seen.add(name)


def _unknown_service(path: Path, change: Table, known: list[str]) -> Iterator[Finding]:
    name = _text(change, "service")
    if name and known and name not in known:
        yield Finding((*path, "service"), f"there is no service “{name}”{_suggestion(name, known)}")


def _checked_ahead(path: Path, change: Table, today: date) -> Iterator[Finding]:
    checked = change.get("checked")
    if isinstance(checked, date) and not isinstance(checked, datetime) and checked > today:
        yield Finding(
            (*path, "checked"), f"{checked} lies in the future; write the day you checked the source"
        )


def _outlines(changes: list[tuple[Path, Table]]) -> Iterator[_Outline]:
    for path, change in changes:
        for place, deadline in _tables(change, "deadline", path):
            status = _text(deadline, "status") or _text(change, "status")
            yield _Outline(
                key=f"{_text(change, 'id')}/{_text(deadline, 'id')}",
                path=place,
                table=deadline,
                withdrawn=status == Status.WITHDRAWN,
            )


def _date_findings(outline: _Outline, by_key: Mapping[str, _Outline]) -> Iterator[Finding]:
    has_when, follows = "when" in outline.table, _text(outline.table, "follows")
    if has_when and "follows" in outline.table:
        yield Finding((*outline.path, "follows"), "stands beside when; keep one of them")
    elif not has_when and "follows" not in outline.table:
        yield Finding(outline.path, 'has no date; write when (or when = "tba"), or follows')
    if not follows:
        return
    followed = by_key.get(follows)
    where = (*outline.path, "follows")
    if follows == outline.key:
        yield Finding(where, "a deadline cannot follow itself")
    elif followed is None:
        yield Finding(where, f"there is no deadline “{follows}”{_suggestion(follows, list(by_key))}")
    elif end := _text(followed.table, "follows"):
        yield Finding(where, f"“{follows}” follows another one itself; write “{end}” instead")
    elif followed.withdrawn and not outline.withdrawn:
        yield Finding(where, f"“{follows}” is withdrawn; give this deadline its own date, or withdraw it too")
    else:
        yield from _own_words(outline, followed)


def _own_words(outline: _Outline, followed: _Outline) -> Iterator[Finding]:
    """A follower takes certainty and words from the other; saying something else here would be lost."""
    for key, default in (("certainty", Certainty.CONFIRMED.value), ("stated", "")):
        theirs = _text(followed.table, key) or default
        if key in outline.table and _text(outline.table, key) != theirs:
            yield Finding((*outline.path, key), f"is taken from “{followed.key}”; leave it out here")


def _suggestion(name: str, known: list[str]) -> str:
    near = get_close_matches(name[:130], known[:_MOST_COMPARED], n=1)
    return f"; did you mean “{near[0]}”?" if near else ""
