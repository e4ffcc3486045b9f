"""`dossier`: what a vendor was told, as it read when it left."""

from __future__ import annotations

import email
import json
import re
from datetime import timedelta
from email.policy import default as POLICY  # noqa: N812
from pathlib import Path

from sqlalchemy import select

from notifier.compose.mailbox import Mailbox, Purpose, Signed
from notifier.consent.answering import answer
from notifier.core.answer import FORGOTTEN, Answer, AnswerKind, AnswerRules, Party, Way
from notifier.core.bounce import Weight
from notifier.store import answers, bounces, changes, subscribers
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from tests.cli.dossiers import CHANGE, records, told_of, write
from tests.cli.rehearsal import JOINED, Rehearsal, oslo
from tests.core.lists import TIMING

LATER = JOINED + timedelta(hours=2)


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
    mails = [record for record in records(folder) if "tells" in record]
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


def test_who_replied_to_a_contact_s_mail_is_not_taken_for_the_contact(told: Rehearsal) -> None:
    said = {"party": Party(vendor="blabaer"), "change_id": CHANGE, "kind": AnswerKind.DONE, "way": Way.MAIL}
    with told.opened() as engine, writing(engine) as connection:
        kari = subscribers.find(connection, "kari@blabaer.example")
        assert kari is not None
        for by in ("ida@blabaer.example", FORGOTTEN, ""):
            answers.add(connection, Answer(id=0, at=oslo(2026, 12, 3), subscriber_id=kari.id, by=by, **said))
    by = [record["by"] for record in records(write(told)[0]) if record["what"] == "answer"]
    assert by == ["Ola", "ida@blabaer.example", None, "kari@blabaer.example"]


def test_erased_people_have_a_pseudonym_and_no_address(told: Rehearsal) -> None:
    assert told("subscribers", "erase", "kari@blabaer.example", "--yes", now=oslo(2026, 12, 4)).code == 0
    folder, _ = write(told)
    for file in folder.rglob("*"):
        assert not file.is_file() or b"kari@blabaer" not in file.read_bytes()
    contacts = {record["contact"] for record in records(folder) if "contact" in record}
    assert len(contacts) == 1
    assert next(iter(contacts)).startswith("p-")


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


def call_for_help(place: Rehearsal, words: str) -> None:
    """Kari answers by her link that she needs help."""
    with place.opened() as engine:
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
            words=words,
            way=Way.PAGE,
            contact="varsler@example.no",
            changes=current.changes,
            rules=AnswerRules(),
            timing=TIMING,
            now=oslo(2026, 12, 3),
        )


def bounce(place: Rehearsal, letter: str, words: str) -> None:
    """The one Letter of a kind comes back."""
    with place.opened() as engine, writing(engine) as connection:
        ((message_id,),) = connection.execute(select(messages.c.id).where(messages.c.letter == letter))
        at = oslo(2026, 12, 3, 10)
        bounces.note(connection, message_id=message_id, moves=0, weight=Weight.HARD, words=words, now=at)


def test_letters_about_its_answers_are_in_it_and_so_is_what_came_back(told: Rehearsal) -> None:
    told("subscribers", "add", "ola@blabaer.example", "--vendor", "blabaer", now=oslo(2026, 12, 3))
    call_for_help(told, "Hvor finner vi nøkkelen?")
    assert told("tick", now=oslo(2026, 12, 3, 9)).code == 0
    bounce(told, "answered", "5.1.1 no such mailbox")
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
