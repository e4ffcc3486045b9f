"""Proofs of what a vendor was told, in a story."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from notifier.core.text import Language
from notifier.jobs.dossier import check_dossier, write_dossier
from notifier.store import changes, vendors
from notifier.store.engine import reading
from tests.acceptance.story import Story

KEYS = ("a key of thirty-two bytes or more",)


def dossier(story: Story, change_id: str, vendor_id: str, *, now: datetime) -> Path:
    """The folder with the proof of what a Vendor was told of a Change, in which nothing was altered."""
    parts, folder = story.parts, story.folder / f"{vendor_id}-{change_id}"
    with reading(parts.engine) as connection:
        current, vendor = changes.in_force(connection), vendors.find(connection, vendor_id)
    assert current is not None
    assert vendor is not None
    change = current.changes.change(change_id)
    assert change is not None
    write_dossier(
        folder,
        engine=parts.engine,
        changes=current.changes,
        change=change,
        vendor=vendor,
        voice=parts.voice,
        rules=parts.settings.answer_rules,
        language=Language.NB,
        keys=KEYS,
        now=now,
        advance=lambda _: None,
    )
    assert check_dossier(folder, keys=KEYS).faults == ()
    return folder


def retold(folder: Path) -> list[list[str]]:
    """The texts of a proof's mails, in the order in which they were composed."""
    return [but_for_links(file.read_text()) for file in sorted((folder / "mails").glob("*.txt"))]


def but_for_links(text: str) -> list[str]:
    """A mail's text without its links and our addresses, which are signed for nothing in a proof."""
    return [line for line in text.splitlines() if "://" not in line and "varsel+" not in line]
