"""Mail into a folder for people to read."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
import uvloop

from notifier.channels.channel import ChannelDownError, Parcel
from notifier.channels.folder import FolderChannel
from notifier.core.reply import Fault, Verdict


def a_mail(*, page: bool = True) -> bytes:
    message = EmailMessage()
    message["To"] = "kari@epj.example.no"
    message["Subject"] = "7 dager igjen: blåbær"
    message["Date"] = "Thu, 04 Jun 2026 08:05:00 +0200"
    message.set_content("Hei, blåbær\n")
    if page:
        message.add_alternative("<p>Hei, blåbær</p>\n", subtype="html")
    message["Content-Language"] = "nb"
    return message.as_bytes()


def sent(channel: FolderChannel, *mails: bytes) -> list[Verdict]:
    """Send these over one Line."""

    async def send_all() -> list[Verdict]:
        line = await channel.open()
        verdicts = [await line.send(Parcel(sender="a@b.no", recipient="c@d.no", data=data)) for data in mails]
        await line.close()
        assert line.room == 0
        return verdicts

    return uvloop.run(send_all())


def test_a_mail_is_kept_as_it_is_beside_its_text_and_its_page(tmp_path: Path) -> None:
    mail, channel = a_mail(), FolderChannel(tmp_path)
    assert [verdict.is_sent for verdict in sent(channel, mail, a_mail(page=False))] == [True, True]

    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "2026-06-04-000001.eml", "2026-06-04-000001.html", "2026-06-04-000001.txt",
        "2026-06-04-000002.eml", "2026-06-04-000002.txt",
    ]  # fmt: skip
    assert (tmp_path / "2026-06-04-000001.eml").read_bytes() == mail
    assert (tmp_path / "2026-06-04-000001.html").read_text(encoding="utf-8") == "<p>Hei, blåbær</p>\n"
    assert (tmp_path / "2026-06-04-000001.txt").read_text(encoding="utf-8") == "Hei, blåbær\n"


def test_what_was_kept_is_known_by_its_headers(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path)
    sent(channel, a_mail())
    (kept,) = channel.kept
    assert (kept.subject, kept.recipient, kept.language) == (
        "7 dager igjen: blåbær",
        "kari@epj.example.no",
        "nb",
    )
    assert kept.at.isoformat() == "2026-06-04T08:05:00+02:00"
    assert "kari" not in repr(kept)


def test_a_folder_that_is_not_there_is_a_channel_that_is_down(tmp_path: Path) -> None:
    with pytest.raises(ChannelDownError, match="there is no folder"):
        sent(FolderChannel(tmp_path / "gone"), a_mail())


def test_a_file_that_cannot_be_written_is_the_ways_fault(tmp_path: Path) -> None:
    (tmp_path / "2026-06-04-000001.eml").mkdir()
    channel = FolderChannel(tmp_path)
    assert [verdict.fault for verdict in sent(channel, a_mail())] == [Fault.RELAY]
    assert channel.kept == []
