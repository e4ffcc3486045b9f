"""Where every table and key of a TOML text stands, since `tomllib` tells no lines."""

from __future__ import annotations

import tomllib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from notifier.sources.problem import Path
from notifier.sources.tokens import Token, tokens

_OPENING, _CLOSING = "[{", "]}"


def places(text: str) -> dict[Path, int]:
    """The line of each table, key and item, by the path it has in what `tomllib` makes of the same text.

    The text must be TOML that `tomllib` takes.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for statement in _statements(tokens(text)):
        if statement[0].text == "[":
            table = _header(statement, counts)
            lines.setdefault(table, statement[0].line)
        else:
            _assignment(statement, table, lines)
    return lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of a path, or of the nearest thing around it that stands in the file."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


def _statements(stream: Iterable[Token]) -> Iterator[deque[Token]]:
    """Headers and assignments, each without the line breaks in and after it."""
    statement: deque[Token] = deque()
    depth = 0
    for token in stream:
        if token.kind == "newline":
            if statement and depth == 0:
                yield statement
                statement = deque()
            continue
        if token.kind == "mark":
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        statement.append(token)
    if statement:
        yield statement


def _header(statement: deque[Token], counts: dict[Path, int]) -> Path:
    """The path that `[a.b]` or `[[a.b]]` opens; the latter is one more item of an array of tables."""
    path: Path = ()
    names = [_name(token) for token in statement if token.kind != "mark"]
    for name in names[:-1]:
        path = _entered((*path, name), counts)
    path = (*path, names[-1])
    if statement[1].text == "[":
        counts[path] = counts.get(path, 0) + 1
    return _entered(path, counts)


def _entered(path: Path, counts: Mapping[Path, int]) -> Path:
    return (*path, counts[path] - 1) if path in counts else path


def _assignment(rest: deque[Token], table: Path, lines: dict[Path, int]) -> None:
    """Note the lines of `a.b = value`, which begins the tokens, and take it off them."""
    path = table
    mark = "."
    while mark == ".":
        key = rest.popleft()
        path = (*path, _name(key))
        lines.setdefault(path, key.line)
        mark = rest.popleft().text
    _value(rest, path, lines)


def _value(rest: deque[Token], path: Path, lines: dict[Path, int]) -> None:
    token = rest.popleft()
    if token.text == "[":
        index = 0
        while rest[0].text != "]":
            lines.setdefault((*path, index), rest[0].line)
            _value(rest, (*path, index), lines)
            _skip_comma(rest)
            index += 1
        rest.popleft()
    elif token.text == "{":
        while rest[0].text != "}":
            _assignment(rest, path, lines)
            _skip_comma(rest)
        rest.popleft()
    else:  # a string, or the words and marks of a number or date
        while rest and not (rest[0].kind == "mark" and rest[0].text in ",]}"):
            rest.popleft()


def _skip_comma(rest: deque[Token]) -> None:
    if rest[0].text == ",":
        rest.popleft()


def _name(key: Token) -> str:
    if key.kind != "string":
        return key.text
    return str(next(iter(tomllib.loads(f"{key.text} = 0"))))
