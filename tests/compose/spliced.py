"""What is told, to whom: matters of every kind, and recipients drawn at random, to splice and to compose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache

from hypothesis import strategies as st

from notifier.compose.letterhead import Letterhead
from notifier.compose.mailbox import LARGEST, Mailbox
from notifier.compose.matter import Matter, Said, matter_of
from notifier.compose.recipient import Recipient
from notifier.compose.samples import Sample, letter_sample, sample
from notifier.compose.templates import shipped_templates
from notifier.compose.voice import Voice
from notifier.core.answer import AnswerKind
from notifier.core.change import ChangeList, Link
from notifier.core.footing import ALONE
from notifier.core.letter import LetterKind
from notifier.core.notice import NoticeKind
from notifier.core.subscription import Followed, Topic, parse_topic
from notifier.core.text import Language, Text
from tests.compose.mails import LINKS, listed, old_login
from tests.core.lists import TIMING, a_change, a_deadline, oslo, same

ADDRESS = "varsel@helsenett.example"
VOICE = Voice(
    timing=TIMING,
    letterhead=Letterhead(
        publisher="Varsler for e-helse",
        contact=ADDRESS,
        sender=ADDRESS,
        mailbox=Mailbox(ADDRESS, ("a-key-for-tests",)),
    ),
    templates=shipped_templates(),
    links=LINKS,
)
NOW = oslo("2026-11-24")
KINDS: tuple[NoticeKind | LetterKind, ...] = (*NoticeKind, *LetterKind)
WORDS = same("Ord med = og 100 %, «ø» og & <b> https://helsenett.example/?a=1&b=2 til slutt. " * 4)


@cache
def told(
    kind: NoticeKind | LetterKind,
    language: Language = Language.NB,
    follows: tuple[Topic, ...] = (),
    summary: Text = WORDS,
) -> Matter:
    """What a Message of this kind says on the day of NOW, to somebody who follows these, or everything."""
    if isinstance(kind, LetterKind):
        made = letter_sample(changes=_changes(summary), kind=kind, language=language, now=NOW)
    else:
        made = sample(
            changes=_changes(summary),
            change_id="gammel-innlogging",
            kind=kind,
            language=language,
            now=NOW,
            timing=TIMING,
        )
    matter = _matter(made)
    return replace(matter, followed=Followed(follows)) if follows else matter


def _changes(summary: Text) -> ChangeList:
    first = old_login(
        a_deadline(),
        a_deadline("2027-Q1", name="test", tentative=True),
        summary=summary,
        links=(Link(title="Mer", url="https://helsenett.example/?a=1&b=2"),),
    )
    return listed(first, a_change("tba", name="b", service="preg"), a_change("2026-01", name="c"))


def _matter(made: Sample) -> Matter:
    return matter_of(
        message=made.message,
        subscriber=made.subscriber,
        notices=made.notices,
        ask=made.ask,
        footing=ALONE,
        changes=made.changes,
        history={},
        given=made.given,
        now=made.now,
        timing=TIMING,
    )


FOLLOWED = st.lists(
    st.sampled_from(["everything", "service:preg", "change:c", "change:gone"]).map(parse_topic), max_size=3
).map(tuple)
_DONE = Said(
    change_id="gammel-innlogging", kind=AnswerKind.DONE, planned=None, day=date(2026, 10, 1), doubt=None
)
STANDINGS = st.sampled_from(
    [
        {},
        {"said": (_DONE,)},
        {"said": (replace(_DONE, kind=AnswerKind.PLANNED, planned=date(2026, 11, 27)),)},
        {"vendor": "Lege & Lys AS", "silent": ("gammel-innlogging",)},
    ]
)
MATTERS = st.builds(
    lambda kind, language, follows, standing: replace(told(kind, language, follows), **standing),
    st.sampled_from(KINDS),
    st.sampled_from(Language),
    FOLLOWED,
    STANDINGS,
)

_ATOM = st.text("abcXYZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=30)
_LABELS = st.sampled_from(
    ["a", "post", "x" * 63, "bl\u00e5b\u00e6r", "s\u00f8r-\u00f8stlandet" * 3, "m\u00fcnchen"]
)
ADDRESSES = st.builds(
    lambda local, labels: f"{'.'.join(local)}@{'.'.join(labels)}.no",
    st.lists(_ATOM, min_size=1, max_size=2),
    st.lists(_LABELS, min_size=1, max_size=4),
)
TOKENS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789-_", min_size=1, max_size=60)


def recipients(today: date) -> st.SearchStrategy[Recipient]:
    """Anybody, at any instant of a local day."""
    begins = TIMING.instant(today, time(0))
    seconds = int((TIMING.end_of(today) - begins).total_seconds())
    return st.builds(
        Recipient,
        message_id=st.integers(1, LARGEST),
        header_id=st.integers(1, 10**15).map("<n{}.0.abc@helsenett.example>".format),
        address=ADDRESSES,
        subscriber_id=st.integers(1, LARGEST),
        public_id=TOKENS,
        moves=st.integers(0, 5_000),
        generation=st.integers(1, 10**6),
        calendar_serial=st.integers(1, 10**6),
        nonce=TOKENS,
        at=st.integers(0, seconds - 1).map(lambda passed: begins + timedelta(seconds=passed)),
    )


def somebody(number: int = 1, at: datetime = NOW) -> Recipient:
    """One recipient of many."""
    return Recipient(
        message_id=100 + number,
        header_id=f"<n{100 + number}.0.abc@helsenett.example>",
        address=f"kontakt{number}@leverandor.example",
        subscriber_id=number,
        public_id=f"k3jd92mslq0xn4vb7c{number:04}",
        moves=0,
        generation=1,
        calendar_serial=1,
        nonce=f"nonce{number:05}",
        at=at,
    )
