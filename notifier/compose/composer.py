"""The composer: what is told to many is composed once, and spliced for everybody else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence

from notifier.compose.cutting import cut
from notifier.compose.matter import Matter
from notifier.compose.messages import Mail, compose, enveloped
from notifier.compose.recipient import Recipient
from notifier.compose.stencils import Stencil
from notifier.compose.voice import Voice
from notifier.core.change import ChangeList
from notifier.core.history import Entry

# A stencil takes two to four times as much as its mail, so these are enough for some five hundred kinds of mail.
MOST_BYTES = 24_000_000
_MOST_ONCE = 5_000
_MOST_KEYS = 500


class Composer:
    """Composes Messages in one voice, and keeps stencils, the latest used, up to `most_bytes` of them.

    A stencil is cut when the same is told for the second time, so that what only one person is told costs no more
    than it must. To be used by one thread at a time.
    """

    def __init__(self, voice: Voice, *, most_bytes: int = MOST_BYTES) -> None:
        self._voice = voice
        self._most_bytes = most_bytes
        self._bytes = 0
        self._list: tuple[ChangeList, Mapping[str, Sequence[Entry]]] | None = None
        self._edition = 0
        self._keys: dict[int, tuple[Matter, _Key]] = {}
        self._once: OrderedDict[_Key, None] = OrderedDict()
        self._stencils: OrderedDict[_Key, Stencil | None] = OrderedDict()

    def compose(self, matter: Matter, recipient: Recipient) -> Mail:
        """One Message. Raises as `messages.compose`, to which it is equal byte by byte."""
        stencil = self._stencil(matter)
        data = stencil.fill(recipient) if stencil else None
        if stencil is None or data is None:
            return compose(matter, recipient, self._voice)
        return enveloped(
            data,
            wire_ready=stencil.wire_ready,
            subject=stencil.subject,
            recipient=recipient,
            voice=self._voice,
        )

    @property
    def kept_bytes(self) -> int:
        """How much memory the stencils take, about."""
        return self._bytes

    def _stencil(self, matter: Matter) -> Stencil | None:
        key = self._key_of(matter)
        if key in self._stencils:
            self._stencils.move_to_end(key)
            return self._stencils[key]
        if key not in self._once:
            self._once[key] = None
            if len(self._once) > _MOST_ONCE:
                self._once.popitem(last=False)
            return None
        stencil = cut(matter, self._voice)
        del self._once[key]
        self._keep(key, stencil)
        return stencil

    def _key_of(self, matter: Matter) -> _Key:
        """What stands for what is told. Most Messages of a claim share their Matter, which is then known by which one
        it is: to take all of a key in takes as long as to sign a link."""
        edition = self._edition_of(matter)
        known = self._keys.get(id(matter))
        if known is not None and known[0] is matter and known[1].edition == edition:
            return known[1]
        if len(self._keys) >= _MOST_KEYS:
            self._keys.clear()
        key = _Key(edition, matter.key)
        self._keys[id(matter)] = matter, key
        return key

    def _edition_of(self, matter: Matter) -> int:
        """A number for the list and its history, by their content; that of a claim is compared once."""
        changes, history = matter.changes, matter.history
        if self._list is None or self._list[0] is not changes or self._list[1] is not history:
            if self._list != (changes, history):
                self._edition += 1
            self._list = (changes, history)
        return self._edition

    def _keep(self, key: _Key, stencil: Stencil | None) -> None:
        self._stencils[key] = stencil
        self._bytes += _size(stencil)
        while self._bytes > self._most_bytes and len(self._stencils) > 1:
            _, dropped = self._stencils.popitem(last=False)
            self._bytes -= _size(dropped)


class _Key:
    """A Matter's key in an edition of the list, with its hash."""

    __slots__ = ("_hash", "_key", "edition")

    def __init__(self, edition: int, key: Hashable) -> None:
        self.edition = edition
        self._key = key
        self._hash = hash((edition, key))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.edition == other.edition and self._key == other._key


def _size(stencil: Stencil | None) -> int:
    return stencil.size if stencil else 500
