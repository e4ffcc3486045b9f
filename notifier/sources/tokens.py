"""Cutting TOML text into tokens, in one pass whose time grows only with its length.

`tomllib` gives no positions, and some hostile files keep it busy for minutes. These tokens are enough to
find a key's line and to see how deep keys and brackets go, before `tomllib` is let near the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Possessive quantifiers (*+) never go back, so an unclosed string costs no more than its length.
_TOKEN = re.compile(
    r'''
      (?P<string> """ (?:[^"\\] | \\. | "(?!""))*+ (?: "{3,5} | (?P<open>\\?\Z) )
                | \'\'\' (?:[^'] | '(?!\'\'))*+ (?: '{3,5} | (?P<open_literal>\Z) )
                | " (?:[^"\\\n] | \\[^\n])*+ (?: " | (?P<open_line>\\?) )
                | ' [^'\n]*+ (?: ' | (?P<open_literal_line>) ) )
    | (?P<word> [A-Za-z0-9_+:-]++ )
    | (?P<mark> [\[\]{}=,.] )
    | (?P<newline> \n )
    | (?P<skipped> \#[^\n]*+ | [ \t]++ )
    | (?P<other> . )
    ''',
    re.VERBOSE | re.DOTALL,
)
_OPEN = ("open", "open_literal", "open_line", "open_literal_line")


class Token(NamedTuple):
    """A string, a word (bare key, number or date), a mark, a line break, or something else.

    `line` is where it begins, from 1; `closed` is False for a string whose end is missing.
    """

    kind: str
    text: str
    line: int
    closed: bool = True


def tokens(text: str) -> Iterator[Token]:
    """All tokens but comments and spaces; line breaks must be `\\n`. Never fails, whatever the text."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "skipped":
            continue
        closed = all(match[name] is None for name in _OPEN)
        yield Token(kind, match[0], line, closed)
        if kind in ("newline", "string"):
            line += match[0].count("\n")
