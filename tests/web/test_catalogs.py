"""The pages' words exist in bokmål and nynorsk at the same time, as the Language Act wants."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from notifier.core.text import Language
from notifier.shipped import shipped

FOLDER = shipped("templates")


def catalog(language: Language) -> dict[str, str]:
    """Every translation of the pages but of what is counted, which all templates' test looks at."""
    found = {}
    for name in ("web.po", "consent.po", "readiness.po", "answers.po", "dossier.po"):
        with (FOLDER / "locale" / language / name).open("rb") as stream:
            found |= {
                message.id: str(message.string)
                for message in read_po(stream)
                if message.id and isinstance(message.id, str)
            }
    return found


def written() -> set[str]:
    """Every English sentence in the pages' templates."""
    found = set()
    for file in (FOLDER / "web").glob("*.j2"):
        with file.open("rb") as stream:
            options = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
            found |= {
                str(message) for _, _, message, _ in babel_extract(stream, ("_", "gettext"), (), options)
            }
    return found


@pytest.mark.parametrize("language", [Language.NB, Language.NN])
def test_every_sentence_is_translated_and_no_translation_is_left_over(language: Language) -> None:
    assert catalog(language).keys() == written()
    assert all(catalog(language).values())


@pytest.mark.parametrize("language", [Language.NB, Language.NN])
def test_translations_keep_the_places_for_values(language: Language) -> None:
    places = re.compile(r"%\(\w+\)s")
    for english, translated in catalog(language).items():
        assert sorted(places.findall(english)) == sorted(places.findall(translated))
