"""The forms of settings' values, which say how to write them."""

from __future__ import annotations

from datetime import time
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr

from notifier.core.cadence import Lead, parse_lead


def _words(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _unset_if_empty(value: object) -> object:
    return None if value == "" else value


def _clock_time(value: object) -> time:
    if isinstance(value, time):
        return value
    try:
        read = time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo:
        raise ValueError(f"“{value}” is not a time of day; write it as 08:00")
    return read


def _hours(value: object) -> object:
    if isinstance(value, tuple):
        return value
    opens, dash, closes = str(value).partition("-")
    try:
        read = (_clock_time(opens.strip()), _clock_time(closes.strip())) if dash else None
    except ValueError:
        read = None
    if read is None:
        raise ValueError(f"“{value}” are not hours of a day; write them as 07:00-18:00")
    if read[0] >= read[1]:
        raise ValueError(f"“{value}” ends before it begins; write the hours as 07:00-18:00")
    return read


def _one_line(value: str) -> str:
    if any(ord(character) < 32 or character in "\x7f\u2028\u2029" for character in value):
        raise ValueError("control characters and line breaks are not allowed here")
    return value


def _page_address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError(f"“{value}” is not the address of a page; it begins with https://")
    return _one_line(value)


def _networks(value: object) -> object:
    written = _words(value)
    return [str(network) for network in written] if isinstance(written, tuple) else written


def _lead(value: object) -> Lead:
    return value if isinstance(value, Lead) else parse_lead(str(value))


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_networks)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Hours = Annotated[tuple[time, time], BeforeValidator(_hours)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Line = Annotated[str, AfterValidator(_one_line)]
PageAddress = Annotated[str, AfterValidator(_page_address)]
WrittenLead = Annotated[Lead, BeforeValidator(_lead)]
OptionalLine = Annotated[Line | None, BeforeValidator(_unset_if_empty)]
OptionalPath = Annotated[Path | None, BeforeValidator(_unset_if_empty)]
OptionalSecret = Annotated[SecretStr | None, BeforeValidator(_unset_if_empty)]
