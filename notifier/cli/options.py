"""Options and arguments that several commands share, and the sentences for what does not exist."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Collection
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, TypeVar

import typer

from notifier.errors import UsageError

T = TypeVar("T")
Given = TypeVar("Given")

# As much of a name as the database keeps.
LONGEST_NAME = 200
# Beyond, what lies a time zone or a Lead further is no date any more.
YEARS = range(1970, 3000)
# Numbers with more digits are no longer whole ones to a database.
MOST_DIGITS = 18


def parse_now(text: str) -> datetime:
    """An ISO 8601 instant with its offset; without one it could be meant in any time zone.

    Raises UsageError with an example.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or instant.year not in YEARS:
        raise UsageError(
            f"“{text}” is not an instant; write date, time and offset, as in 2026-05-01T08:05+02:00"
        )
    return instant


def parse_number(text: str) -> int:
    """The number by which commands print something. Raises BadParameter when it is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise typer.BadParameter(f"“{text}” is not a number; write one as the list prints it")
    return int(text)


def parse_day(text: str) -> date:
    """A day as 2026-12-01. Raises UsageError with an example."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise UsageError(f"“{text}” is not a day; write it as in 2026-12-01")
    return day


def parse_name(text: str) -> str:
    """A person's name, without the blanks around it. Raises UsageError when it is too long to be kept."""
    name = text.strip()
    if len(name) > LONGEST_NAME:
        raise UsageError(
            f"--by takes a name of at most {LONGEST_NAME} characters, and this one has {len(name)}"
        )
    return name


Now = Annotated[
    datetime | None,
    typer.Option(
        "--now",
        metavar="INSTANT",
        parser=parse_now,
        help="Take this for the present, as in 2026-05-01T08:05+02:00 (to act, only on a rehearsal database).",
    ),
]
ChangeId = Annotated[str, typer.Argument(metavar="CHANGE", help="The change's id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="NAME", parser=parse_name, help="Who decides; by default this system's user."
    ),
]


def person(by: str | None) -> str:
    """The name that a decision is recorded under."""
    if by:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"  # a container's user often has no name


def understood(read: Callable[[Given], T], given: Given) -> T:
    """What `read` makes of an argument; its ValueError becomes a UsageError with the same sentence."""
    try:
        return read(given)
    except ValueError as error:
        raise UsageError(str(error)) from None


def no_such(what: str, typed: str, known: Collection[str]) -> UsageError:
    """The error for a name that does not exist: the nearest one, and all there are when they are few."""
    if not known:
        return UsageError(f"there is no {what} “{typed}”; there is none at all yet")
    near = get_close_matches(typed, known, n=1, cutoff=0.5)
    meant = f"; did you mean {near[0]}?" if near else "."
    names = sorted(known)
    shown = ", ".join(names[:20]) + (f", and {len(names) - 20} more" if len(names) > 20 else "")
    return UsageError(f"there is no {what} “{typed}”{meant} There is: {shown}")
