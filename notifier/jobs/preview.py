"""Preview: every mail that the list can give rise to, in a folder to browse and approve.

Twice is harmless: it reads the list and writes its own folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifier.channels.folder import Kept, keep
from notifier.compose.preview import Preview, preview_all
from notifier.compose.voice import Voice
from notifier.core.change import ChangeList
from notifier.jobs.exhibit import open_folder, write_index


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind of mail, ahead by one Lead where it is a reminder, in every language."""

    name: str
    mails: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Every case of one Change; of none in particular when `anchor` is ""."""

    anchor: str
    title: str
    cases: tuple[Case, ...]


def write_previews(
    folder: Path,
    *,
    changes: ChangeList,
    now: datetime,
    voice: Voice,
    advance: Callable[[int], None],
) -> tuple[Path, int]:
    """Write every mail and the page that leads to them; answers the page and how many mails there are.

    `advance` is told how many more Changes are done. Raises UsageError when the folder cannot be used.
    """
    mails = open_folder(folder)
    kept: dict[str, dict[str, list[Kept]]] = {}
    for preview in preview_all(changes=changes, now=now, voice=voice):
        if preview.change not in kept:
            advance(1)
        cases = kept.setdefault(preview.change, {})
        cases.setdefault(_case(preview), []).append(keep(mails, preview.stem, preview.mail.data))
    chapters = tuple(
        Chapter(
            anchor=anchor,
            title=_title(changes, anchor),
            cases=tuple(Case(name=name, mails=tuple(each)) for name, each in cases.items()),
        )
        for anchor, cases in kept.items()
    )
    number = sum(len(case.mails) for chapter in chapters for case in chapter.cases)
    index = write_index(
        folder,
        voice.templates,
        "preview-index.html.j2",
        chapters=chapters,
        revision=changes.revision,
        day=voice.timing.today(now),
        number=number,
    )
    return index, number


def _case(preview: Preview) -> str:
    return f"{preview.kind}, {preview.lead} ahead" if preview.lead else str(preview.kind).replace("_", " ")


def _title(changes: ChangeList, change_id: str) -> str:
    change = changes.change(change_id)
    if change is None:
        return "The subscription itself"
    service = changes.service(change.service)
    return f"{service.name if service else change.service} – {change.title.en}"
