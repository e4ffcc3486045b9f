"""The Maildir: what is sent is on the disk, readable by others, and trouble is told."""

from __future__ import annotations

import asyncio
import mailbox
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from notifier.channels.channel import ChannelDownError
from notifier.channels.maildir import MaildirChannel
from notifier.core.reply import Fault, Phase, Verdict
from tests.channels.sending import KARI, OLA, send


@contextmanager
def no_room() -> Iterator[None]:
    """The system refuses to let any file grow beyond 1,000 bytes, the report of this very run included."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_mail_is_stored_where_mail_readers_look(tmp_path: Path) -> None:
    (verdict,) = send(MaildirChannel(folder=tmp_path / "var" / "mail"), KARI)

    assert (verdict.fault, verdict.phase) == (Fault.NONE, Phase.VERDICT)
    (mail,) = mailbox.Maildir(tmp_path / "var" / "mail", create=False)
    assert mail["Subject"] == "Hei"
    assert mail.get_payload() == "Hei.\n"


def test_folders_and_mails_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    send(MaildirChannel(folder=folder), KARI)

    paths = [folder, *folder.rglob("*")]
    assert len(paths) == 5
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in paths)


def test_many_lines_at_once_never_write_over_each_other(tmp_path: Path) -> None:
    channel = MaildirChannel(folder=tmp_path / "mail")

    async def all_at_once() -> list[Verdict]:
        lines = [await channel.open() for _ in range(50)]
        return await asyncio.gather(*(line.send(OLA) for line in lines))

    assert all(verdict.is_sent for verdict in uvloop.run(all_at_once()))
    assert len(os.listdir(tmp_path / "mail" / "new")) == 50
    assert os.listdir(tmp_path / "mail" / "tmp") == []


def test_mails_stored_after_each_other_are_sorted_by_name(tmp_path: Path) -> None:
    parcels = [replace(KARI, data=b"Subject: %d\r\n\r\n" % number) for number in range(20)]

    send(MaildirChannel(folder=tmp_path), *parcels)

    names = sorted(os.listdir(tmp_path / "new"))
    assert [(tmp_path / "new" / name).read_bytes() for name in names] == [
        b"Subject: %d\n\n" % number for number in range(20)
    ]


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file is in the way")

    with pytest.raises(ChannelDownError) as caught:
        send(MaildirChannel(folder=tmp_path / "mail"), KARI)

    assert (caught.value.verdict.fault, caught.value.verdict.phase) == (Fault.RELAY, Phase.CONNECT)
    assert str(caught.value) == f"File exists: {tmp_path / 'mail'}"


@pytest.mark.parametrize("gone", ["tmp", "new"])
def test_a_folder_that_went_away_leaves_nothing_behind(tmp_path: Path, gone: str) -> None:
    async def while_it_vanishes() -> tuple[Verdict, bool]:
        line = await MaildirChannel(folder=tmp_path).open()
        (tmp_path / gone).rmdir()
        return await line.send(KARI), line.room > 0

    verdict, usable = uvloop.run(while_it_vanishes())

    assert (verdict.fault, verdict.phase, usable) == (Fault.RELAY, Phase.BODY, False)
    assert verdict.reply.startswith("No such file or directory")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_mail_that_finds_no_room_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with no_room():
        (verdict,) = send(MaildirChannel(folder=tmp_path), replace(KARI, data=b"x" * 5000))

    assert (verdict.fault, verdict.phase) == (Fault.RELAY, Phase.BODY)
    assert verdict.reply == "File too large"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
