"""Mail into a Maildir: the default before a relay is set, and what rehearsals write.

The form is D. J. Bernstein's: written under `tmp`, synced, renamed into `new`, the folder synced.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from notifier.channels.channel import ChannelDownError
from notifier.channels.disk_line import DiskLine
from notifier.core.reply import Fault, Phase, Verdict

_count = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirChannel:
    """A folder on this machine; made, for its owner only, when it is first needed."""

    folder: Path

    def describe(self) -> str:
        """Where mail goes."""
        return f"maildir:{self.folder}"

    async def open(self) -> MaildirLine:
        """Make the folders. Raises ChannelDownError when that cannot be done."""
        try:
            await asyncio.to_thread(_make_folders, self.folder)
        except OSError as error:
            raise ChannelDownError(_trouble(error, Phase.CONNECT)) from error
        return MaildirLine(folder=self.folder)


class MaildirLine(DiskLine):
    """Writes one file a Parcel; *sent* means that it is on the disk."""

    def __init__(self, *, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def store(self, data: bytes) -> Verdict:
        """Write it under `tmp` and rename it into `new`."""
        draft = self._folder / "tmp" / secrets.token_hex(16)
        new = self._folder / "new"
        try:
            name = _write(draft, data.replace(b"\r\n", b"\n"))
            draft.rename(new / name)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            return _trouble(error, Phase.BODY)
        try:
            _sync_folder(new)
        except OSError as error:
            return Verdict(fault=Fault.AMBIGUOUS, phase=Phase.VERDICT, reply=_reason(error))
        return Verdict(fault=Fault.NONE, phase=Phase.VERDICT, reply=f"stored as {name}")


def _make_folders(folder: Path) -> None:
    for path in (folder, *(folder / name for name in ("tmp", "new", "cur"))):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write(draft: Path, data: bytes) -> str:
    """Write and sync the file; its final name. Readers sort by the name's time: the file system's own."""
    with draft.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        written = os.fstat(file.fileno()).st_mtime_ns
    host = socket.gethostname().replace("/", r"\057").replace(":", r"\072")
    seconds, fraction = divmod(written, 10**9)
    return f"{seconds}.M{fraction // 1000:06}P{os.getpid()}Q{next(_count):06}.{host}"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _trouble(error: OSError, phase: Phase) -> Verdict:
    return Verdict(fault=Fault.RELAY, phase=phase, reply=_reason(error))


def _reason(error: OSError) -> str:
    return f"{error.strerror or error}: {error.filename}" if error.filename else str(error.strerror or error)
