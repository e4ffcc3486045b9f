"""The news feed's own words in bokmål, nynorsk and English. What happened is in a title's first word."""

from __future__ import annotations

from notifier.core.notice import NoticeKind
from notifier.core.text import Text

NAME = Text(
    nb="E-helse: nytt om varslede endringer",
    nn="E-helse: nytt om varsla endringar",
    en="E-health: news of announced changes",
)
ABOUT = Text(
    nb="Når en endring varsles, får dato, flyttes, bekreftes, trekkes tilbake eller gjennomføres.",
    nn="Når ei endring blir varsla, får dato, blir flytta, stadfesta, trekt tilbake eller gjennomført.",
    en="When a change is announced, dated, moved, confirmed, withdrawn or carried out.",
)

HEADS = {
    NoticeKind.ANNOUNCED: Text(nb="Varslet", nn="Varsla", en="Announced"),
    NoticeKind.DATED: Text(nb="Dato satt", nn="Dato sett", en="Date set"),
    NoticeKind.CONFIRMED: Text(nb="Bekreftet", nn="Stadfesta", en="Confirmed"),
    NoticeKind.MOVED: Text(nb="Flyttet", nn="Flytta", en="Moved"),
    NoticeKind.WITHDRAWN: Text(nb="Trukket tilbake", nn="Trekt tilbake", en="Withdrawn"),
    NoticeKind.COMPLETED: Text(nb="Gjennomført", nn="Gjennomført", en="Completed"),
}
TIMED = Text(nb="Tidspunkt varslet", nn="Tidspunkt varsla", en="Time announced")
NARROWED = Text(nb="Mer presist", nn="Meir presist", en="More precise")
UNCERTAIN = Text(nb="Ikke lenger sikkert", nn="Ikkje lenger sikkert", en="No longer certain")
POSTPONED = Text(nb="Utsatt", nn="Utsett", en="Postponed")
FROM_TO = Text(nb="fra {old} til {new}", nn="frå {old} til {new}", en="from {old} to {new}")
WAS = Text(nb="før: {old}", nn="før: {old}", en="before: {old}")

HAPPENED = {
    NoticeKind.ANNOUNCED: Text(
        nb="Dette har ikke vært varslet her før.",
        nn="Dette har ikkje vore varsla her før.",
        en="This has not been announced here before.",
    ),
    NoticeKind.DATED: Text(
        nb="Nå er det kunngjort når det skjer.",
        nn="No er det kunngjort når det skjer.",
        en="It has now been announced when this happens.",
    ),
    NoticeKind.CONFIRMED: Text(
        nb="Tidspunktet er nå bekreftet.",
        nn="Tidspunktet er no stadfesta.",
        en="The time is now confirmed.",
    ),
    NoticeKind.MOVED: Text(nb="Datoen er flyttet.", nn="Datoen er flytta.", en="The date has moved."),
    NoticeKind.WITHDRAWN: Text(
        nb="Varselet er trukket tilbake og gjelder ikke lenger.",
        nn="Varselet er trekt tilbake og gjeld ikkje lenger.",
        en="The announcement has been withdrawn and no longer applies.",
    ),
    NoticeKind.COMPLETED: Text(
        nb="Endringen er gjennomført.", nn="Endringa er gjennomført.", en="The change has been carried out."
    ),
}
MORE_PRECISE = Text(
    nb="Tidspunktet er nå mer presist.",
    nn="Tidspunktet er no meir presist.",
    en="The time is now more precise.",
)
NO_LONGER_CERTAIN = Text(
    nb="Tidspunktet er ikke lenger sikkert.",
    nn="Tidspunktet er ikkje lenger sikkert.",
    en="The time is no longer certain.",
)
NO_NEW_DATE = Text(
    nb="Endringen er utsatt, og ny dato er ikke satt.",
    nn="Endringa er utsett, og ny dato er ikkje sett.",
    en="The change has been postponed, and no new date has been set.",
)
BEFORE = Text(nb="Før: {old}.", nn="Før: {old}.", en="Before: {old}.")
LATER = Text(
    nb="Det er {days} dager senere.", nn="Det er {days} dagar seinare.", en="That is {days} days later."
)
SOONER = Text(
    nb="Det er {days} dager tidligere.",
    nn="Det er {days} dagar tidlegare.",
    en="That is {days} days earlier.",
)
A_DAY_LATER = Text(nb="Det er én dag senere.", nn="Det er éin dag seinare.", en="That is one day later.")
A_DAY_SOONER = Text(
    nb="Det er én dag tidligere.", nn="Det er éin dag tidlegare.", en="That is one day earlier."
)
STATED = Text(
    nb="Slik ble det kunngjort: «{stated}»",
    nn="Slik vart det kunngjort: «{stated}»",
    en="The announcement’s own words: “{stated}”",
)
