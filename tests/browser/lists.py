"""A list with every shape of date and every standing there is, with long words, as it stands on 23 November 2026."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from notifier.core.change import ChangeList, Deadline, DeadlineKind, EarlierWhen, Service, Status
from notifier.core.when import When
from tests.feeds.lists import firm, list_of, same, vague


def _deadline(when: When, name: str = "end", status: Status | None = None, **fields: object) -> Deadline:
    return Deadline(id=name, kind=DeadlineKind.END, when=when, status=status, **fields)  # type: ignore[arg-type]


@cache
def busy_list() -> ChangeList:
    """One Change for each shape and standing, the last with several Deadlines."""
    moved = (EarlierWhen(when=firm("2026-06-01"), source="Veikart 2025"),)
    several = (
        Deadline(id="closed", kind=DeadlineKind.CLOSED_TO_NEW, when=firm("2026-10-01")),
        Deadline(id="test", kind=DeadlineKind.TEST, when=vague("2027-Q1"), title=same("I testmiljøet")),
        _deadline(vague("2027-09-01"), earlier=moved),
    )
    kinds: dict[str, tuple[Deadline, ...]] = {
        "exact": (_deadline(firm("2026-12-01")),),
        "tentative": (_deadline(vague("2027-03-15")),),
        "month": (_deadline(vague("2027-02")),),
        "any-day": (_deadline(vague("2026-H2")),),
        "open": (_deadline(vague("2027-04..")),),
        "far": (_deadline(firm("2031-01-01")),),
        "several": several,
        "undated": (_deadline(vague("tba")),),
        "passed": (_deadline(vague("2026-Q1")),),
        "completed": (_deadline(firm("2026-05-01"), status=Status.COMPLETED),),
        "withdrawn": (_deadline(firm("2027-01-01"), status=Status.WITHDRAWN),),
    }
    (model,) = list_of().changes
    long = "Personopplysningsbehandlingsansvarlighetsdokumentasjonstjenesten"
    changes = tuple(
        replace(
            model,
            id=name,
            service=f"service-{name}",
            title=same(f"gammelt grensesnitt ({name})"),
            deadlines=dates,
        )
        for name, dates in kinds.items()
    )
    services = tuple(
        Service(id=change.service, name=long if change.id == "far" else f"Tjeneste {change.id}")
        for change in changes
    )
    return ChangeList(revision=1, services=services, changes=changes)
