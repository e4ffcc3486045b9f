"""Addresses and domains in the one form that is stored."""

from __future__ import annotations

import pytest

from notifier.core.address import identity_of, normal_address, normal_address_or_domain, normal_domain


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (" Kari.Nordmann@EPJ.Example.NO ", "Kari.Nordmann@epj.example.no"),
        ("post@blåbær.no", "post@xn--blbr-roah.no"),
        ("post+nhn@epj.no", "post+nhn@epj.no"),
        ("kontakt@leverandor.example", "kontakt@leverandor.example"),
        ("kontakt@mail.test", "kontakt@mail.test"),
    ],
)
def test_an_address_is_kept_as_it_goes_on_the_wire(written: str, normal: str) -> None:
    assert normal_address(written) == normal
    assert normal_address(normal) == normal


@pytest.mark.parametrize(
    "written",
    ["", "kari", "kari@", "@epj.no", "kari@localhost", "kåre@epj.no", "Kari <kari@epj.no>", "a@b.no, c@d.no",
     "kari@epj.no\r\nBcc: x@y.no", "kari\u202e@epj.no", '"a b"@epj.no', "a@[10.0.0.1]", "a" * 300 + "@epj.no"],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_a_short_sentence(written: str) -> None:
    with pytest.raises(ValueError, match="is not an e-mail address: ") as refused:
        normal_address(written)
    assert len(str(refused.value)) < 300


def test_spellings_that_differ_in_case_are_the_same_and_tags_are_not() -> None:
    assert identity_of("Kari@EPJ.no") == identity_of("kari@epj.NO")
    assert identity_of("kari@blåbær.no") == identity_of("kari@XN--BLBR-ROAH.no")
    assert identity_of("kari+nhn@epj.no") != identity_of("kari@epj.no")


def test_a_mail_domain_is_kept_in_one_form() -> None:
    assert normal_domain(" @Blåbær.NO ") == "xn--blbr-roah.no"
    for wrong in ("", "epj", "epj as", "a@b.no"):
        with pytest.raises(ValueError, match="is not a mail domain"):
            normal_domain(wrong)


@pytest.mark.parametrize(
    ("written", "normal"),
    [("Kari@EPJ.no", "Kari@epj.no"), ("Blåbær.no", "xn--blbr-roah.no"), ("@EPJ.no", "epj.no")],
)
def test_an_address_stands_for_itself_and_a_domain_for_all_its_addresses(written: str, normal: str) -> None:
    assert normal_address_or_domain(written) == normal
