"""One tick: every job once, in the order in which each needs the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from notifier.app import Parts, may_receive
from notifier.app import clock as wall_clock
from notifier.compose.reports import compose_report
from notifier.daemon.believing import believe, others_go_on
from notifier.daemon.restoring import recognise, remember
from notifier.daemon.sending import SendingRight
from notifier.jobs.alert import alert
from notifier.jobs.dispatch import dispatch
from notifier.jobs.prune import prune
from notifier.jobs.recover import free_stranded, recover
from notifier.jobs.refresh import Refreshed, refresh
from notifier.jobs.remind import Reminded, remind
from notifier.jobs.report import report
from notifier.jobs.reprint import reprint
from notifier.jobs.sender import Dispatched


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What one tick came to. `disbelieved` says why the clock was not trusted, so that nothing was done."""

    disbelieved: str = ""
    refreshed: Refreshed | None = None
    reminded: Reminded | None = None
    dispatched: Dispatched | None = None
    not_sending: str = ""

    @property
    def needs_attention(self) -> bool:
        """Whether a person must look: the exit code 1 of `tick`."""
        held_back = self.refreshed is None or self.refreshed.needs_attention
        late = self.reminded is not None and self.reminded.expired > 0
        failed = self.dispatched is not None and self.dispatched.failed + self.dispatched.uncomposed > 0
        return bool(self.disbelieved) or held_back or late or failed


async def tick(
    parts: Parts, *, clock: Callable[[], datetime], right: SendingRight, elapsed: timedelta | None = None
) -> Ticked:
    """Do all that is owed once."""
    now, state_dir = clock(), parts.settings.state_dir
    await asyncio.to_thread(recognise, parts.engine, state_dir=state_dir, now=now)
    disbelieved = await asyncio.to_thread(believe, parts.engine, now=now, elapsed=elapsed)
    if disbelieved:
        if not await asyncio.to_thread(others_go_on, parts.engine):
            await tell(parts, now)
        return Ticked(disbelieved=disbelieved)
    refreshed, reminded = await asyncio.to_thread(plan, parts, now)
    await asyncio.to_thread(remember, parts.engine, state_dir=state_dir, now=now)
    dispatched = None
    if right.try_acquire():
        await asyncio.to_thread(free_the_dead, parts, right, now)
        dispatched = await dispatch(parts.sender(node=right.node, clock=clock))
        await report_weekly(parts, now)
    await asyncio.to_thread(prune_all, parts, now)
    await tell(parts, now)
    return Ticked(refreshed=refreshed, reminded=reminded, dispatched=dispatched, not_sending=right.refusal)


def plan(parts: Parts, now: datetime) -> tuple[Refreshed, Reminded]:
    """Notice how events are worded and read the list, and record what is owed, by the list in force until now and
    by the one that took force: a date or Leads that are replaced take nothing along that was due and not planned.
    """
    reprint(engine=parts.engine, imprint=parts.imprint, now=now)
    reminded = _remind(parts, now)
    refreshed = refresh(
        engine=parts.engine,
        source=parts.source,
        timing=parts.timing,
        max_people=parts.settings.guard.max_people,
        now=now,
        wall=wall_clock(),
    )
    if refreshed.took_force:
        reminded += _remind(parts, now)
    return refreshed, reminded


def _remind(parts: Parts, now: datetime) -> Reminded:
    rules = parts.settings.answer_rules
    return remind(engine=parts.engine, timing=parts.timing, rules=rules, now=now)


def free_the_dead(parts: Parts, right: SendingRight, now: datetime) -> int:
    """Take back what dead owners left in the Outbox."""
    return recover(engine=parts.engine, dead=right.dead_nodes(), mine=right.node, now=now)


def prune_all(parts: Parts, now: datetime) -> int:
    """Forget what serves nobody any more, after the periods in the settings; and free what is owed but travels in
    nothing."""
    free_stranded(engine=parts.engine)
    retention = parts.settings.retention.periods
    return prune(engine=parts.engine, retention=retention, pseudonyms=parts.pseudonyms, now=now)


async def report_weekly(parts: Parts, now: datetime) -> int:
    """Tell operators and owners who is ready, once a week."""
    compose = partial(compose_report, voice=parts.voice, language=parts.settings.ops.language)
    return await report(
        engine=parts.engine,
        channel=parts.channel,
        operators=parts.settings.ops.recipients,
        may_receive=partial(may_receive, parts.settings.mail.only_to),
        compose=compose,
        timing=parts.timing,
        rules=parts.settings.answer_rules,
        now=now,
    )


async def tell(parts: Parts, now: datetime) -> int:
    """Tell operators what they must know."""
    return await alert(
        engine=parts.engine,
        channel=parts.channel,
        operators=parts.operators,
        timing=parts.timing,
        rules=parts.settings.answer_rules,
        base_url=parts.links.base_url,
        now=now,
    )
