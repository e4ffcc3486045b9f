"""The real list, damaged at random: refused or read, but never anything else, and never slowly."""

from __future__ import annotations

import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.core.change import ChangeList
from notifier.errors import ListRefusedError
from notifier.sources.parse import parse_list
from tests.sources.lists import REAL_FILE, SMALL, TODAY

REAL = REAL_FILE.read_bytes()
LINE_ENDS = [index + 1 for index, byte in enumerate(REAL) if byte == ord("\n")]
PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b'"', b'"""', b"'''", b"[", b"]]", b"{", b"}", b"=", b".", b"\n", b"\r", b"#", b"\\", b","]
    ),
    st.sampled_from(
        [b"\0", b"\xff", b"\xef\xbb\xbf", "\u202e".encode(), b"=?", b"when", b"[[change]]", b"9" * 30]
    ),
)
WHERE = st.integers(0, len(REAL))


def outcome(data: bytes) -> ChangeList | tuple[str, ...]:
    """What reading gives; anything but a ChangeList or a refusal with reasons fails the test."""
    began = time.monotonic()
    try:
        return parse_list(data, today=TODAY)
    except ListRefusedError as refused:
        found = refused.problems
    assert time.monotonic() - began < 10
    assert found
    assert all(problem.isprintable() for problem in found)
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(WHERE, st.integers(0, 5), PIECES), min_size=1, max_size=4))
def test_random_edits_never_break_the_reader(edits: list[tuple[int, int, bytes]]) -> None:
    data = REAL
    for at, removed, inserted in edits:
        data = data[:at] + inserted + data[at + removed :]
    outcome(data)


@settings(max_examples=60, deadline=None)
@given(WHERE, WHERE)
def test_a_random_piece_gone_never_breaks_the_reader(start: int, end: int) -> None:
    outcome(REAL[: min(start, end)] + REAL[max(start, end) :])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LINE_ENDS))
@example(LINE_ENDS[-1])
def test_a_list_cut_at_a_line_end_is_refused_or_says_no_more_than_the_whole(end: int) -> None:
    whole = outcome(REAL)
    assert isinstance(whole, ChangeList)
    cut = outcome(REAL[:end])
    if isinstance(cut, ChangeList):
        keys = [key for key, _, _ in whole.deadlines()]
        assert [key for key, _, _ in cut.deadlines()] == keys[: len(list(cut.deadlines()))]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(SMALL.splitlines(keepends=True)), max_size=40))
def test_lines_in_any_order_never_break_the_reader(lines: list[str]) -> None:
    outcome("".join(lines).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data: bytes) -> None:
    assert isinstance(outcome(data), tuple)
