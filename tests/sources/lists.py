"""Lists in TOML for the tests to break."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from notifier.core.change import ChangeList, Deadline
from notifier.errors import ListRefusedError
from notifier.shipped import shipped
from notifier.sources.parse import parse_list

TODAY = date(2026, 11, 23)
REAL_FILE: Path = shipped("config", "breaking-changes.toml")

SMALL = """\
revision = 1

[[service]]
id = "preg"
name = "PREG"

[[change]]
id = "testdata"
service = "preg"
checked = 2026-11-20
title = { nb = "testdata", nn = "testdata", en = "test data" }
summary = { nb = "Går bort.", nn = "Går bort.", en = "Goes away." }
affects = { nb = "Kanskje.", nn = "Kanskje.", en = "Perhaps." }
action = { nb = "Bytt.", nn = "Byt.", en = "Move." }
source = { document = "Veikart", url = "https://www.example.no/veikart", published = 2025-12-01 }

[[change.deadline]]
id = "test"
kind = "test"
when = 2027-01-01
certainty = "confirmed"
stated = "fra 1.1.2027"

[[change.deadline]]
id = "end"
kind = "end"
when = "2027-Q2"
certainty = "tentative"
"""


def small(*swaps: tuple[str, str], tail: str = "") -> str:
    """The small list with these words swapped (each must be there) and something at its end."""
    text = SMALL
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    return text + tail


def parsed(text: str) -> ChangeList:
    """The list as the notifier reads it."""
    return parse_list(text.encode(), today=TODAY)


def deadline(text: str, key: str) -> Deadline:
    """One Deadline of a list."""
    found = parsed(text).deadline(key)
    assert found
    return found[1]


def problems(text: str | bytes) -> tuple[str, ...]:
    """Everything that is said about a list that must be refused."""
    with pytest.raises(ListRefusedError) as refused:
        parse_list(text if isinstance(text, bytes) else text.encode(), today=TODAY)
    return refused.value.problems


def line_of(text: str, piece: str) -> int:
    """The line on which a piece of text stands first."""
    return text[: text.index(piece)].count("\n") + 1


def another_change(
    name: str, *, service: str = "preg", deadline: str = 'when = "tba"', extra: str = ""
) -> str:
    """One more change to append, with a single deadline `end`."""
    entry = SMALL[SMALL.index("[[change]]") : SMALL.index("[[change.deadline]]")]
    entry = entry.replace('id = "testdata"', f'id = "{name}"').replace('"preg"', f'"{service}"')
    return f'\n{entry}{extra}\n[[change.deadline]]\nid = "end"\nkind = "end"\n{deadline}\n'
