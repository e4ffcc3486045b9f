"""`dossier verify`: what was left as it was written is proven, and every way to tamper with it is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notifier.core.chain import chained, head_of
from tests.cli.dossiers import write
from tests.cli.rehearsal import Rehearsal


def test_what_is_untouched_is_verified_also_without_the_installation(told: Rehearsal) -> None:
    folder, head = write(told)
    verified = told("dossier", "verify", str(folder), "--head", head)
    assert (verified.code, verified.out.split()[-1]) == (0, head)
    assert "its seal is this installation's" in verified.words

    told.set("NOTIFIER_STATE_DIR", str(told.folder / "elsewhere"))
    verified = told("dossier", "verify", str(folder))
    assert verified.code == 0
    assert "could not be checked here" in verified.words


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    file = folder / "dossier.json"
    written = json.loads(file.read_text())
    change(written)
    file.write_text(json.dumps(written))


TAMPERING: dict[str, tuple[Callable[[Path], object], str]] = {
    "a reply": (
        lambda folder: edit(folder, lambda d: d["records"][-2].update(reply="250 yes")),
        "is not as it was written",
    ),
    "a record less": (lambda folder: edit(folder, lambda d: d["records"].pop(1)), "is not as it was written"),
    "the last record": (lambda folder: edit(folder, lambda d: d["records"].pop()), "missing at the end"),
    "the vendor's name": (
        lambda folder: edit(folder, lambda d: d["vendor"].update(name="Other")),
        "not left as it was written, by this installation",
    ),
    "a mail": (
        lambda folder: next((folder / "mails").glob("*.html")).write_text("kind words"),
        ".html is not as it was written",
    ),
    "a missing mail": (
        lambda folder: next((folder / "mails").glob("*.eml")).unlink(),
        ".eml is not as it was written",
    ),
    "the page": (lambda folder: (folder / "index.html").write_text("all is well"), "index.html is not"),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found(told: Rehearsal, name: str) -> None:
    tamper, sentence = TAMPERING[name]
    folder, _ = write(told)
    tamper(folder)
    checked = told("dossier", "verify", str(folder))
    assert checked.code == 1
    assert sentence in checked.words


def test_a_whole_new_chain_is_found_by_the_seal_and_by_the_hash_that_was_kept(told: Rehearsal) -> None:
    def forge(written: dict[str, Any]) -> None:
        records = [{n: v for n, v in record.items() if n != "hash"} for record in written["records"]]
        records[0]["at"] = "2020-01-01T00:00:00Z"
        written["records"] = chained(records)
        written["head"] = head_of(written["records"])

    folder, head = write(told)
    edit(folder, forge)
    checked = told("dossier", "verify", str(folder), "--head", head)
    assert checked.code == 1
    assert "its last hash is another one" in checked.words
    assert "by this installation" in checked.words
