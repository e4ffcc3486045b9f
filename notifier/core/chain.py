"""A chain of records: each carries a hash of itself and of all before it, so that none can be altered, added,
moved or taken away without the last hash showing it (a linked timestamping scheme, ISO/IEC 18014-3)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BEGINNING = "0" * 64


def chained(records: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The records in their order, each with its `hash` (SHA-256, in hexadecimal). They hold JSON's values only."""
    found, last = [], BEGINNING
    for record in records:
        last = _link(last, record)
        found.append({**record, "hash": last})
    return tuple(found)


def first_broken(links: Sequence[Mapping[str, Any]]) -> int | None:
    """The place of the first record whose hash is not its own, counted from 0; None when all are."""
    last = BEGINNING
    for number, link in enumerate(links):
        record = {name: value for name, value in link.items() if name != "hash"}
        last = _link(last, record)
        if link.get("hash") != last:
            return number
    return None


def head_of(links: Sequence[Mapping[str, Any]]) -> str:
    """The last hash, which stands for all of them."""
    return str(links[-1]["hash"]) if links else BEGINNING


def _link(last: str, record: Mapping[str, Any]) -> str:
    written = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{last}\n{written}".encode()).hexdigest()
