"""Below a name, only what is known to say nothing is passed over."""

from __future__ import annotations

import pytest

from notifier.core.signature import is_of_lawyers, is_signature

WRITER = "Kari Nordmann kari"


@pytest.mark.parametrize(
    "line",
    [
        "Kari Nordmann", "Systemansvarlig, EPJ-huset AS", "Integration lead", "Produkteier | Journalsystem AS",
        "Team Integrasjon", "Tlf. +47 22 22 22 22", "Phone: +44 20 7946 0000", "22222222", "kari@epj.example.no",
        "E-post: kari@epj.example.no", "www.epj.example.no", "https://epj.example.no/om-oss", "epj.no",
        "Storgata 1, 0150 Oslo", "Oslo kommune",
        "Tlf. +47 22 22 22 22 www.epj.example.no", "M: 922 22 222 | kari@epj.example.no",
    ],
)  # fmt: skip
def test_who_somebody_is_and_how_to_reach_them_is_how_they_sign(line: str) -> None:
    assert is_signature(["Kari", line], WRITER)


@pytest.mark.parametrize(
    "line",
    [
        "Avventer leverandør", "Bestilt hos drift", "Rollout ongoing", "Bestilt 12.05.2027", "Innen 12 05 2027",
        "2027-05-12", "12 05 2027", "2027 Sommer", "Avtalt sommer 2027", "Versjon 2", "Sak 1234567", "Team jobber",
        "Kontakter support", "Leder avgjør", "Avventer Tieto AS", "Kundene gjenstår", "Avviklet i Bergen", "Halvveis",
        "Utsatt", "Kari venter",
    ],
)  # fmt: skip
def test_what_may_be_a_reservation_is_never_passed_over(line: str) -> None:
    assert not is_signature(["Kari", line], WRITER)
    assert not is_signature([line], WRITER)


def test_somebody_else_s_name_may_be_anything() -> None:
    assert not is_signature(["Ola"], WRITER)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Denne e-posten kan inneholde fortrolig informasjon.", True),
        ("The information in this message is confidential and intended for its addressee", True),
        ("Denne meldinga kan innehalde vedlegg", True),
        ("Disclaimer", True),
        ("CONFIDENTIALITY NOTICE:", True),
        ("Mottakere i test er ikke ferdige", False),
        ("Meldinger til mottakere gjenstår", False),
        ("Denne meldingen gjelder bare test", False),
        ("Konfidensielle data er ikke flyttet", False),
    ],
)
def test_lawyers_are_known_by_what_only_they_write(line: str, expected: bool) -> None:
    assert is_of_lawyers(line) is expected
