"""What stands on the pages of the way in and out, in each language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What stands on the pages of the way, in their order."""

    asked: str
    confirm: str
    confirmed: str
    choose: str
    saved: str
    leave: str
    left: str
    undo: str
    undone: str
    unknown: str


WORDS = {
    "nb": Words(
        asked="Sjekk e-posten din",
        confirm="Vil du ha varsler om endringer?",
        confirmed="Du får varsler fra nå av",
        choose="Velg hva du får",
        saved="Lagret",
        leave="Vil du slutte å få varsler?",
        left="Varslene er avsluttet",
        undo="Vil du ha varsler igjen?",
        undone="Du får varsler igjen",
        unknown="Denne lenken virker ikke",
    ),
    "nn": Words(
        asked="Sjekk e-posten din",
        confirm="Vil du ha varsel om endringar?",
        confirmed="Du får varsel frå no av",
        choose="Vel kva du får",
        saved="Lagra",
        leave="Vil du slutte å få varsel?",
        left="Varsla er avslutta",
        undo="Vil du ha varsel igjen?",
        undone="Du får varsel igjen",
        unknown="Denne lenkja verkar ikkje",
    ),
    "en": Words(
        asked="Look in your mailbox",
        confirm="Do you want mail about changes?",
        confirmed="You get mail from now on",
        choose="Choose what you get",
        saved="Saved",
        leave="Do you want to stop the mails?",
        left="The mails have stopped",
        undo="Do you want to be told again?",
        undone="You are told again",
        unknown="This link does not work",
    ),
}
ANOTHER = {"nb": "en", "nn": "nb", "en": "nn"}
