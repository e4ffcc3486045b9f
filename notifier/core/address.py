"""E-mail addresses and mail domains in the one form that is stored and written on the wire."""

from __future__ import annotations

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

# RFC 5321 section 4.5.3.1.1, and what the signed details in `compose.mailbox` take of it.
LONGEST_LOCAL_PART = 64
LONGEST_DETAIL = 33


# Checking costs more than storing: an import checks each address when it reads it, not again as it joins.
@lru_cache(maxsize=1 << 17)
def normal_address(text: str) -> str:
    """The address with its domain in lower case and as A-labels (RFC 5890), the local part as written.

    Nothing is looked up. Raises ValueError with a sentence that says what is wrong. Local parts outside
    ASCII are refused, since many servers do not take them (RFC 6531).
    """
    address = text.strip()
    try:
        valid = validate_email(
            address, allow_smtputf8=False, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise ValueError(f"“{address[:80]}” is not an e-mail address: {error}") from None
    return valid.ascii_email or valid.normalized


def identity_of(address: str) -> str:
    """What makes two spellings the same address: case apart (`Ola@EPJ.no`, `ola@epj.no`).

    A plus-tag is kept: `post+nhn@epj.no` may well be another mailbox. Raises ValueError as `normal_address`.
    """
    return normal_address(address).casefold()


def normal_domain(text: str) -> str:
    """A mail domain in lower case and as A-labels. Raises ValueError with a sentence that says what is wrong."""
    domain = text.strip().removeprefix("@")
    try:
        return normal_address(f"post@{domain}").partition("@")[2]
    except ValueError:
        raise ValueError(f"“{domain[:80]}” is not a mail domain; write it as in epj.example.no") from None


def normal_address_or_domain(text: str) -> str:
    """An address, or a mail domain that stands for all its addresses, as stored. Raises ValueError as the two do."""
    is_address = text.strip().find("@") > 0
    return normal_address(text) if is_address else normal_domain(text)


def masked(address: str) -> str:
    """An address as its colleagues may see it, and nobody can write to it: `k…@epj.no`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if at else ""
