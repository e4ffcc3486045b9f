"""Links in mails. None holds an address, and none that changes anything acts on being opened."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial

from itsdangerous import BadSignature, Signer

from notifier.core.text import Language

# 128 bits keep the signature out of reach of guessing and the whole link short enough for a line of text.
_DIGEST = partial(hashlib.blake2s, digest_size=16)


@dataclass(frozen=True, slots=True)
class Links:
    """Links below the page's address. The last key signs; all of them are accepted, so that keys can rotate."""

    base_url: str
    keys: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or not all(self.keys):
            raise ValueError("links need at least one key to sign with, and no empty one")

    def leave(self, public_id: str) -> str:
        """Where a Subscriber ends all subscriptions: a page with a button, one click by POST (RFC 8058)."""
        return f"{self.base_url}/leave/{self._signer('leave').sign(public_id).decode()}"

    def read_leave(self, token: str) -> str | None:
        """The public id in a leave link's last part; None when it was altered or made for something else."""
        try:
            return self._signer("leave").unsign(token).decode()
        except (BadSignature, UnicodeError):
            return None

    def page(self, language: Language) -> str:
        """The page with every announced Change."""
        return f"{self.base_url}/{language}"

    def change(self, change_id: str, language: Language) -> str:
        """The page that tells of one Change."""
        return f"{self.page(language)}/change/{change_id}"

    def calendar(self, language: Language) -> str:
        """The calendar with every Deadline."""
        return f"{self.base_url}/calendar.ics?lang={language}"

    def _signer(self, purpose: str) -> Signer:
        return Signer(list(self.keys), salt=f"notifier.{purpose}", digest_method=_DIGEST)
