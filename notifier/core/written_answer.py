"""Answers by mail: what somebody says of a Change who replies «ferdig», «gjelder ikke oss» or “planned for 12 May”.

A sentence is an answer only as a whole, with a little courtesy around it, and every sentence must be understood: a
wrong reading would silence reminders that are needed, while asking again costs one mail. So «ikke ferdig», «ferdig
i test» and two different answers are none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from notifier.core.answer import LONGEST_WORDS, AnswerKind, kept_words
from notifier.core.change import Change, ChangeList
from notifier.core.signature import is_of_lawyers, is_signature, tells
from notifier.core.text import Language
from notifier.core.written_date import written_date


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAnswer:
    """What was said of which Change; `words` are the writer's, where they need help, `is_cut` that they are not all."""

    change_id: str
    kind: AnswerKind
    planned: date | None = None
    words: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    kind: AnswerKind
    planned: date | None = None


_NOW = r"(?:(?: (?:nå|no|helt|heilt|allerede|alt|allereie|alle|now|already|all))*)"
_WE = r"(?:vi|me|jeg|eg|we|i)"
_THIS = r"(?:dette|det|alt|endringen|endringa|byttet|this|it|everything|the change)"
_US = r"(?: (?:(?:for|to|hos) )?(?:oss|meg|us|me|vår del|vårt system|vår løsning|vår løysing|our system))?"
# Not «i orden»: «Det er i orden» says as often that the mail was read.
_FINISHED = r"(?:ferdige?|gjennomført|utført|fullført|gjort|i boks|på plass|done|completed?|finished)"
_DATE = r"(?P<date>.+)"
_UNTIL = r"(?: ?:)?(?: (?:til|for|den|innen|innan|på|i|to|on|by|by the))*"
_CONCERNS = r"(?:gjelder|gjeld|angår|vedkommer|vedkjem)"
_AFFECTED = r"(?:berørt|berørte|rørt|råka|omfattet|omfatta|påvirket|påverka)"
_WILL_BE = r"(?:blir|skal være|skal vere|vil være|vil vere|will be)"
_PHRASES = {
    AnswerKind.DONE: (
        rf"(?:all |alt )?{_FINISHED}{_NOW}{_US}",
        rf"{_WE} (?:er|are|am){_NOW} {_FINISHED}(?: (?:med|with) (?:dette|det|this|it))?{_NOW}",
        rf"{_THIS} (?:er|is){_NOW} {_FINISHED}{_NOW}{_US}",
        rf"{_WE} (?:har|have){_NOW} {_FINISHED} {_THIS}{_NOW}",
    ),
    AnswerKind.NOT_AFFECTED: (
        rf"(?:{_THIS} )?{_CONCERNS} (?:ikke|ikkje){_US}",
        rf"(?:{_THIS} )?{_CONCERNS} (?:oss|meg) (?:ikke|ikkje)",
        rf"(?:{_WE} er )?(?:ikke|ikkje) {_AFFECTED}(?: av {_THIS})?",
        rf"(?:{_THIS} er )?(?:ikke|ikkje) (?:relevant|aktuelt){_US}",
        rf"{_WE} (?:bruker|brukar) (?:ikke|ikkje) (?:dette|det|tjenesten|tenesta)",
        rf"(?:{_WE} (?:are|am) |{_THIS} is )?not (?:affected|applicable|relevant|concerned)(?: by {_THIS})?{_US}",
        rf"(?:{_THIS} )?does not (?:affect|apply to|concern) (?:us|me)",
        rf"{_WE} do not use (?:this|it|the service)",
        r"n/a",
    ),
    AnswerKind.PLANNED: (
        rf"(?:{_THIS} (?:er|is) )?(?:planlagt|planlagd|planned|plan){_UNTIL} {_DATE}",
        rf"{_WE} (?:planlegger|planlegg|plan)(?: {_THIS})?{_UNTIL} {_DATE}",
        rf"(?:(?:{_WE}|{_THIS}) )?{_WILL_BE} {_FINISHED}{_UNTIL} {_DATE}",
    ),
}
_EVERY_PHRASE = [(kind, re.compile(each)) for kind, phrases in _PHRASES.items() for each in phrases]
_HELP = re.compile(
    r"(?:hjelp|help"
    rf"|{_WE} (?:trenger|treng|ønsker|ønskjer|vil gjerne ha|need)(?: litt| noe| noko| some)? (?:hjelp|help)"
    r"|(?:trenger|treng|need) (?:hjelp|help)"
    r"|kan (?:du|dere|de|dykk) hjelpe|(?:can|could) you help)\b.*"
)
# «Hjelp ikke nødvendig»; but «hjelp, vi får ikke til DPoP» is a call, and `no` alone is «nå» in nynorsk.
_NEEDED = r"(?:nødvendig|naudsynt|påkrevd|aktuelt|ønskelig|ønskeleg|trengs|trengst|needed|required|necessary|wanted)"
_WANTED = r"(?:trengs|trengst|behøves|kreves|krevst|ønskes|(?:trenger|treng|behøver|ønsker|ønskjer) (?:vi|me|jeg|eg))"
_NO_HELP = re.compile(
    r".*\b(?:hjelp|help)[-–:,. ]+"
    rf"(?:(?:(?:er|is) )?(?:ikke|ikkje|not|no)(?: lenger| lengre| longer)? {_NEEDED}|{_WANTED} (?:ikke|ikkje)"
    r"|(?:er |is )?(?:unødvendig|unaudsynt|unnecessary)|nei|no (?:longer|more))\b.*"
)
_GREETING = re.compile(r"(?:hei|heisann|hallo|god dag|hi|hello|dear|kjære)\b(?:,? [^\s,!:]+){0,4}[,!:]?")
_GREETED = re.compile(r"(?:hei|heisann|hallo|hi|hello)(?: [^\s,!:]+)?[,!:.]? ")
_THANKS = re.compile(
    r"(?:på forhånd |på førehand )?(?:mange |tusen |many )?(?:takk|thanks|thank you)(?: (?:for|på|in)(?: \w+){1,3})?"
)
# «Ferdig, takk»; and what joins an answer with the name of the Change that it is about.
_AFTER = re.compile(r"[ ,.]*\b(?:takk|thanks|thank you)$")
_JOINING = re.compile(
    r"^(?:(?:med|with|for|om|about)\b|[-–:,. ])+|(?:\b(?:med|with|for|om|about)|[-–:,. ])+$"
)
_ENGLISH = re.compile(r"\b(?:planned|we|will|by|on|the)\b")
_SHORT_FORMS = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'m", " am"), ("'s", " is"))
_MOST_LINES = 40
_LONGEST_SENTENCE = 300


def answer_in(
    lines: Sequence[str], *, writer: str, told: Sequence[Change], changes: ChangeList, today: date
) -> WrittenAnswer | None:
    """The one answer that a mail gives, None when it gives none, several, or one that can be read in two ways.

    `lines` are the writer's own words, `writer` is how From calls them, `told` the Changes that the mail they reply
    to tells of: where there are several, the answer must name one of them.
    """
    sentences = [each for each in _sentences(lines) if not _is_courtesy(each)]
    change, first = _about(_plain(sentences[0]), told, changes) if sentences else (None, "")
    if change is None or len(lines) > _MOST_LINES:
        return None
    if _HELP.fullmatch(first) and not _NO_HELP.fullmatch(first):
        if any(_read(_plain(each), today) for each in sentences[1:]):
            return None
        return _call_for_help(change, "\n".join(lines))
    said = _read(first, today)
    repeated = 1
    while said and repeated < len(sentences) and _read(_plain(sentences[repeated]), today) == said:
        repeated += 1
    if said is None or not is_signature(sentences[repeated:], writer):
        return None
    return WrittenAnswer(change_id=change.id, kind=said.kind, planned=said.planned)


def _call_for_help(change: Change, words: str) -> WrittenAnswer:
    return WrittenAnswer(
        change_id=change.id,
        kind=AnswerKind.NEED_HELP,
        words=kept_words(words),
        is_cut=len(words) > LONGEST_WORDS,
    )


def _read(sentence: str, today: date) -> _Said | None:
    """What a plain sentence says, as a whole."""
    bare = _AFTER.sub("", sentence)
    for kind, phrase in _EVERY_PHRASE:
        match = phrase.fullmatch(bare)
        if match is None:
            continue
        if kind is not AnswerKind.PLANNED:
            return _Said(kind)
        doubtful = _ENGLISH.search(bare) is not None
        day = written_date(match["date"], today=today, month_may_come_first=doubtful)
        if day is not None:
            return _Said(kind, day)
    return None


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    """The sentences as written: lines go on where the next begins with a small letter, and end at a full stop."""
    joined: list[str] = []
    for line in lines[: _MOST_LINES + 1]:
        text = line.strip(" *_\t")[:_LONGEST_SENTENCE]
        if is_of_lawyers(text):
            break
        if joined and text[:1].islower() and joined[-1][-1:] not in ".!?:":
            joined[-1] = f"{joined[-1]} {text}"
        elif text:
            joined.append(text)
    for line in joined:
        # Not after a figure: «12. Mai».
        yield from filter(None, re.split(r"(?<=[^\d\s][.!?]) +(?=[A-ZÆØÅ])", line))


def _is_courtesy(sentence: str) -> bool:
    plain = _plain(sentence)
    is_greeting = _GREETING.fullmatch(plain) and not tells(plain)
    return not plain or bool(is_greeting or _THANKS.fullmatch(plain))


def _about(sentence: str, told: Sequence[Change], changes: ChangeList) -> tuple[Change | None, str]:
    """The one Change that a sentence is about, and the sentence without its name."""
    left, meant = f" {sentence} ", list(told)
    for name, ids in _names(changes):
        if name not in left:
            continue
        pattern = rf"(?<=[\s:,-]){re.escape(name)}(?=[\s:,.-])"
        if re.search(pattern, left):
            left = re.sub(pattern, " ", left)
            meant = [change for change in meant if change.id in ids]
    said = " ".join(left.split())
    said = _JOINING.sub("", said) if said != sentence else said
    greeting = _GREETED.match(said)
    return (meant[0] if len(meant) == 1 else None), said[greeting.end() :] if greeting else said


def _names(changes: ChangeList) -> Sequence[tuple[str, frozenset[str]]]:
    """What Changes and services are called, the longest first so that none hides in another.

    A title alone is no name: «tjenesten» may be one.
    """
    names: dict[str, set[str]] = {}
    for change in changes.changes:
        service = changes.service(change.service)
        called = {service.id, service.name} if service else set()
        titles = [change.title[language] for language in Language]
        headings = {
            f"{name}{mark} {title}" for name in called for title in titles for mark in ("", ":", " –", " -")
        }
        for name in {change.id} | called | headings:
            names.setdefault(_plain(name), set()).add(change.id)
    found = [(name, frozenset(ids)) for name, ids in names.items() if name]
    return sorted(found, key=lambda each: -len(each[0]))


def _plain(sentence: str) -> str:
    """Small letters and single spaces, without what stands around the words; a question stays one."""
    text = unicodedata.normalize("NFKC", sentence).casefold().replace("’", "'")
    for short, full in _SHORT_FORMS:
        text = re.sub(rf"{short}\b", full, text)
    text = "".join(
        " " if unicodedata.category(each) in ("So", "Sk", "Pi", "Pf", "Cf") else each for each in text
    )
    return re.sub(r"^[\W_]+|[^\w?]+$", "", " ".join(text.replace('"', " ").split()))
