"""Small lists written as files, for stories in which they change."""

from __future__ import annotations

import re
from pathlib import Path

DAY = re.compile(r"\d{4}-\d\d-\d\d")


def when(
    written: str = "2026-12-01", *, name: str = "end", certainty: str = "confirmed", more: str = ""
) -> str:
    """A deadline's table; `more` are further lines of it."""
    value = written if DAY.fullmatch(written) else f'"{written}"'
    sure = "" if written == "tba" else f'certainty = "{certainty}"\n'
    return f'[[change.deadline]]\nid = "{name}"\nkind = "end"\nwhen = {value}\nstated = "{written}"\n{sure}{more}\n'


def change(name: str = "portal", *deadlines: str, service: str = "kjernejournal", more: str = "") -> str:
    """A change with these deadlines, or with one on 1 December 2026."""
    words = "".join(
        f'{part} = {{ nb = "{part} {name} nb", nn = "{part} {name} nn", en = "{part} {name} en" }}\n'
        for part in ("title", "summary", "affects", "action")
    )
    source = (
        'source = { document = "Veikart", url = "https://www.example.no/veikart", published = 2025-12-01 }\n'
    )
    head = f'[[change]]\nid = "{name}"\nservice = "{service}"\nchecked = 2026-04-20\n{more}'
    return head + words + source + "\n" + "\n".join(deadlines or (when(),))


def announced(*changes: str, revision: int = 1) -> str:
    """A whole list of these changes."""
    services = "".join(
        f'[[service]]\nid = "{service}"\nname = "{service.capitalize()}"\n\n'
        for service in dict.fromkeys(re.findall(r'^service = "([^"]+)"', "\n".join(changes), re.MULTILINE))
    )
    return f"revision = {revision}\n\n{services}" + "\n".join(changes)


def write(path: Path, *changes: str, revision: int = 1) -> Path:
    """Put such a list into a file."""
    path.write_text(announced(*changes, revision=revision), encoding="utf-8")
    return path
