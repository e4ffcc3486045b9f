"""config/notifier.toml explains every setting, and says the truth about its default."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel

from notifier.settings import Settings, load
from notifier.shipped import shipped

REFERENCE = shipped("config", "notifier.toml").read_text(encoding="utf-8")
_SETTING = re.compile(r"^# (\[[a-z]+\]|[a-z_]+ = .+)$", re.MULTILINE)


def _keys() -> set[str]:
    keys: set[str] = set()
    for name, field in Settings.model_fields.items():
        table = field.annotation
        if isinstance(table, type) and issubclass(table, BaseModel):
            keys |= {f"{name}.{inner.alias or key}" for key, inner in table.model_fields.items()}
        else:
            keys.add(name)
    return keys


def test_as_it_ships_it_sets_nothing() -> None:
    assert tomllib.loads(REFERENCE) == {}


def test_it_names_every_setting_and_no_other() -> None:
    tables = tomllib.loads(_SETTING.sub(r"\1", REFERENCE))
    named = {
        f"{table}.{key}" if isinstance(values, dict) else table
        for table, values in tables.items()
        for key in (values if isinstance(values, dict) else [""])
    }
    assert named == _keys()


def test_with_every_comment_sign_taken_away_it_gives_the_defaults(write: Callable[[str], Path]) -> None:
    assert load(write(_SETTING.sub(r"\1", REFERENCE))).model_dump() == Settings().model_dump()


def test_every_setting_is_explained_above_it() -> None:
    lines = REFERENCE.splitlines()
    for number, line in enumerate(lines):
        if _SETTING.match(line) and " = " in line:
            assert re.fullmatch(r"# .*[.:]", lines[number - 1]), f"nothing explains {line}"


def test_the_readmes_table_names_every_setting_and_no_other() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Configuration\n")[2].partition("\n## ")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name for cell in first_cells for name in re.findall(r"`([a-z_.]+)`", cell)}
    assert named == _keys()
