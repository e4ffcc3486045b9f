"""How mails are signed: below somebody's name stand titles, houses and telephones, and below those lawyers.

Only what is known to say nothing is passed over: «Avventer leverandør» may be a reservation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 10
# Nobody signs in a longer line; so much of one is looked at, whoever makes it up to wear readers out.
_LONGEST_LINE = 300
_NAME = re.compile(r"[A-ZÆØÅ][\w.-]*(?: [A-ZÆØÅ][\w.-]*){0,3},?")
# What a signature does not say, but a reservation may.
_TELLING_WORDS = (
    r"ikkje|ikke|ei|not|no|nei|never|aldri|men|but|bare|berre|only|unntatt|unnateke|except|test\w*|prod(?!u[ck]t)\w*"
    r"|delvis|nesten|snart|ferdige?|gjort|done|planlagt|planned|gjelder|gjeld|venter|wait\w*|håper|hope|kanskje|maybe"
    r"|hvis|dersom|if|når|when|først|etter|before|after|før|soon|almost|partly|feil|wrong|hjelp|help|rest\w*"
)
_TELLING = re.compile(rf"\b(?:{_TELLING_WORDS})\b|[?!]")
# «Under Arbeid», “In Staging” and “For Now” are reservations too, however they are capitalised.
_UNFINISHED_WORDS = (
    r"under|until|inntil|nå|now|without|ute?nom|utanom|uten|utan|minus|stag\w*|dev|qa|progress|pågå\w*|pending|pilot\w*"
    r"|mangl\w*|missing|gjenst\w*|attst\w*|remain\w*|left|igjen|att|still|fortsatt|framleis|fremdeles|halv\w*|half"
    r"|most\w*|mest\w*|noe|noko|some|forel\w*|førebels|mellombels|temporar\w*|ekskl\w*|exclud\w*|utsatt|utsett"
    r"|fase\w*|phase\w*|tomorrow|next|neste|later|senere|seinare|percent|prosent"
)
# The rest stand in the houses and slogans that are written below a closing: «Avdeling for e-helse».
_RESERVING = re.compile(
    rf"\b(?:{_UNFINISHED_WORDS}|ved|i|in|on|at|på|for|til|no|with|med|plus|pluss|over|av|of|from|fra|frå|arbeid\w*"
    r"|work\w*|ferie\w*)\b|%"
)
_HINTING = re.compile(rf"\b(?:{_TELLING_WORDS}|{_UNFINISHED_WORDS}|20[2-4]\d)\b|%")
_OF_DAYS = re.compile(
    r"\b(?:(?:man|måne?|tirs|tys|ons|tors|fre|lør|laur|søn)dag|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|januar|februar|mars|april|mai|juni|juli|august|(?:septem|okto|novem|desem)ber|uke|veke|week|måned|month)"
)
# Whoever signs does nothing; whoever writes on does: «Vi tar prod på nyåret», «Bestilt hos drift», “Rollout ongoing”.
_SPEAKING = re.compile(
    r"\b(?:vi|me|jeg|eg|we|you|they|dere|de|dykk|det|dette|this|it|kan|can|could|må|must|skal|should|vil|will|er|are|is"
    r"|har|have|has|blir|var|was|were|gjelder|gjeld|avvent\w*|await\w*|vente?r?|ventar|wait\w*|bestil\w*|tinga|order\w*"
    r"|roll\w*|rull\w*|ongoing|pågå\w*|pending|trenger|treng|need\w*|ask|spør\w*|jobb\w*|kontakt\w*|inform\w*|avgjør"
    r"|avgjer|tar|tek|tas|take|sjekk\w*|check\w*|avklar\w*|snakk\w*|følg\w*|behandl\w*|vurder\w*|involver\w*|gjør\w*"
    r"|gjer|lever(?!and)\w*|fiks\w*|utfør\w*|test|prod|produksjon\w*|production|staging|migrer\w*|migrat\w*|deploy\w*)\b"
    # The preposition «i» stands in titles.
    r"|\b(?-i:I)\b",
    re.IGNORECASE,
)
# What stands below a name, each piece between commas one of these.
_ONLINE = re.compile(
    r"(?:\be-?(?:post|mail): ?)?(?:\S+@\S+|https?://\S+|www\.\S+)"
    r"|(?<!\S)[\w-]+(?:\.[\w-]+)*\.(?:no|com|org|net|eu|se|dk|fi|uk|io)(?:/\S*)?(?!\S)",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(
    r"(?:(?:tlf|tel|telefon|phone|mob|mobile?|direkte|direct|sentralbord|switchboard|fax|org\.? ?nr|[mtp])\.?:? ?)?"
    r"(?!\d{1,2} \d{1,2} \d{2,4}$)(?:\+\d{2,3} ?)?(?:\(0\) ?)?\d[\d ]{6,}",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"[A-ZÆØÅ][\w.-]*(?: [A-ZÆØÅ][\w.-]*)?(?:veien?|vegen?|gata|gaten?|plass|allé| street| road) \d{1,4} ?[A-Z]?"
    r"|(?:Postboks|Pb\.?|P\.?O\.? [Bb]ox) \d+|(?:NO?-?)?(?!20[2-4])\d{4} [A-ZÆØÅ]\w+|Norway|Norge|Noreg"
)
_FOLLOW_US = re.compile(r"(?:følgj?|follow) (?:oss|us)(?: (?:på|on))? \w+", re.IGNORECASE)
_TITLE = re.compile(
    r"(?:\w*(?:ansvarlig|ansvarleg|leder|leiar|sjef|utvikler|utviklar|arkitekt|rådgiver|rådgjevar|rådgivar|konsulent"
    r"|eier|eigar|ingeniør|direktør|koordinator|forvalter|forvaltar|analytiker|analytikar|spesialist|tekniker|teknikar"
    r"|medarbeider|medarbeidar|avdeling|avdelinga|seksjon|senteret?|kundeservice)|lead|manager|owner|developer|architect"
    r"|engineer|consultant|officer|director|head|analyst|specialist|coordinator|administrator|support|servicedesk"
    r"|helpdesk|department|team|cto|ceo|cio|ciso|lege|sykepleier|sjukepleiar)",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"[A-ZÆØÅ][\w.-]*|og|and|&")
_HOUSE = re.compile(
    r"(?:[A-ZÆØÅ\d&][\wÆØÅæøå&.-]* ){1,4}(?:AS|ASA|A/S|HF|IKS|KF|SA|BA|ANS|DA|AB|Ltd\.?|Limited|Inc\.?|LLC|GmbH|ApS|Oy"
    r"|kommune|fylkeskommune|sykehus|sjukehus|universitetssykehus|universitetssjukehus)"
)
# Below these, somebody's lawyers speak.
_OF_LAWYERS = re.compile(
    r"(?:denne|this) e-?(?:post|mail)|(?:tenk på miljøet|(?:please )?(?:consider|think of) the environment)\b"
    r"|(?:disclaimer|confidential(?:ity)?(?: notice)?|konfidensielt?)\b\W*$"
    r"|(?=.*\b(?:denne|this|the) (?:e-?post\w*|e-?mail|melding\w*|message)\b)"
    r".*\b(?:konfidensiel\w*|fortroli\w*|confidential\w*|privileged|intended|taus?he[it]t\w*|teie?plikt\w*|recipients?"
    r"|addressees?|mottaker\w*|mottakar\w*|vedlegg\w*|attachments?)\b",
    re.IGNORECASE,
)


def speaks(line: str) -> bool:
    """Whether a line tells of anything, so that it goes on with a letter although it stands below its closing."""
    if len(line) > _LONGEST_LINE:
        return True
    return bool(_SPEAKING.search(line) or hints(line)) and not _says_nothing(line, "")


def hints(line: str) -> bool:
    """Whether a line holds a word that may take back part of what stands above it, or names a day."""
    said = _without_addresses(line[:_LONGEST_LINE])
    # «Mai» and «August» are names as well.
    is_of_days = _OF_DAYS.search(said) and not _NAME.fullmatch(line)
    return bool(_HINTING.search(said) or is_of_days)


def is_of_lawyers(line: str) -> bool:
    """Whether a line begins what lawyers have put below every mail of a house: nobody wrote that now."""
    return _OF_LAWYERS.match(line.strip()[:_LONGEST_LINE]) is not None


def tells(text: str) -> bool:
    """Whether a text in small letters holds a word that says more than who somebody is."""
    return _TELLING.search(text) is not None


def is_signature(sentences: Sequence[str], writer: str) -> bool:
    """Whether this is nothing, or the writer's name and below it at most a few lines of how to reach whom."""
    if not sentences:
        return True
    if len(sentences) > _LONGEST or not _is_their_name(sentences[0], writer):
        return False
    return not _reserves(sentences[0]) and all(_says_nothing(each, writer) for each in sentences[1:])


def _says_nothing(line: str, writer: str) -> bool:
    split = re.split(r",|\||/ | – | - |·|•", _ONLINE.sub(",", line))
    pieces = [piece.strip() for piece in split if piece.strip()]
    return all(_is_reach(piece) or (_is_who(piece, writer) and not _reserves(piece)) for piece in pieces)


def _is_reach(piece: str) -> bool:
    """«NO-0150 Oslo» is no denial."""
    return any(form.fullmatch(piece) for form in (_TELEPHONE, _PLACE, _FOLLOW_US))


def _is_who(piece: str, writer: str) -> bool:
    return _HOUSE.fullmatch(piece) is not None or _is_title(piece) or _is_their_name(piece, writer)


def _is_title(piece: str) -> bool:
    """One to four words, one of which is known as a title: «Systemansvarlig», “Integration lead”."""
    words = piece.split()
    titles = [word for word in words if _TITLE.fullmatch(word)]
    return (
        len(words) <= 4
        and bool(titles)
        and all(word in titles or _CAPITALISED.fullmatch(word) for word in words)
    )


def _is_their_name(line: str, writer: str) -> bool:
    first, known = _words(line), _words(writer)
    return _NAME.fullmatch(line) is not None and bool(first) and first[0] in known


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.casefold()) if word]


def _reserves(line: str) -> bool:
    said = _without_addresses(line)
    return said.endswith(".") or any(
        words.search(said) for words in (_TELLING, _RESERVING, _SPEAKING, _OF_DAYS)
    )


def _without_addresses(line: str) -> str:
    """In small letters. «epj.example.no» is no denial."""
    return re.sub(r"\S+[.@]\S+", " ", line.casefold())
