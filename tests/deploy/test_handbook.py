"""The handbook keeps up with the program: every Alert, every command, every file it speaks of."""

from __future__ import annotations

import os
import re

import pytest
from typer.main import get_command

from notifier.cli import commands
from notifier.cli.frame import app
from tests.deploy.gate import gate_program
from tests.processes.installation import ROOT

HANDBOOK = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")


def kinds_raised() -> set[str]:
    """Every kind of Alert in the program: what its key is, or begins with."""
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "notifier").rglob("*.py"))
    named = set(re.findall(r"key=f?\"([a-z]+)[:\"]", source))
    named |= set(re.findall(r"^(?:[A-Z]+_)?(?:ALERT|CLOCK) = \"([a-z]+)\"", source, re.MULTILINE))
    return named | set(re.findall(r"f\"([a-z]+):\{(?:key|change\.id|text)\}\"(?!\.encode)", source))


def test_it_says_what_each_of_our_alerts_means() -> None:
    table = set(re.findall(r"^\| `([a-z]+)` \|", HANDBOOK, re.MULTILINE))
    raised = kinds_raised()
    assert {"list", "relay", "clock", "failed", "passed", "restored", "keys"} <= raised
    assert raised - table == set()


def test_it_names_every_event_of_the_daemons_log() -> None:
    source = [file.read_text(encoding="utf-8") for file in (ROOT / "notifier").rglob("*.py")]
    said = re.findall(r"_log\.(?:info|warning|error|debug)\(\s*\"([a-z ]+)\"", "\n".join(source))
    assert len(said) > 20
    table = HANDBOOK.partition("### The log")[2].partition("\n## ")[0]
    assert {event for event in said if f"`{event}`" not in table} == set()


def test_its_table_of_settings_is_as_the_program_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("NOTIFIER_")]:
        monkeypatch.delenv(name)
    table = gate_program("settings_table")
    written = table.TARGET.read_text(encoding="utf-8")
    assert written == table.page(), "make it anew: .venv/bin/python .ci/settings_table.py"


def test_every_command_it_names_exists() -> None:
    commands.load()
    known = get_command(app)
    spans = re.findall(r"`([^`]+)`", HANDBOOK) + re.findall(r"^    (.+)$", HANDBOOK, re.MULTILINE)
    called = [
        re.match(r"(?:sudo -u notifier )?notifier ([a-z][a-z-]+)(?: ([a-z]+))?", span) for span in spans
    ]
    named = {(found[1], found[2]) for found in called if found}
    assert len(named) > 10
    for name, below in named:
        command = known.commands.get(name)  # type: ignore[attr-defined]
        assert command is not None, f"notifier {name}"
        inner = getattr(command, "commands", None)
        assert inner is None or not below or below in inner, f"notifier {name} {below}"


def test_every_file_it_speaks_of_is_there() -> None:
    named = set(re.findall(r"\b(deploy/[\w./-]+\w|config/[\w.-]+\w)", HANDBOOK))
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []


def headings_of(text: str) -> set[str]:
    """The places that links may name, as GitHub makes them of headings."""
    return {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


def test_every_place_that_it_and_the_readme_refer_to_is_a_heading() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((?:deploy/README\.md)?#([^)]+)\)", HANDBOOK + readme)
    assert {"at-3-am", "secrets"} <= set(named)
    assert set(named) - headings_of(HANDBOOK) == set()
    assert set(re.findall(r"\]\(\.\./README\.md#([^)]+)\)", HANDBOOK)) - headings_of(readme) == set()
