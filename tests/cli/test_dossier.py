"""`dossier`: what a vendor was told, provably; and every way to tamper with it is found."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Callable
from datetime import timedelta
from email.policy import default as POLICY  # noqa: N812
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from notifier.compose.mailbox import Mailbox, Purpose, Signed
from notifier.consent.answering import answer
from notifier.core.answer import FORGOTTEN, Answer, AnswerKind, AnswerRules, Party, Way
from notifier.core.bounce import Weight
from notifier.core.chain import chained, head_of
from notifier.store import answers, bounces, changes, subscribers
from notifier.store.engine import open_engine, reading, writing
from notifier.store.tables import messages
from tests.cli.rehearsal import JOINED, Rehearsal, oslo
from tests.core.lists import TIMING

LATER = JOINED + timedelta(hours=2)
CHANGE = "testdata"


@pytest.fixture
def told(place: Rehearsal) -> Rehearsal:
    """A vendor whose contact got the standing mail and one reminder, and answered on the phone."""
    return told_of(place)


def told_of(place: Rehearsal) -> Rehearsal:
    place.begun()
    place("vendors", "add", "Blåbær & Sønn", "--id", "blabaer", now=JOINED)
    place("subscribers", "add", "kari@blabaer.example", "--vendor", "blabaer", "--language", "nn", now=JOINED)
    assert place("tick", now=JOINED).code == 0
    assert place("tick", now=oslo(2026, 12, 2)).code == 0
    engine = open_engine(f"sqlite:///{place.folder / 'var' / 'notifier.sqlite3'}")
    said = {"party": Party(vendor="blabaer"), "change_id": CHANGE, "kind": AnswerKind.DONE, "by": "Ola"}
    with writing(engine) as connection:
        answers.add(connection, Answer(id=0, way=Way.OPERATOR, at=oslo(2026, 12, 3), **said))
    engine.dispose()
    return place


def write(place: Rehearsal) -> tuple[Path, str]:
    folder = place.folder / "dossier"
    called = place("dossier", CHANGE, str(folder), "--vendor", "blabaer", now=oslo(2026, 12, 4))
    assert called.code == 0, called.err
    return folder, called.out.split()[-1]


def test_it_holds_every_mail_answer_and_date(told: Rehearsal) -> None:
    folder, head = write(told)
    written = json.loads((folder / "dossier.json").read_text())
    assert written["head"] == head
    whats = [record["what"] for record in written["records"]]
    assert whats.count("mail") == 2
    assert {"date", "joined", "mail", "answer"} == set(whats)
    standing, reminder = (record for record in written["records"] if record["what"] == "mail")
    assert standing["contact"] == "kari@blabaer.example"
    assert [told["kind"] for told in standing["tells"]] == ["standing"]
    assert (reminder["tells"][0]["lead"], reminder["state"]) == ("30d", "sent")
    assert reminder["attempts"][0]["reply"]
    page = (folder / "index.html").read_text()
    assert "Hva Blåbær &amp; Sønn har fått varsel om" in page
    assert "Ola la inn hva leverandøren svarte: <strong>Ferdig</strong>" in " ".join(page.split())
    assert head in page


def test_what_is_told_after_coming_back_speaks_of_no_date(told: Rehearsal) -> None:
    here = ("subscribers", "set", "kari@blabaer.example")
    for choice in (["--suspend", "bounces"], ["--resume"]):
        assert told(*here, *choice, now=oslo(2026, 12, 3)).code == 0
    assert told("tick", now=oslo(2026, 12, 3, 10)).code == 0
    folder, _ = write(told)
    mails = [
        record for record in json.loads((folder / "dossier.json").read_text())["records"] if "tells" in record
    ]
    tells = [(each["kind"], each["date"]) for mail in mails for each in mail["tells"]]
    assert tells == [("standing", None), ("reminder", "2027-01-01"), ("standing", None)]


def test_mails_read_as_they_did_and_their_links_lead_nowhere(told: Rehearsal) -> None:
    sent = [mail for mail in told.mails() if mail["To"] == "kari@blabaer.example"]
    folder, _ = write(told)
    anew = sorted((folder / "mails").glob("*.txt"))
    assert len(anew) == len(sent) == 2
    for file, mail in zip(anew, sent, strict=True):
        body = mail.get_body(("plain",))
        assert body is not None
        original, rendered = body.get_content(), file.read_text()
        assert without_links(rendered) == without_links(original)
        assert rendered != original


def test_addresses_of_mail_to_us_in_them_are_signed_for_nothing(
    place: Rehearsal,
) -> None:
    place.set("NOTIFIER_INBOX__BIND", "127.0.0.1:8024")
    place.set("NOTIFIER_INBOX__ADDRESS", "varsel@example.no")
    told_of(place)
    folder, _ = write(place)
    keys = tuple((place.folder / "var" / "signing.keys").read_text().split())
    mailbox = Mailbox("varsel@example.no", keys)
    sent = "\n".join(str(mail) for mail in place.mails())
    anew = "\n".join(file.read_text() for file in (folder / "mails").glob("*.eml"))
    assert {signed.purpose for signed in signed_in(sent, mailbox)} >= {Purpose.LEAVE}
    assert DETAIL.search(anew)
    assert signed_in(anew, mailbox) == []


DETAIL = re.compile(r"varsel\+([a-z0-9-]+)@example\.no")


def signed_in(text: str, mailbox: Mailbox) -> list[Signed]:
    """Every address of mail to us in a text that its keys have signed."""
    found = (mailbox.read(detail) for detail in DETAIL.findall(text.replace("=\n", "")))
    return [each for each in found if each]


def without_links(text: str) -> list[str]:
    return [line for line in text.splitlines() if "://" not in line]


def test_what_is_untouched_is_verified_also_without_the_installation(told: Rehearsal) -> None:
    folder, head = write(told)
    verified = told("dossier", "verify", str(folder), "--head", head)
    assert (verified.code, verified.out.split()[-1]) == (0, head)
    assert "its seal is this installation's" in verified.words

    told.set("NOTIFIER_STATE_DIR", str(told.folder / "elsewhere"))
    verified = told("dossier", "verify", str(folder))
    assert verified.code == 0
    assert "could not be checked here" in verified.words


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    file = folder / "dossier.json"
    written = json.loads(file.read_text())
    change(written)
    file.write_text(json.dumps(written))


TAMPERING: dict[str, tuple[Callable[[Path], object], str]] = {
    "a reply": (
        lambda folder: edit(folder, lambda d: d["records"][-2].update(reply="250 yes")),
        "is not as it was written",
    ),
    "a record less": (lambda folder: edit(folder, lambda d: d["records"].pop(1)), "is not as it was written"),
    "the last record": (lambda folder: edit(folder, lambda d: d["records"].pop()), "missing at the end"),
    "the vendor's name": (
        lambda folder: edit(folder, lambda d: d["vendor"].update(name="Other")),
        "not left as it was written, by this installation",
    ),
    "a mail": (
        lambda folder: next((folder / "mails").glob("*.html")).write_text("kind words"),
        ".html is not as it was written",
    ),
    "a missing mail": (
        lambda folder: next((folder / "mails").glob("*.eml")).unlink(),
        ".eml is not as it was written",
    ),
    "the page": (lambda folder: (folder / "index.html").write_text("all is well"), "index.html is not"),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found(told: Rehearsal, name: str) -> None:
    tamper, sentence = TAMPERING[name]
    folder, _ = write(told)
    tamper(folder)
    checked = told("dossier", "verify", str(folder))
    assert checked.code == 1
    assert sentence in checked.words


def test_a_whole_new_chain_is_found_by_the_seal_and_by_the_hash_that_was_kept(told: Rehearsal) -> None:
    def forge(written: dict[str, Any]) -> None:
        records = [{n: v for n, v in record.items() if n != "hash"} for record in written["records"]]
        records[0]["at"] = "2020-01-01T00:00:00Z"
        written["records"] = chained(records)
        written["head"] = head_of(written["records"])

    folder, head = write(told)
    edit(folder, forge)
    checked = told("dossier", "verify", str(folder), "--head", head)
    assert checked.code == 1
    assert "its last hash is another one" in checked.words
    assert "by this installation" in checked.words


def test_who_replied_to_a_contact_s_mail_is_not_taken_for_the_contact(told: Rehearsal) -> None:
    engine = open_engine(f"sqlite:///{told.folder / 'var' / 'notifier.sqlite3'}")
    said = {"party": Party(vendor="blabaer"), "change_id": CHANGE, "kind": AnswerKind.DONE, "way": Way.MAIL}
    with writing(engine) as connection:
        kari = subscribers.find(connection, "kari@blabaer.example")
        assert kari is not None
        for by in ("ida@blabaer.example", FORGOTTEN, ""):
            answers.add(connection, Answer(id=0, at=oslo(2026, 12, 3), subscriber_id=kari.id, by=by, **said))
    engine.dispose()
    records = json.loads((write(told)[0] / "dossier.json").read_text())["records"]
    by = [record["by"] for record in records if record["what"] == "answer"]
    assert by == ["Ola", "ida@blabaer.example", None, "kari@blabaer.example"]


def test_erased_people_have_a_pseudonym_and_no_address(told: Rehearsal) -> None:
    assert told("subscribers", "erase", "kari@blabaer.example", "--yes", now=oslo(2026, 12, 4)).code == 0
    folder, _ = write(told)
    for file in folder.rglob("*"):
        assert not file.is_file() or b"kari@blabaer" not in file.read_bytes()
    contacts = {
        record["contact"]
        for record in json.loads((folder / "dossier.json").read_text())["records"]
        if "contact" in record
    }
    assert len(contacts) == 1
    assert next(iter(contacts)).startswith("p-")


def records(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((folder / "dossier.json").read_text())["records"])


def people_in(folder: Path) -> list[str]:
    """What each record is about that names a contact."""
    return [record["what"] for record in records(folder) if "contact" in record]


def test_what_was_told_stays_with_the_vendor_of_that_time(told: Rehearsal) -> None:
    told("vendors", "add", "Rognan", "--id", "rognan", now=LATER)
    moved = told("subscribers", "set", "kari@blabaer.example", "--vendor", "rognan", now=oslo(2026, 12, 4))
    assert moved.code == 0, moved.err
    assert people_in(write(told)[0]) == ["joined", "mail", "mail", "parted"]
    folder = told.folder / "other"
    assert told("dossier", CHANGE, str(folder), "--vendor", "rognan", now=oslo(2026, 12, 5)).code == 0
    assert people_in(folder) == ["came"]


def test_who_came_to_the_vendor_from_none_brings_along_what_they_were_told(place: Rehearsal) -> None:
    place.begun()
    place("vendors", "add", "Blåbær", "--id", "blabaer", now=JOINED)
    assert place("subscribers", "set", "kari@epj.example.no", "--vendor", "blabaer", now=LATER).code == 0
    assert people_in(write(place)[0]) == ["joined", "mail", "came"]


def test_letters_about_its_answers_are_in_it_and_so_is_what_came_back(told: Rehearsal) -> None:
    told("subscribers", "add", "ola@blabaer.example", "--vendor", "blabaer", now=oslo(2026, 12, 3))
    engine = open_engine(f"sqlite:///{told.folder / 'var' / 'notifier.sqlite3'}")
    with reading(engine) as connection:
        kari = subscribers.find(connection, "kari@blabaer.example")
        current = changes.in_force(connection)
    assert kari is not None
    assert current is not None
    answer(
        engine=engine,
        addressee=kari.addressee,
        change_id=CHANGE,
        kind=AnswerKind.NEED_HELP,
        words="Hvor finner vi nøkkelen?",
        way=Way.PAGE,
        contact="varsler@example.no",
        changes=current.changes,
        rules=AnswerRules(),
        timing=TIMING,
        now=oslo(2026, 12, 3),
    )
    assert told("tick", now=oslo(2026, 12, 3, 9)).code == 0
    with writing(engine) as connection:
        ((letter,),) = connection.execute(select(messages.c.id).where(messages.c.letter == "answered"))
        bounces.note(
            connection,
            message_id=letter,
            moves=0,
            weight=Weight.HARD,
            words="5.1.1 no such mailbox",
            now=oslo(2026, 12, 3, 10),
        )
    engine.dispose()
    folder, _ = write(told)
    letters = {each["letter"]: each for each in records(folder) if each.get("letter")}
    assert {kind: each["contact"] for kind, each in letters.items()} == {
        "answered": "ola@blabaer.example",
        "help_wanted": "kari@blabaer.example",
    }
    page = (folder / "index.html").read_text()
    assert "5.1.1 no such mailbox" in page
    called = next(name for name in letters["help_wanted"]["files"] if name.endswith(".txt"))
    assert "Hvor finner vi nøkkelen?" in (folder / "mails" / called).read_text()
    sent = {str(mail["Subject"]) for mail in told.mails()}
    anew = [email.message_from_bytes(f.read_bytes(), policy=POLICY) for f in folder.rglob("*.eml")]
    assert {str(mail["Subject"]) for mail in anew} <= sent
    assert "varsler@example.no" in [mail["To"] for mail in anew]
    assert told("dossier", "verify", str(folder)).code == 0


def test_wrong_usage_says_what_to_do(told: Rehearsal) -> None:
    folder = str(told.folder / "dossier")
    assert "Name the vendor" in told("dossier", CHANGE, folder).err
    assert "did you mean blabaer?" in told("dossier", CHANGE, folder, "--vendor", "blabar").err
    assert told("dossier", "verify", folder).code == 2
    (told.folder / "full").mkdir()
    (told.folder / "full" / "file").touch()
    called = told("dossier", CHANGE, str(told.folder / "full"), "--vendor", "blabaer")
    assert "holds other files" in " ".join(called.err.split())
