"""The list as a file on this machine."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from notifier.errors import ListRefusedError
from notifier.sources.source import MOST_BYTES


@dataclass(frozen=True, slots=True)
class FileSource:
    """The list in a file."""

    path: Path

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    def read(self) -> bytes:
        """The file's bytes. Raises ListRefusedError when it is missing, unreadable, no file or too large."""
        try:
            with open(self.path, "rb", opener=_open_at_once) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise self._refused("this is not a file; set list.path to the list itself")
                data = file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            raise self._refused(
                "the list is missing; put it there, or name another file (list.path in the settings)"
            ) from None
        except IsADirectoryError:
            raise self._refused("this is a folder, not a file; set list.path to the list itself") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise self._refused(f"the list cannot be read: {reason}; check the file's permissions") from error
        if len(data) > MOST_BYTES:
            raise self._refused(f"the file is larger than {MOST_BYTES:,} bytes; it cannot be the list")
        return data

    def _refused(self, why: str) -> ListRefusedError:
        return ListRefusedError([f"{self.path}: {why}"])


def _open_at_once(path: str, flags: int) -> int:
    # Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
    return os.open(path, flags | os.O_NONBLOCK)
