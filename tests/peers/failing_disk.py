"""A small disk that fails: the kernel meets an error on it and lets nothing more be written, as it does on a real one.

It is a file with an ext4 of its own behind a loop device; no other disk is touched. Needs root, and Linux.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

# Tenths of a second.
_PATIENCE = 100


class NoDiskError(Exception):
    """None can be made here; says why."""


class FailingDisk:
    """Mounted at `folder` from `mount` to `unmount`, any number of times. `image` is the file that it is kept in."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self._folder = folder
        with image.open("wb") as file:
            file.truncate(16 * 2**20)
        _call("mkfs.ext4", "-q", str(image))

    def mount(self) -> None:
        """Put it there, mended if it had failed. Raises NoDiskError, also where it could not be made to fail."""
        _call("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self._folder))
        if not os.access(self._trigger(), os.W_OK):
            self.unmount()
            raise NoDiskError("the kernel lets nobody break an ext4 on purpose")
        self._folder.chmod(0o700)

    def unmount(self) -> None:
        """Take it away, once whoever has a file open on it has gone: mounted sooner, it would be the one that failed.

        Raises NoDiskError when somebody does not go.
        """
        _call("umount", "--lazy", str(self._folder))
        for _ in range(_PATIENCE):
            if not _call("losetup", "--associated", str(self._image)):
                return
            time.sleep(0.1)
        raise NoDiskError(f"somebody has a file on {self._folder} open still")

    def fail(self) -> None:
        """From now on it can be read only."""
        self._trigger().write_text("a test", encoding="ascii")

    def _trigger(self) -> Path:
        device = Path(_call("findmnt", "-no", "SOURCE", "--mountpoint", str(self._folder)))
        if not device.name.startswith("loop"):
            raise NoDiskError(f"{device} is not ours to break")
        return Path("/sys/fs/ext4") / device.name / "trigger_fs_error"


def _call(*command: str) -> str:
    """What a command prints. Raises NoDiskError when it is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoDiskError(f"{command[0]}: {getattr(error, 'stderr', '') or error}") from error
    return done.stdout.strip()
