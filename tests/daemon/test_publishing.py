"""Publishing as files: the daemon's own bytes, each whole, and nothing touched that is not from here."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import uvloop

from notifier.core.change import ChangeList
from notifier.daemon.publishing import Published, publish
from notifier.errors import NotifierError, UsageError
from notifier.web.application import create_app
from tests.feeds.lists import history_of
from tests.web.serving import serving
from tests.web.sites import real_list, site

GONE = "calendar/change/fjernhjelp.ics"


def write(folder: Path, changes: ChangeList | None = None) -> Published:
    """Publish the real list, or another, into the folder."""
    listed = changes or real_list()
    history = history_of([listed])
    app = create_app(site(changes=lambda: listed, history=lambda: history))
    return uvloop.run(publish(app, listed, folder))


def shorter() -> ChangeList:
    """The real list without Fjernhjelp."""
    changes = real_list()
    return replace(changes, changes=tuple(change for change in changes.changes if change.id != "fjernhjelp"))


def names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_every_file_is_what_the_daemon_serves(tmp_path: Path) -> None:
    write(tmp_path)
    index = json.loads((tmp_path / "published.json").read_text())["files"]
    assert names(tmp_path) == {*index, "published.json"}
    history = history_of([real_list()])
    with serving(site(history=lambda: history)) as client:
        for name, entry in index.items():
            served = client.get(entry["path"])
            assert (tmp_path / name).read_bytes() == served.body, name
            assert entry["type"] == served.headers["content-type"]
    assert index["nn/calendar.ics"]["path"] == "/nn/calendar.ics"
    assert (tmp_path / "calendar.ics").stat().st_mode & 0o777 == 0o644


def test_what_a_page_links_to_is_there(tmp_path: Path) -> None:
    write(tmp_path)
    for page in tmp_path.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#?:]+)(?:[#?][^"]*)?"', page.read_text()):
            target = Path(os.path.normpath(page.parent / link))
            assert any(
                found.is_file() for found in (target, target.with_suffix(".html"), target / "index.html")
            ), f"{page.name} links to {link}"


def test_the_second_time_nothing_is_written(tmp_path: Path) -> None:
    first = write(tmp_path)
    before = {name: (tmp_path / name).stat().st_ino for name in names(tmp_path) - {"published.json"}}
    second = write(tmp_path)
    assert (second.files, second.written, second.removed) == (first.files, 0, 0)
    assert {name: (tmp_path / name).stat().st_ino for name in before} == before


def test_a_file_is_as_old_as_what_is_in_it(tmp_path: Path) -> None:
    write(tmp_path)
    history = history_of([real_list()])
    with serving(site(history=lambda: history)) as client:
        stamp = client.get("/calendar.ics").headers["last-modified"]
    assert (tmp_path / "calendar.ics").stat().st_mtime == parsedate_to_datetime(stamp).timestamp()


def test_what_is_gone_is_removed_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "calendar" / "our-own.ics").write_text("ours")
    changed = tmp_path / "calendar-with-leads" / "change" / "fjernhjelp.ics"
    changed.write_text("changed by hand")
    done = write(tmp_path, shorter())
    assert not (tmp_path / GONE).exists()
    assert done.removed > 0
    assert done.kept == ("calendar-with-leads/change/fjernhjelp.ics",)
    assert changed.read_text() == "changed by hand"
    assert (tmp_path / "calendar" / "our-own.ics").read_text() == "ours"


def test_a_file_that_is_not_from_here_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("our own site")
    with pytest.raises(UsageError, match=r"index\.html is there but not from here"):
        write(tmp_path)
    assert names(tmp_path) == {"index.html"}


def test_an_index_that_names_other_places_removes_nothing_there(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    folder = tmp_path / "site"
    write(folder)
    index = json.loads((folder / "published.json").read_text())
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    index["files"] |= {"../outside.txt": {"sha256": digest}, str(outside): {"sha256": digest}}
    (folder / "published.json").write_text(json.dumps(index))
    assert write(folder).removed == 0
    assert outside.exists()


@pytest.mark.parametrize("broken", ["", "[]", "{}", "\0"])
def test_an_index_that_cannot_be_read_stops_it(tmp_path: Path, broken: str) -> None:
    (tmp_path / "published.json").write_text(broken)
    with pytest.raises(UsageError, match=r"published\.json cannot be read"):
        write(tmp_path)


def test_when_something_is_not_to_be_had_nothing_is_written(tmp_path: Path) -> None:
    app = create_app(site(changes=lambda: None))
    with pytest.raises(NotifierError, match="nothing was published"):
        uvloop.run(publish(app, real_list(), tmp_path))
    assert names(tmp_path) == set()
