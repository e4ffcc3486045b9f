"""The list's form, key by key, as it stands in TOML. The JSON Schema for editors is made from these models.

Descriptions are written for the list's editor, whose program shows them beside the key.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict

from notifier.core.change import DeadlineKind, Status
from notifier.core.when import Certainty
from notifier.sources.forms import (
    Address,
    DeadlineKey,
    Id,
    LeadText,
    Line,
    Prose,
    Revision,
    Title,
    Url,
    WrittenWhen,
    check_leads,
)


class _Table(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
        model_title_generator=lambda model: model.__name__.removeprefix("Raw"),
    )


class RawTitle(_Table):
    """A short name in bokmål, nynorsk and English: what goes away, as a phrase without a verb."""

    nb: Title
    """Bokmål, beginning with a small letter: «gammel innlogging»."""
    nn: Title
    """Nynorsk."""
    en: Title
    """English."""


class RawProse(_Table):
    """Plain sentences in bokmål, nynorsk and English. Never call the date a «frist»."""

    nb: Prose
    """Bokmål."""
    nn: Prose
    """Nynorsk."""
    en: Prose
    """English."""


class RawSource(_Table):
    """Where something was announced."""

    document: Line
    """The document or page, by a name a reader can look up."""
    url: Url | None = None
    """Its address, when it has one."""
    published: date | None = None
    """When it was published."""


class RawLink(_Table):
    """A page worth reading."""

    title: Title
    """What the page is; it becomes the link's text."""
    url: Url
    """Its address, http or https."""


class RawEarlier(_Table):
    """A date that was announced before the present one, kept for the history."""

    when: WrittenWhen
    """The first day the old way would no longer have worked: the day after an announced last day."""
    stated: Line | None = None
    """The words of that announcement, quoted."""
    source: Line | None = None
    """Where it was announced."""


class RawService(_Table):
    """A national service."""

    id: Id
    """Its stable name: small letters, digits, hyphens. Never change it; subscriptions hang on it."""
    name: Title
    """What people call it; it comes first in every mail's subject."""


class RawDeadline(_Table):
    """A dated milestone: the first day the old way no longer works."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["when"]}, {"required": ["follows"]}]}
    )

    id: Id
    """Its name within the change, stable for ever: calendar entries hang on it."""
    kind: Annotated[DeadlineKind, Strict(strict=False)]
    """What stops: closed-to-new (no newcomers), test, production, or end (all of it)."""
    title: RawTitle | None = None
    """Only where the change has several deadlines alike, such as PAR and DPoP."""
    when: WrittenWhen | None = None
    """The first day gone, no more exact than announced: a day, "2026-12", "2026-Q4", "2026-H1", "2026",
    a window "A..B", "A.." without a known end, or "tba"."""
    certainty: Annotated[Certainty, Strict(strict=False)] | None = None
    """confirmed (the default) or tentative, as the announcement puts it."""
    stated: Line | None = None
    """The announcement's own words about the date, a few, quoted; every text shows them."""
    follows: DeadlineKey | None = None
    """Instead of `when`: the deadline ("change/deadline") whose date, certainty and words this one takes."""
    reminders: (
        Annotated[list[LeadText], Field(min_length=1, max_length=24), AfterValidator(check_leads)] | None
    ) = None
    """How long before to remind (90d, 12w, 6mo, 0d), instead of the default lead times."""
    status: Annotated[Status, Strict(strict=False)] | None = None
    """completed or withdrawn, once that is known. Vendors are told."""
    source: RawSource | None = None
    """Where this date was announced, when it is not the change's own source."""
    earlier: Annotated[list[RawEarlier], Field(max_length=20)] = []
    """Dates announced before, oldest first."""


class RawChange(_Table):
    """Something vendors must adapt to."""

    id: Id
    """Its stable name. Never change it: links, calendars and subscriptions hang on it."""
    service: Id
    """The id of the service it belongs to."""
    checked: date
    """When somebody last compared it with the source; operators are reminded after 90 days."""
    title: RawTitle
    """What goes away, in a few words."""
    summary: RawProse
    """What goes away, and why."""
    affects: RawProse
    """«Gjelder dette oss?»: what a vendor needs to know to decide whether it concerns them."""
    action: RawProse
    """What a vendor must do, and what takes time."""
    source: RawSource
    """Where it was announced."""
    contact: Address | None = None
    """Whom to ask: the Reply-To of its mails. Without it, the publisher."""
    owner: Address | None = None
    """Who must know which vendors are ready: gets the weekly report. Never published."""
    links: Annotated[list[RawLink], Field(max_length=20)] = []
    """Pages worth reading."""
    national_rollout: Annotated[str, Field(max_length=60)] | None = None
    """The announcement's column «Nasjonal bredding», as it stands there."""
    status: Annotated[Status, Strict(strict=False)] | None = None
    """completed or withdrawn: the same for all its deadlines that say nothing themselves."""
    deadlines: Annotated[list[RawDeadline], Field(alias="deadline", min_length=1, max_length=20)]
    """Its milestones, at least one."""


class RawList(_Table):
    """The list of announced changes."""

    revision: Revision
    """Raising it is the act of publishing: an edit without it is told to operators and ignored."""
    services: Annotated[list[RawService], Field(alias="service", min_length=1, max_length=200)]
    """The services, in the order in which people see them."""
    changes: Annotated[list[RawChange], Field(alias="change", min_length=1, max_length=500)]
    """The changes. Nothing is ever deleted from here: give it a status instead."""


TABLES: dict[str, type[BaseModel]] = {
    "": RawList,
    "service": RawService,
    "change": RawChange,
    "deadline": RawDeadline,
    "title": RawTitle,
    "summary": RawProse,
    "affects": RawProse,
    "action": RawProse,
    "source": RawSource,
    "links": RawLink,
    "earlier": RawEarlier,
}
"""The model of each table, by the key it stands under; "" is the whole file."""
