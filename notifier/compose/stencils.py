"""Stencils: a mail composed once with its places cut out, so that everybody else who is told the same costs a
splice. `compose.cutting` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.compose.layouts import Layout, Opening, lay_out, shape_of, written
from notifier.compose.places import Place
from notifier.compose.recipient import Recipient

# With its name a header's line holds at most 998 characters (RFC 5322 section 2.1.1).
_LONGEST_IN_HEADER = 900
# Few shapes are met, unless somebody wants to fill our memory.
_MOST_LAYOUTS = 4


@dataclass(slots=True, kw_only=True, eq=False)
class Stencil:
    """A mail with openings between its `pieces`, those of the header first. `in_bodies` names the places that stand in
    a body, perhaps in a header as well; `wire_ready` says that all lines between the openings are as SMTP carries
    them."""

    subject: str
    pieces: tuple[str, ...]
    openings: tuple[Opening, ...]
    places: Mapping[str, Place]
    in_bodies: frozenset[str]
    wire_ready: bool
    _alone: tuple[Place, ...] = field(init=False)
    _inside: tuple[Place, ...] = field(init=False)
    _header: tuple[int, ...] = field(init=False)
    _layouts: dict[bytes, Layout] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        alone = [name for name in self.places if name not in self.in_bodies]
        self._alone = tuple(self.places[name] for name in alone)
        self._inside = tuple(self.places[name] for name in self._names_inside)
        known = alone + self._names_inside
        self._header = tuple(known.index(each.names[0]) for each in self.openings if not each.in_body)

    @property
    def _names_inside(self) -> list[str]:
        return [name for name in self.places if name in self.in_bodies]

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes at most, with its layouts."""
        forms = sum(len("".join(each.form)) for each in self.openings)
        return 2_000 + sum(map(len, self.pieces)) + 2_000 * len(self.openings) + forms

    def fill(self, recipient: Recipient) -> bytes | None:
        """The mail for one recipient; None when a value of theirs must not stand in its place, or not as it is."""
        alone = [place(recipient) for place in self._alone]
        if not _may_stand_in_header(alone):
            return None
        inside = [place(recipient) for place in self._inside]
        layout = self._layout(values := written(inside))
        if layout is None:
            return None
        known = alone + inside
        in_header = [known[number] for number in self._header]
        return layout.join(in_header, values.replace("=", "=3D")).encode("ascii")

    def _layout(self, values: str) -> Layout | None:
        shape = shape_of(values)
        if shape is None:
            return None
        layout = self._layouts.get(shape)
        if layout is None:
            layout = lay_out(self.pieces, self.openings, self._names_inside, values, shape)
            if len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            if layout is not None:
                self._layouts[shape] = layout
        return layout


def _may_stand_in_header(values: list[str]) -> bool:
    whole = "".join(values)
    is_plain = whole.isascii() and whole.isprintable() and "=?" not in whole
    return is_plain and all(values) and max(map(len, values), default=1) <= _LONGEST_IN_HEADER
