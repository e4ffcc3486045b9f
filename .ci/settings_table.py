"""Writes deploy/settings.md: every setting with its variable, its default and what it does.

    .venv/bin/python .ci/settings_table.py

The settings and their defaults are those of the program, what they do is said in config/notifier.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path

from pydantic import BaseModel

from notifier.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "deploy" / "settings.md"
HEAD = """\
# Every setting

In `notifier.toml`, as `config/notifier.toml` shows it, or as a variable in the environment, which wins. This page is
made from the program by `.ci/settings_table.py`; a test fails when it is not as the program is.

| setting | variable | default | what it does |
|---|---|---|---|
"""
_TABLE = re.compile(r"# \[(\w+)\]")
_SETTING = re.compile(r"# (\w+) = ")


def meanings(reference: str) -> dict[str, str]:
    """What the settings file says above each setting."""
    found: dict[str, str] = {}
    table, said = "", list[str]()
    for line in reference.splitlines():
        if heading := _TABLE.fullmatch(line):
            table, said = f"{heading[1]}.", []
        elif setting := _SETTING.match(line):
            found[table + setting[1]] = " ".join(said).removeprefix("<br>")
            said = []
        elif line.startswith("#"):
            text = _said(line.removeprefix("# "))
            after_example = bool(said) and said[-1].startswith("<br>") and not text.startswith("<br>")
            said.append(f"<br>{text}" if after_example else text)
        else:
            said = []
    return found


def _said(line: str) -> str:
    """Examples are set in: each keeps a line of its own, with what it means behind a dash."""
    return f"<br>{re.sub(r' {2,}', ' – ', line.strip())}" if line.startswith("  ") else line.strip()


def defaults(settings: BaseModel, above: str = "") -> Iterator[tuple[str, str]]:
    """Every setting with its default, as the settings file writes it."""
    for name, field in type(settings).model_fields.items():
        key, value = above + (field.alias or name), getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from defaults(value, f"{key}.")
        else:
            yield key, _written(value)


def _written(value: object) -> str:
    match value:
        case None | "" | ():
            return ""
        case bool():
            return str(value).lower()
        case (time() as opens, time() as closes):
            return f"{opens:%H:%M}-{closes:%H:%M}"
        case tuple():
            return " ".join(map(str, value))
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)


def page() -> str:
    """The whole page."""
    said = meanings((ROOT / "config" / "notifier.toml").read_text(encoding="utf-8"))
    rows = []
    for key, default in defaults(Settings()):
        variable = f"NOTIFIER_{key.replace('.', '__').upper()}"
        shown = f"`{default}`" if default else ""
        rows.append(f"| `{key}` | `{variable}` | {shown} | {said[key].replace('|', '/')} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
