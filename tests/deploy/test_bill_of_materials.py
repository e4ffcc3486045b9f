"""The bill of materials names every package of the lock file, and no licence slips in unseen."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.deploy.gate import gate_program
from tests.processes.installation import ROOT

pytest.importorskip("cyclonedx", reason="cyclonedx-python-lib is not installed; it comes with notifier[dev]")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """The gate's own program."""
    return gate_program("bill_of_materials")


def test_it_is_whole_and_every_licence_of_what_runs_is_accepted(writer: ModuleType, tmp_path: Path) -> None:
    target = tmp_path / "build" / "notifier.cdx.json"
    assert writer.main(target) == 0
    written = json.loads(target.read_text(encoding="utf-8"))
    named = {(each["name"], each["version"]) for each in written["components"]}
    assert named == set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\s;]+)", LOCK, re.MULTILINE))
    assert all(each["hashes"] for each in written["components"])
    runs = {each["name"]: each for each in written["components"] if each["scope"] == "required"}
    assert {"sqlalchemy", "starlette", "psycopg"} <= runs.keys()
    assert not {"pytest", "ruff"} & runs.keys()
    assert all(each["licenses"] for each in runs.values())


@pytest.mark.parametrize(
    ("licence", "accepted"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("Apache-2.0 AND BSD-2-Clause", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_other_licences_are_refused(writer: ModuleType, licence: str, accepted: bool) -> None:
    assert writer.is_accepted(licence) is accepted


def test_what_the_lock_file_lacks_is_told(writer: ModuleType) -> None:
    without = re.sub(r"^starlette==.*?(?=^[a-z])", "", LOCK, flags=re.MULTILINE | re.DOTALL)
    _, problems = writer.bill(without)
    assert problems == ["starlette: not in the lock file"]
