"""What is wrong with a list, and where."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notifier.errors import ListRefusedError

Path = tuple[str | int, ...]
Tree = Mapping[str, Any]

MOST_PROBLEMS = 100
_LONGEST_SENTENCE = 600
_WITH_ID = ("service", "change", "deadline")
# Control and format characters (bidi controls among them), line and paragraph separators, private use.
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place of the parsed list: the keys that lead there, and a sentence."""

    path: Path
    what: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, as the editor is told it; `line` counts from 1 and is None for the whole file."""

    line: int | None
    sentence: str

    def __str__(self) -> str:
        shown = printable(self.sentence)
        if len(shown) > _LONGEST_SENTENCE:
            shown = f"{shown[:_LONGEST_SENTENCE]} …"
        return shown if self.line is None else f"line {self.line}: {shown}"


def refused(problems: Iterable[Problem]) -> ListRefusedError:
    """The error that tells all problems, in the order of their lines; of very many, the first hundred."""
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    sentences = list(dict.fromkeys(str(problem) for problem in ordered[:MOST_PROBLEMS]))
    if len(ordered) > MOST_PROBLEMS:
        sentences.append("and more; mend these first")
    return ListRefusedError(sentences)


def place_name(path: Path, tree: Tree) -> str:
    """The place in words: `change "preg-testdata", deadline "test": when`."""
    node: Any = tree
    tables, rest = [], list(path)
    while len(rest) > 1 and rest[0] in _WITH_ID and isinstance(rest[1], int):
        name, index = rest[0], rest[1]
        node, rest = node[name][index], rest[2:]
        known = node.get("id") if isinstance(node, Mapping) else None
        tables.append(f'{name} "{known}"' if isinstance(known, str) else f"{name} no. {index + 1}")
    return ": ".join(part for part in (", ".join(tables), _dotted(rest)) if part)


def _dotted(keys: Sequence[str | int]) -> str:
    words = ""
    for key in keys:
        if isinstance(key, int):
            words += f" no. {key + 1}"
        elif words and words[-1].isdigit():
            words += f", {key}"
        else:
            words += f".{key}" if words else key
    return words


def is_invisible(character: str) -> bool:
    """Whether a character is a control, format, separating or private one that a reader does not see."""
    return unicodedata.category(character) in _INVISIBLE


def printable(text: str) -> str:
    """The text with everything invisible escaped, safe for a log line."""
    return "".join(f"\\u{ord(character):04x}" if is_invisible(character) else character for character in text)
