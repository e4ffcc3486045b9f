"""Reading the settings: a TOML file, then the environment over it, every problem at once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from notifier.errors import ConfigurationError
from notifier.settings.problems import problems_of
from notifier.settings.tables import Settings


def find_file(explicit: Path | None) -> Path | None:
    """The settings file: given, else `$NOTIFIER_CONFIG`, else in the working directory, else in /etc.

    Raises ConfigurationError when a file that was asked for is missing.
    """
    named = explicit or (Path(os.environ["NOTIFIER_CONFIG"]) if os.environ.get("NOTIFIER_CONFIG") else None)
    if named:
        if not named.is_file():
            raise ConfigurationError([f"the settings file {named} does not exist"])
        return named
    candidates = (Path("config/notifier.toml"), Path("/etc/notifier/notifier.toml"))
    return next((path for path in candidates if path.is_file()), None)


def load(file: Path | None = None) -> Settings:
    """Read all settings. Raises ConfigurationError with every problem, key and reason."""
    path = find_file(file)
    tables: Mapping[str, Any] = {}
    try:
        if path:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError([f"{path}: {error}"]) from error
    try:
        settings = Settings(**tables)
    except ValidationError as error:
        where = f"{path}: " if path else ""
        raise ConfigurationError([where + _sentence(problem) for problem in error.errors()]) from None
    problems = [*_unknown_variables(), *problems_of(settings)]
    if problems:
        raise ConfigurationError(problems)
    return settings


def _sentence(problem: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{key}: there is no such setting; see config/notifier.toml for every option"
    return f"{key}: {str(problem['msg']).removeprefix('Value error, ')}"


def _unknown_variables() -> list[str]:
    """A misspelt variable would otherwise be ignored in silence."""
    own = {"NOTIFIER_CONFIG"}
    known = {f"NOTIFIER_{name.upper()}" for name in Settings.model_fields}
    return [
        f"{name}: there is no such setting; write NOTIFIER_<TABLE>__<KEY>, as in NOTIFIER_MAIL__URL"
        for name in sorted(os.environ)
        if name.startswith("NOTIFIER_") and name not in own and name.partition("__")[0] not in known
    ]
