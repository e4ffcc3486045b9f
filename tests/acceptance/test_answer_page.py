"""The page where vendors answer: it shows what holds, acts on a press alone, and names nobody."""

from __future__ import annotations

from datetime import date, timedelta

from notifier.core.answer import MOST_ANSWERS, Answer, AnswerKind, AnswerState, Party
from notifier.store import answers, joining, vendors
from notifier.store.engine import reading, writing
from notifier.store.vendors import Vendor
from tests.acceptance.announced import change, when, write
from tests.acceptance.newcomers import LISTED, known
from tests.acceptance.story import KARI, OLA
from tests.acceptance.visiting import FORM, Visitor, everything, visiting
from tests.store.people import a_joiner

BLABAER = Party(vendor="blabaer")
CONSULTANT = "ida@konsulent.example.com"


def contact(visitor: Visitor, address: str = KARI, *, vendor: str | None = "blabaer") -> str:
    """Somebody of a Vendor whose mail domain is `epj.example.no`; answers the page's link without a choice."""
    new = Vendor(id="blabaer", name="Blåbær EPJ", domains=("epj.example.no",))
    with writing(visitor.story.parts.engine) as connection:
        vendors.add(connection, new, now=visitor.now)
        joining.add(connection, a_joiner(address, vendor=vendor), now=visitor.now)
    return visitor.story.parts.links.answer(known(visitor, address).addressee, "portal")


def given(visitor: Visitor, party: Party = BLABAER) -> list[Answer]:
    with reading(visitor.story.parts.engine) as connection:
        return list(answers.given(connection, party=party))


def said(visitor: Visitor) -> list[tuple[AnswerKind, date | None]]:
    return [(each.kind, each.planned) for each in given(visitor)]


def test_looking_asks_and_changes_nothing(visitor: Visitor) -> None:
    link = contact(visitor)
    before = everything(visitor.story)
    for method in ("GET", "HEAD", "OPTIONS") * 3:
        visitor.opens(f"{link}?say=done&planned=2026-11-30&words=hjelp", method)
    assert everything(visitor.story) == before
    page = visitor.opens(link)
    assert (page.status, page.headers["cache-control"]) == (200, "no-store")
    assert "Er dere klare for endringen?" in page.text
    assert "Ingen hos Blåbær EPJ har svart ennå." in page.text
    assert "checked" not in page.text


def test_the_button_of_a_mail_leads_to_its_choice(visitor: Visitor) -> None:
    link = contact(visitor)
    for kind in ("done", "planned", "not-affected", "need-help"):
        page = visitor.opens(f"{link}?say={kind}").text
        assert f'value="{kind}" checked' in page
        assert page.count("checked") == 1


def test_pressing_twice_is_one_answer_and_it_can_be_changed_and_taken_back(visitor: Visitor) -> None:
    link = contact(visitor)
    first = visitor.presses(link, say="done")
    assert (first.status, first.text) == (200, visitor.presses(link, say="done").text)
    assert "Heretter skriver vi bare om denne endringen når det er noe nytt" in first.text
    visitor.now += timedelta(hours=1)
    assert "Svart 16. november 2026." in visitor.opens(link).text

    page = visitor.presses(link, say="planned", planned="2026-11-27").text
    assert "Planlagt fredag 27. november 2026" in page
    assert "spør første arbeidsdag etterpå" in page
    assert 'value="2026-11-27"' in page
    assert "Svaret er trukket tilbake" in visitor.presses(link, say="none").text
    assert said(visitor) == [
        (AnswerKind.DONE, None),
        (AnswerKind.PLANNED, date(2026, 11, 27)),
        (AnswerKind.NONE, None),
    ]


def test_who_promises_too_late_is_told_so(visitor: Visitor) -> None:
    page = visitor.presses(contact(visitor), say="planned", planned="1. desember").text
    assert "Merk at den gamle løsningen ikke lenger virker da." in page
    assert said(visitor) == [(AnswerKind.PLANNED, date(2026, 12, 1))]


def test_who_needs_help_is_told_who_reads_it(visitor: Visitor) -> None:
    page = visitor.presses(contact(visitor), say="need-help", words="Vi får ikke til <b>DPoP</b>").text
    assert "Vi sender teksten og adressen din til varsler@example.no" in page
    (answer,) = given(visitor)
    assert answer.words == "Vi får ikke til <b>DPoP</b>"


def test_who_changes_it_all_day_is_kindly_turned_away(visitor: Visitor) -> None:
    link = contact(visitor)
    for number in range(MOST_ANSWERS):
        assert visitor.presses(link, say="need-help", words=f"hjelp {number}").status == 200
    page = visitor.presses(link, say="done")
    assert (page.status, len(given(visitor))) == (429, MOST_ANSWERS)
    assert (
        "for mange ganger i dag. Prøv igjen i morgen, eller ta kontakt med varsler@example.no." in page.text
    )
    assert 'value="done" checked' in page.text


A_DAY = "Velg en dag fra og med i dag, og ikke senere enn søndag 18. november 2029."
WRONG: tuple[tuple[dict[str, str], str, str], ...] = (
    ({}, "say", "Velg ett av svarene."),
    ({"say": "perhaps"}, "say", "Velg ett av svarene."),
    ({"say": "planned"}, "planned", A_DAY),
    ({"say": "planned", "planned": "2026-11-15"}, "planned", A_DAY),
    ({"say": "planned", "planned": "9999-99-99"}, "planned", A_DAY),
    ({"say": "planned", "planned": "2029-11-19"}, "planned", A_DAY),
    ({"say": "need-help", "words": " \n "}, "words", "Skriv kort hva dere trenger hjelp til."),
)


def test_what_is_filled_in_wrongly_is_said_at_its_field(visitor: Visitor) -> None:
    link = contact(visitor)
    for fields, field, mistake in WRONG:
        page = visitor.presses(link, **fields)
        assert page.status == 422
        assert f'<p class="error" id="{field}-error">{mistake}</p>' in page.text
        assert f'<a href="#{field}">{mistake}</a>' in page.text
    assert given(visitor) == []


def test_a_colleague_sees_who_answered_but_not_their_address(visitor: Visitor) -> None:
    visitor.presses(contact(visitor), say="not-affected")
    page = visitor.opens(contact(visitor, OLA)).text
    assert "Gjelder ikke oss.</strong> Svart 16. november 2026 av k…@epj.example.no." in page
    assert KARI not in page
    assert OLA not in page


def test_who_has_no_vendor_answers_for_themselves(visitor: Visitor) -> None:
    link = contact(visitor, OLA, vendor=None)
    assert "Dere har ikke svart ennå." in visitor.opens(link).text
    assert "Takk, svaret er lagret" in visitor.presses(link, say="done").text
    assert given(visitor) == []


def test_the_choosing_page_shows_what_was_answered_and_leads_there(visitor: Visitor) -> None:
    link = contact(visitor)
    visitor.presses(link, say="done")
    choose = visitor.story.parts.links.choose(known(visitor).addressee)
    page = visitor.opens(choose).text
    assert "Det Blåbær EPJ har svart" in page
    assert "Ferdig.</strong> Svart 16. november 2026." in page
    assert page.count("Ikke svart ennå.") == 2
    assert f'href="../{link.rpartition("8080/")[2]}?lang=nb"' in page


def test_an_answer_from_elsewhere_waits_and_says_so(visitor: Visitor) -> None:
    link = contact(visitor, CONSULTANT)
    page = visitor.presses(link, say="done").text
    assert "Adressen din hører ikke til hos Blåbær EPJ" in page
    assert [each.state for each in given(visitor)] == [AnswerState.WAITING]
    assert "Et svar til venter på godkjenning hos oss: Ferdig." in visitor.opens(link).text


def test_a_change_that_is_over_can_no_longer_be_answered(visitor: Visitor) -> None:
    link = contact(visitor)
    visitor.presses(link, say="done")
    over = change("portal", when(more='status = "completed"'))
    write(visitor.story.changes, over, *LISTED[1:], revision=2)
    visitor.now += timedelta(hours=1)
    held = visitor.story.tick(visitor.now).refreshed
    assert held is not None
    visitor.story.approves(held, now=visitor.now)
    with visiting(visitor.story, visitor.now) as later:
        page = later.opens(link).text
        assert "Denne endringen er avsluttet" in page
        assert "Ferdig.</strong>" in page
        assert "<form" not in page
        assert later.presses(link, say="not-affected").status == 200
    assert said(visitor) == [(AnswerKind.DONE, None)]


def test_whoever_left_answers_no_more(visitor: Visitor) -> None:
    link = contact(visitor)
    visitor.story.leaves(KARI, now=visitor.now)
    assert (visitor.opens(link).status, visitor.presses(link, say="done").status) == (410, 410)
    assert "Lenken virker ikke lenger" in visitor.opens(link).text
    assert given(visitor) == []


def test_whoever_is_suspended_may_still_answer(visitor: Visitor) -> None:
    link = contact(visitor)
    visitor.story.is_suspended(KARI, now=visitor.now)
    assert visitor.presses(link, say="done").status == 200
    assert said(visitor) == [(AnswerKind.DONE, None)]


def test_altered_and_foreign_links_are_refused_alike(visitor: Visitor) -> None:
    link = contact(visitor)
    links, kari = visitor.story.parts.links, known(visitor).addressee
    token = link.rpartition("/")[2]
    others = (
        link.replace("portal", "par"), f"{link}x", link[:-1], links.answer(kari, "no-such-change"),
        links.choose(kari).replace("/choose/", "/answer/"), f"/answer/{'a.' * 5_000}", "/answer/%00",
        f"/leave/{token}", f"/choose/{token}",
    )  # fmt: skip
    for each in others:
        assert visitor.opens(each).status == 404, each
        assert visitor.presses(each, say="done").status == 404, each
    assert given(visitor) == []


def test_another_site_s_form_answers_nothing(visitor: Visitor) -> None:
    link = contact(visitor)
    kind = {name: value for name, value in FORM.items() if name == "Content-Type"}
    for sign in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        assert visitor.presses(link, headers=kind | sign, say="done").status == 403
    assert given(visitor) == []


def test_the_private_calendar_of_everybody_there_shows_the_answer_at_once(visitor: Visitor) -> None:
    link = contact(visitor)
    contact(visitor, OLA)
    links, ola = visitor.story.parts.links, known(visitor, OLA)
    calendar = links.private_calendar(ola.public_id, ola.calendar_serial)
    before = visitor.opens(calendar)
    visitor.presses(link, say="done")
    after = visitor.opens(calendar)
    assert "SUMMARY:FERDIG: Kjernejournal" in after.text
    assert after.text.count("SUMMARY:SLUTT:") == before.text.count("SUMMARY:SLUTT:") - 1
    assert after.headers["etag"] != before.headers["etag"]
    assert KARI not in after.text
    visitor.now += timedelta(minutes=1)
    visitor.presses(link, say="planned", planned="2026-11-27")
    assert "SUMMARY:PLANLAGT: Kjernejournal" in visitor.opens(calendar).text
