"""Layouts: where the parts of a recipient's values stand in a mail once its lines are folded.

Where quoted-printable folds a line depends on how long the values in it are, and on where they hold what is escaped,
not on what else they say: links made for two people are mostly folded alike. So a stencil is laid out once for all
values of one shape, and each mail is one joining of pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from notifier.compose.quoting import folds

# What may stand the same in a line of text, which wrapping leaves whole, and in HTML, in an attribute or between tags.
_ALLOWED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:/?=+@%-"
# What decides where a line is folded, or whether a value may stand there at all, keeps its own sign.
_TELLING = b"\n.=?"
_SHAPE = bytes(
    byte if byte in _TELLING else ord("x") if byte in _ALLOWED else ord("!") for byte in range(256)
)
_FIT = re.compile(rb"(\n(?!.*=\?)[x.=?]{1,900})*")


@dataclass(frozen=True, slots=True)
class Opening:
    """Where something was cut out: a header's value, or a whole line of a body, escaped as in quoted-printable.

    `form` is what stands around the places that are called `names`, before the first, between them and after the last.
    """

    form: tuple[str, ...]
    names: tuple[str, ...]
    in_body: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A mail's fixed pieces, and between them first the values of its header, then `cuts` of those of its bodies."""

    fixed: tuple[str, ...]
    cuts: tuple[slice, ...]

    def join(self, in_header: Sequence[str], in_bodies: str) -> str:
        """The mail; the values of its bodies are escaped, as `written` joins them."""
        pieces = [""] * (2 * len(self.fixed) - 1)
        pieces[::2] = self.fixed
        pieces[1::2] = [*in_header, *[in_bodies[cut] for cut in self.cuts]]
        return "".join(pieces)


def written(values: Sequence[str]) -> str:
    """The values of bodies, each on a line of its own."""
    return "\n".join(["", *values])


def shape_of(values: str) -> bytes | None:
    """The shape of values that were `written`: equal for those that one layout serves. None where none does."""
    if not values.isascii() or values.count("\nhttps://") + values.count("\nhttp://") < values.count("\n"):
        return None
    return values.encode("ascii").translate(_SHAPE)


def lay_out(
    fixed: Sequence[str], openings: Sequence[Opening], names: Sequence[str], values: str, shape: bytes
) -> Layout | None:
    """The layout for values of this shape, of which `values` are some, in the order of their `names`; None where any
    of them must not stand in a body. `fixed` stands around the openings, those of the header first."""
    if shape.count(b"\n") != len(names) or not _FIT.fullmatch(shape):
        return None
    spans, start = {}, 1
    escaped = values.replace("=", "=3D")
    for name, value in zip(names, escaped.split("\n")[1:], strict=True):
        spans[name] = range(start, start + len(value))
        start += len(value) + 1
    made = _Pieces(escaped, [fixed[0]])
    for opening, after in zip(openings, fixed[1:], strict=True):
        if opening.in_body:
            made.fold(opening, spans)
        made.fixed.append(after)
    return Layout(tuple(made.fixed), tuple(made.cuts))


_NOTHING = slice(0, 0)


@dataclass(slots=True)
class _Pieces:
    """A layout while it is made."""

    values: str
    fixed: list[str]
    cuts: list[slice] = field(default_factory=list)

    def fold(self, opening: Opening, spans: Mapping[str, range]) -> None:
        """Add a line of a body with its places, folded. Nothing is cut out before it and after it, so that all layouts
        of a mail share what stands around its openings, which is most of it."""
        self.cuts.append(_NOTHING)
        self.fixed.append("")
        # Character by character, with where in the values it was found: at a negative place, it is none of theirs.
        whole: list[tuple[str, int]] = [(sign, -1) for sign in opening.form[0]]
        for name, after in zip(opening.names, opening.form[1:], strict=True):
            whole += [(self.values[at], at) for at in spans[name]]
            whole += [(sign, -1) for sign in after]
        line = "".join(sign for sign, _ in whole).encode("ascii")
        for number, (escape, start, end) in enumerate(folds(line)):
            self.fixed[-1] += ("=\r\n" if number else "") + escape.decode("ascii")
            for text, at in _runs(whole[start:end]):
                if at < 0:
                    self.fixed[-1] += text
                else:
                    self.cuts.append(slice(at, at + len(text)))
                    self.fixed.append("")
        self.cuts.append(_NOTHING)


def _runs(signs: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """What stands together: fixed text, or a part of one value and where in the values that begins."""
    text, begins, before = "", -1, -2
    for sign, at in signs:
        goes_on = at == before + 1 if before >= 0 else at == before
        if text and not goes_on:
            yield text, begins
            text = ""
        begins = begins if text else at
        text, before = text + sign, at
    if text:
        yield text, begins
