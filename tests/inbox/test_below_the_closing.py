"""What is written below a closing or a name is no less said: then a person reads it and it is asked again."""

from __future__ import annotations

import pytest

from notifier.core.answer import AnswerKind
from notifier.inbox.deciding import Deed
from tests.inbox.letters import letter
from tests.inbox.test_answers import decided

KARI = "Kari Nordmann <kari@epj.example.no>"


@pytest.mark.parametrize(
    "written",
    [
        "Ferdig.\n\nHilsen Kari\n\nVi ruller ut i produksjon i februar.",
        "Done.\n\nRegards,\nKari\n\nWe will roll out to production in March.",
        "Ferdig\n\nMvh\nKari Nordmann\n\nVi tar prod på nyåret",
        "Gjelder ikke oss\n\nHilsen Kari\n\nGjelder antakelig søsterselskapet vårt, spør dem",
        "Ferdig\n\nMvh Kari\n\nKan dere hjelpe oss med PREG?",
        "Ferdig\n\nMvh Kari, vi tar prod på nyåret",
        "Ferdig\n\nHilsen Kari\n\nProduksjon i februar",
        "Ferdig\n\nHilsen Kari\n\nMottakere i test er ikke ferdige",
        "Ferdig\nKari Nordmann\nAvventer leverandør",
        "Ferdig\nKari\nBestilt hos drift",
        "Done\nKari\nRollout ongoing",
        "Ferdig\n\nHilsen Kari\n\nUnder arbeid",
        "Ferdig\n\nHilsen Kari (delvis)",
        "Ferdig\n\n-- \nKari Nordmann\n\nVi tar prod i februar",
        "Ferdig\n\nMvh Kari\n\nUke 12",
        "Done\n\nRegards, Kari\n\nIn staging",
        "Ferdig\n\nHilsen Kari\n\nVår 2027",
    ],
)
def test_what_goes_on_below_is_not_thrown_away(written: str) -> None:
    found = decided(letter(written, author=KARI))
    assert (found.deed, found.is_forwarded) == (Deed.ASK, True)


@pytest.mark.parametrize(
    "signature",
    [
        "Med vennlig hilsen\nKari Nordmann\nSystemansvarlig, EPJ-huset AS\nTlf. +47 22 22 22 22\nwww.epj.example.no",
        "Mvh. Kari",
        "Hilsen Kari!",
        "Best regards,\n\nKari Nordmann\nIntegration Lead",
        "-- \nKari Nordmann\nVi gjør hverdagen enklere.\nwww.epj.example.no",
        "Venleg helsing\nKari\n\nSendt frå min iPhone",
        "Mvh\nKari\n\nFå Outlook for iOS",
        "Hilsen\nKari Nordmann\nRådgiver, avdeling for e-helse\nTestveien 1, 0150 Oslo",
        "Mvh\nKari\n\nDenne e-posten er fortrolig. Har du fått den ved en feil, må du slette den.",
        "Kari Nordmann\nSystemansvarlig\n+47 22 22 22 22",
        "Mvh\nKari\nM: 922 22 222 | kari@epj.no\nEPJ-huset AS, Storgata 1, NO-0150 Oslo\nOrg.nr. 912 345 678 MVA",
        "Best regards,\nKari\nHead of Integration\nDIPS AS\n\nThis email and any attachments are confidential.",
        "Hilsen\nKari\nFølg oss på LinkedIn\n\nTenk på miljøet før du skriver ut denne e-posten.",
        "Beste helsing\nMai August\nSystemansvarleg\nVestland fylkeskommune",
    ],
)
def test_how_people_sign_leaves_an_answer_readable(signature: str) -> None:
    found = decided(letter(f"Ferdig\n\n{signature}", author=KARI))
    assert found.answer is not None
    assert found.answer.kind is AnswerKind.DONE
