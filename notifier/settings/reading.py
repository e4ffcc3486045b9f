"""Reading the settings: a TOML file, then the environment over it, every problem at once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from notifier.errors import ConfigurationError
from notifier.settings.problems import problems_of
from notifier.settings.secrets import exposed_in
from notifier.settings.whole import Settings

# Kubernetes puts SERVICE and PORT variables beside a service that is named notifier.
_NOT_OURS = re.compile(r"NOTIFIER_(CONFIG|SERVICE_(HOST|PORT(_.+)?)|PORT(_\d+_(TCP|UDP)(_.+)?)?)")

# What pydantic says in a programmer's words.
_TOLD = {
    "greater_than_equal": "write a number that is at least {ge}",
    "less_than_equal": "write a number that is at most {le}",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "string_type": "write it as text, in quotation marks",
    "string_pattern_mismatch": "write one of {choices}",
    "model_type": "this is a table; set what is in it: [{key}] in the file, NOTIFIER_{key}__… in the environment",
}


def find_file(explicit: Path | None) -> Path | None:
    """The settings file: given, else `$NOTIFIER_CONFIG`, else in the working directory, else in /etc.

    Raises ConfigurationError when a file that was asked for is missing.
    """
    named = explicit or (Path(os.environ["NOTIFIER_CONFIG"]) if os.environ.get("NOTIFIER_CONFIG") else None)
    if named:
        if named.is_dir():
            raise ConfigurationError([f"the settings file {named} is a folder; name the file in it"])
        if not named.is_file():
            raise ConfigurationError([f"the settings file {named} does not exist"])
        return named
    candidates = (Path("config/notifier.toml"), Path("/etc/notifier/notifier.toml"))
    return next((path for path in candidates if path.is_file()), None)


def load(file: Path | None = None) -> Settings:
    """Read all settings. Raises ConfigurationError with every problem, key and reason."""
    path = find_file(file)
    in_file = _tables(path) if path else {}
    in_environment = _set_in_environment()
    settings, problems = _validated(_laid_over(in_file, in_environment))
    wrong = {_key(problem) for problem in problems}
    problems += [problem for problem in problems_of(settings) if _key(problem) not in wrong]
    told = [_placed(problem, path, in_file, in_environment) for problem in problems]
    told += exposed_in(path, in_file) if path else []
    told += _unknown_variables()
    if told:
        raise ConfigurationError(told)
    return settings


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError([f"{path}: {error}"]) from error


def _set_in_environment() -> dict[str, Any]:
    """What variables set, by table: `NOTIFIER_MAIL__URL` is `url` of `mail`. All are text yet."""
    given = {
        name.removeprefix("NOTIFIER_").lower(): value
        for name, value in os.environ.items()
        if name.startswith("NOTIFIER_")
    }
    found: dict[str, Any] = {}
    for table in Settings.model_fields:
        start = f"{table}__"
        inside = {name.removeprefix(start): value for name, value in given.items() if name.startswith(start)}
        if table in given or inside:
            found[table] = given.get(table, inside)
    return found


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = below.get(key)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            merged[key] = _laid_over(under, value)
        else:
            merged[key] = value
    return merged


def _validated(values: dict[str, Any]) -> tuple[Settings, list[str]]:
    """The settings, with the default in place of each value that is wrong, and what is wrong with it.

    The rest can then be checked as well, so that one start shows all there is to mend. Tables are compared letter by
    letter first, since pydantic takes `[Mail]` for `[mail]` and then finds what is wrong in a table that is not there.
    """
    strangers = [_unknown(name) for name in values if name not in Settings.model_fields]
    values = {name: value for name, value in values.items() if name in Settings.model_fields}
    try:
        return Settings(**values), strangers
    except ValidationError as error:
        found = error.errors()
    for problem in found:
        values = _without(values, problem["loc"])
    return Settings(**values), strangers + [_sentence(problem) for problem in found]


def _without(values: dict[str, Any], place: Sequence[int | str]) -> dict[str, Any]:
    key, inside = str(place[0]), values.get(str(place[0]))
    if len(place) > 1 and isinstance(inside, dict):
        return values | {key: _without(inside, place[1:])}
    return {name: value for name, value in values.items() if name != key}


def _sentence(problem: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return _unknown(key)
    if problem["type"] not in _TOLD:
        return f"{key}: {str(problem['msg']).removeprefix('Value error, ')}"
    values = problem.get("ctx", {})
    choices = str(values.get("pattern", "")).strip("^$()").replace("|", ", ")
    return f"{key}: {_TOLD[problem['type']].format_map(values | {'key': key, 'choices': choices})}"


def _unknown(key: str) -> str:
    return f"{key}: there is no such setting; see config/notifier.toml for every option"


def _key(problem: str) -> str:
    return problem.partition(":")[0]


def _placed(
    problem: str, path: Path | None, in_file: Mapping[str, Any], in_environment: Mapping[str, Any]
) -> str:
    """The problem with where its value comes from: the variable's name, or the file."""
    key = _key(problem)
    if _has(in_environment, key):
        return f"{problem} (from NOTIFIER_{key.replace('.', '__').upper()})"
    return f"{problem} (in {path})" if _has(in_file, key) else problem


def _has(values: Mapping[str, Any], key: str) -> bool:
    table, _, name = key.partition(".")
    inside = values.get(table)
    return table in values and (not isinstance(inside, Mapping) or name.partition(".")[0] in inside)


def _unknown_variables() -> list[str]:
    """A misspelt variable would otherwise be ignored in silence."""
    known = {f"NOTIFIER_{name.upper()}" for name in Settings.model_fields}
    return [
        f"{name}: there is no such setting; write NOTIFIER_<TABLE>__<KEY>, as in NOTIFIER_MAIL__URL"
        for name in sorted(os.environ)
        if name.startswith("NOTIFIER_")
        and not _NOT_OURS.fullmatch(name)
        and name.partition("__")[0] not in known
    ]
