"""`vendors`: add, list, show."""

from __future__ import annotations

from tests.cli.rehearsal import JOINED, Rehearsal


def test_a_vendor_gets_an_id_from_its_name(place: Rehearsal) -> None:
    called = place("vendors", "add", "Blåbær & Sønn EPJ AS", "--domain", "Blåbær.no", now=JOINED)
    assert (called.code, called.words) == (0, "Blåbær & Sønn EPJ AS is added as blabaer-sonn-epj-as.")
    assert place("vendors", "show", "blabaer-sonn-epj-as", "--json").json == {
        "id": "blabaer-sonn-epj-as",
        "name": "Blåbær & Sønn EPJ AS",
        "domains": ["xn--blbr-roah.no"],
        "clients": [],
        "subscribers": [],
    }


def test_the_same_vendor_again_is_fine_and_another_of_that_id_is_not(place: Rehearsal) -> None:
    place("vendors", "add", "EPJ AS", "--id", "epj", now=JOINED)
    assert "is there already" in place("vendors", "add", "EPJ AS", "--id", "epj", now=JOINED).words
    called = place("vendors", "add", "Other AS", "--id", "epj", now=JOINED)
    assert called.code == 2
    assert [each["name"] for each in place("vendors", "list", "--json").json] == ["EPJ AS"]


def test_a_vendor_is_shown_with_its_subscribers_and_their_state(place: Rehearsal) -> None:
    place("vendors", "add", "EPJ AS", "--id", "epj", now=JOINED)
    place("subscribers", "add", "kari@epj.no", "--vendor", "epj", now=JOINED)
    place("subscribers", "add", "ola@epj.no", "--vendor", "epj", now=JOINED)
    place("subscribers", "remove", "ola@epj.no", now=JOINED)
    shown = place("vendors", "show", "epj").out
    assert "Name     EPJ AS" in shown
    assert "kari@epj.no  active  nb  everything" in shown
    assert "ola@epj.no   left    nb  everything" in shown


def test_what_makes_no_vendor_is_exit_2(place: Rehearsal) -> None:
    for options in (["EPJ", "--id", "E P J"], ["EPJ", "--domain", "no domain"], [" "], ["???"]):
        assert place("vendors", "add", *options, now=JOINED).code == 2
    place("vendors", "add", "EPJ AS", "--id", "epj", now=JOINED)
    assert "did you mean epj?" in place("vendors", "show", "ebj").err
