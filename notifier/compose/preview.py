"""Previews: every mail that a list can give rise to, to be read and approved before anybody gets one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from notifier.compose.matter import matter_of
from notifier.compose.messages import Mail, compose
from notifier.compose.recipient import recipient_of
from notifier.compose.samples import Sample, letter_sample, sample, stance_sample
from notifier.compose.voice import Voice
from notifier.core.answer import AnswerKind
from notifier.core.cadence import Lead
from notifier.core.change import Change, ChangeList
from notifier.core.letter import OF_ANSWERS, LetterKind
from notifier.core.notice import PROMISES, NoticeKind
from notifier.core.plan import reminder_steps
from notifier.core.stance import OPEN
from notifier.core.text import Language
from notifier.core.timing import Timing

# What there is nothing to say of without a date.
_OF_DAYS = (NoticeKind.DATED, NoticeKind.CONFIRMED, NoticeKind.ESCALATION, *PROMISES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One mail with a name for its file and a title for people. `change` is "" for what is about none."""

    stem: str
    title: str
    change: str
    kind: NoticeKind | LetterKind
    lead: Lead | None
    language: Language
    mail: Mail


def compose_sample(made: Sample, voice: Voice) -> Mail:
    """The sample as a mail."""
    matter = matter_of(
        message=made.message,
        subscriber=made.subscriber,
        notices=made.notices,
        ask=made.ask,
        footing=made.footing,
        changes=made.changes,
        history={},
        given=made.given,
        now=made.now,
        timing=voice.timing,
    )
    recipient = recipient_of(
        message=made.message,
        header_id=made.message.header_id or "",
        subscriber=made.subscriber,
        ask=made.ask,
        address=made.subscriber.address,
        now=made.now,
    )
    return compose(matter, recipient, voice)


def preview_all(*, changes: ChangeList, now: datetime, voice: Voice) -> Iterator[Preview]:
    """Every Letter, and every Change × every kind that it can have × every language, reminders at each Lead."""
    # Letters on answers tell of a Change, where there is any.
    letters = [each for each in LetterKind if changes.changes or each not in OF_ANSWERS]
    for letter in letters:
        for language in Language:
            made = letter_sample(changes=changes, kind=letter, language=language, now=now)
            yield _preview(made, voice, f"letter.{letter}.{language}", change="", kind=letter, lead=None)
    for change, kind, lead in _cases(changes, voice.timing):
        for language in Language:
            made = sample(
                changes=changes,
                change_id=change.id,
                kind=kind,
                lead=lead,
                language=language,
                now=now,
                timing=voice.timing,
                # How news asks again whoever has answered.
                stance=stance_sample(AnswerKind.DONE, change_id=change.id, now=now)
                if kind is NoticeKind.MOVED
                else OPEN,
            )
            about = "" if kind is NoticeKind.STANDING else change.id
            stem = ".".join(part for part in (about, kind, str(lead or ""), language) if part)
            yield _preview(made, voice, stem, change=about, kind=kind, lead=lead)


def _preview(
    made: Sample, voice: Voice, stem: str, *, change: str, kind: NoticeKind | LetterKind, lead: Lead | None
) -> Preview:
    mail = compose_sample(made, voice)
    return Preview(
        stem=stem,
        title=mail.subject,
        change=change,
        kind=kind,
        lead=lead,
        language=made.subscriber.language,
        mail=mail,
    )


def _cases(changes: ChangeList, timing: Timing) -> Iterator[tuple[Change, NoticeKind, Lead | None]]:
    for change in changes.changes[:1]:
        yield change, NoticeKind.STANDING, None
    for change in changes.changes:
        dated = any(deadline.when.is_set for deadline in change.deadlines)
        for kind in NoticeKind:
            if kind is NoticeKind.REMINDER:
                yield from ((change, kind, lead) for lead in _leads(change, timing))
            elif kind is not NoticeKind.STANDING and (dated or kind not in _OF_DAYS):
                yield change, kind, None


def _leads(change: Change, timing: Timing) -> list[Lead]:
    steps = (
        step
        for deadline in change.deadlines
        for step in reminder_steps(change.key(deadline), deadline, deadline.cadence or timing.cadence, timing)
    )
    return sorted({step.lead for step in steps if step.lead}, reverse=True)
