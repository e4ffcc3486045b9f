"""A picture of a Curve as PNG, since mail clients show no SVG. Its words stand beside it, in the text."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.curve import Curve

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw as Pen

WIDTH, HEIGHT = 560, 180
_SCALE = 2  # drawn larger for screens with small dots
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 12, 14, 26
_GROUND, _GRID, _TEXT, _LINE, _AHEAD = "#ffffff", "#d5dade", "#454c53", "#0a4f86", "#a34a00"
_STROKES = 12
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a day and a number lie in the picture."""

    first: date
    last: date
    most: int

    def place(self, day: date, number: int) -> Point:
        span = max((self.last - self.first).days, 1)
        across = _LEFT + (WIDTH - _LEFT - _RIGHT) * (day - self.first).days / span
        down = HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * number / self.most
        return across * _SCALE, down * _SCALE


def draw(curve: Curve, today: date) -> bytes:
    """The ready by day as a line, and dashed how it goes on until the date. Needs at least one day."""
    # Imported here: it is needed once a week, and takes memory.
    from PIL import Image, ImageDraw

    frame = _Frame(first=curve.days[0][0], last=max(curve.until or today, today), most=max(curve.total, 1))
    image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), _GROUND)
    pen = ImageDraw.Draw(image)
    _draw_scale(pen, frame)
    points = [frame.place(day, ready) for day, ready in curve.days]
    pen.line(points * 2 if len(points) == 1 else points, fill=_LINE, width=3 * _SCALE, joint="curve")
    _draw_end(pen, points[-1], _LINE)
    if curve.expected is not None and curve.until is not None:
        ahead = frame.place(curve.until, curve.expected)
        _dash(pen, points[-1], ahead)
        _draw_end(pen, ahead, _AHEAD)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _draw_scale(pen: Pen, frame: _Frame) -> None:
    """Lines at none, half and all of the Vendors, and both ends of the time."""
    from PIL import ImageFont

    font = ImageFont.load_default(11 * _SCALE)
    for number in dict.fromkeys((0, frame.most // 2, frame.most)):
        left, right = frame.place(frame.first, number), frame.place(frame.last, number)
        pen.line([left, right], fill=_GRID, width=_SCALE)
        pen.text((left[0] - 6 * _SCALE, left[1]), str(number), fill=_TEXT, font=font, anchor="rm")
    for day, anchor in ((frame.first, "la"), (frame.last, "ra")):
        across, down = frame.place(day, 0)
        words = f"{day.day}.{day.month}.{day.year}"
        pen.text((across, down + 6 * _SCALE), words, fill=_TEXT, font=font, anchor=anchor)


def _draw_end(pen: Pen, point: Point, colour: str) -> None:
    pen.circle(point, 4 * _SCALE, fill=colour)


def _dash(pen: Pen, start: Point, end: Point) -> None:
    """A dashed line."""
    parts = 2 * _STROKES
    steps = [
        (start[0] + (end[0] - start[0]) * n / parts, start[1] + (end[1] - start[1]) * n / parts)
        for n in range(parts + 1)
    ]
    for n in range(0, parts, 2):
        pen.line([steps[n], steps[n + 1]], fill=_AHEAD, width=3 * _SCALE)
