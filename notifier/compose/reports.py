"""The weekly report on who is ready, for operators and for a Change's owner: as text, HTML and a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notifier.compose.headers import named, wire_address
from notifier.compose.links import in_language
from notifier.compose.mailbox import LARGEST
from notifier.compose.messages import INLINER, Mail
from notifier.compose.picture import HEIGHT, WIDTH, draw
from notifier.compose.plaintext import wrapped
from notifier.compose.sections import heading_of
from notifier.compose.voice import Voice
from notifier.core.change import ChangeList
from notifier.core.curve import Curve
from notifier.core.readiness import READY, Condition, Picture, VendorLine
from notifier.core.text import Language
from notifier.core.weekly import week_of

# A report that lies about in a mailbox opens the page for so long.
PAGE_WITHIN = timedelta(days=14)
# No Message has this number: what comes back to it is a report.
REPORTED = LARGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many Vendors are in one Condition, and how long their bar is, in hundredths of the longest."""

    condition: Condition
    number: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPart:
    """One Change: how many Vendors stand where, whom to call first, where it points. `cid` names its picture."""

    heading: str
    shares: tuple[Share, ...]
    ready: int
    total: int
    until: date | None
    is_exact: bool
    is_over: bool
    days: int | None
    expected: int | None
    first: tuple[VendorLine, ...]
    lines: tuple[VendorLine, ...]
    url: str = ""
    cid: str = ""


def parts_of(
    found: Sequence[tuple[Picture, Curve]],
    *,
    changes: ChangeList,
    language: Language,
    today: date,
    address: Callable[[str], str] = lambda _: "",
) -> tuple[ReportPart, ...]:
    """What a report says of these Changes, in their order; `address` answers the page that tells of one."""
    return tuple(
        _part(
            picture,
            curve,
            heading=heading_of(picture.change, changes, language),
            url=address(picture.change.id),
            today=today,
        )
        for picture, curve in found
    )


def compose_report(
    found: Sequence[tuple[Picture, Curve]],
    *,
    recipient: str,
    changes: ChangeList,
    voice: Voice,
    language: Language,
    now: datetime,
    draw: Callable[[Curve, date], bytes] = draw,
) -> Mail:
    """One report to one recipient. Raises jinja2.UndefinedError for a template that asks for what there is not."""
    today = voice.timing.today(now)
    found = sorted(found, key=lambda each: (each[1].until or date.max, each[0].change.id))

    def page_of(change_id: str) -> str:
        return in_language(voice.links.readiness(change_id, until=now + PAGE_WITHIN), language)

    parts = parts_of(found, changes=changes, language=language, today=today, address=page_of)
    values = {
        "parts": parts,
        "week": today.isocalendar().week,
        "letterhead": voice.letterhead,
        "zone": voice.timing.zone,
        "size": (WIDTH, HEIGHT),
        "until": voice.timing.today(now + PAGE_WITHIN),
    }

    def rendered(name: str) -> str:
        return voice.templates.render(f"email/{name}.j2", language, **values)

    subject = " ".join(rendered("report-subject.txt").split())
    mail = EmailMessage(policy=SMTP)
    for name, value in _headers(recipient, subject, voice, language, now):
        mail[name] = value
    mail.set_content(wrapped(rendered("report.txt")))
    mail.add_alternative(INLINER.inline(rendered("report.html")), subtype="html")
    curves = {part.cid: curve for part, (_, curve) in zip(parts, found, strict=True) if part.cid}
    _add_pictures(mail, {cid: draw(curve, today) for cid, curve in curves.items()})
    return Mail(
        subject=subject,
        sender=voice.letterhead.return_path(REPORTED),
        recipient=wire_address(recipient),
        data=mail.as_bytes(),
    )


def _add_pictures(mail: EmailMessage, pictures: Mapping[str, bytes]) -> None:
    """Put each below the HTML that shows it, by its Content-ID."""
    page = mail.get_payload()[1]  # type: ignore[index]
    for cid, picture in pictures.items():
        page.add_related(picture, "image", "png", cid=f"<{cid}>", disposition="inline")  # type: ignore[union-attr]


def _headers(
    recipient: str, subject: str, voice: Voice, language: Language, now: datetime
) -> list[tuple[str, str]]:
    letterhead, local_now = voice.letterhead, now.astimezone(voice.timing.zone)
    week = week_of(local_now.date())
    speaker = named("From", letterhead.publisher, wire_address(letterhead.sender))
    return [
        ("From", speaker.replace("\r\n", "")),  # the mail folds its lines itself
        ("To", wire_address(recipient)),
        ("Subject", subject),
        ("Date", format_datetime(local_now)),
        ("Message-ID", f"<report.{week}.{local_now:%Y%m%d%H%M%S%f}@{letterhead.domain}>"),
        ("Content-Language", language),
        ("Auto-Submitted", "auto-generated"),
    ]


def _part(picture: Picture, curve: Curve, *, heading: str, url: str, today: date) -> ReportPart:
    counts = {condition: number for condition, number in picture.counts().items() if number}
    longest = max(counts.values(), default=1)
    return ReportPart(
        heading=heading,
        shares=tuple(
            Share(condition=condition, number=number, percent=max(round(100 * number / longest), 2))
            for condition, number in counts.items()
        ),
        ready=sum(counts.get(condition, 0) for condition in READY),
        total=len(picture.lines),
        until=curve.until,
        is_exact=curve.is_exact,
        is_over=curve.is_over,
        days=(curve.until - today).days if curve.until else None,
        expected=curve.expected,
        first=picture.to_call(today),
        lines=picture.lines,
        url=url,
        cid=f"{picture.change.id}.readiness" if url and curve.days else "",
    )
