"""Reading replies that come in any pieces, refusing what is none, and keeping their words safely."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.channels.replies import GarbageError, Reply, safe_words, take_reply

TEXTS = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=40)


@given(
    st.integers(200, 599), st.lists(TEXTS, min_size=1, max_size=5), st.sampled_from(["\r\n", "\n"]), st.data()
)
def test_a_reply_is_the_same_in_whatever_pieces_it_comes(
    code: int, texts: list[str], line_end: str, data: st.DataObject
) -> None:
    marks = ["-"] * (len(texts) - 1) + [" "]
    lines = [f"{code}{mark}{text}{line_end}" for mark, text in zip(marks, texts, strict=True)]
    wire = "".join(lines).encode()
    cut = data.draw(st.integers(0, len(wire) - 1))
    received = bytearray(wire[:cut])

    assert take_reply(received) is None
    received += wire[cut:] + b"250 next\r\n"

    assert take_reply(received) == Reply(code=code, text=" ".join(texts))
    assert take_reply(received) == Reply(code=250, text="next")


def test_a_reply_may_be_only_a_code() -> None:
    assert take_reply(bytearray(b"250\r\n")) == Reply(code=250, text="")


@pytest.mark.parametrize(
    "wire",
    [
        b"hei\r\n",
        b"\r\n",
        b"2500 ok\r\n",
        b"25 ok\r\n",
        b"150 no such class\r\n",
        b"650 no such class\r\n",
        b"250-yes\r\n550 no\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
        b"250-again\r\n" * 200,
        b"250 " + b"x" * 5000,
    ],
)
def test_what_is_no_reply_is_refused(wire: bytes) -> None:
    with pytest.raises(GarbageError):
        take_reply(bytearray(wire))


@given(st.binary(max_size=200))
def test_nothing_that_a_relay_says_breaks_the_reading(wire: bytes) -> None:
    try:
        reply = take_reply(bytearray(wire))
    except GarbageError:
        return
    assert reply is None or 200 <= reply.code < 600


@given(st.text())
def test_kept_words_are_one_short_line_without_control_characters(text: str) -> None:
    words = safe_words(text)

    assert len(words) <= 200
    assert all(unicodedata.category(character)[0] != "C" for character in words)
    assert words.splitlines() in ([], [words])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5.1.1 <kari@epj.example>: unknown", "5.1.1 <…>: unknown"),
        ("unknown KARI@EPJ.EXAMPLE", "unknown …"),
        ("5.1.1 <kari.nordmann+tag@annen.example> unknown", "5.1.1 <…> unknown"),
        ("see https://spf.example/why?id=kari%40epj.example&x=1", "see https:…"),
        ("bounce+kari=40epj.example refused", "… refused"),
        ("2.0.0\tOk:\x00 queued\x1b[31m as 4F2", "2.0.0 Ok: queued [31m as 4F2"),
    ],
)
def test_kept_words_hold_no_address(text: str, words: str) -> None:
    assert safe_words(text, secret="kari@epj.example") == words
