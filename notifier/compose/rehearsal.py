"""The rehearsal at start: every kind of mail is composed once, so that a template that asks for what there is
not, or settings that cannot stand in a header, stop the daemon and not a mail half-way through a batch."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from jinja2 import TemplateError

from notifier.compose.forwarding import Handed, forwarded
from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.compose.preview import compose_sample
from notifier.compose.questions import OFFERED
from notifier.compose.report_sample import report_samples
from notifier.compose.reports import compose_report
from notifier.compose.samples import Sample, letter_sample, sample, stance_sample
from notifier.compose.templates import Templates
from notifier.compose.voice import Voice
from notifier.core.answer import AnswerKind
from notifier.core.change import (
    Change,
    ChangeList,
    Deadline,
    DeadlineKind,
    EarlierWhen,
    Link,
    Service,
    Source,
)
from notifier.core.letter import LetterKind
from notifier.core.notice import NoticeKind
from notifier.core.stance import Doubt, Stance
from notifier.core.subscription import EVERYTHING, Scope, SubscriberState, Subscription, Topic
from notifier.core.text import Language, Text
from notifier.core.timing import Timing
from notifier.core.when import Certainty, parse_when
from notifier.errors import ConfigurationError, NotifierError

_NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_DATED = (NoticeKind.REMINDER, NoticeKind.CONFIRMED, NoticeKind.STANDING)
# Every kind for a day ahead; for windows, passed days and no day at all what then is told differently.
_CASES = {
    "2026-03-20": tuple(NoticeKind),
    "2026-01..2026-06": _DATED,
    "2026-Q3": _DATED,
    "2026-02..": (NoticeKind.ANNOUNCED, NoticeKind.DATED),
    "2025-12-01": (NoticeKind.ANNOUNCED, NoticeKind.STANDING),
    "tba": (NoticeKind.ANNOUNCED, NoticeKind.MOVED, NoticeKind.STANDING),
}
_LETTERS = tuple(
    Handed(sender="a@b.invalid", author=author, author_name=name, subject=subject, text="ord", data=b"ord")
    for author, name, subject in (("a@b.invalid", "Ord", "ord"), ("", "", ""))
)
_WORDS = Text(nb="ord", nn="ord", en="words")


def _timing() -> Timing:
    return Timing(zone=ZoneInfo("Europe/Oslo"))


def rehearse(*, templates: Templates, letterhead: Letterhead, links: Links) -> None:
    """Compose every kind of mail for dates of every form, in one language: the others have the same templates.

    Raises ConfigurationError naming the template's file and line, or the setting's fault.
    """
    voice = Voice(timing=_timing(), letterhead=letterhead, templates=templates, links=links)
    composing: list[Callable[[], object]] = [partial(compose_sample, made, voice) for made in _samples()]
    composing += [
        partial(forwarded, each, letterhead=letterhead, language=Language.NN, templates=templates, now=_NOW)
        for each in _LETTERS
    ]
    composing.append(partial(_report, voice))
    for compose in composing:
        try:
            compose()
        except (TemplateError, LookupError, TypeError, AttributeError) as error:
            raise ConfigurationError([f"{_place(error)}: {error}"]) from error
        except NotifierError as error:
            raise ConfigurationError([f"publisher.name, publisher.contact or mail.from: {error}"]) from error


def _report(voice: Voice) -> None:
    """With an empty picture: what draws it takes memory, and needs no template."""
    changes = _list_of("2026-03-20")
    for found in report_samples(changes.changes[0], now=_NOW):
        compose_report(
            [found],
            recipient="a@b.invalid",
            changes=changes,
            voice=voice,
            language=Language.NN,
            now=_NOW,
            draw=lambda curve, today: b"",
        )


def _samples() -> Iterator[Sample]:
    for written, kinds in _CASES.items():
        for kind in kinds:
            yield sample(
                changes=_list_of(written),
                change_id="change",
                kind=kind,
                language=Language.NN,
                now=_NOW,
                timing=_timing(),
            )
    for stance in _stances():
        yield sample(
            changes=_list_of("2026-03-20"),
            change_id="change",
            kind=NoticeKind.REMINDER,
            language=Language.NN,
            now=_NOW,
            timing=_timing(),
            stance=stance,
        )
    yield from every_letter(changes=_list_of("2026-03-20"), language=Language.NN, now=_NOW)


def every_letter(*, changes: ChangeList, language: Language, now: datetime) -> Iterator[Sample]:
    """A Letter of each kind, and those that say more to some: help for a stranger, less than before, in a pause."""
    made = {
        kind: letter_sample(changes=changes, kind=kind, language=language, now=now) for kind in LetterKind
    }
    yield from made.values()
    helped, told = made[LetterKind.HELP], made[LetterKind.STATUS]
    yield replace(helped, subscriber=replace(helped.subscriber, state=SubscriberState.PENDING))
    rest = Subscription(topic=Topic(Scope.SERVICE, changes.changes[0].service), since=now)
    less = replace(told.subscriber, subscriptions=(rest,))
    yield replace(told, subscriber=less, message=replace(told.message, dropped=(EVERYTHING,)))
    yield replace(told, subscriber=replace(told.subscriber, paused_until=now + timedelta(days=1)))


def _stances() -> Iterator[Stance]:
    """Every answer, and every doubt about one."""
    yield from (stance_sample(kind, change_id="change", now=_NOW) for kind in OFFERED)
    for doubt in Doubt:
        yield replace(stance_sample(AnswerKind.DONE, change_id="change", now=_NOW), doubt=doubt)


def _list_of(written: str) -> ChangeList:
    earlier = EarlierWhen(when=parse_when("2025", stated="ord"), source="ord")
    deadline = Deadline(
        id="end",
        kind=DeadlineKind.END,
        when=parse_when(written, certainty=Certainty.TENTATIVE, stated="ord"),
        title=_WORDS,
        follows="change/end",
        earlier=(earlier,),
    )
    change = Change(
        id="change",
        service="service",
        checked=date(2026, 3, 1),
        title=_WORDS,
        summary=_WORDS,
        affects=_WORDS,
        action=_WORDS,
        source=Source(document="ord", url="https://service.invalid/", published=date(2026, 1, 2)),
        links=(Link(title="ord", url="https://service.invalid/"),),
        deadlines=(deadline,),
    )
    return ChangeList(revision=1, services=(Service(id="service", name="Service"),), changes=(change,))


def _place(error: BaseException) -> str:
    """The innermost place in a template that the error passed through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "templates/email"
