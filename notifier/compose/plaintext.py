"""The text part: rendered lines wrapped for people who read mail in a narrow window."""

from __future__ import annotations

import re
import textwrap

WIDTH = 74
_TIED = "\N{NO-BREAK SPACE}"


def wrapped(rendered: str) -> str:
    """Lines of at most 74 characters, continued under their own indent or list mark; no blank line twice.

    Only a line with a link may be longer, since a broken link cannot be followed.
    """
    lines: list[str] = []
    for line in rendered.splitlines():
        lines.extend(_wrapped_line(line.rstrip()))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).replace(_TIED, " ").strip("\n") + "\n"


def _wrapped_line(line: str) -> list[str]:
    if not line:
        return [""]
    indent = re.match(r" *", line)[0]  # type: ignore[index]
    # «1. desember» stays together.
    line = re.sub(r"\b(\d{1,2}\.) (?=[a-z])", rf"\1{_TIED}", line)
    mark = "- " if line[len(indent) :].startswith("- ") else ""
    return textwrap.wrap(
        line[len(indent) + len(mark) :],
        width=WIDTH,
        initial_indent=indent + mark,
        subsequent_indent=indent + " " * len(mark),
        break_long_words="://" not in line,
        break_on_hyphens=False,
    )
