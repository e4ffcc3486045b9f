"""Every package that the notifier runs on is named in the README, with what it is for and its licence."""

from __future__ import annotations

import re
import tomllib

from tests.processes.installation import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TABLE = (
    (ROOT / "README.md").read_text(encoding="utf-8").partition("## Dependencies\n")[2].partition("\n## ")[0]
)


def names(requirements: list[str]) -> set[str]:
    """The packages' names, in the one spelling of the many that are allowed (PEP 503)."""
    found = (re.split(r"[\[<>=~! ]", requirement)[0] for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


def test_the_readme_names_each_with_its_licence() -> None:
    rows = [line.strip("|").split("|") for line in TABLE.splitlines() if line.startswith("| ")][1:]
    named = names([word.strip() for row in rows for word in row[0].split(",")])
    wanted = names(PROJECT["dependencies"]) | names(PROJECT["optional-dependencies"]["postgres"])
    assert wanted - named == set()
    assert [row[0] for row in rows if not row[2].strip()] == []


def test_the_lock_file_pins_each_with_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==", lock, re.MULTILINE))
    assert names(PROJECT["dependencies"]) - pinned == set()
    blocks = re.split(r"\n(?=[a-z0-9])", lock.partition("\n\n")[2] or lock)
    assert all(
        "--hash=sha256:" in block for block in blocks if re.match(r"[a-z0-9][\w.-]*(\[\w+\])?==", block)
    )
