"""From bytes to a ChangeList, or to every problem at once.

1. Bytes to text: encoding and invisible characters; what is found is taken out and the rest goes on.
2. Shapes that would keep the parser busy or break it end the reading here.
3. TOML, which stops at its first mistake.
4. Form, texts and the rules between entries, all three on the same parsed file.
5. Only a list without a single problem becomes a ChangeList.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from itertools import islice

from notifier.core.change import ChangeList
from notifier.sources.convert import change_list
from notifier.sources.form import read_form
from notifier.sources.hostile import read_text, shape_problems, text_findings
from notifier.sources.places import line_of, places
from notifier.sources.problem import MOST_PROBLEMS, Finding, Problem, Tree, place_name, refused
from notifier.sources.raw import RawList
from notifier.sources.rules import rule_findings
from notifier.sources.tokens import tokens

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_ASSIGNMENT = re.compile(r"[ \t]*[A-Za-z0-9_.-]++[ \t]*=[ \t]*(?P<value>\S.*)")
_QUOTES, _LONG_QUOTES = "\"'", ('"""', "'''")


def parse_list(data: bytes, *, today: date) -> ChangeList:
    """Read the list. `today` is the real day in the list's time zone, also in a rehearsal of another day.

    Raises ListRefusedError with every problem, each with its line or key.
    """
    text, problems = read_text(data)
    shapes = shape_problems(text)
    if shapes or (problems and not text):
        raise refused([*problems, *shapes])
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused([*problems, _syntax_problem(error, text)]) from None
    raw, findings = _checked(tree, today)
    if raw is None or findings or problems:
        lines = places(text) if findings else {}
        found = (Problem(line_of(f.path, lines), f"{place_name(f.path, tree)}: {f.what}") for f in findings)
        raise refused([*problems, *found])
    return change_list(raw)


def _checked(tree: Tree, today: date) -> tuple[RawList | None, list[Finding]]:
    raw, wrong = read_form(tree)
    texts = list(islice(text_findings(tree), MOST_PROBLEMS))
    spoken_of = {finding.path for finding in texts}
    rules = islice(rule_findings(tree, today=today), MOST_PROBLEMS)
    return raw, [*texts, *(finding for finding in wrong if finding.path not in spoken_of), *rules]


def _syntax_problem(error: Exception, text: str) -> Problem:
    place = _TOML_PLACE.search(str(error))
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    unclosed = next((token.line for token in tokens(text) if not token.closed), None)
    if unclosed is not None and unclosed <= line:
        return Problem(unclosed, "the quoted text that begins here has no closing quotes")
    reason = str(error)[: place.start()] if place else str(error)
    advice = _advice(text.split("\n")[line - 1])
    return Problem(line, f"this is not TOML: {reason[:1].lower()}{reason[1:]}{advice}")


def _advice(line: str) -> str:
    """What to write instead, where the line is a key with its value and it can be seen what is wrong with it."""
    found = _ASSIGNMENT.fullmatch(line)
    value = found["value"] if found else "{"
    if value[0] in "[{":
        return ""
    if value.startswith(_LONG_QUOTES):
        return "; see whether the text above it has its closing quotes, and whether it stands there twice"
    try:
        tomllib.loads(f"value = {value}")
    except ValueError:
        if value[0] not in _QUOTES:
            return "; write a day as 2026-12-01, a number as 7, and all else in quotes"
        inside = value.count(value[0]) > 2
        return "; a quotation mark inside a text ends it: write «…» or “…” there" if inside else ""
    return "; see whether it stands there twice"
