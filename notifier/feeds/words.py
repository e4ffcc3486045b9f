"""The calendar's own words in bokmål, nynorsk and English. Its meaning is in a title's first word."""

from __future__ import annotations

from notifier.core.change import DeadlineKind
from notifier.core.text import Text
from notifier.feeds.addresses import Variant
from notifier.feeds.markers import Role, Void

NAME = Text(
    nb="E-helse: varslede endringer",
    nn="E-helse: varsla endringar",
    en="E-health: announced changes",
)
NAME_OF = Text(nb="E-helse: {what}", nn="E-helse: {what}", en="E-health: {what}")
NAME_OF_PRIVATE = Text(
    nb="E-helse: endringer vi følger", nn="E-helse: endringar vi følgjer", en="E-health: changes we follow"
)
NAME_TAILS = {
    Variant.ALARMS: Text(nb=" (med alarmer)", nn=" (med alarmar)", en=" (with alarms)"),
    Variant.LEADS: Text(nb=" (med påminnelser)", nn=" (med påminningar)", en=" (with reminders)"),
}
ABOUT = Text(
    nb="Datoene da nasjonale e-helsetjenester endres eller utgår. Fra {publisher}.",
    nn="Datoane då nasjonale e-helsetenester blir endra eller går ut. Frå {publisher}.",
    en="The dates on which national e-health services change or go away. From {publisher}.",
)

HEADS = {
    Role.EXACT: Text(nb="SLUTT", nn="SLUTT", en="ENDS"),
    Role.WINDOW: Text(nb="SLUTT", nn="SLUTT", en="ENDS"),
    Role.EARLIEST: Text(nb="TIDLIGST slutt", nn="TIDLEGAST slutt", en="EARLIEST end"),
    Role.LATEST: Text(nb="SENEST slutt", nn="SEINAST slutt", en="LATEST end"),
}
NO_LONGER = Text(nb="GJELDER IKKE LENGER", nn="GJELD IKKJE LENGER", en="NO LONGER APPLIES")
KINDS = {
    DeadlineKind.CLOSED_TO_NEW: Text(nb="for nye", nn="for nye", en="for newcomers"),
    DeadlineKind.TEST: Text(nb="i test", nn="i test", en="in test"),
    DeadlineKind.PRODUCTION: Text(nb="i produksjon", nn="i produksjon", en="in production"),
}
ONE_OF_THESE_DAYS = Text(nb="en av disse dagene", nn="ein av desse dagane", en="on one of these days")
TENTATIVE = Text(nb="foreløpig dato", nn="førebels dato", en="tentative date")
VOID_TAILS = {
    Void.WITHDRAWN: Text(nb="trukket tilbake", nn="trekt tilbake", en="withdrawn"),
    Void.POSTPONED: Text(
        nb="utsatt, ny dato er ikke satt", nn="utsett, ny dato er ikkje sett", en="postponed, no new date yet"
    ),
    Void.CHANGED: Text(nb="tidspunktet er endret", nn="tidspunktet er endra", en="the time has changed"),
}

VOID_SENTENCES = {
    Void.WITHDRAWN: Text(
        nb="Varselet er trukket tilbake. Denne datoen gjelder ikke lenger.",
        nn="Varselet er trekt tilbake. Denne datoen gjeld ikkje lenger.",
        en="The announcement has been withdrawn. This date no longer applies.",
    ),
    Void.POSTPONED: Text(
        nb="Endringen er utsatt, og ny dato er ikke satt. Denne datoen gjelder ikke lenger.",
        nn="Endringa er utsett, og ny dato er ikkje sett. Denne datoen gjeld ikkje lenger.",
        en="The change has been postponed and there is no new date yet. This date no longer applies.",
    ),
    Void.CHANGED: Text(
        nb="Tidspunktet er endret. Denne datoen gjelder ikke lenger. Nå gjelder: {when}.",
        nn="Tidspunktet er endra. Denne datoen gjeld ikkje lenger. No gjeld: {when}.",
        en="The time has changed. This date no longer applies. It is now: {when}.",
    ),
}
CAN_HAPPEN_FROM = Text(
    nb="Det kan skje fra og med {first}.",
    nn="Det kan skje frå og med {first}.",
    en="It can happen from {first}.",
)
IF_PASSED = Text(
    nb="Er tidspunktet passert, spør {contact} om status.",
    nn="Er tidspunktet passert, spør {contact} om status.",
    en="If that time has passed, ask {contact} about the status.",
)
FOLLOWS = Text(
    nb="Datoen følger av en annen endring: {leader}.",
    nn="Datoen følgjer av ei anna endring: {leader}.",
    en="The date follows from another change: {leader}.",
)
COMPLETED = Text(nb="Gjennomført.", nn="Gjennomført.", en="Completed.")
STATED = Text(
    nb="Slik ble det kunngjort: «{stated}» ({source})",
    nn="Slik vart det kunngjort: «{stated}» ({source})",
    en="The announcement’s own words: “{stated}” ({source})",
)
SOURCE = Text(nb="Kilde: {source}", nn="Kjelde: {source}", en="Source: {source}")
AFFECTS = Text(nb="GJELDER DETTE OSS?", nn="GJELD DETTE OSS?", en="DOES THIS CONCERN US?")
ACTION = Text(nb="HVA MÅ GJØRES?", nn="KVA MÅ GJERAST?", en="WHAT MUST BE DONE?")
DATES = Text(nb="TIDLIGERE DATOER", nn="TIDLEGARE DATOAR", en="EARLIER DATES")
EARLIER = Text(
    nb="Tidligere kunngjort: {when}", nn="Tidlegare kunngjort: {when}", en="Announced earlier: {when}"
)
MOVED = Text(
    nb="{day}: endret fra {old} til {new}",
    nn="{day}: endra frå {old} til {new}",
    en="{day}: changed from {old} to {new}",
)
DATED = Text(
    nb="{day}: kunngjort, {new} (før uten dato)",
    nn="{day}: kunngjort, {new} (før utan dato)",
    en="{day}: announced, {new} (until then without a date)",
)
UNDATED = Text(
    nb="{day}: utsatt fra {old}, uten ny dato",
    nn="{day}: utsett frå {old}, utan ny dato",
    en="{day}: postponed from {old}, without a new date",
)
ASK = Text(nb="Spørsmål: {contact}", nn="Spørsmål: {contact}", en="Questions: {contact}")
UNTIL_EARLIEST = Text(
    nb="{left} til tidligste dag", nn="{left} til tidlegaste dag", en="{left} until the earliest day"
)
UNTIL_LATEST = Text(
    nb="{left} til seneste dag", nn="{left} til seinaste dag", en="{left} until the latest day"
)
