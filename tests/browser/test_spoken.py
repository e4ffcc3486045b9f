"""What a screen reader is given to say of the main pages: order, roles, names, states, and mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.looking import WIDE, PageAt
from tests.browser.reader import Reader, link, reading
from tests.browser.speaking import spoken, spoken_within
from tests.peers.smtp_sink import SmtpSink


@pytest.fixture
def reader(page_at: PageAt, tmp_path: Path) -> Iterator[Reader]:
    with SmtpSink() as sink, reading(page_at(WIDE), tmp_path, sink, with_axe=False) as somebody:
        yield somebody


def test_around_every_page_are_the_way_past_the_links_where_one_is_and_who_answers(reader: Reader) -> None:
    reader.opens("/nb")
    assert spoken(reader.page)[0] == "link Gå til innholdet"
    assert spoken_within(reader.page, "banner") == [
        "link Varsler", "navigation Sider", "link Varslede endringer", "link Få varsler", "link Kalendere",
        "navigation Språk", "link Bokmål", "link Nynorsk", "link English",
    ]  # fmt: skip
    assert spoken_within(reader.page, "contentinfo")[:2] == [
        "text Utgitt av Varsler. Spørsmål og rettelser:", "link varsler@example.no",
    ]  # fmt: skip


def test_the_front_page_says_first_what_it_is_then_each_date_and_then_how_to_get_them(reader: Reader) -> None:
    reader.opens("/nb")
    said = spoken_within(reader.page, "main")
    headings = [line for line in said if line.startswith("heading")]
    assert headings == [
        "heading 1 Varslede endringer i nasjonale e-helsetjenester",
        "heading 2 Dette kommer",
        "heading 3 Kjernejournal – title portal nb",
        "heading 3 Helseid – title par nb",
        "heading 3 Fjernhjelp – title fjernhjelp nb",
        "heading 2 Få varsler på e-post",
        "heading 2 Få datoene i kalenderen",
    ]
    begins = said.index("heading 3 Kjernejournal – title portal nb")
    assert said[begins : begins + 6] == [
        "heading 3 Kjernejournal – title portal nb",
        "link Kjernejournal – title portal nb",
        "text 15 dager igjen",
        "text 11 arbeidsdager",
        "text Utgår fra tirsdag 1. desember 2026; siste dag er mandag 30. november 2026.",
        "image tirsdag 1. desember 2026",
    ]
    assert "image Tidslinje fra 6. november 2026 til 28. mai 2027. I dag er det 16. november 2026." in said


def test_a_wrong_address_is_said_in_the_title_and_at_its_field(reader: Reader) -> None:
    reader.opens("/subscribe?lang=nb")
    reader.page.locator("#address").fill("kari@epj")
    reader.page.locator("#address").press("Enter")
    reader.arrives_at("Få varsler på e-post")
    assert reader.page.title().startswith("Feil: ")
    said = spoken_within(reader.page, "main")
    mistake = "Skriv en e-postadresse, for eksempel navn@eksempel.no."
    hint = "Vi sender først en e-post der du bekrefter. En felles postkasse går fint."
    assert said[3:8] == [
        "text E-postadresse",
        f"text {hint}",
        f"text {mistake}",
        f"textbox E-postadresse (invalid, required) – {mistake} {hint}",
        "group Bare noen tjenester?",
    ]
    assert "checkbox Helseid" in said
    assert said[-1] == "button Få varsler"


def test_mistakes_in_the_choices_are_called_out_named_with_their_groups_and_one_press_away(
    reader: Reader,
) -> None:
    reader.opens(link(reader.joins(lang="en"), "choose"))
    for each in ("#some", "#leads-own"):
        reader.page.locator(each).check()
    reader.presses("form:has(#language) > button")
    reader.arrives_at("Choose what you get", said="Nothing was saved")
    follow = "Tick at least one service or change, or choose everything."
    leads = "Tick at least one time before a date, or choose the usual ones."
    said = spoken_within(reader.page, "main")
    assert said[:12] == [
        "heading 1 Choose what you get",
        "alert",
        "heading 2 Nothing was saved",
        f"link {follow}",
        f"link {leads}",
        "text What you choose holds for the address that got this link.",
        "form",
        f"group What do you want to follow? – {follow}",
        f"text {follow}",
        "radio Everything, also what is still to come",
        "radio Only what I tick here (checked)",
        "group Services",
    ]
    assert f"group How early do you want to be reminded? – {leads}" in said
    assert "DisclosureTriangle Single changes (folded)" in said
    reader.page.locator(f"a:has-text('{leads}')").press("Enter")
    assert reader.page.evaluate("document.activeElement.id || location.hash") in (
        "leads-usual",
        "#leads-usual",
    )


def test_leaving_offers_less_before_everything_ends(reader: Reader) -> None:
    reader.opens(link(reader.joins(), "leave").replace("?", "/par?"))
    said = spoken_within(reader.page, "main")
    assert said[:5] == [
        "heading 1 Vil du slutte å få varsler?",
        "region Holder det med mindre?",
        "heading 2 Holder det med mindre?",
        "link Velg hva du får, få det sjeldnere eller ta en pause",
        "form",
    ]
    others = "Du får fortsatt varsel om alt annet du følger, også det som kommer senere."
    assert said[5:10:2] == [
        f"button Ikke mer om Helseid – title par nb – Bare denne endringen. {others}",
        "button Ikke mer om Helseid i det hele tatt – Heller ikke om det som kommer senere.",
        "group",
    ]
    assert said[11:16] == [
        "region Eller avslutte alle varslene?",
        "heading 2 Eller avslutte alle varslene?",
        (
            "text Når du trykker på knappen, sender vi ikke flere e-poster om varslede endringer til adressen som fikk"
            " denne lenken. Ingenting skjer før du trykker."
        ),
        "form",
        "button Ja, avslutt varslene",
    ]


def test_where_there_are_many_to_leave_what_it_means_is_said_once(reader: Reader) -> None:
    reader.opens(link(reader.joins(), "leave"))
    reader.page.locator("summary").click()
    said = spoken_within(reader.page, "main")
    means = (
        "Du får fortsatt varsel om alt annet du følger, også det som kommer senere. Avslutter du en hel tjeneste,"
        " gjelder det også det som kommer senere fra den tjenesten."
    )
    begins = said.index("DisclosureTriangle Avslutt én tjeneste eller én endring")
    assert said[begins + 1 : begins + 5] == [
        "group Avslutt én tjeneste eller én endring",
        f"text {means}",
        f"button Ikke mer om Kjernejournal i det hele tatt – {means}",
        "button Ikke mer om Kjernejournal – title portal nb",
    ]


def test_what_is_alike_on_the_page_of_a_change_is_told_apart_and_no_arrow_is_read(reader: Reader) -> None:
    reader.opens("/nb/change/portal")
    reader.page.locator("summary").click()
    said = spoken_within(reader.page, "main")
    assert said[:2] == ["link Alle varslede endringer", "heading 1 Kjernejournal – title portal nb"]
    assert [line for line in said if line.startswith(("button", "link Åpne"))] == [
        "button Kopier adressen",
        "link Åpne i kalenderprogrammet",
        "button Kopier adressen – Med alarmer",
        "link Åpne i kalenderprogrammet – Med alarmer",
        "button Kopier adressen – Med egne påminnelsesdager",
        "link Åpne i kalenderprogrammet – Med egne påminnelsesdager",
    ]
