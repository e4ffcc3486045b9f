"""The forms of single values: ids, dates, addresses. Each check raises ValueError with what is accepted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from notifier.core.cadence import parse_cadence
from notifier.core.when import parse_when

_ID = "[a-z0-9][a-z0-9-]*"
_DAYS = r"\d{4}(-(\d{2}(-\d{2})?|Q[1-4]|H[12]))?"
ID_PATTERN = f"^{_ID}$"
KEY_PATTERN = f"^{_ID}/{_ID}$"
LEAD_PATTERN = "^(0|[1-9][0-9]{0,3})(d|w|mo)$"
WHEN_PATTERN = rf"^(tba|{_DAYS}(\.\.({_DAYS})?)?)$"

_LONGEST_WHEN = 40
_NOT_IN_URLS = re.compile(r'[\s"<>\\^`{|}]')


def check_id(value: str) -> str:
    """Small letters a–z, digits and hyphens, beginning with a letter or digit."""
    if not re.fullmatch(_ID, value):
        raise ValueError(f"“{value}” is not an id; use small letters a–z, digits and hyphens")
    return value


def check_key(value: str) -> str:
    """A deadline's name in the whole list."""
    if not re.fullmatch(f"{_ID}/{_ID}", value):
        raise ValueError(f"“{value}” names no deadline; write change/deadline, with their ids")
    return value


def written_when(value: object) -> object:
    """TOML's own date in the text form all other dates have."""
    if isinstance(value, datetime):
        raise ValueError("has a time of day; write the date alone")  # noqa: TRY004 - pydantic's contract
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f'is a number; write it in quotes: "{value}"')  # noqa: TRY004
    return value


def check_when(value: str) -> str:
    """A date as `core.when.parse_when` takes it."""
    if len(value) > _LONGEST_WHEN:
        raise ValueError(f"is longer than {_LONGEST_WHEN} characters; write a date such as 2026-12-01")
    return parse_when(value).written


def check_leads(values: Sequence[str]) -> Sequence[str]:
    """Lead times as `core.cadence.parse_cadence` takes them."""
    parse_cadence(values)
    return values


def check_url(value: str) -> str:
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


def check_address(value: str) -> str:
    """An e-mail address. Its form is checked, not whether it exists."""
    try:
        validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(f"“{value}” is not an e-mail address: {error}") from None
    return value
