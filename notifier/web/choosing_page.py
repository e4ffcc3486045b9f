"""The page on which one chooses: the form, with what was chosen before or what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from notifier.compose.following import topic_names
from notifier.core.cadence import DEFAULT_CADENCE
from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.pause import dates_within
from notifier.core.subscription import EVERYTHING, Scope, Subscriber, SubscriberState, Topic
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.feeds.asking import named_language
from notifier.web.answered import overview_of
from notifier.web.choices import LONGEST_PAUSE, Choices, Mistake, chosen_before, excludable, known_topics
from notifier.web.confirming import PRIVATE
from notifier.web.page import page
from notifier.web.site import Site


def choosing_page(
    site: Site,
    request: Request,
    found: Subscriber,
    *,
    said: str = "",
    dropped: tuple[Topic, ...] = (),
    choices: Choices | None = None,
    mistakes: tuple[Mistake, ...] = (),
) -> Response:
    """The form with what they chose before, or with what they sent and what is wrong with it.

    `said` names the sentence about what was done, and `dropped` what they follow no more.
    """
    language = named_language(request.query_params.get("lang", "")) or found.language
    changes, now = site.changes(), site.now()
    shown = choices or chosen_before(found, timing=site.timing, now=now)
    offered = [] if said or mistakes else request.query_params.getlist("again")
    again = known_topics(offered, changes)
    return page(
        site,
        request,
        "choose.html.j2",
        language=language,
        status=422 if mistakes else 200,
        headers=PRIVATE,
        said=said,
        dropped=dropped,
        dropped_names=_names(dropped, changes, language),
        mistakes=mistakes,
        choices=shown,
        again=again,
        again_names=() if EVERYTHING in again else _names(again, changes, language),
        choosable=tuple(Language),
        leave_url=site.links.leave(found.addressee).removeprefix(site.links.base_url).lstrip("/"),
        overview=overview_of(site, found),
        is_suspended=found.state is SubscriberState.SUSPENDED,
        **_to_tick(shown, changes, language),
        **_pausing(found, changes, site.timing, now),
    )


def _names(topics: Sequence[Topic], changes: ChangeList | None, language: Language) -> tuple[str, ...]:
    return topic_names(topics, changes, language) if changes else ()


def _to_tick(shown: Choices, changes: ChangeList | None, language: Language) -> dict[str, Any]:
    """What can be followed and left out, and the Leads, each with whether it is ticked; every service's name."""
    leads = sorted({*DEFAULT_CADENCE.leads, *shown.leads}, reverse=True)
    ticked_leads = [(lead, lead in shown.leads) for lead in leads]
    if changes is None:
        return {"services": (), "singles": (), "excludable": (), "names": {}, "leads": ticked_leads}
    return {
        "services": [(each, Topic(Scope.SERVICE, each.id) in shown.topics) for each in changes.services],
        "singles": [(each, Topic(Scope.CHANGE, each.id) in shown.topics) for each in changes.changes],
        "excludable": [
            (each, topic_names([each], changes, language)[0], each in shown.left_out)
            for each in excludable(shown.left_out, changes)
        ],
        "names": {each.id: each.name for each in changes.services},
        "leads": ticked_leads,
    }


def _pausing(found: Subscriber, changes: ChangeList | None, timing: Timing, now: datetime) -> dict[str, Any]:
    """Until when one may pause, and which dates come within the pause that there is."""
    today, until = timing.today(now), found.paused_until
    in_pause: tuple[tuple[Change, Deadline], ...] = ()
    if changes is not None and until is not None and until > now:
        in_pause = dates_within(changes, found.followed, today=today, last=timing.today(until))
    return {
        "first_day": today + timedelta(days=1),
        "last_day": today + LONGEST_PAUSE,
        "in_pause": in_pause,
    }
