"""Mail into a folder for people to read: what simulations and previews write. No setting leads here.

Each mail is kept as it is (.eml), with its text and its page beside it, so that any browser shows it.
"""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Lock
from typing import Any

from notifier.channels.channel import ChannelDownError
from notifier.channels.disk_line import DiskLine
from notifier.core.reply import Fault, Phase, Verdict

_SUFFIXES = {"text/plain": ".txt", "text/html": ".html"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A mail in the folder: the stem of its files' names, and what its headers say."""

    stem: str
    subject: str
    recipient: str = field(repr=False)
    language: str
    at: datetime
    has_page: bool


def keep(folder: Path, stem: str, data: bytes) -> Kept:
    """Write one mail's files, and read its headers. Raises OSError."""
    written = write(folder, stem, data)
    message = BytesHeaderParser(policy=email.policy.default).parsebytes(data)
    return Kept(
        stem=stem,
        subject=str(message["Subject"]),
        recipient=str(message["To"]),
        language=str(message["Content-Language"] or "en"),
        at=parsedate_to_datetime(str(message["Date"])),
        has_page=f"{stem}.html" in written,
    )


def write(folder: Path, stem: str, data: bytes) -> dict[str, bytes]:
    """Write one mail's files; answers what is in each, by its name. Raises OSError."""
    files = {f"{stem}.eml": data}
    # This policy reads no more of a header than it is asked for, which takes a fifth of the time.
    for part in email.message_from_bytes(data, policy=email.policy.compat32).walk():
        name = f"{stem}{_SUFFIXES.get(part.get_content_type(), '')}"
        if name != stem and name not in files and not part.get_filename():
            payload: Any = part.get_payload(decode=True)
            files[name] = payload.decode(part.get_content_charset("utf-8")).encode()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return files


@dataclass(slots=True)
class FolderChannel:
    """A folder that is there already; `kept` holds what came, in order."""

    folder: Path
    kept: list[Kept] = field(default_factory=list)
    # One mail at a time, so that their numbers and their order are those in which they came.
    turn: Lock = field(default_factory=Lock, repr=False)

    def describe(self) -> str:
        """Where mail goes."""
        return f"the folder {self.folder}"

    async def open(self) -> FolderLine:
        """Raises ChannelDownError when the folder is not there."""
        if not self.folder.is_dir():
            reason = f"there is no folder {self.folder}"
            raise ChannelDownError(Verdict(fault=Fault.RELAY, phase=Phase.CONNECT, reply=reason))
        return FolderLine(self)

    def next_stem(self, data: bytes) -> str:
        """The name for the next mail: its day and its number, so that names sort as the mails came."""
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        return f"{parsedate_to_datetime(str(message['Date'])):%Y-%m-%d}-{len(self.kept) + 1:06}"


class FolderLine(DiskLine):
    """Keeps one mail after another; *sent* means that its files are there."""

    def __init__(self, channel: FolderChannel) -> None:
        super().__init__()
        self._channel = channel

    def store(self, data: bytes) -> Verdict:
        """Write the mail's files."""
        with self._channel.turn:
            stem = self._channel.next_stem(data)
            try:
                self._channel.kept.append(keep(self._channel.folder, stem, data))
            except OSError as error:
                return Verdict(fault=Fault.RELAY, phase=Phase.BODY, reply=error.strerror or str(error))
        return Verdict(fault=Fault.NONE, phase=Phase.VERDICT, reply=f"kept as {stem}")
