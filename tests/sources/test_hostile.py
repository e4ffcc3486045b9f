"""Files that are no plain text, or are made to hurt."""

from __future__ import annotations

import time

import pytest

from notifier.sources.hostile import DEEPEST_KEY, DEEPEST_NESTING, LONGEST_LINE
from notifier.sources.source import MOST_BYTES
from tests.sources.lists import line_of, parsed, problems, small

STATED = 'stated = "fra 1.1.2027"'

INVISIBLE = [
    "\0",
    "\x07",
    "\x1b",
    "\x7f",
    "\x85",
    "\u2028",
    "\u2029",
    *(chr(code) for code in range(0x202A, 0x202F)),
    *(chr(code) for code in range(0x2066, 0x206A)),
    "\u200b",
    "\u200e",
    "\u200f",
    "\u061c",
    "\ufeff",
]


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda character: f"U+{ord(character):04X}")
def test_an_invisible_character_is_named_with_its_line(character: str) -> None:
    text = small((STATED, f'stated = "fra {character}1.1.2027"'))
    (problem,) = problems(text)
    assert problem.startswith(
        f"line {line_of(text, 'stated')}: the invisible character U+{ord(character):04X} ("
    )


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda character: f"U+{ord(character):04X}")
def test_an_invisible_character_written_as_an_escape_is_named_with_its_key(character: str) -> None:
    text = small((STATED, f'stated = "fra \\u{ord(character):04x}1.1.2027"'))
    (problem,) = problems(text)
    assert problem.startswith(f"line {line_of(text, 'stated')}: ")
    assert f'deadline "test": stated: holds the invisible character U+{ord(character):04X}' in problem


def test_a_comment_may_not_hide_anything_either() -> None:
    (problem,) = problems("# \u202e\n" + small())
    assert problem == "line 1: the invisible character U+202E (right-to-left override); remove it"


def test_a_lone_carriage_return_is_refused() -> None:
    (problem,) = problems(small(("revision = 1\n", "revision = 1 # \r x\n")))
    assert problem.startswith("line 1: the invisible character U+000D")


def test_a_line_break_in_a_text_is_refused_with_how_to_fold() -> None:
    text = small((STATED, 'stated = """fra\n1.1.2027"""'))
    (problem,) = problems(text)
    assert problem.startswith(f"line {line_of(text, 'stated')}: ")
    assert "stated: holds a line break; end each line but the last with a backslash" in problem


@pytest.mark.parametrize("marks", ["=?utf-8?q?=0D=0ABcc:x?=", "=\\u003f"])
def test_an_encoded_word_is_refused_however_it_is_written(marks: str) -> None:
    (problem,) = problems(small(('"PREG"', f'"{marks}"')))
    assert 'service "preg": name: holds “=?”' in problem


def test_a_problem_never_shows_what_it_complains_of() -> None:
    (problem,) = problems(small((STATED, '"\\u202e\\n" = 1')))
    assert "\\u202e\\u000a: there is no such key" in problem
    assert problem.isprintable()


def test_a_byte_order_mark_is_told_and_the_rest_still_checked() -> None:
    found = problems(b"\xef\xbb\xbf" + small(("revision = 1", "revision = 0")).encode())
    assert found == (
        "line 1: the file begins with a byte order mark (U+FEFF); save it as UTF-8 without one",
        "line 1: revision: must be at least 1",
    )


def test_latin_1_is_told_with_its_line_and_the_rest_still_checked() -> None:
    text = small(("revision = 1", "revision = 0"))
    found = problems(text.encode("latin-1"))
    assert found == (
        "line 1: revision: must be at least 1",
        f"line {line_of(text, 'Går')}: the byte 0xe5 is not UTF-8; save the whole file as UTF-8",
    )


def test_utf_16_is_told_once() -> None:
    (problem,) = problems(small().encode("utf-16"))
    assert "is not UTF-8" in problem


def test_a_file_over_the_limit_is_refused() -> None:
    assert problems(b"#" * (MOST_BYTES + 1)) == ("the list is larger than 1,000,000 bytes",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("revision = 1 2", "line 1: this is not TOML: expected newline or end of document"),
        ("revision = 1\nrevision = 2\n\n", "line 2: this is not TOML: cannot overwrite a value"),
        ("revision = 1\n[[change]\n", "line 2: this is not TOML: expected ']]'"),
        ("revision = ", "line 1: this is not TOML: invalid value"),
        ("revision = 2026-02-30", "line 1: this is not TOML: invalid date or datetime"),
        ("revision = 1\n\nx = [1,\n", "line 4: this is not TOML: invalid value"),
        ('revision = 1\nx = """a\n\n\n', "line 2: the quoted text that begins here has no closing quotes"),
        ("revision = 1\nx = '''a\n\n\n", "line 2: the quoted text that begins here has no closing quotes"),
        ('revision = 1\nx = "a\ny = 2\n', "line 2: the quoted text that begins here has no closing quotes"),
        ("revision = 1\nx = 'a\ny = 2\n", "line 2: the quoted text that begins here has no closing quotes"),
        ('x = "\\ud800"\n', "line 1: this is not TOML: escaped character is not a Unicode scalar value"),
    ],
)
def test_broken_toml_is_told_with_its_line(text: str, said: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(said)


def test_a_long_text_without_its_end_is_looked_for_above_where_it_shows() -> None:
    (problem,) = problems('a = """x\nb = """y"""\nc = """z"""\n')
    assert problem.startswith("line 2: this is not TOML: ")
    assert problem.endswith(
        "; see whether the text above it has its closing quotes, and whether it stands there twice"
    )


UNQUOTED = "; write a day as 2026-12-01, a number as 7, and all else in quotes"


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("when = 01.12.2026", UNQUOTED),
        ("  when = 2026-12-1  # soon", UNQUOTED),
        ("when = 2026-12", UNQUOTED),
        ("when = 2026-Q4", UNQUOTED),
        ("when = 2026-Q1..2026-Q2", UNQUOTED),
        ("when = tba", UNQUOTED),
        ("when = 2026-02-30", UNQUOTED),
        ("title.nb = «gammel innlogging»", UNQUOTED),
        (
            'title.nb = "den "gamle" innloggingen"',
            "; a quotation mark inside a text ends it: write «…» or “…” there",
        ),
        ("title = 'x'", "; see whether it stands there twice"),
        ("revision = 08", UNQUOTED),
        (r'title.nb = "C:\users"', ""),
        ("when: 2026-12-01", ""),
        ("<<<<<<< HEAD", ""),
    ],
)
def test_what_an_editor_mistypes_is_told_with_what_to_write(line: str, advice: str) -> None:
    (problem,) = problems(f'title = "x"\n{line}\nkind = "end"\n')
    assert problem.startswith("line 2: this is not TOML: ")
    assert problem.endswith(advice)
    assert advice or ";" not in problem


def refused_quickly(text: str) -> tuple[str, ...]:
    began = time.process_time()
    found = problems(text)
    assert time.process_time() - began < 20
    return found


def test_a_key_of_too_many_parts_is_refused_without_parsing() -> None:
    (problem,) = refused_quickly("\n".join(["x = 1", ".".join(["a"] * 900) + " = 1"]))
    assert problem == f"line 2: a key has more than {DEEPEST_KEY} parts"


def test_fifty_thousand_key_parts_on_one_line_are_refused_at_once() -> None:
    found = refused_quickly(" . ".join(["a"] * 50_000) + " = 1")
    assert found == (
        f"line 1: the line is longer than {LONGEST_LINE:,} characters; fold it with a backslash",
        f"line 1: a key has more than {DEEPEST_KEY} parts",
    )


@pytest.mark.parametrize("bracket", ["[", "[\n", "{a=", "{a=[\n"])
def test_deep_nesting_is_refused_without_parsing(bracket: str) -> None:
    assert f"line 1: brackets are nested more than {DEEPEST_NESTING} deep" in refused_quickly(
        "x = " + bracket.replace("\n", "") * 100
    )
    assert refused_quickly("x = " + bracket * 100_000)


def test_what_stands_in_quotes_or_comments_is_no_nesting_and_no_key() -> None:
    marks = "[" * 50 + ".".join("a" * 50)
    text = small((STATED, f"stated = '{marks}' # {marks}\n# {marks}"))
    assert parsed(text).changes


@pytest.mark.parametrize(
    "text",
    [
        '"""' * 150_000,
        "'''\n" * 100_000,
        '"\\\n' * 150_000,
        "x = [\n" + "{},\n" * 100_000 + "]",
        "[[change]]\n" * 45_000,
        "[[change]]\nid = 1\n[[change.deadline]]\n" * 12_000,
        "".join(f"key-{n} = 1\n" for n in range(30_000)),
        "".join(f'[[change]]\nid="a{n}"\nservice="x{n}"\n' for n in range(10_000)),
        "revision = " + "9" * 1_900,
    ],
    ids=range(9),
)
def test_a_large_file_of_nonsense_is_refused_in_seconds(text: str) -> None:
    assert len(refused_quickly(text)) <= 101
