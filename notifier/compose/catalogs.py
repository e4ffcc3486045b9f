"""Translations: every `locale/LANGUAGE/*.po` of one language, read as one catalog.

The English words in the templates are the keys, so English has no catalog.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import NullTranslations, Translations

from notifier.core.text import Language
from notifier.errors import ConfigurationError

TRANSLATED = (Language.NB, Language.NN)


def load_translations(folder: Path, language: Language) -> NullTranslations:
    """One language's translations. Raises ConfigurationError naming the file and line of what is broken."""
    if language not in TRANSLATED:
        return NullTranslations()
    files = sorted((folder / language).glob("*.po"))
    if not files:
        raise ConfigurationError([f"{folder / language}: holds no catalog (a file named *.po)"])
    catalogs = [(file, read_catalog(file, language)) for file in files]
    problems = [*_contradictions(catalogs), *_altered_placeholders(catalogs)]
    if problems:
        raise ConfigurationError(problems)
    whole = Translations()
    for _, catalog in catalogs:
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        whole.merge(Translations(fp=compiled))
    return whole


def read_catalog(file: Path, language: Language) -> Catalog:
    """One file. Raises ConfigurationError naming the file and line of what is broken."""
    try:
        with file.open("rb") as stream:
            return read_po(stream, locale=language, charset="utf-8", abort_invalid=True)
    except PoFileError as error:
        # Babel counts these lines from zero, and says so in the sentence as well.
        what = str(error).removesuffix(f" on {error.lineno}")
        raise ConfigurationError([f"{file}:{error.lineno + 1}: {what}"]) from error
    except (OSError, ValueError) as error:
        raise ConfigurationError([f"{file}: {error}"]) from error


def placeholders(words: object) -> set[str]:
    """The names that a template fills in: `%(when)s` is `when`."""
    return set(re.findall(r"%\((\w+)\)s", str(words)))


def _altered_placeholders(catalogs: list[tuple[Path, Catalog]]) -> Iterator[str]:
    """A translation that asks for a value it is not given would fail in the middle of a mail."""
    for file, catalog in catalogs:
        for message in catalog:
            if message.id and message.string and placeholders(message.id) != placeholders(message.string):
                yield f"{file}:{message.lineno}: the translation of “{message.id}” has other placeholders"


def _contradictions(catalogs: list[tuple[Path, Catalog]]) -> Iterator[str]:
    """The same English words put differently in two files: which one won would depend on the order."""
    seen: dict[object, tuple[object, Path]] = {}
    for file, catalog in catalogs:
        for message in catalog:
            if not message.id:
                continue
            words, where = seen.setdefault((message.context, message.id), (message.string, file))
            if words != message.string:
                yield f"{file}: “{message.id}” is translated differently in {where}"
