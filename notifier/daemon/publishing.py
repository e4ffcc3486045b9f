"""Publishing: everything public as files, for any web server or CDN; the same bytes as the daemon serves.

1. Everything is asked of the application; should one thing not be there, nothing is written.
2. A file that is there but was not written here is never touched: publishing is refused.
3. Each file is written beside its place and renamed into it, so that no visitor meets half of it. What is the same
   already stays as it is. A file is as old as what is in it.
4. The index is written, and what the one before named and is gone now is removed, unless somebody has changed it since.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from notifier.core.change import ChangeList
from notifier.daemon.asking import Answered, ask
from notifier.errors import NotifierError, UsageError
from notifier.web.public import INDEX, public_addresses

Index = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How many files there are now, how many were written because they differed, and how many were removed.

    `kept` are files that are gone from the list, but somebody else has changed them.
    """

    files: int
    written: int
    removed: int
    kept: tuple[str, ...]


async def publish(app: ASGIApp, changes: ChangeList, folder: Path) -> Published:
    """Write everything public into the folder. Raises UsageError when something in it is not from here."""
    found = {each.file: (each.path, await ask(app, each.path)) for each in public_addresses(changes)}
    # A site without an address for security matters has no security.txt; all else must be there.
    found = {file: (path, answer) for file, (path, answer) in found.items() if not _is_absent(path, answer)}
    before = _read_index(folder)
    _refuse_foreign(folder, before, found)
    written = sum(_write(folder / file, answer) for file, (_, answer) in found.items())
    index = {file: _entry(path, answer) for file, (path, answer) in sorted(found.items())}
    text = json.dumps({"revision": changes.revision, "files": index}, ensure_ascii=False, indent=2) + "\n"
    _replace(folder / INDEX, text.encode())
    removed, kept = _remove_gone(folder, before, index)
    return Published(files=len(found), written=written, removed=removed, kept=kept)


def _is_absent(path: str, answer: Answered) -> bool:
    if answer.status == 404 and path.startswith("/.well-known/"):
        return True
    if answer.status != 200:
        raise NotifierError(f"nothing was published: {path} answers {answer.status}; the log says why")
    return False


def _read_index(folder: Path) -> Index:
    """What was written here before; nothing when there is no index."""
    try:
        files: Index = json.loads((folder / INDEX).read_bytes())["files"]
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"the file {folder / INDEX} cannot be read; publish into an empty directory"
        ) from error
    return files


def _refuse_foreign(folder: Path, before: Index, found: Mapping[str, tuple[str, Answered]]) -> None:
    for file, (_, answer) in found.items():
        place = folder / file
        if file not in before and os.path.lexists(place) and not _holds(place, _digest(answer.body)):
            raise UsageError(f"the file {place} is there but not from here; publish into an empty directory")


def _write(place: Path, answer: Answered) -> bool:
    """Put the answer in its place, unless it is there; answers whether it was not."""
    if _holds(place, _digest(answer.body)):
        return False
    _replace(place, answer.body)
    stamp = answer.headers.get("last-modified")
    if stamp:
        seconds = parsedate_to_datetime(stamp).timestamp()
        os.utime(place, (seconds, seconds))
    return True


def _replace(place: Path, body: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".publishing-", dir=place.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
            # A web server reads as somebody else.
            os.fchmod(file.fileno(), 0o644)
        beside.replace(place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _remove_gone(folder: Path, before: Index, index: Index) -> tuple[int, tuple[str, ...]]:
    removed, kept = 0, []
    root = folder.resolve()
    for file, entry in before.items():
        place = folder / file
        if file in index or not os.path.lexists(place):
            continue
        if place.parent.resolve().is_relative_to(root) and _holds(place, str(entry.get("sha256"))):
            place.unlink()
            removed += 1
        else:
            kept.append(file)
    return removed, tuple(kept)


def _entry(path: str, answer: Answered) -> dict[str, str]:
    return {
        "path": path,
        "type": answer.headers["content-type"],
        "sha256": _digest(answer.body),
    }


def _holds(place: Path, digest: str) -> bool:
    return place.is_file() and not place.is_symlink() and _digest(place.read_bytes()) == digest


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
