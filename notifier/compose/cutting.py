"""Cutting a stencil from a mail, and proving it right.

1. The mail is drafted for a stranger, whose values nobody else has.
2. Wherever one of those values stands, the header's value or the whole line of the body is cut out. Lines are
   encoded each on its own, as quoted-printable does anyhow, so that values may have any length.
3. The stencil is filled for a second stranger, who has nothing in common with the first, and held byte by byte
   against the mail composed for them the whole way. Whatever differs between the two and was not cut out shows
   here, however it came into the mail; then there is no stencil, and such mails go the whole way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta

from notifier.compose.layouts import Opening
from notifier.compose.matter import Matter
from notifier.compose.messages import Draft, compose, draft_of
from notifier.compose.mime import assemble
from notifier.compose.quoting import escaped
from notifier.compose.recipient import Recipient
from notifier.compose.stencils import Stencil
from notifier.compose.voice import Voice


class _UncutError(Exception):
    """A place of this mail cannot be cut out for sure."""


def cut(matter: Matter, voice: Voice) -> Stencil | None:
    """A stencil for all who are told this, None where none can be proven right. Raises as `messages.compose`."""
    first, second = _strangers(matter, voice)
    try:
        stencil = _cut_out(draft_of(matter, first, voice), first)
    except _UncutError:
        return None
    whole = compose(matter, second, voice)
    return replace(stencil, wire_ready=whole.wire_ready) if stencil.fill(second) == whole.data else None


def _strangers(matter: Matter, voice: Voice) -> tuple[Recipient, Recipient]:
    """Two who differ in every value and its length, at the first and the last instant of the local day."""
    first = Recipient(
        message_id=1,
        header_id="<first.message@stencil.invalid>",
        address="first@stencil.invalid",
        subscriber_id=1,
        public_id="a-stranger-of-whom-nobody-ever-heard",
        moves=0,
        generation=1,
        calendar_serial=1,
        nonce="what-the-first-is-asked",
        at=voice.timing.instant(matter.today, time(0)),
    )
    second = Recipient(
        message_id=987_654_321_012,
        header_id="<second.message.987654321012@stencil.invalid>",
        address="somebody.else.altogether@stencil.invalid",
        subscriber_id=876_543_210_987,
        public_id="second",
        moves=54,
        generation=4_321,
        calendar_serial=765,
        nonce="second-nonce",
        at=voice.timing.end_of(matter.today) - timedelta(seconds=1),
    )
    return first, second


def _cut_out(draft: Draft, stranger: Recipient) -> Stencil:
    """The draft without the stranger's values. Raises _UncutError."""
    named = {place(stranger): name for name, place in draft.places.items()}
    if len(named) < len(draft.places):
        raise _UncutError
    scissors = _Scissors(named)
    if not all(scissors.is_alone(line) for line in draft.unwrapped.splitlines()):
        raise _UncutError
    headers = [(each.name, scissors.open_header(each.wire)) for each in draft.fields]
    text, html = scissors.open_body(draft.text), scissors.open_body(draft.html)
    data = assemble(headers=headers, text=text, html=html, attachments=draft.attachments)
    openings = tuple(scissors.openings)
    used = {name for opening in openings for name in opening.names}
    return Stencil(
        subject=draft.subject,
        wire_ready=False,
        pieces=scissors.opened(data),
        openings=openings,
        places={name: place for name, place in draft.places.items() if name in used},
        in_bodies=frozenset(name for opening in openings if opening.in_body for name in opening.names),
    )


@dataclass(slots=True)
class _Scissors:
    """Opens a mail at every value of a stranger, in the order of its bytes, leaving a mark at each opening."""

    named: Mapping[str, str]
    openings: list[Opening] = field(default_factory=list)
    values: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        longest_first = sorted(self.named, key=len, reverse=True)
        self.values = re.compile("|".join(map(re.escape, longest_first)))

    def is_alone(self, line: str) -> bool:
        """Whether a line before wrapping holds no value, or nothing else: then wrapping leaves it whole."""
        return not self.values.search(line) or bool(self.values.fullmatch(line.strip()))

    def open_header(self, wire: str) -> str:
        """A field's value on the wire, with marks instead of values."""
        return self.values.sub(
            lambda found: self._mark(("", ""), (self.named[found[0]],), in_body=False), wire
        )

    def open_body(self, body: str) -> str:
        """A body with marks instead of the lines that hold values. Raises _UncutError where one is the last."""
        *lines, last = body.split("\n")
        if self.values.search(last):
            raise _UncutError
        return "\n".join([*map(self._opened, lines), last])

    def opened(self, data: bytes) -> tuple[str, ...]:
        """The mail between the marks. Raises _UncutError unless each stands there once, in order."""
        pieces = []
        for number in range(len(self.openings)):
            mark = _mark(number).encode("ascii")
            before, found, data = data.partition(mark)
            if not found or mark in data:
                raise _UncutError
            pieces.append(before)
        return tuple(piece.decode("ascii") for piece in (*pieces, data))

    def _opened(self, line: str) -> str:
        found = self.values.findall(line)
        if not found:
            return line
        # Escaped as a whole: what stands at a line's beginning or end is escaped otherwise than within.
        whole = escaped(self.values.sub(_STAND_IN, line).encode("utf-8")).decode("ascii")
        form = tuple(whole.split(_STAND_IN))
        if len(form) != len(found) + 1:
            raise _UncutError
        return self._mark(form, tuple(self.named[value] for value in found), in_body=True)

    def _mark(self, form: tuple[str, ...], names: tuple[str, ...], *, in_body: bool) -> str:
        self.openings.append(Opening(form, names, in_body))
        return _mark(len(self.openings) - 1)


_STAND_IN = "value-of-a-stencil"


def _mark(number: int) -> str:
    """A line that quoted-printable leaves as it is."""
    return f"opening{number:06}of-a-stencil"
