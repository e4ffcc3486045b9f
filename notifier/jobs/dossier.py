"""The dossier: the proof of what a Vendor was told of a Change, in a folder that can be checked without us.

`dossier.json` holds every record in a chain of hashes, `index.html` shows it to people, `mails` the mails,
rendered anew from the record. Twice is harmless: it only reads, and writes its own folder.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from notifier.channels.folder import write
from notifier.compose.proof_page import proof_page
from notifier.compose.voice import Voice
from notifier.core.answer import AnswerRules
from notifier.core.chain import chained, first_broken, head_of
from notifier.core.change import Change, ChangeList
from notifier.core.letter import TO_ANOTHER_ADDRESS
from notifier.core.message import Message
from notifier.core.rendering import Rendering
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.core.text import Language
from notifier.errors import UsageError
from notifier.jobs.exhibit import MAILS, open_folder
from notifier.jobs.proof import Proof, Retold, read_proof, records_of
from notifier.jobs.retell import Retelling
from notifier.store.engine import reading
from notifier.store.vendors import Vendor

RECORD, PAGE = "dossier.json", "index.html"
# Nobody reads mail there (RFC 2606 section 2).
_ERASED = "erased@erased.invalid"
_MOVED = "moved@moved.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where the page is, what the chain ends in, and how many records and mails there are."""

    index: Path
    head: str
    records: int
    mails: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What checking a dossier found: every fault in a sentence; `is_sealed` is None where no key could tell."""

    head: str
    faults: tuple[str, ...]
    is_sealed: bool | None


def write_dossier(
    folder: Path,
    *,
    engine: Engine,
    changes: ChangeList,
    change: Change,
    vendor: Vendor,
    voice: Voice,
    rules: AnswerRules,
    language: Language,
    keys: tuple[str, ...],
    now: datetime,
    advance: Callable[[int], None],
) -> Written:
    """Write everything. `advance` is told how many more mails are done.

    Raises UsageError when the folder holds other files or cannot be used.
    """
    mails = open_folder(folder)
    with reading(engine) as connection:
        proof = read_proof(connection, change, vendor)
        retold = _write_mails(connection, mails, proof, voice=voice, rules=rules, advance=advance)
    chain = chained(records_of(proof, retold))
    page = proof_page(
        chain,
        vendor=vendor.name,
        change=change,
        changes=changes,
        head=head_of(chain),
        voice=voice,
        language=language,
        made_at=now,
    ).encode()
    (folder / PAGE).write_bytes(page)
    head = {
        "vendor": {"id": vendor.id, "name": vendor.name},
        "change": change.id,
        "made_at": now.isoformat(timespec="seconds"),
        "head": head_of(chain),
        "page": _hash(page),
    }
    written = {**head, "seal": _seal(head, keys[-1]), "records": chain}
    (folder / RECORD).write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Written(index=folder / PAGE, head=head_of(chain), records=len(chain), mails=len(retold))


def check_dossier(folder: Path, *, keys: tuple[str, ...] | None) -> Checked:
    """Whether anything in the folder was altered since it was written; needs no database.

    The chain shows what was altered without making all of it anew; the seal, which only this installation's
    `keys` can make, shows the rest. Raises UsageError when there is no dossier to read.
    """
    written = _read(folder)
    chain = written["records"]
    faults = []
    broken = first_broken(chain)
    if broken is not None:
        faults.append(
            f"record {broken + 1} of {len(chain)} is not as it was written, or one before it is missing"
        )
    elif head_of(chain) != written.get("head"):
        faults.append("records are missing at the end")
    if _digest(folder / PAGE) != written.get("page"):
        faults.append(f"{PAGE} is not as it was written")
    for record in chain:
        for name, digest in (record.get("files") or {}).items():
            if _digest(folder / MAILS / Path(name).name) != digest:
                faults.append(f"{MAILS}/{name} is not as it was written")
    sealed = None
    if keys is not None:
        head = {name: value for name, value in written.items() if name not in ("seal", "records")}
        sealed = any(hmac.compare_digest(_seal(head, key), str(written.get("seal"))) for key in keys)
    return Checked(head=str(written.get("head")), faults=tuple(faults), is_sealed=sealed)


def _write_mails(
    connection: Connection,
    folder: Path,
    proof: Proof,
    *,
    voice: Voice,
    rules: AnswerRules,
    advance: Callable[[int], None],
) -> dict[int, list[Retold]]:
    """Every copy of each mail, by Message id, as far as what it told is known."""
    retelling = Retelling(connection, proof.vendor, voice=voice, rules=rules)
    people = {contact.subscriber.id: contact.subscriber for contact in proof.contacts}
    retold: dict[int, list[Retold]] = {}
    for message in proof.mails.values():
        subscriber, notices = people[message.subscriber_id], proof.carried.get(message.id, ())
        for number, rendering in enumerate(_shown(message), 1):
            address = _address(message, subscriber, rendering)
            mail = retelling.retell(message, notices, subscriber, address, rendering=rendering)
            if mail is not None:
                at = rendering.at if rendering else message.state_at or message.created_at
                stem = f"{at:%Y-%m-%d}-{message.id:06}{f'_{number}' if number > 1 else ''}"
                files = {name: _hash(data) for name, data in write(folder, stem, mail.data).items()}
                anew = Retold(rendering=rendering, files=files, to_earlier_address=address == _MOVED)
                retold.setdefault(message.id, []).append(anew)
        advance(1)
    return retold


def _shown(message: Message) -> Sequence[Rendering | None]:
    """The copies that may have arrived; where none did, the one that was refused last. None where it is not known
    from what it was composed."""
    return message.may_have_arrived or message.renderings[-1:] or (None,)


def _address(message: Message, subscriber: Subscriber, rendering: Rendering | None) -> str:
    """Where a copy went, as far as that is known: an address is forgotten when its reader leaves it."""
    if subscriber.state is SubscriberState.ERASED:
        return _ERASED
    is_theirs = message.letter not in TO_ANOTHER_ADDRESS
    has_moved = rendering is not None and rendering.moves != subscriber.moves
    return _MOVED if is_theirs and has_moved else subscriber.address


def _read(folder: Path) -> dict[str, Any]:
    try:
        written = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"the file {folder / RECORD} cannot be read: {(error.strerror or str(error)).lower()}"
        ) from None
    except (ValueError, RecursionError):
        raise UsageError(f"the file {folder / RECORD} is no dossier: it is not JSON") from None
    is_dossier = isinstance(written, dict) and isinstance(written.get("records"), list)
    if not is_dossier or not all(isinstance(record, dict) for record in written["records"]):
        raise UsageError(f"the file {folder / RECORD} is no dossier: it has no records")
    return dict(written)


def _seal(head: Mapping[str, Any], key: str) -> str:
    told = json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.digest(f"notifier.dossier.{key}".encode(), told.encode(), "sha256").hex()


def _digest(file: Path) -> str:
    try:
        return _hash(file.read_bytes())
    except OSError:
        return "missing"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
