"""Runs a program under a systemd unit's restrictions where no systemd runs.

    python sandbox.py UNIT STATE_DIR COMMAND…

Read from the unit and really put in force, by the kernel: the read-only file system with one writable folder, a
bare /dev, a /proc without other processes, no capabilities, no new privileges, no memory that is writable and
executable, and the filters of system calls and address families. Left out: the user (it stays the caller's, who
without capabilities is an ordinary one), a private /tmp and hidden homes (the program under test may lie there;
both stay read-only), user and device-control namespaces.

Exits 77 when this machine does not let us.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

CANNOT = 77
_ALLOW, _DENY_EPERM = 0x7FFF0000, 0x00050001
_MOUNT_SETATTR, _RECURSIVE, _READ_ONLY = 442, 0x8000, 1
_BIND, _PRIVATE, _REC = 4096, 1 << 18, 16384
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")

libc = ctypes.CDLL(None, use_errno=True)


class Comparison(ctypes.Structure):
    """`scmp_arg_cmp` of seccomp.h."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def settings_of(unit: Path) -> dict[str, list[str]]:
    """The unit's settings; one that stands more than once has several values."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def must(answer: int) -> None:
    """Raise OSError when a call of the C library failed."""
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(source: str, target: str, kind: str, flags: int = 0, data: str = "") -> None:
    must(libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode() or None))


def set_read_only(path: str, *, on: bool) -> None:
    """`mount_setattr(2)`: all below it read-only, or this one writable again."""
    attributes = (ctypes.c_uint64 * 4)(_READ_ONLY if on else 0, 0 if on else _READ_ONLY, 0, 0)
    flags = _RECURSIVE if on else 0
    must(libc.syscall(_MOUNT_SETATTR, -100, path.encode(), flags, attributes, ctypes.sizeof(attributes)))


def confine_files(state_dir: str) -> None:
    """A file system of its own, as ProtectSystem=strict, PrivateDevices and ProcSubset=pid make it."""
    must(libc.unshare(0x00020000))
    mount("none", "/", "none", _PRIVATE | _REC)
    mount(state_dir, state_dir, "none", _BIND)
    mount("tmpfs", "/mnt", "tmpfs")
    for name in _DEVICES:
        Path("/mnt", name).touch()
        mount(f"/dev/{name}", f"/mnt/{name}", "none", _BIND)
    mount("/mnt", "/dev", "none", _BIND | _REC)
    mount("proc", "/proc", "proc", 0, "hidepid=invisible,subset=pid")
    set_read_only("/", on=True)
    set_read_only(state_dir, on=False)
    for name in _DEVICES:
        set_read_only(f"/dev/{name}", on=False)


def calls_of(sets: Iterable[str]) -> Iterator[str]:
    """The system calls in systemd's sets, such as @system-service."""
    for name in sets:
        if not name.startswith("@"):
            yield name
            continue
        shown = subprocess.run(
            ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
        ).stdout
        inside = [line.strip() for line in shown.splitlines()[1:] if not line.strip().startswith("#")]
        yield from calls_of(inside)


def allowed_calls(filters: Iterable[str]) -> set[str]:
    allowed: set[str] = set()
    for line in filters:
        denies = line.startswith("~")
        named = set(calls_of(line.removeprefix("~").split()))
        allowed = allowed - named if denies else allowed | named
    return allowed


def confine_calls(allowed: set[str], families: Iterable[str]) -> None:
    """Let only these system calls through, and sockets of these families only; all else is EPERM."""
    seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(_DENY_EPERM))
    for name in sorted(allowed - {"socket"}):
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            seccomp.seccomp_rule_add_array(context, _ALLOW, number, 0, None)
    number = seccomp.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        equal = Comparison(arg=0, op=4, a=int(getattr(socket, family)), b=0)
        seccomp.seccomp_rule_add_array(context, _ALLOW, number, 1, ctypes.byref(equal))
    if seccomp.seccomp_load(context):
        raise OSError("the filter of system calls was not taken")


def confine_rights(*, no_write_execute: bool) -> None:
    """Lose every capability with the program to come, and the way to any."""
    for capability in range(64):
        libc.prctl(24, capability, 0, 0, 0)
    must(libc.prctl(38, 1, 0, 0, 0))
    if no_write_execute:
        must(libc.prctl(65, 1, 0, 0, 0))


def main(unit: str, state_dir: str, *command: str) -> None:
    """Confine this process as the unit says, then become the command."""
    given = settings_of(Path(unit))
    try:
        allowed = allowed_calls(given["SystemCallFilter"])
        confine_files(state_dir)
        os.chdir(state_dir)
        os.umask(int(given["UMask"][0], 8))
        confine_rights(no_write_execute=given["MemoryDenyWriteExecute"] == ["yes"])
        confine_calls(allowed, given["RestrictAddressFamilies"][0].split())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"this machine lets nobody be confined: {error}", file=sys.stderr)
        sys.exit(CANNOT)
    os.execv(command[0], list(command))


if __name__ == "__main__":
    main(*sys.argv[1:])
