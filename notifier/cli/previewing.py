"""The command `preview`: a mail before anybody gets it, or all of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.finding import find_change
from notifier.cli.frame import app
from notifier.cli.opening import current_settings
from notifier.cli.options import Now, understood
from notifier.cli.printing import wrapped
from notifier.cli.progress import progress
from notifier.core.notice import NoticeKind
from notifier.core.text import Language, count
from notifier.errors import UsageError

if TYPE_CHECKING:
    from notifier.compose.voice import Voice
    from notifier.core.change import Change, ChangeList
    from notifier.settings import Settings


class Form(StrEnum):
    """How one mail is printed."""

    TEXT = "text"
    HTML = "html"
    EML = "eml"


InTheFile = Annotated[
    str | None, typer.Argument(metavar="CHANGE", help="The change's id, in the list's file.")
]
Everything = Annotated[
    Path | None, typer.Option("--all", metavar="DIR", help="Write every mail there, with an index.html.")
]
Kind = Annotated[
    NoticeKind | None, typer.Option("--kind", help="By default a reminder, where there is a date.")
]
Ahead = Annotated[
    str | None,
    typer.Option("--lead", metavar="LEAD", help="A reminder this long before, as 14d; by default the next."),
]


@app.command()
def preview(
    context: typer.Context,
    change: InTheFile = None,
    *,
    everything: Everything = None,
    kind: Kind = None,
    lead: Ahead = None,
    language: Annotated[Language, typer.Option("--language", help="The mail's language.")] = Language.NB,
    form: Annotated[Form, typer.Option("--format", help="The text part, the page or the mail.")] = Form.TEXT,
    now: Now = None,
) -> None:
    """Print a mail as the list's file words it.

    Before the list is published; with --all DIR, write every mail.
    Needs no database, and sends nothing.
    """
    from notifier import app as wiring

    settings = current_settings(context)
    wall = wiring.clock()
    changes = _changes(settings, wall)
    if everything is not None:
        if change or kind or lead:
            raise UsageError("--all writes every change, kind and lead; name none of them beside it")
        _write_all(everything, settings, changes, now or wall)
        return
    if change is None:
        raise UsageError("name a change, or write all mails with --all DIR; see: notifier changes list")
    data = _mail(
        settings,
        changes,
        find_change(changes, change),
        kind=kind,
        lead=lead,
        language=language,
        now=now or wall,
    )
    print(_printed(data, form))


def _changes(settings: Settings, wall: datetime) -> ChangeList:
    from notifier.sources.file import FileSource
    from notifier.sources.parse import parse_list

    return parse_list(FileSource(settings.list_path).read(), today=settings.timing.today(wall))


def _voice(settings: Settings) -> Voice:
    """Who speaks. The key is nobody's, so the links in previews change nothing."""
    from notifier import app as wiring
    from notifier.compose.links import Links
    from notifier.compose.templates import shipped_templates
    from notifier.compose.voice import Voice

    return Voice(
        timing=settings.timing,
        letterhead=wiring.letterhead_of(settings),
        templates=shipped_templates(),
        links=Links(settings.base_url, ("preview",)),
    )


def _write_all(folder: Path, settings: Settings, changes: ChangeList, now: datetime) -> None:
    from notifier.jobs.preview import write_previews

    with progress("Composing", len(changes.changes) + 1) as advance:
        index, number = write_previews(
            folder, changes=changes, now=now, voice=_voice(settings), advance=advance
        )
    print(wrapped(f"{count(number, 'mail')} of revision {changes.revision}. Browse them: {index.resolve()}"))


def _mail(
    settings: Settings,
    changes: ChangeList,
    change: Change,
    *,
    kind: NoticeKind | None,
    lead: str | None,
    language: Language,
    now: datetime,
) -> bytes:
    from notifier.compose.preview import compose_sample
    from notifier.compose.samples import sample
    from notifier.core.cadence import parse_lead

    ahead = understood(parse_lead, lead) if lead else None
    if kind is None:
        dated = ahead is not None or any(deadline.when.is_set for deadline in change.deadlines)
        kind = NoticeKind.REMINDER if dated else NoticeKind.ANNOUNCED
    if ahead is not None and kind is not NoticeKind.REMINDER:
        raise UsageError(f"--lead belongs to reminders; a mail of the kind {kind} has none")
    made = sample(
        changes=changes,
        change_id=change.id,
        kind=kind,
        lead=ahead,
        language=language,
        now=now,
        timing=settings.timing,
    )
    return compose_sample(made, _voice(settings)).data


def _printed(data: bytes, form: Form) -> str:
    """The mail as it is, or its subject and one of its parts."""
    import email
    import email.policy

    if form is Form.EML:
        return data.decode()
    message = email.message_from_bytes(data, policy=email.policy.default)
    part = message.get_body(("plain" if form is Form.TEXT else "html",))
    content: str = part.get_content() if part else ""
    return f"Subject: {message['Subject']}\n\n{content}" if form is Form.TEXT else content
