"""Dossiers of one vendor: what it was told of a Change before, and what stands in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from notifier.core.answer import Answer, AnswerKind, Party, Way
from notifier.store import answers
from notifier.store.engine import writing
from tests.cli.rehearsal import JOINED, Rehearsal, oslo

CHANGE = "testdata"


def told_of(place: Rehearsal) -> Rehearsal:
    """A vendor whose contact got the standing mail and one reminder, and answered on the phone."""
    place.begun()
    place("vendors", "add", "Blåbær & Sønn", "--id", "blabaer", now=JOINED)
    place("subscribers", "add", "kari@blabaer.example", "--vendor", "blabaer", "--language", "nn", now=JOINED)
    assert place("tick", now=JOINED).code == 0
    assert place("tick", now=oslo(2026, 12, 2)).code == 0
    said = {"party": Party(vendor="blabaer"), "change_id": CHANGE, "kind": AnswerKind.DONE, "by": "Ola"}
    with place.opened() as engine, writing(engine) as connection:
        answers.add(connection, Answer(id=0, way=Way.OPERATOR, at=oslo(2026, 12, 3), **said))
    return place


def write(place: Rehearsal) -> tuple[Path, str]:
    """Its dossier, and the hash that was printed with it."""
    folder = place.folder / "dossier"
    called = place("dossier", CHANGE, str(folder), "--vendor", "blabaer", now=oslo(2026, 12, 4))
    assert called.code == 0, called.err
    return folder, called.out.split()[-1]


def records(folder: Path) -> list[dict[str, Any]]:
    """What stands in the chain of a dossier."""
    return list(json.loads((folder / "dossier.json").read_text())["records"])
