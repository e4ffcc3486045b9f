"""A small drawing of bars as SVG, readable on light and dark ground."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

WIDTH, NAMES, ROW = 800, 340, 26
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2933}rect{fill:#8aa4b8}.ours{fill:#0b6e8f}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#5c7488}.ours{fill:#4cc2e6}}"
)


def draw(file: Path, *, title: str, unit: str, bars: Sequence[tuple[str, float, bool]]) -> None:
    """Write one bar for each name and value; the last says whether it is ours."""
    most = max(value for _, value, _ in bars)
    height = ROW * (len(bars) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<text x="8" y="18" font-weight="600">{escape(title)}</text>',
    ]
    for number, (name, value, ours) in enumerate(bars, start=1):
        y = number * ROW + 8
        length = (WIDTH - NAMES - 110) * value / most
        mark = ' class="ours"' if ours else ""
        parts.append(f'<text x="{NAMES - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect{mark} x="{NAMES}" y="{y}" width="{max(length, 1):.1f}" height="18" rx="2"/>')
        parts.append(f'<text x="{NAMES + length + 8:.1f}" y="{y + 13}">{value:,.0f} {escape(unit)}</text>')
    file.write_text("\n".join((*parts, "</svg>")) + "\n", encoding="utf-8")
