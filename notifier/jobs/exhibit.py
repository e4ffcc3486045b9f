"""Exhibit: a folder of mails with an index.html to browse them.

Twice is harmless: a folder made earlier is emptied of what was written then, and of nothing else.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from notifier.compose.templates import Templates
from notifier.core.text import Language
from notifier.errors import UsageError

MAILS = "mails"
SCRATCH = "scratch"
_MARK = ".notifier-exhibit"


def open_folder(folder: Path) -> Path:
    """Make the folder ready, for its owner only, since mails hold addresses; answers where its mails go.

    Raises UsageError when it holds anything that was not written by an earlier call, or cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / _MARK).is_file():
            raise UsageError(f"the folder {folder} holds other files; name a new or an empty folder")
        (folder / _MARK).touch()
        for inside in (MAILS, SCRATCH):
            shutil.rmtree(folder / inside, ignore_errors=True)
        mails = folder / MAILS
        mails.mkdir(mode=0o700)
    except OSError as error:
        raise UsageError(
            f"the folder {folder} cannot be used: {(error.strerror or str(error)).lower()}"
        ) from error
    return mails


def write_index(folder: Path, templates: Templates, name: str, **values: object) -> Path:
    """Render `templates/web/NAME` as the folder's index.html, in English, for operators and editors."""
    index = folder / "index.html"
    index.write_text(templates.render(f"web/{name}", Language.EN, **values), encoding="utf-8")
    return index
