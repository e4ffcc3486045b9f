"""Words in the three languages that people see, and numbers with their nouns for operators."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language of mails, pages and feeds, by its BCP 47 tag."""

    NB = "nb"
    NN = "nn"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same words in bokmål, nynorsk and English."""

    nb: str
    nn: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return {Language.NB: self.nb, Language.NN: self.nn, Language.EN: self.en}[language]


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun in English: `1 person`, `3 people`, `0 people`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
