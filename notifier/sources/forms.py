"""The forms of single values: ids, dates, addresses. What a check refuses, it says what it accepts instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from notifier.core.cadence import parse_cadence
from notifier.core.when import parse_when

_ID = "[a-z0-9][a-z0-9-]*"
_DAYS = r"\d{4}(-(\d{2}(-\d{2})?|Q[1-4]|H[12]))?"
_ID_PATTERN = f"^{_ID}$"
_KEY_PATTERN = f"^{_ID}/{_ID}$"
_LEAD_PATTERN = "^(0|[1-9][0-9]{0,3})(d|w|mo)$"
_WHEN_PATTERN = rf"^(tba|{_DAYS}(\.\.({_DAYS})?)?)$"

_LONGEST_WHEN = 40
_NOT_IN_URLS = re.compile(r'[\s"<>\\^`{|}]')


def _check_id(value: str) -> str:
    """Small letters a–z, digits and hyphens, beginning with a letter or digit."""
    if not re.fullmatch(_ID, value):
        raise ValueError(f"“{value}” is not an id; use small letters a–z, digits and hyphens")
    return value


def _check_key(value: str) -> str:
    """A deadline's name in the whole list."""
    if not re.fullmatch(f"{_ID}/{_ID}", value):
        raise ValueError(f"“{value}” names no deadline; write change/deadline, with their ids")
    return value


def _written_when(value: object) -> object:
    """TOML's own date in the text form all other dates have."""
    if isinstance(value, datetime):
        raise ValueError("has a time of day; write the date alone")  # noqa: TRY004 - pydantic's contract
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f'is a number; write it in quotes: "{value}"')  # noqa: TRY004
    return value


def _check_when(value: str) -> str:
    """A date as `core.when.parse_when` takes it."""
    if len(value) > _LONGEST_WHEN:
        raise ValueError(f"is longer than {_LONGEST_WHEN} characters; write a date such as 2026-12-01")
    return parse_when(value).written


def check_leads(values: Sequence[str]) -> Sequence[str]:
    """Lead times as `core.cadence.parse_cadence` takes them."""
    parse_cadence(values)
    return values


def _check_url(value: str) -> str:
    """An address of the web, complete and without a login in it."""
    try:
        url = urlsplit(value)
        port = url.port
    except ValueError:
        raise ValueError(f"“{value}” is not a web address") from None
    if url.scheme not in ("http", "https") or not url.hostname or port == 0:
        raise ValueError(f"“{value}” is not a web address; write it whole, beginning with https://")
    if _NOT_IN_URLS.search(value):
        raise ValueError(f"“{value}” holds characters that no web address has; percent-encode them")
    if "@" in url.netloc:
        raise ValueError("has a login in it; leave out everything up to the @")
    return value


def _check_address(value: str) -> str:
    """An e-mail address. Its form is checked, not whether it exists."""
    try:
        validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(f"“{value}” is not an e-mail address: {error}") from None
    return value


def _pattern(pattern: str, *examples: str) -> dict[str, str | list[str]]:
    return {"pattern": pattern, "examples": list(examples)}


# The database keeps it in four bytes.
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Title = Annotated[str, Field(min_length=1, max_length=120)]
Prose = Annotated[str, Field(min_length=1, max_length=2_000)]
Id = Annotated[
    str, Field(max_length=60, json_schema_extra=_pattern(_ID_PATTERN, "helseid")), AfterValidator(_check_id)
]
DeadlineKey = Annotated[
    str, Field(max_length=121, json_schema_extra=_pattern(_KEY_PATTERN)), AfterValidator(_check_key)
]
Url = Annotated[
    str, Field(max_length=500, json_schema_extra=_pattern("^https?://")), AfterValidator(_check_url)
]
Address = Annotated[
    str, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_check_address)
]
LeadText = Annotated[
    str, Field(max_length=12, json_schema_extra=_pattern(_LEAD_PATTERN, "90d", "12w", "6mo"))
]
WrittenWhen = Annotated[
    str,
    BeforeValidator(_written_when),
    AfterValidator(_check_when),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _WHEN_PATTERN,
            "examples": ["2026-12-01", "2026-12", "2026-Q4", "2026-H1", "2026", "2026-Q1..2026-Q2", "tba"],
        }
    ),
]
