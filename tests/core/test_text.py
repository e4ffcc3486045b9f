"""Numbers with their nouns."""

from __future__ import annotations

import pytest

from notifier.core.text import count


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        (count(0, "row"), "0 rows"),
        (count(1, "row"), "1 row"),
        (count(1, "person", "people"), "1 person"),
        (count(25_000, "person", "people"), "25,000 people"),
    ],
)
def test_a_noun_follows_its_number(counted: str, words: str) -> None:
    assert counted == words
