"""Content lines of iCalendar, and the types of value that ours have (RFC 5545, 3.1 and 3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

# At most 75 octets stand in a line, and one is the space before what goes on from the line above.
_MOST = 74
_CONTINUES = 0b10
# What begins an escape in a text, or in a parameter's value (RFC 6868).
_ESCAPES = (b"\\", b"^")


def content_lines(lines: Iterable[tuple[str, str]]) -> bytes:
    """Names, with their parameters if any, and values: as they stand in the file."""
    return b"".join(_folded(f"{name}:{value}".encode()) for name, value in lines)


def escaped(text: str) -> str:
    """TEXT (3.3.11)."""
    for special in ("\\", ";", ","):
        text = text.replace(special, f"\\{special}")
    return text.replace("\n", "\\n")


def instant(at: datetime) -> str:
    """DATE-TIME (3.3.5), of an instant in UTC."""
    return f"{at:%Y%m%dT%H%M%SZ}"


def day(of: date) -> str:
    """DATE (3.3.4)."""
    return f"{of:%Y%m%d}"


def duration(length: timedelta) -> str:
    """DURATION (3.3.6), in whole minutes."""
    sign = "-" if length < timedelta() else ""
    minutes = abs(length) // timedelta(minutes=1)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    time = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M")) if count)
    return f"{sign}P{f'{days}D' if days or not time else ''}{f'T{time}' if time else ''}"


def _folded(line: bytes) -> bytes:
    """Never within a character, nor within an escape, over which some programs trip."""
    folded = []
    while len(line) > _MOST:
        end = _MOST
        while line[end] >> 6 == _CONTINUES:
            end -= 1
        if line[end - 1 : end] in _ESCAPES:
            end -= 1
        folded.append(line[:end])
        line = line[end:]
    return b"\r\n ".join([*folded, line]) + b"\r\n"
