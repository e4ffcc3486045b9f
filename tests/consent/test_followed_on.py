"""Whatever somebody chooses, of what they followed without a gap they lose no reminder that fell due within that time,
whether a tick came between or not, and whether the clock was believed or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from notifier.consent.choosing import alter, choose, follow_again
from notifier.consent.leaving import leave_topics
from notifier.core.answer import AnswerRules
from notifier.core.cadence import Cadence, parse_cadence, parse_lead
from notifier.core.change import ChangeList
from notifier.core.less import followed_of
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.subscription import EVERYTHING, Followed, Subscriber, SubscriberState, Topic, parse_topic
from notifier.store import choices, installation, subscribers
from notifier.store.engine import open_engine, writing
from notifier.store.tables import notices
from tests.consent.installing import BEFORE, CADENCES, DUE, LISTED, TOPICS, in_force, install, plan
from tests.core.lists import TIMING, a_subscriber
from tests.store import crowd

WEEK = parse_lead("7d")
# A page's process that has just believed the clock doubts it after such a gap; one that starts does not.
DOUBTED, BELIEVED = timedelta(0), None


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that happens so many seconds after the reminders fell due."""

    seconds: int
    way: str
    topics: tuple[Topic, ...] = (EVERYTHING,)
    left_out: tuple[Topic, ...] = ()
    cadence: Cadence | None = None
    elapsed: timedelta | None = DOUBTED


ACTS = st.builds(
    Act,
    seconds=st.sampled_from([-40, -20, 10, 20, 30, 40]),
    way=st.sampled_from(["choose", "choose", "again", "drop", "operator", "tick"]),
    topics=st.lists(TOPICS, min_size=1, max_size=2, unique=True).map(tuple),
    left_out=st.lists(TOPICS, max_size=2, unique=True).map(tuple),
    cadence=CADENCES,
    elapsed=st.sampled_from([DOUBTED, BELIEVED]),
)


@dataclass(kw_only=True)
class Life:
    """Somebody who follows something at first, what became of that, and what they are owed."""

    engine: Engine
    listed: ChangeList
    unbroken: dict[str, datetime] = field(default_factory=dict)
    leads_when_due: Cadence | None = None

    def begin(self, followed: Followed) -> None:
        person = replace(a_subscriber(subscriptions=()), public_id="public-1")
        with writing(self.engine) as connection:
            crowd.clear(connection)
            crowd.put(connection, [(person, None)])
            choices.put(
                connection, 1, language=person.language, followed=followed, cadence=None, vendor=None, now=BEFORE
            )  # fmt: skip
            installation.record_tick(connection, now=BEFORE)
        self.follow(BEFORE)

    def person(self) -> Subscriber:
        with writing(self.engine) as connection:
            return subscribers.load(connection, [1])[1]

    def follow(self, now: datetime) -> None:
        """See what they follow by now."""
        person = self.person()
        here = person.state is SubscriberState.ACTIVE
        followed = [each.id for each in self.listed.changes if here and person.follows(each)]
        self.unbroken = {name: self.unbroken.get(name, now) for name in followed}
        if now < DUE:
            self.leads_when_due = person.cadence

    def do(self, act: Act) -> None:
        now, person = DUE + timedelta(seconds=act.seconds), self.person()
        common = {"engine": self.engine, "addressee": person.addressee, "now": now}
        followed = followed_of(act.topics, act.left_out, self.listed)
        if act.way == "tick":
            plan(self.engine, at=now - DUE)
            with writing(self.engine) as connection:
                installation.record_tick(connection, now=now)
        elif act.way == "again":
            follow_again(topics=act.topics, changes=self.listed, timing=TIMING, elapsed=act.elapsed, **common)
        elif act.way == "drop":
            leave_topics(topics=act.topics[:1], changes=self.listed, **common)
        elif act.way == "operator" and person.state is SubscriberState.ACTIVE:
            with writing(self.engine) as connection:
                alter(
                    connection, person, language=person.language, followed=followed, cadence=act.cadence,
                    vendor=None, rules=AnswerRules(), timing=TIMING, now=now,
                )  # fmt: skip
        elif act.way == "choose":
            choose(
                language=person.language, followed=followed, cadence=act.cadence, paused_until=None,
                changes=self.listed, timing=TIMING, elapsed=act.elapsed, **common,
            )  # fmt: skip
        self.follow(now)

    def told(self) -> set[str]:
        """The Changes whose reminder is owed in the end; all, where everything is told of."""
        plan(self.engine, at=timedelta(minutes=2))
        with writing(self.engine) as connection:
            owed = connection.execute(select(notices).where(notices.c.outcome == Outcome.OWED)).all()
        if any(row.kind == NoticeKind.STANDING for row in owed):
            return set(LISTED)
        return {row.deadline.partition("/")[0] for row in owed if row.lead == str(WEEK)}


@pytest.fixture
def life(tmp_path: Path, sqlite_url: str) -> Iterator[Life]:
    engine = open_engine(sqlite_url)
    install(engine, tmp_path)
    yield Life(engine=engine, listed=in_force(engine))
    engine.dispose()


FIRST = st.lists(TOPICS, min_size=1, max_size=3, unique=True)


@given(first=FIRST, left_out=st.lists(TOPICS, max_size=2), acts=st.lists(ACTS, max_size=5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_followed_without_a_gap_loses_no_reminder(
    life: Life, first: list[Topic], left_out: list[Topic], acts: Sequence[Act]
) -> None:
    life.unbroken = {}
    life.begin(followed_of(first, left_out, life.listed))
    for act in sorted(acts, key=lambda act: act.seconds):
        life.do(act)
    has_lead = life.leads_when_due is None or WEEK in life.leads_when_due.leads
    owed = {name for name, since in life.unbroken.items() if since < DUE and has_lead}
    assert owed <= life.told()


def test_a_change_followed_alone_beside_its_service_left_out_goes_on_in_everything(
    database: Engine, tmp_path: Path
) -> None:
    """On both databases, with the clock in doubt as after hours without a tick."""
    install(database, tmp_path)
    life = Life(engine=database, listed=in_force(database))
    portal, journal = map(parse_topic, ("change:portal", "service:kjernejournal"))
    life.begin(Followed((EVERYTHING, portal), (journal,)))
    life.do(Act(seconds=10, way="choose"))
    assert life.person().followed == Followed((EVERYTHING,))
    assert life.told() == {"portal", "data"}

    life.do(Act(seconds=150, way="choose", left_out=(journal,)))
    assert {each.id for each in life.listed.changes if life.person().follows(each)} == {"data"}


def test_whoever_chooses_other_leads_while_the_clock_is_in_doubt_is_told_everything_ahead(
    database: Engine, tmp_path: Path
) -> None:
    install(database, tmp_path)
    life = Life(engine=database, listed=in_force(database))
    for elapsed, kinds in ((BELIEVED, {NoticeKind.REMINDER}), (DOUBTED, {NoticeKind.STANDING})):
        life.begin(Followed((EVERYTHING,)))
        life.do(Act(seconds=10, way="choose", cadence=parse_cadence(["3d"]), elapsed=elapsed))
        assert life.told() == set(LISTED)
        with writing(database) as connection:
            assert set(connection.scalars(select(notices.c.kind))) == kinds
