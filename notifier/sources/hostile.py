"""What is refused before anything is parsed: bytes that are no plain text, and shapes made to hurt.

A file of 100 kB that is a single dotted key keeps `tomllib` busy for 80 seconds, and deeply nested
brackets end in RecursionError; a text with bidi controls reads differently from what it says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from notifier.sources.problem import Finding, Path, Problem, is_invisible
from notifier.sources.source import MOST_BYTES
from notifier.sources.tokens import tokens

LONGEST_LINE = 2_000
DEEPEST_KEY = 8
DEEPEST_NESTING = 8

_BOM = "\ufeff"
_SUSPECT = re.compile(r"[^\t\n -~]")


def read_text(data: bytes) -> tuple[str, list[Problem]]:
    """The bytes as text with `\\n` line breaks and nothing invisible in it, and what was wrong with them.

    What was wrong is taken out of the text, so that the rest can be checked in the same go.
    """
    if len(data) > MOST_BYTES:
        return "", [Problem(None, f"the list is larger than {MOST_BYTES:,} bytes")]
    problems = []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02x}"
        problems.append(Problem(line, f"the byte {byte} is not UTF-8; save the whole file as UTF-8"))
        if b"\0" in data:  # UTF-16, or no text at all: nothing said about the rest would help
            return "", problems
        text = data.decode("utf-8", errors="replace")
    text = text.replace("\r\n", "\n")
    if text.startswith(_BOM):
        problems.append(
            Problem(1, "the file begins with a byte order mark (U+FEFF); save it as UTF-8 without one")
        )
        text = text.removeprefix(_BOM)
    problems.extend(_invisible_problems(text))
    return _SUSPECT.sub(lambda match: "" if is_invisible(match[0]) else match[0], text), problems


def _invisible_problems(text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), start=1):
        for character in dict.fromkeys(_SUSPECT.findall(line)):
            if is_invisible(character):
                yield Problem(number, f"the invisible character {_name(character)}; remove it")


def _name(character: str) -> str:
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'a control character').lower()})"


def shape_problems(text: str) -> list[Problem]:
    """Lines too long, keys with too many parts, brackets nested too deep: at most one of each."""
    problems = []
    long = next((n for n, line in enumerate(text.split("\n"), start=1) if len(line) > LONGEST_LINE), None)
    if long:
        problems.append(
            Problem(long, f"the line is longer than {LONGEST_LINE:,} characters; fold it with a backslash")
        )
    parts, dotted, depth = 1, False, 0
    deep_key = deep_nesting = None
    for token in tokens(text):
        if token.text == ".":
            dotted = True
            continue
        parts = parts + 1 if dotted else 1
        dotted = False
        depth = max(depth + (token.text in ("[", "{")) - (token.text in ("]", "}")), 0)
        deep_key = deep_key or (token.line if parts > DEEPEST_KEY else None)
        deep_nesting = deep_nesting or (token.line if depth > DEEPEST_NESTING else None)
    if deep_key:
        problems.append(Problem(deep_key, f"a key has more than {DEEPEST_KEY} parts"))
    if deep_nesting:
        problems.append(Problem(deep_nesting, f"brackets are nested more than {DEEPEST_NESTING} deep"))
    return problems


def text_findings(tree: Mapping[str, Any], path: Path = ()) -> Iterator[Finding]:
    """Texts that escape sequences made invisible, and texts a mail header could take for an encoded word.

    `=?utf-8?q?=0D=0ABcc:…?=` in a subject becomes a real header in some mail programs and libraries.
    """
    for key, value in tree.items():
        yield from _value_findings(value, (*path, key))


def _value_findings(value: object, path: Path) -> Iterator[Finding]:
    if isinstance(value, str):
        if "=?" in value:
            yield Finding(path, "holds “=?”, which mail programs may decode into something else; remove it")
        if "\n" in value:
            yield Finding(path, "holds a line break; end each line but the last with a backslash to fold it")
        for character in dict.fromkeys(value.replace("\n", "")):
            if is_invisible(character):
                yield Finding(path, f"holds the invisible character {_name(character)}; remove it")
    elif isinstance(value, Mapping):
        yield from text_findings(value, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value_findings(item, (*path, index))
