"""Quoted-printable: what was written is read back, on lines that every server takes."""

from __future__ import annotations

import binascii
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.compose.quoting import quoted
from notifier.core.lines import are_wire_ready

WORDS = st.text(st.sampled_from("..=.a \tø€%-\x0b\u2028"), max_size=300)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(
    lambda lines: "".join(f"{line}\r\n" for line in lines).encode()
)


@given(TEXTS)
def test_what_is_written_is_read_back(text: bytes) -> None:
    assert binascii.a2b_qp(quoted(text)) == quopri.decodestring(quoted(text)) == text


@given(TEXTS)
def test_no_line_is_too_long_or_begins_with_a_dot_or_ends_with_a_space(text: bytes) -> None:
    wire = quoted(text)
    assert are_wire_ready(wire)
    assert all(len(line) <= 76 and not line.endswith((b" ", b"\t")) for line in wire.split(b"\r\n"))


@given(TEXTS, TEXTS)
def test_every_line_is_encoded_on_its_own(first: bytes, second: bytes) -> None:
    assert quoted(first + second) == quoted(first) + quoted(second)


@pytest.mark.parametrize("length", [74, 75, 76, 77])
@pytest.mark.parametrize("end", ["", "ø", ".", "=", "..", ".ø"])
def test_where_a_line_is_folded_nothing_is_torn(length: int, end: str) -> None:
    text = f"{'x' * length}{end}\r\n".encode()
    assert binascii.a2b_qp(quoted(text)) == text
    assert are_wire_ready(quoted(text))
