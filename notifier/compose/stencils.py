"""Stencils: a mail composed once with its places cut out, so that everybody else who is told the same costs a
splice. `compose.cutting` makes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from notifier.compose.places import Place
from notifier.compose.quoting import folded
from notifier.compose.recipient import Recipient

# With its name a header's line holds at most 998 characters (RFC 5322 section 2.1.1).
_IN_HEADER = re.compile(r"(?!.*=\?)[ -~]{1,900}")
# What stands the same in a line of text, which wrapping leaves whole, and in HTML, in an attribute or between tags.
_IN_BODY = re.compile(r"(?!.*=\?)https?://[A-Za-z0-9._~:/?=+@%-]{1,900}")


@dataclass(frozen=True, slots=True)
class Opening:
    """Where something was cut out: a header's value, or a whole line of a body, escaped as in quoted-printable, with
    `%b` for every place in it."""

    form: bytes
    names: tuple[str, ...]
    in_body: bool

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """Its bytes on the wire."""
        if not self.in_body:
            return self.form % tuple([values[name] for name in self.names])
        return folded(self.form % tuple([values[name].replace(b"=", b"=3D") for name in self.names]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stencil:
    """A mail with a `%b` at each of its openings. `in_bodies` names the places that stand in a body, perhaps in a
    header as well; `wire_ready` says that all lines between the openings are as SMTP carries them."""

    subject: str
    mail: bytes
    openings: tuple[Opening, ...]
    places: Mapping[str, Place]
    in_bodies: frozenset[str]
    wire_ready: bool

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return 2_000 + len(self.mail) + sum(500 + len(each.form) for each in self.openings)

    def fill(self, recipient: Recipient) -> bytes | None:
        """The mail for one recipient; None when a value of theirs must not stand in its place, or not as it is."""
        values = {}
        for name, place in self.places.items():
            value = place(recipient)
            if not (_IN_BODY if name in self.in_bodies else _IN_HEADER).fullmatch(value):
                return None
            values[name] = value.encode("ascii")
        return self.mail % tuple([opening.fill(values) for opening in self.openings])
