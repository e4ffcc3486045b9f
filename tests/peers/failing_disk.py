"""A small disk that fails: the kernel meets an error on it and lets nothing more be written, as it does on a real one.

It is a file with an ext4 of its own behind a loop device; no other disk is touched. Needs root, and Linux.
"""

from __future__ import annotations

import subprocess
from pathlib import Path


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
        """Put it there, mended if it had failed. Raises NoDiskError."""
        _call("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self._folder))
        self._folder.chmod(0o700)

    def unmount(self) -> None:
        """Take it away, whoever still has a file open on it."""
        _call("umount", "--lazy", str(self._folder))

    def fail(self) -> None:
        """From now on it can be read only."""
        device = Path(_call("findmnt", "-no", "SOURCE", "--mountpoint", str(self._folder)))
        if not device.name.startswith("loop"):
            raise NoDiskError(f"{device} is not ours to break")
        trigger = Path("/sys/fs/ext4") / device.name / "trigger_fs_error"
        try:
            trigger.write_text("a test", encoding="ascii")
        except OSError as error:
            raise NoDiskError(str(error)) from error


def _call(*command: str) -> str:
    """What a command prints. Raises NoDiskError when it is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoDiskError(f"{command[0]}: {getattr(error, 'stderr', '') or error}") from error
    return done.stdout.strip()
