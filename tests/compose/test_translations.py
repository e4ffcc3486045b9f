"""Every word in every template exists in bokmål and nynorsk, ready for use, with the same placeholders."""

from __future__ import annotations

from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from notifier.compose.catalogs import TRANSLATED, placeholders, read_catalog
from notifier.core.text import Language
from notifier.shipped import shipped

_OPTIONS = {"silent": "false", "trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}


@cache
def _asked_for() -> dict[tuple[str, ...], str]:
    """Every message in any template (with its plural, if any), with a file that asks for it."""
    found = extract_from_dir(
        str(shipped("templates")),
        method_map=[("**.j2", "jinja2.ext:babel_extract")],
        options_map={"**.j2": _OPTIONS | {"newstyle_gettext": "true"}},
    )
    return {(words,) if isinstance(words, str) else tuple(words): file for file, _, words, _, _ in found}


@cache
def _catalogs(language: Language) -> list[Catalog]:
    return [
        read_catalog(file, language) for file in sorted(shipped("templates", "locale", language).glob("*.po"))
    ]


def _translation(language: Language, words: tuple[str, ...]) -> list[str]:
    for catalog in _catalogs(language):
        message = catalog.get(words[0])
        if message and not message.fuzzy:
            return list(message.string) if isinstance(message.string, tuple) else [message.string]
    return []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated(language: Language) -> None:
    missing = {
        f"{file}: {words[0]}"
        for words, file in _asked_for().items()
        if len(_translation(language, words)) != len(words) or not all(_translation(language, words))
    }
    assert missing == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_has_the_placeholders_of_its_message(language: Language) -> None:
    different = [
        words
        for words in _asked_for()
        for translation in _translation(language, words)
        if placeholders(translation) != placeholders(words[-1])
    ]
    assert different == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over(language: Language) -> None:
    asked = {words[0] for words in _asked_for()}
    ids = [m.id if isinstance(m.id, str) else m.id[0] for c in _catalogs(language) for m in c if m.id]
    assert [words for words in ids if words not in asked] == []


def test_a_message_that_nobody_translated_would_be_noticed() -> None:
    assert _asked_for()
    assert _translation(Language.NN, ("No such words.",)) == []
