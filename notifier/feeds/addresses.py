"""Where each Feed is published: paths below the site's address.

A calendar's variant is the path's first part, so that every address exists in every variant, and no service's id can
ever meet a variant's name. A language is named by `?lang=`; where files are served, which know no queries, the
language may stand before the path instead: `/nn/calendar.ics` and `/calendar.ics?lang=nn` are the same bytes.
"""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlencode

from notifier.core.subscription import Scope
from notifier.core.text import Language
from notifier.feeds.selection import Selection


class Variant(StrEnum):
    """What a calendar holds beside the Deadlines; the value is the path's first part.

    Most programs ignore or remove the alarms of a calendar from the network, so none is in it unless asked for.
    """

    PLAIN = "calendar"
    ALARMS = "calendar-with-alarms"
    LEADS = "calendar-with-leads"


def public_path(selection: Selection, *, variant: Variant, language: Language) -> str:
    """The address of a public calendar that has everything, services, or one Change."""
    services, changes = selection.targets(Scope.SERVICE), selection.targets(Scope.CHANGE)
    query = [("lang", language.value)]
    path = f"/{variant}"
    if len(changes) == 1 and not services:
        path = f"{path}/change/{changes[0]}"
    elif len(services) == 1 and not changes:
        path = f"{path}/{services[0]}"
    elif changes:
        raise ValueError("a public calendar has services or one change, not several changes")
    else:
        query = [*(("service", service) for service in services), *query]
    return f"{path}.ics?{urlencode(query)}"


def news_path(service: str | None, *, language: Language) -> str:
    """The address of the news of one Service, or of all, as an Atom feed."""
    return f"/news{f'/{service}' if service else ''}.atom?{urlencode({'lang': language.value})}"


def private_path(token: str, *, variant: Variant = Variant.PLAIN) -> str:
    """The address of a private calendar; whoever has it can read the calendar."""
    return f"/{variant}/private/{token}.ics"
