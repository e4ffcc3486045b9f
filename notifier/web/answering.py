"""Answering: how far a Vendor, or a lone Subscriber, has come with a Change.

Looking changes nothing, because mail scanners follow every link and press buttons that do not ask for a choice. The
link may stand in a mail that is forwarded, so the page shows no whole address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.consent.answering import ANSWER_IN, Answered, AnsweredTooOftenError, answer
from notifier.consent.given import Given, look_up
from notifier.core.answer import FARTHEST_PROMISE, LONGEST_WORDS, AnswerKind, Way
from notifier.core.change import Change, ChangeList
from notifier.core.standing import Standing
from notifier.core.subscription import MOVED, Addressee, Moved, Subscriber
from notifier.core.text import Language
from notifier.core.written_date import written_date
from notifier.feeds.asking import named_language
from notifier.web.confirming import PRIVATE
from notifier.web.languages import asked_language
from notifier.web.page import Endpoint, page
from notifier.web.site import Site
from notifier.web.standing import ShownChange, shown_changes
from notifier.web.visitor import first, posted

Fields = dict[str, list[str]]
# No field is wrong, but nothing more is taken today.
TOO_OFTEN = "often"
_STATUS = {"": 200, TOO_OFTEN: 429}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The form as it was filled in, and the field that is `wrong` ("" for none), or TOO_OFTEN."""

    kind: AnswerKind | None = None
    planned: date | None = None
    words: str = ""
    wrong: str = ""


def answering(site: Site) -> Endpoint:
    """`/answer/TOKEN`: the form by GET, in which `?say=` is chosen; by POST `say`, with `planned` or `words`."""

    async def endpoint(request: Request) -> Response:
        named = site.links.read_answer(request.path_params["token"])
        fields = await posted(site, request) if request.method == "POST" else None
        return await run_in_threadpool(_answer, site, request, named, fields)

    return endpoint


def _answer(
    site: Site, request: Request, named: tuple[Addressee, str] | None, fields: Fields | None
) -> Response:
    refused = partial(page, site, request, language=asked_language(request), headers=PRIVATE)
    changes = site.changes()
    change = changes.change(named[1]) if named and changes else None
    found = _look_up(site, named[0], changes) if named and changes and change else None
    if found is None or change is None or changes is None:
        return refused("unknown_link.html.j2", status=404)
    if found is MOVED:
        return refused("old_link.html.j2", status=410)
    if found.subscriber.state not in ANSWER_IN:
        return refused("answer_ended.html.j2", status=410)
    language = named_language(request.query_params.get("lang", "")) or found.subscriber.language
    show = partial(_form, site, request, language=language, item=_shown(site, changes, change, language))
    if fields is None or not change.is_open:
        return show(found=found, filled=Filled(kind=_kind(request.query_params.get("say", ""))))
    filled = _filled(fields, today=site.timing.today(site.now()))
    if filled.wrong or filled.kind is None:
        return show(found=found, filled=filled)
    try:
        done = _give(site, found.subscriber, filled, change_id=change.id, kind=filled.kind, changes=changes)
    except AnsweredTooOftenError:
        return show(found=found, filled=replace(filled, wrong=TOO_OFTEN))
    if done is None:
        return refused("answer_ended.html.j2", status=410)
    renewed = _look_up(site, found.subscriber.addressee, changes)
    return show(found=renewed if isinstance(renewed, Given) else found, filled=Filled(), done=done)


def _give(
    site: Site,
    subscriber: Subscriber,
    filled: Filled,
    *,
    change_id: str,
    kind: AnswerKind,
    changes: ChangeList,
) -> Answered | None:
    """Answer as the form was filled in; None when they may answer no more."""
    return answer(
        engine=site.register.engine,
        addressee=subscriber.addressee,
        change_id=change_id,
        kind=kind,
        planned=filled.planned,
        words=filled.words if kind is AnswerKind.NEED_HELP else "",
        way=Way.PAGE,
        contact=site.contact,
        changes=changes,
        rules=site.answer_rules,
        timing=site.timing,
        now=site.now(),
    )


def _look_up(site: Site, addressee: Addressee, changes: ChangeList) -> Given | Literal[Moved.MOVED] | None:
    return look_up(
        engine=site.register.engine,
        addressee=addressee,
        changes=changes,
        timing=site.timing,
        rules=site.answer_rules,
        now=site.now(),
    )


def _filled(fields: Fields, *, today: date) -> Filled:
    """What was filled in. A browser without a field for dates sends what was typed."""
    kind, words = _kind(first(fields, "say")), first(fields, "words")
    planned = written_date(first(fields, "planned").casefold(), today=today)
    wrong = ""
    if kind is None:
        wrong = "say"
    elif kind is AnswerKind.PLANNED and planned is None:
        wrong = "planned"
    elif kind is AnswerKind.NEED_HELP and not words:
        wrong = "words"
    return Filled(kind=kind, planned=planned, words=words, wrong=wrong)


def _kind(text: str) -> AnswerKind | None:
    return AnswerKind(text) if text in set(AnswerKind) else None


def _form(
    site: Site,
    request: Request,
    *,
    language: Language,
    item: ShownChange,
    found: Given,
    filled: Filled,
    done: Answered | None = None,
) -> Response:
    change, today = item.change, site.timing.today(site.now())
    said = found.said.get(change.id)
    planned = filled.planned or (said.answer.planned if said else None)
    return page(
        site,
        request,
        "answer.html.j2",
        language=language,
        status=_STATUS.get(filled.wrong, 422),
        headers=PRIVATE,
        item=item,
        vendor=found.vendor,
        said=said,
        waiting=found.waiting.get(change.id),
        done=done,
        is_open=change.is_open,
        say=filled.kind or "",
        planned=planned or "",
        words=filled.words,
        wrong=filled.wrong,
        today=today,
        last_day=today + FARTHEST_PROMISE,
        longest=LONGEST_WORDS,
        Standing=Standing,
    )


def _shown(site: Site, changes: ChangeList, change: Change, language: Language) -> ShownChange:
    """The Change as it stands."""
    (shown,) = shown_changes(
        changes=replace(changes, changes=(change,)),
        history=site.history(),
        today=site.timing.today(site.now()),
        language=language,
        zone=site.timing.zone,
    )
    return shown
