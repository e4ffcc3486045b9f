"""Links in mails. None holds an address, and none that changes anything acts on being opened."""

from __future__ import annotations

import hashlib
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from urllib.parse import urlencode

from itsdangerous import BadSignature, Signer

from notifier.compose.keyed import keyed
from notifier.core.answer import AnswerKind
from notifier.core.subscription import Addressee, Topic
from notifier.core.text import Language
from notifier.feeds.addresses import Variant, private_path

# 128 bits keep the signature out of reach of guessing and the whole link short enough for a line of text.
_DIGEST = partial(hashlib.blake2s, digest_size=16)
_SAFE_IN_URLS = bytes.maketrans(b"+/", b"-_")  # RFC 4648 section 5


@dataclass(frozen=True, slots=True)
class Links:
    """Links below the page's address. The last key signs; all of them are accepted, so that keys can rotate."""

    base_url: str
    keys: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or not all(self.keys):
            raise ValueError("links need at least one key to sign with, and no empty one")

    def leave(self, to: Addressee) -> str:
        """Where a Subscriber ends all subscriptions: a page with a button, one click by POST (RFC 8058)."""
        return f"{self.base_url}/leave/{self._signed('leave', to.public_id, to.moves)}"

    def leave_page(self, to: Addressee, about: Sequence[str]) -> str:
        """The same, where ending one of these Changes is offered first. It holds no `&`, as a mail's stencil wants."""
        return f"{self.leave(to)}/{','.join(about)}"

    def confirm(self, to: Addressee, nonce: str) -> str:
        """Where an Ask is confirmed: a page with a button. The Ask itself says until when."""
        return f"{self.base_url}/confirm/{self._signed('confirm', to.public_id, to.moves, nonce)}"

    def deny(self, to: Addressee) -> str:
        """Where somebody says that they did not ask to subscribe: a page with a button."""
        return f"{self.base_url}/deny/{self._signed('deny', to.public_id, to.moves)}"

    def deny_help(self, to: Addressee) -> str:
        """Where somebody who does not subscribe says that they did not ask for help: a page with a button."""
        return f"{self.base_url}/deny/{self._signed('deny-help', to.public_id, to.moves)}"

    def deny_new_address(self, public_id: str, nonce: str) -> str:
        """Where a new address says the same; it has no right over the Subscriber's mails elsewhere."""
        return f"{self.base_url}/deny/{self._signed('deny-new-address', public_id, nonce)}"

    def choose(self, to: Addressee) -> str:
        """Where a Subscriber chooses what they get; such a link may stand in a mail that is forwarded."""
        return f"{self.base_url}/choose/{self._signed('choose', to.public_id, to.moves)}"

    def answer(self, to: Addressee, change_id: str, say: AnswerKind | None = None) -> str:
        """Where a Subscriber answers for their Party on a Change: a page with a form, in which `say` is chosen."""
        chosen = f"?say={say}" if say else ""
        return f"{self.base_url}/answer/{self._signed('answer', to.public_id, to.moves, change_id)}{chosen}"

    def follow_again(self, to: Addressee, topics: Sequence[Topic]) -> str:
        """Where a Subscriber follows again what they followed: a button on the page where they choose."""
        return f"{self.choose(to)}?{urlencode([('again', str(topic)) for topic in topics], safe=':')}"

    def access(self, public_id: str, generation: int, *, until: datetime) -> str:
        """Where a Subscriber reads, moves or deletes what is stored about them, until an instant."""
        return (
            f"{self.base_url}/access/{self._signed('access', public_id, generation, int(until.timestamp()))}"
        )

    def new_address(self, public_id: str, nonce: str) -> str:
        """Where a new address is confirmed: a page with a button."""
        return f"{self.base_url}/new-address/{self._signed('new-address', public_id, nonce)}"

    def undo(self, public_id: str, generation: int) -> str:
        """Where a leaving is undone, whose instant is stored: a page with a button."""
        return f"{self.base_url}/undo/{self._signed('undo', public_id, generation)}"

    def private_calendar(self, public_id: str, serial: int, *, variant: Variant = Variant.PLAIN) -> str:
        """A Subscriber's own calendar. Its address is signed and stored nowhere, so that every mail can name it."""
        return f"{self.base_url}{private_path(self._signed('calendar', public_id, serial), variant=variant)}"

    def read_leave(self, token: str) -> Addressee | None:
        """Whom a leave link was made for, by its last part; None when it was altered or made for something else."""
        return _addressee(self._read("leave", token))

    def read_choose(self, token: str) -> Addressee | None:
        """The same of a choosing link."""
        return _addressee(self._read("choose", token))

    def read_deny(self, token: str) -> Addressee | None:
        """The same of a denying link."""
        return _addressee(self._read("deny", token))

    def read_deny_help(self, token: str) -> Addressee | None:
        """The same of a link in a mail that helps."""
        return _addressee(self._read("deny-help", token))

    def readiness(self, change_id: str, *, until: datetime) -> str:
        """Where whoever has a report sees which Vendors are ready for a Change, until an instant."""
        return f"{self.base_url}/readiness/{self._signed('readiness', change_id, int(until.timestamp()))}"

    def read_readiness(self, token: str, *, now: datetime) -> str | None:
        """The Change in such a link's last part; None for others and old ones."""
        match self._read("readiness", token):
            case [change_id, until] if now.timestamp() < int(until):
                return change_id
            case _:
                return None

    def read_confirm(self, token: str) -> tuple[Addressee, str] | None:
        """Whom a confirming link was made for, and the nonce; None for any other text."""
        return _addressee_with(self._read("confirm", token))

    def read_answer(self, token: str) -> tuple[Addressee, str] | None:
        """Whom an answering link was made for, and the Change's id; None for any other text."""
        return _addressee_with(self._read("answer", token))

    def read_new_address(self, token: str) -> tuple[str, str] | None:
        """The public id and the nonce in a link that confirms a new address; None for any other text."""
        return _pair(self._read("new-address", token))

    def read_deny_new_address(self, token: str) -> tuple[str, str] | None:
        """The same of a new address's denying link."""
        return _pair(self._read("deny-new-address", token))

    def read_access(self, token: str, *, now: datetime) -> tuple[str, int] | None:
        """The public id and the generation in an access link's last part; None for others and old ones."""
        match self._read("access", token):
            case [public_id, generation, until] if now.timestamp() < int(until):
                return public_id, int(generation)
            case _:
                return None

    def read_undo(self, token: str) -> tuple[str, int] | None:
        """The public id and the generation in an undoing link's last part; None for any other text."""
        return _numbered(self._read("undo", token))

    def read_private_calendar(self, token: str) -> tuple[str, int] | None:
        """The public id and the serial in a private calendar's address; None for any other text."""
        return _numbered(self._read("calendar", token))

    def page(self, language: Language) -> str:
        """The page with every announced Change."""
        return f"{self.base_url}/{language}"

    def change(self, change_id: str, language: Language) -> str:
        """The page that tells of one Change."""
        return f"{self.page(language)}/change/{change_id}"

    def calendars(self, language: Language) -> str:
        """The page that tells how to get the Deadlines into one's calendar program."""
        return f"{self.page(language)}/calendars"

    def calendar(self, language: Language) -> str:
        """The calendar with every Deadline."""
        return f"{self.base_url}/calendar.ics?lang={language}"

    def _signed(self, purpose: str, *parts: str | int) -> str:
        return _signing(self.keys[-1], purpose)(".".join(map(str, parts)))

    def _read(self, purpose: str, token: str) -> list[str]:
        """What was signed for this purpose; nothing when the text was altered or made for something else."""
        try:
            return _signer(self.keys, purpose).unsign(token).decode().split(".")
        except (BadSignature, UnicodeError):
            return []


def _signer(keys: tuple[str, ...], purpose: str) -> Signer:
    return Signer(list(keys), salt=f"notifier.{purpose}", digest_method=_DIGEST)


@lru_cache(maxsize=64)
def _signing(key: str, purpose: str) -> Callable[[str], str]:
    """What the Signer does, ready to sign many."""
    mac = keyed(_signer((key,), purpose).derive_key(), _DIGEST)

    def signed(value: str) -> str:
        signature = b2a_base64(mac(value.encode()), newline=False).translate(_SAFE_IN_URLS, b"=")
        return f"{value}.{signature.decode()}"

    return signed


def in_language(url: str, language: Language) -> str:
    """The link to a page that is read on in the mail's language, whatever the browser prefers."""
    return f"{url}{'&' if '?' in url else '?'}lang={language}"


def _addressee(parts: list[str]) -> Addressee | None:
    match parts:
        case [public_id, moves]:
            return Addressee(public_id, int(moves))
        case _:
            return None


def _addressee_with(parts: list[str]) -> tuple[Addressee, str] | None:
    match parts:
        case [public_id, moves, other]:
            return Addressee(public_id, int(moves)), other
        case _:
            return None


def _pair(parts: list[str]) -> tuple[str, str] | None:
    match parts:
        case [public_id, nonce]:
            return public_id, nonce
        case _:
            return None


def _numbered(parts: list[str]) -> tuple[str, int] | None:
    match parts:
        case [public_id, number]:
            return public_id, int(number)
        case _:
            return None
