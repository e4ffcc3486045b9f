"""The log says what was decided about whom by pseudonyms that an operator can resolve, and never by address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.channels.choose import choose_channel
from notifier.logs import Person, log, start_logging
from notifier.settings.tables import MailSettings
from notifier.store import finding
from notifier.store.engine import reading
from tests.acceptance.newcomers import MONDAY, known, let_in
from tests.acceptance.scenes import before_joining
from tests.acceptance.story import KARI, OLA
from tests.acceptance.visiting import Visitor, link, visiting
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink


def events(said: str) -> list[dict[str, Any]]:
    """What was written, an event each."""
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def resolved(visitor: Visitor, pseudonym: str) -> int | None:
    """Whom `notifier subscribers show PSEUDONYM` would show."""
    with reading(visitor.story.parts.engine) as connection:
        found = finding.named(connection, pseudonym, pseudonyms=visitor.story.parts.pseudonyms)
    return found.id if found else None


def test_a_life_is_told_event_by_event_without_an_address(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, capsys: pytest.CaptureFixture[str]
) -> None:
    story = before_joining(tmp_path, sink, url=sqlite_url, mail=MailSettings())
    start_logging(form="json", level="debug")
    with visiting(story, MONDAY + timedelta(days=7, hours=1)) as visitor:
        visitor.subscribes(KARI)
        visitor.presses(link(visitor.mail(), "confirm"))
        kari = known(visitor).id
        choose = link(visitor.mail(), "choose")
        visitor.presses(choose, follow="everything", language="nb")
        access = let_in(visitor, choose)
        visitor.subscribes(OLA)
        story.sends_through(choose_channel(url=sink.url, password=None, helo="node.example.no"))
        sink.script.always("rcpt", say(f"450 4.2.0 <{OLA}>\x1b[31m greylisted"))
        story.tick(visitor.now)
        visitor.presses(access, erase="yes", sure="yes")
        told = events(capsys.readouterr().err)
        hers = [event for event in told if resolved(visitor, event.get("person", "")) == kari]
    assert [event["event"] for event in hers] == [
        "asked",
        "message sent",
        "confirmed",
        "message sent",
        "chose",
        "message sent",
        "erased",
    ]
    again = next(event for event in told if event["event"] == "message again")
    assert (again["code"], again["fault"]) == (450, "temporary")
    assert again["reply"] == "4.2.0 <…> [31m greylisted"
    assert len({event["person"] for event in hers}) == 1
    assert not {KARI, OLA} & set(json.dumps(told).replace("<", " ").split())
    assert "@" not in json.dumps(told)


@pytest.mark.parametrize("form", ["json", "console"])
def test_before_any_keys_are_known_everybody_is_somebody(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging(form=form, level="info")
    log("test").info("left", person=Person(KARI), people=[Person(OLA)])
    said = capsys.readouterr().err
    assert said.count("somebody") == 2
    assert "@" not in said


_SAYS = """
import logging, os
from notifier.logs import log, start_logging
start_logging(form="json", level="info")
log("test").info("fine")
log("test").warning("look")
logging.getLogger("uvicorn.error").error("broken", exc_info=ValueError("why"))
os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
logging.getLogger("uvicorn.error").error("nothing can be written any more")
os._exit(0)
"""


@pytest.mark.parametrize("to_the_journal", [True, False])
def test_the_journal_hears_how_grave_each_line_is_and_libraries_speak_as_we_do(
    to_the_journal: bool, tmp_path: Path
) -> None:
    with (tmp_path / "stream").open("w+") as stream:
        status = os.fstat(stream.fileno())
        journal = f"{status.st_dev}:{status.st_ino if to_the_journal else 0}"
        subprocess.run(
            [sys.executable, "-c", _SAYS],
            stderr=stream,
            env={**os.environ, "JOURNAL_STREAM": journal},
            check=True,
            timeout=60,
        )
        stream.seek(0)
        said = stream.read().splitlines()
    gravities = [line[: line.index("{")] for line in said]
    assert gravities == (["<6>", "<4>", "<3>"] if to_the_journal else ["", "", ""])
    broken = json.loads(said[2].removeprefix("<3>"))
    assert (broken["part"], broken["event"], broken["level"]) == ("uvicorn.error", "broken", "error")
    assert "ValueError: why" in broken["exception"]
