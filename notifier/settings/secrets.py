"""Secrets among the settings: each may stand in a file of its own, and no file with one in it is for everybody."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

# Which settings are secrets, or may hold one, and the one that names a file instead.
SECRETS = {
    "mail.password": "mail.password_file",
    "mail.url": "mail.password_file",
    "database.url": "database.password_file",
    "ops.webhook": "ops.webhook_file",
    "ops.heartbeat": "ops.heartbeat_file",
}
_FOR_EVERYBODY = 0o007


def secret_in(file: Path) -> str:
    """What a file holds, without the end of its line. Raises OSError, or UnicodeDecodeError where that is no text."""
    return file.read_text(encoding="utf-8").strip()


def with_password(url: str, password: str) -> str:
    """A database's address with a password in place of its own."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return parts._replace(netloc=f"{name}:{quote(password, safe='')}@{host}").geturl()


def file_problems(key: str, file: Path | None) -> Iterator[str]:
    """What is wrong with a file that a setting names for its secret."""
    if file is None:
        return
    if not (file.is_file() and os.access(file, os.R_OK)):
        yield f"{key}: {file} does not exist or cannot be read"
    elif file.stat().st_mode & _FOR_EVERYBODY:
        yield f"{key}: everybody may read {file}; run: chmod o= {file}"
    else:
        try:
            if not secret_in(file):
                yield f"{key}: {file} is empty"
        except UnicodeDecodeError:
            yield f"{key}: {file} is no text in UTF-8; write the secret into it anew"


def exposed_in(file: Path, values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a settings file that everybody may read though secrets stand in it."""
    if not file.stat().st_mode & _FOR_EVERYBODY:
        return
    for key, instead in SECRETS.items():
        table, _, name = key.partition(".")
        inside = values.get(table)
        value = inside.get(name) if isinstance(inside, Mapping) else None
        if isinstance(value, str) and _is_secret(name, value):
            yield (
                f"{key}: everybody may read {file}; run: chmod o= {file}, or put the secret into a file of its own"
                f" and name it in {instead}"
            )


def _is_secret(name: str, value: str) -> bool:
    """An address is one where a password stands in it; where it cannot be read, others say so."""
    if name != "url":
        return bool(value)
    try:
        return urlsplit(value).password is not None
    except ValueError:
        return False
