"""The specimen shows every word that an event can hold, so that no other word goes unnoticed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import time, timedelta
from functools import partial

import pytest

from notifier.core.answer import AnswerKind, AnswerRules
from notifier.core.cadence import parse_cadence
from notifier.core.text import Language, Text
from notifier.core.timing import Timing
from notifier.feeds import answer_words, words
from notifier.feeds.specimen import imprint, specimen
from tests.feeds.lint import unfolded
from tests.feeds.lists import OSLO, feed

TIMING = Timing(zone=OSLO)
RULES = AnswerRules()
# What only the calendar's head holds.
IN_HEAD = {"NAME", "NAME_OF", "NAME_OF_PRIVATE", "NAME_TAILS", "ABOUT"}


def texts() -> Iterator[tuple[str, Text]]:
    for name, value in [*vars(words).items(), *vars(answer_words).items()]:
        if name in IN_HEAD:
            continue
        if isinstance(value, Text):
            yield name, value
        elif isinstance(value, Mapping):
            yield from ((f"{name}[{key}]", each) for key, each in value.items() if isinstance(each, Text))


@pytest.mark.parametrize("language", Language)
def test_every_word_is_in_it(language: Language) -> None:
    shown = "\n".join(unfolded(b"".join(specimen(feed, TIMING))))
    shown = re.sub(r"\\([,;])", r"\1", shown)
    missing = [
        f"{name}: {piece}"
        for name, text in texts()
        for piece in re.split(r"\{\w+\}", text[language])
        if piece.strip(" .:()") and piece not in shown
    ]
    assert missing == []


def test_it_is_the_same_each_time_and_tells_every_setting_that_is_seen() -> None:
    usual = imprint(feed, TIMING, RULES)
    assert imprint(feed, TIMING, RULES) == usual
    others = [
        imprint(lambda language: replace(feed(language), contact="annen@example.no"), TIMING, RULES),
        imprint(lambda language: replace(feed(language), page_url="https://annen.example.no"), TIMING, RULES),
        imprint(feed, replace(TIMING, at=time(9)), RULES),
        imprint(feed, replace(TIMING, cadence=parse_cadence(["21d"])), RULES),
        imprint(feed, TIMING, replace(RULES, reconfirm_after=timedelta(days=30))),
    ]
    assert len({usual, *others}) == 6
    # Who publishes, and under which address the calendar is, no event says.
    assert imprint(partial(feed, publisher="Andre"), TIMING, RULES) == usual


@pytest.mark.parametrize(
    ("words_of", "kind"),
    [
        (answer_words._SETTLED, AnswerKind.DONE),
        (answer_words._SETTLED, AnswerKind.NOT_AFFECTED),
        (answer_words._ANSWERED, AnswerKind.DONE),
        (answer_words._ANSWERED, AnswerKind.NOT_AFFECTED),
        (vars(answer_words), "_PLANNED"),
        (vars(answer_words), "_PLAN"),
    ],
)
def test_another_word_for_what_a_holder_answered_changes_the_imprint(
    monkeypatch: pytest.MonkeyPatch, words_of: dict[object, Text], kind: object
) -> None:
    before = imprint(feed, TIMING, RULES)
    monkeypatch.setitem(words_of, kind, Text(nb="NYTT", nn="NYTT", en="NEW"))
    assert imprint(feed, TIMING, RULES) != before
