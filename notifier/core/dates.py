"""Dates in words, in the three languages, exactly as vague as they were announced.

Own tables, because no library says it as people do: «1. kvartal 2026», «7 dager igjen», «laurdag».
"""

from __future__ import annotations

from datetime import date, timedelta

from notifier.core.change import DeadlineKind
from notifier.core.text import Language, Text
from notifier.core.verbs import ENDS, HAS_ENDED, MILESTONES, ON_A_DAY, UNDATED
from notifier.core.when import Certainty, Precision, When, days_of

_NORWEGIAN_MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SHORT_MONTHS = {
    Language.EN: tuple(month[:3] for month in _ENGLISH_MONTHS),
    Language.NB: (
        "jan.", "feb.", "mars", "apr.", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des.",
    ),
}  # fmt: skip
_WEEKDAYS = {
    Language.NB: ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    Language.NN: ("måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"),
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_NOT_SET = Text(nb="dato er ikke satt", nn="dato er ikkje sett", en="no date has been set")
_OPEN = Text(nb="tidligst {when}", nn="tidlegast {when}", en="{when} at the earliest")
_TENTATIVE = Text(nb=" (foreløpig)", nn=" (førebels)", en=" (tentative)")

_IN_A_WINDOW = Text(
    nb="{verb} {window}{doubt}; dagen er ikke satt",
    nn="{verb} {window}{doubt}; dagen er ikkje sett",
    en="{verb} {window}{doubt}; the day has not been set",
)
_WINDOWS = {
    Precision.MONTH: Text(nb="i løpet av {when}", nn="i løpet av {when}", en="some time in {when}"),
    Precision.SPAN: Text(
        nb="en gang i perioden {when}", nn="ein gong i perioden {when}", en="some time within {when}"
    ),
    Precision.OPEN: Text(nb="{when}", nn="{when}", en="{when}"),
}


def day_text(day: date, language: Language, *, weekday: bool = True, year: bool = True) -> str:
    """A day in words: «tirsdag 1. desember 2026», «tysdag 1. desember 2026», “Tuesday 1 December 2026”."""
    dot = "" if language is Language.EN else "."
    words = [f"{day.day}{dot}", _month(day.month, language)]
    if weekday:
        words.insert(0, _WEEKDAYS[language][day.weekday()])
    if year:
        words.append(str(day.year))
    return " ".join(words)


def short_date(day: date, language: Language) -> str:
    """A day in figures: «01.12.2026», “1 Dec 2026”."""
    if language is Language.EN:
        return f"{day.day} {_month(day.month, language)[:3]} {day.year}"
    return f"{day:%d.%m.%Y}"


def short_month(day: date, language: Language) -> str:
    """The day's month as a calendar's edge names it: «des.», “Dec”; alike in bokmål and nynorsk."""
    return _SHORT_MONTHS.get(language, _SHORT_MONTHS[Language.NB])[day.month - 1]


def when_text(when: When, language: Language) -> str:
    """A When in words, to stand alone: «januar 2026», «1. til 2. kvartal 2026», «tidligst mars 2026»."""
    if when.precision is Precision.TBA:
        return _NOT_SET[language]
    if when.precision is Precision.DAY and when.earliest:
        return day_text(when.earliest, language)
    first, _, last = when.written.partition("..")
    if when.precision is Precision.OPEN:
        return _OPEN[language].format(when=_plain(first.strip(), language))
    return _span(first, last, language) if last else _plain(first, language)


def ends_text(when: When, language: Language, *, kind: DeadlineKind = DeadlineKind.END) -> str:
    """What happens and when, as a clause without its subject.

    An exact date names the first day gone and the last day; a vague one never sounds as if a day were set.
    """
    if when.earliest is None:
        return UNDATED[kind][language]
    doubt = _TENTATIVE[language] if when.certainty is Certainty.TENTATIVE else ""
    if when.is_exact:
        first = day_text(when.earliest, language)
        last = day_text(when.earliest - timedelta(days=1), language)
        return ON_A_DAY[kind][language].format(first=first, last=last) + doubt
    window = _WINDOWS.get(when.precision, _WINDOWS[Precision.MONTH])[language]
    return _IN_A_WINDOW[language].format(
        verb=verb_text(kind, language), window=window.format(when=when_text(when, language)), doubt=doubt
    )


def verb_text(kind: DeadlineKind, language: Language) -> str:
    """What happens on a Deadline's day, as a verb: «utgår», «går ut i test», “closes to newcomers”."""
    return ENDS[kind][language]


def has_ended_text(kind: DeadlineKind, language: Language) -> str:
    """The same once it has happened: «er utgått», «har gått ut i test», “is closed to newcomers”."""
    return HAS_ENDED[kind][language]


def milestone_text(kind: DeadlineKind, language: Language) -> str:
    """The same as a name: «Slutt», «Stenging for nye», “End in test”."""
    return MILESTONES[kind][language]


def days_left_text(days: int, language: Language) -> str:
    """Whole days from today to the first day gone: «7 dager igjen», «i dag», «for 2 dager siden»."""
    if days == 0:
        return {Language.EN: "today"}.get(language, "i dag")
    count = abs(days)
    past = days < 0
    match language:
        case Language.NB:
            noun = "dag" if count == 1 else "dager"
            return f"for {count} {noun} siden" if past else f"{count} {noun} igjen"
        case Language.NN:
            noun = "dag" if count == 1 else "dagar"
            return f"for {count} {noun} sidan" if past else f"{count} {noun} att"
        case Language.EN:
            noun = "day" if count == 1 else "days"
            return f"{count} {noun} ago" if past else f"{count} {noun} left"


def working_days_text(days: int, language: Language) -> str:
    """A number of working days: «5 arbeidsdager», «1 arbeidsdag», «ingen arbeidsdager»."""
    none = "no" if language is Language.EN else "ingen"
    one, many = {
        Language.NB: ("arbeidsdag", "arbeidsdager"),
        Language.NN: ("arbeidsdag", "arbeidsdagar"),
        Language.EN: ("working day", "working days"),
    }[language]
    return f"{days or none} {one if days == 1 else many}"


def _month(month: int, language: Language) -> str:
    return (_ENGLISH_MONTHS if language is Language.EN else _NORWEGIAN_MONTHS)[month - 1]


def _plain(written: str, language: Language, *, year: bool = True) -> str:
    """One plain date, month, quarter, half-year or year in words."""
    first, _, precision = days_of(written)
    tail = f" {first.year}" if year else ""
    english = language is Language.EN
    match precision:
        case Precision.DAY:
            return day_text(first, language, weekday=False, year=year)
        case Precision.MONTH:
            return f"{_month(first.month, language)}{tail}"
        case Precision.QUARTER:
            number = (first.month + 2) // 3
            return f"Q{number}{tail}" if english else f"{number}. kvartal{tail}"
        case Precision.HALF:
            number = 1 if first.month == 1 else 2
            ordinal = "first" if number == 1 else "second"
            return f"the {ordinal} half of {first.year}" if english else f"{number}. halvår{tail}"
        case _:
            return str(first.year)


def _span(first: str, last: str, language: Language) -> str:
    """A window between two plain dates, without saying twice what both have in common."""
    begin, _, one = days_of(first)
    end, _, other = days_of(last)
    to = "to" if language is Language.EN else "til"
    same = one is other and begin.year == end.year
    if same and one is Precision.QUARTER and language is not Language.EN:
        return f"{(begin.month + 2) // 3}. {to} {_plain(last, language)}"
    short = same and one not in (Precision.YEAR, Precision.HALF)
    return f"{_plain(first, language, year=not short)} {to} {_plain(last, language)}"


def number_text(number: int, language: Language) -> str:
    """A whole number with its thousands apart: «1 243», “1,243”."""
    return f"{number:,}" if language is Language.EN else f"{number:,}".replace(",", "\u00a0")
