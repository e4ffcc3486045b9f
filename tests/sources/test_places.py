"""Finding the line of a key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.sources.places import line_of, places
from notifier.sources.problem import Path
from tests.sources.lists import REAL_FILE

TRICKY = '''\
# [not.a.table]
"quoted \\"key\\"".'x y' = """
[[change]]
id = "inside a text"
""\\""" # """
literal = \'\'\'
a = 1 \'\' \'\'\'
many = [ # [
  { a.b = 1, c = "}" },
  [1, 2.5, 1979-05-27T07:32:00.9Z],
]
[[change]]
id = "x"
  [[change.deadline]]
  id = "end" # ]]
  when = 2026-12-01 07:00:00
  [[ change . deadline ]]
[change.title]
nb = ""
[[change]]
[[change.deadline]]
empty = {}
'''


def test_texts_comments_and_inline_tables_do_not_mislead() -> None:
    assert places(TRICKY) == {
        ('quoted "key"',): 2,
        ('quoted "key"', "x y"): 2,
        ("literal",): 6,
        ("many",): 8,
        ("many", 0): 9,
        ("many", 0, "a"): 9,
        ("many", 0, "a", "b"): 9,
        ("many", 0, "c"): 9,
        ("many", 1): 10,
        ("many", 1, 0): 10,
        ("many", 1, 1): 10,
        ("many", 1, 2): 10,
        ("change", 0): 12,
        ("change", 0, "id"): 13,
        ("change", 0, "deadline", 0): 14,
        ("change", 0, "deadline", 0, "id"): 15,
        ("change", 0, "deadline", 0, "when"): 16,
        ("change", 0, "deadline", 1): 17,
        ("change", 0, "title"): 18,
        ("change", 0, "title", "nb"): 19,
        ("change", 1): 20,
        ("change", 1, "deadline", 0): 21,
        ("change", 1, "deadline", 0, "empty"): 22,
    }


def test_what_is_missing_stands_where_it_should_have_been() -> None:
    lines = places(TRICKY)
    assert line_of(("change", 0, "title", "nn"), lines) == 18
    assert line_of(("change", 1, "id"), lines) == 20
    assert line_of(("service",), lines) is None


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no table or array, with its path."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if not isinstance(node, dict | list):
        yield path, node
    for key, item in items:
        yield from leaves(item, (*path, key))


def test_every_key_of_the_real_list_is_found_on_the_line_that_says_it() -> None:
    text = REAL_FILE.read_text(encoding="utf-8")
    rows, lines = text.splitlines(), places(text)
    for path, value in leaves(tomllib.loads(text)):
        row = rows[lines[path] - 1]
        assert str(path[-1]) in row
        assert str(value)[:30] in " ".join(rows[lines[path] - 1 : lines[path] + 1])


KEYS = st.text("ab-_1", min_size=1, max_size=3)
VALUES = st.sampled_from(
    [
        "1",
        "2.5",
        "true",
        "2026-12-01",
        '"a = 1 # ["',
        "'x\"'",
        '"""\n[[a]]\nb = 1\n"""',
        "[ 1,\n2 ]",
        "{ a = 1, b.c = 'd' }",
    ]
)
STATEMENTS = st.one_of(
    st.builds(
        lambda keys, value: f"{'.'.join(keys)} = {value}", st.lists(KEYS, min_size=1, max_size=3), VALUES
    ),
    st.builds(lambda keys: f"[{'.'.join(keys)}]", st.lists(KEYS, min_size=1, max_size=3)),
    st.builds(lambda keys: f"[[{' . '.join(keys)}]]", st.lists(KEYS, min_size=1, max_size=3)),
    st.sampled_from(["", "# comment [[x]] = '''"]),
)


@given(st.lists(STATEMENTS, max_size=8))
def test_every_value_that_tomllib_finds_has_a_line(statements: list[str]) -> None:
    text = "\n".join(statements)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = places(text)
    for path, _ in leaves(tree):
        assert path in lines


@pytest.mark.parametrize("text", ["", "\n", "# only a comment"])
def test_a_text_without_keys_has_no_places(text: str) -> None:
    assert places(text) == {}
