"""Printing: calm lines that read well on a narrow terminal and in a pipe, and JSON for programs."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

NARROWEST = 40


def print_json(value: Any) -> None:
    """Print JSON: instants in UTC, days as ISO dates, everything else that is no JSON as its text."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def local(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as people read it, in the list's time zone: `Thu 2026-06-04 08:00`."""
    return f"{instant.astimezone(zone):%a %Y-%m-%d %H:%M}"


def columns(rows: Iterable[Sequence[object]], *, indent: int = 0) -> str:
    """Rows as aligned columns; the last column is broken into lines that fit the terminal."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in texts if n < len(row) - 1) for n in range(_fixed(texts))]
    return "\n".join(_row(row, widths, indent) for row in texts)


def bullets(sentences: Iterable[str], *, indent: int = 0) -> str:
    """Sentences as a list, broken into lines that fit the terminal."""
    return "\n".join(_wrapped(sentence, f"{' ' * indent}• ") for sentence in sentences)


def wrapped(sentence: str) -> str:
    """A sentence broken into lines that fit the terminal."""
    return _wrapped(sentence, "")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value.value) if isinstance(value, Enum) else str(value)


def _fixed(texts: Sequence[Sequence[str]]) -> int:
    return max((len(row) for row in texts), default=1) - 1


def _row(row: Sequence[str], widths: Sequence[int], indent: int) -> str:
    lead = " " * indent + "".join(f"{cell:<{widths[n]}}  " for n, cell in enumerate(row[:-1]))
    return _wrapped(row[-1], lead).rstrip()


def _wrapped(text: str, lead: str) -> str:
    width = max(shutil.get_terminal_size().columns - len(lead), NARROWEST)
    lines: list[str] = []
    for line in text.splitlines() or [""]:
        hang = "  " if line.startswith("• ") else ""
        broken = textwrap.wrap(
            line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        )
        lines += broken or [""]
    return "\n".join([lead + lines[0], *(" " * len(lead) + line for line in lines[1:])])
