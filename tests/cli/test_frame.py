"""What holds for every command: exit codes, sentences, speed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from notifier.cli import commands
from notifier.cli.frame import app
from tests.cli.rehearsal import Rehearsal, oslo

NEW_YEAR = oslo(2026, 1, 1)


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    program = (
        "import sys; from notifier.cli.commands import run; run(['--help']);"
        "print(sorted({'sqlalchemy', 'pydantic', 'jinja2', 'holidays', 'uvicorn', 'rich'}"
        " & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env=os.environ | {"COLUMNS": "80"},
    ).stdout  # fmt: skip
    names = ["run", "tick", "check", "approve", "plan", "why", "outbox", "changes", "send-test", "schema"]
    assert [name for name in names if f"\n  {name} " not in said] == []
    assert "..." not in said.partition("Commands:")[2], "each says what it does in one line"
    assert said.endswith("[]\n")


def test_every_command_is_in_the_files_that_are_loaded_for_it() -> None:
    commands.load()
    found = [
        (each.name or each.callback.__name__, [each]) for each in app.registered_commands if each.callback
    ]
    found += [
        (str(each.name), each.typer_instance.registered_commands)
        for each in app.registered_groups
        if each.typer_instance
    ]
    assert {
        name: {each.callback.__module__.removeprefix("notifier.cli.") for each in each_of if each.callback}
        for name, each_of in found
    } == {name: set(files) for name, files in commands.FILES.items()}


def test_no_other_command_is_loaded_with_one() -> None:
    program = (
        "import sys; from notifier.cli.commands import run; run(['--config', 'tick', 'version']);"
        "print('notifier.cli.about' in sys.modules, 'notifier.cli.ticking' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.endswith("True False\n")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as closed:
        command = [sys.executable, "-m", "notifier", "schema"]
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, cwd=tmp_path, check=False)
    assert (done.returncode in (0, 1), done.stderr) == (True, b"")


@pytest.mark.parametrize(
    "wrong", [["tidk"], ["why"], ["plan", "--untill", "2026-12-01"], ["outbox", "show", "x"]]
)
def test_what_cannot_be_called_so_is_exit_2(place: Rehearsal, wrong: list[str]) -> None:
    called = place(*wrong)
    assert called.code == 2
    assert "Error:" in called.err


@pytest.mark.parametrize("instant", ["2026-05-01T08:05", "tomorrow", "2026-05-01"])
def test_an_instant_needs_its_offset(place: Rehearsal, instant: str) -> None:
    called = place("tick", "--now", instant)
    assert called.code == 2
    assert f"“{instant}” is not an instant; write date, time and offset" in called.err
    assert not (place.folder / "var").exists()


def test_wrong_settings_are_told_all_at_once_with_key_and_reason(place: Rehearsal) -> None:
    place.set("NOTIFIER_MAIL__URL", "carrier-pigeon:loft")
    place.set("NOTIFIER_WEB__BIND", "8080")
    place.set("NOTIFIER_REMINDERS__LEADS", "14d soon")
    called = place("tick")
    assert called.code == 78
    for key in ("mail.url", "web.bind", "reminders.leads"):
        assert f"\n• {key}: " in called.err


@pytest.mark.parametrize("words", [["--config", "mine.toml", "plan"], ["plan", "--config=mine.toml"]])
def test_the_settings_file_may_be_named_before_the_command_or_behind_it(
    place: Rehearsal, words: list[str]
) -> None:
    Path("mine.toml").write_text("[web]\nbind = 'nowhere'\n", encoding="utf-8")
    called = place(*words)
    assert called.code == 78
    assert "web.bind" in called.err
    assert "mine.toml" in called.err


def test_a_missing_settings_file_is_exit_78(place: Rehearsal) -> None:
    called = place("plan", "--config", "gone.toml")
    assert (called.code, "gone.toml does not exist" in called.err) == (78, True)


def test_a_live_database_follows_the_real_clock(place: Rehearsal) -> None:
    assert place("pause").code == 0
    called = place("tick", now=NEW_YEAR)
    assert called.code == 2
    assert "this database is live" in called.err.casefold()
    assert place("plan", now=NEW_YEAR).code == 0


def test_a_rehearsal_goes_on_at_its_last_instant(place: Rehearsal) -> None:
    assert place("pause", now=NEW_YEAR).code == 0
    assert "Thu 2026-01-01 08:05" in place("tick").out


def test_a_damaged_database_is_told_in_a_sentence(place: Rehearsal) -> None:
    (place.folder / "var").mkdir()
    (place.folder / "var" / "notifier.sqlite3").write_bytes(b"no database " * 500)
    called = place("plan")
    assert called.code == 1
    assert "restore the last good copy" in called.err


def test_reading_leaves_the_database_as_it_was(place: Rehearsal) -> None:
    place.begun()
    file = place.folder / "var" / "notifier.sqlite3"
    before = file.read_bytes()
    for words in (
        ["plan"],
        ["changes", "list"],
        ["outbox", "list"],
        ["why", "kari@epj.example.no", "testdata"],
    ):
        assert place(*words).code == 0
    assert file.read_bytes() == before


def test_version_and_schema_answer_without_any_settings(place: Rehearsal) -> None:
    assert place("version").out.startswith("notifier ")
    assert place("schema").json["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("command", ["plan", "tick"])
def test_a_place_that_cannot_hold_the_database_is_a_setting_to_mend(place: Rehearsal, command: str) -> None:
    place.set("NOTIFIER_STATE_DIR", "/proc/x")
    called = place(command)
    assert (called.code, "/proc/x" in called.err) == (78, True)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["plan", "--until", "9999-12-31"], "“9999-12-31” is not a day"),
        (["plan", "--now", "0001-01-01T00:00+02:00"], "is not an instant"),
        (["resume", "--told-until", "9999-12-31T23:59-12:00"], "is not an instant"),
        (["outbox", "show", "abc"], "“abc” is not a number"),
        (["outbox", "retry", "1", "9" * 19], "is not a number"),
        (["answers", "show", "1²"], "is not a number"),
    ],
)
def test_days_and_numbers_that_nothing_can_be_made_of_are_wrong_usage(
    command: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.run(command) == 2
    assert said in capsys.readouterr().err
