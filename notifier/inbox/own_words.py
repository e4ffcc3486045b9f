"""A writer's own words: a mail's text without what it quotes and how it is signed."""

from __future__ import annotations

import re
from collections.abc import Callable

from notifier.core.signature import hints, is_of_lawyers, speaks

_MOST_LINES = 2_000

# What mail programs put above the letter that is answered; all below it is quoted.
_CUTS = re.compile(
    r"[-_ ]*(?:original message|opprinnelig melding|opphavleg melding|opprinneleg melding|forwarded message"
    r"|videresendt melding|vidaresend melding)[-_ :]*|_{20,}|-{20,}|begin forwarded message:",
    re.IGNORECASE,
)
_OUTLOOK_FROM = re.compile(r"\*?(?:from|fra|frå)\s?:\*?\s.*", re.IGNORECASE)
_OUTLOOK_SENT = re.compile(r"\*?(?:sent|sendt|date|dato|to|til)\s?:\*?\s.*", re.IGNORECASE)
_WROTE = re.compile(
    r"(?:on|den|på|am|el|\d|man|tir|tys|ons|tor|fre|lør|lau|søn|sun).{4,300}(?:wrote|skrev|skreiv).{0,120}:",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"--|mvh\b.*|(?:med )?(?:vennlig|venleg|beste?|best|kind|warm|with kind)? ?(?:hilsen|hilsning|helsing|regards)\b.*"
    r"|sendt? (?:fra|frå|from) (?:min|mi|my|outlook|mail|yahoo|gmail|iphone|samsung|android).*"
    r"|(?:få|get|hent|last ned) outlook (?:for|til) .*",
    re.IGNORECASE,
)
# These go on with the letter in a closing or below it: «PS: men ikke i prod», «Mvh Ola, som venter på prod»; so does
# below it whatever tells of anything, or ends as a sentence does. Below «-- » a program writes, and only a postscript
# does, or who speaks of themselves and of more than what their house stands for: «Vi tar prod i mars».
_POSTSCRIPT = re.compile(r"^\W*p\.? ?s\b", re.IGNORECASE)
_OURSELVES = re.compile(r"^\W*(?:vi|me|jeg|eg|we|i)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.?!…][\"'”»)\s]*$")
_AFTERTHOUGHT = re.compile(
    r"^\W*(?:p\.? ?s|nb|obs|merk|note)\b|n['’]t\b|\b(?:men|but|however|ikke|ikkje|not|bare|berre|kun|only|except"
    r"|unntatt|unnateke|utenom|utanom|mangl\w*|gjenst\w*|attst\w*|resten|vente?r|ventar|waiting|still|fortsatt"
    r"|fremdeles|framleis)\b",
    re.IGNORECASE,
)


def own_lines(text: str) -> tuple[str, ...]:
    """The lines, none empty, that the writer wrote now; how it is signed is none of them, what comes after is."""
    lines = [line.strip() for line in text.replace("\xa0", " ").splitlines()[:_MOST_LINES]]
    own: list[str] = []
    number = 0
    goes_on: Callable[[str], bool] | None = None  # what does, once it is signed
    while number < len(lines):
        line = lines[number]
        length = _length_of_introduction(lines, number)
        if goes_on and (length or line.startswith(">")):
            break
        if length:
            number += length
            # Below «… skrev:» all is quoted, unless the quoted lines are marked: then answers may stand among them.
            if not _next_is_quoted(lines, number):
                break
            continue
        if _CUTS.fullmatch(line) or _begins_outlook_quotation(lines, number):
            break
        if _SIGNATURE.fullmatch(line) and not _adds(line):
            goes_on = _is_postscript if line == "--" else goes_on or _is_afterthought
        elif goes_on and is_of_lawyers(line):
            break
        elif goes_on is None or goes_on(line):
            goes_on = None
            if line and not line.startswith(">"):
                own.append(line)
        number += 1
    return tuple(own)


def _is_postscript(line: str) -> bool:
    return bool(_POSTSCRIPT.search(line) or (_OURSELVES.search(line) and hints(line)))


def _is_afterthought(line: str) -> bool:
    return _adds(line) or _SENTENCE.search(line) is not None


def _adds(line: str) -> bool:
    return _AFTERTHOUGHT.search(line) is not None or speaks(line)


def _length_of_introduction(lines: list[str], number: int) -> int:
    """How many lines «Den 3. nov. 2026 skrev Varsler <…>:» takes up here, 0 when it does not begin here."""
    if not lines[number]:
        return 0
    for length in (1, 2, 3):
        if _WROTE.fullmatch(" ".join(lines[number : number + length])[:500]):
            return length
    return 0


def _next_is_quoted(lines: list[str], number: int) -> bool:
    return next((line.startswith(">") for line in lines[number:] if line), False)


def _begins_outlook_quotation(lines: list[str], number: int) -> bool:
    """A block of headers: «Fra: …», and within two lines «Sendt: …»."""
    if not _OUTLOOK_FROM.fullmatch(lines[number]):
        return False
    return any(_OUTLOOK_SENT.fullmatch(line) for line in lines[number + 1 : number + 3])
