"""The metrics in Prometheus' words. Every label has a bounded set of values; none is about a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from datetime import time as time_of_day

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from notifier.core.change import ChangeList
from notifier.core.plan import upcoming
from notifier.core.standing import Standing, standing_of
from notifier.core.timing import Timing
from notifier.daemon.loops import Loop, steady
from notifier.jobs.measure import Counted, Figures
from notifier.store.figures import DELAYS
from notifier.web.visits import Visits


def of_list(changes: ChangeList, timing: Timing, now: datetime) -> Iterator[Metric]:
    """Where the list in force stands."""
    today = timing.today(now)
    standing = Counter(standing_of(deadline, today) for _, _, deadline in changes.deadlines())
    yield _by(
        "notifier_deadlines",
        "Deadlines of the list in force, by where they stand.",
        ["standing"],
        (((state.name.lower(),), standing[state]) for state in Standing),
    )
    yield gauge("notifier_list_revision", "Revision of the list in force.", changes.revision)
    if changes.changes:
        oldest = min(change.checked for change in changes.changes)
        checked = timing.instant(oldest, time_of_day(0))
        yield _at("notifier_list_oldest_check", "When the Change longest unverified was verified.", checked)
    ahead = [
        deadline.when.earliest
        for _, _, deadline in changes.deadlines()
        if deadline.is_open and deadline.when.earliest is not None and deadline.when.earliest >= today
    ]
    if ahead:
        first = timing.instant(min(ahead), time_of_day(0))
        yield _at("notifier_next_deadline", "The first day of the next Deadline begins.", first)
    steps = upcoming(changes=changes, own=None, timing=timing, now=now)
    if steps:
        yield _at("notifier_next_reminder", "The next reminder by default Leads is due.", steps[0][2].due)


def of_loops(loops: Sequence[Loop]) -> Iterator[Metric]:
    """Whether this node's loops move."""
    age = [((loop.name,), steady() - loop.moved) for loop in loops]
    stuck = [((loop.name,), float(loop.is_stuck)) for loop in loops]
    failing = [((loop.name,), float(loop.fails_since is not None)) for loop in loops]
    yield _by("notifier_loop_age_seconds", "Since when a loop of this node has not moved.", ["loop"], age)
    yield _by("notifier_loop_stuck", "Whether a loop should have moved and has not.", ["loop"], stuck)
    yield _by("notifier_loop_failing", "Whether a loop's last turn failed.", ["loop"], failing)


def of_visits(visits: Visits) -> Iterator[Metric]:
    """What this node's page answered."""
    family = CounterMetricFamily(
        "notifier_web_answers", "Answers of this node's page.", labels=["kind", "status"]
    )
    for (kind, status), count in sorted(visits.counts.items()):
        family.add_metric([kind, str(status)], count)
    yield family


def of_figures(found: Figures) -> Iterator[Metric]:
    """What the database holds."""
    stock = found.stock
    yield _at("notifier_measured", "When the figures below were read from the database.", found.at)
    yield _by("notifier_subscribers", "Subscribers.", ["state"], _single(stock.subscribers))
    yield _by(
        "notifier_notices", "The Ledger: Notices by outcome.", ["kind", "outcome"], stock.notices.items()
    )
    yield _by("notifier_messages", "The Outbox.", ["state"], _single(stock.messages))
    yield _by(
        "notifier_messages_oldest_timestamp_seconds",
        "Since when the oldest Message on its way could have left, or was first put off.",
        ["state"],
        (((state,), at.timestamp()) for state, at in stock.waiting_since.items()),
    )
    yield gauge(
        "notifier_messages_overdue",
        "Messages ready to leave for over two hours, or put off for so long while the relay took none.",
        found.overdue,
    )
    yield _by(
        "notifier_alerts",
        "Alerts that are not resolved.",
        ["kind"],
        _single(stock.alerts),
    )
    yield gauge("notifier_list_held", "Readings of the list that wait for a person's word.", stock.held)
    yield gauge("notifier_paused", "Whether sending is paused.", int(found.paused))
    open_ = found.breaker.open_until is not None
    yield gauge("notifier_relay_breaker_open", "Whether the relay is left alone for a while.", int(open_))
    if found.last_tick is not None:
        yield _at(
            "notifier_last_tick", "When a tick last began by a clock that was believed.", found.last_tick
        )


def of_counts(counted: Counted) -> Iterator[Metric]:
    """What was transmitted since this node began to count."""
    verdicts = CounterMetricFamily(
        "notifier_smtp_verdicts",
        "Transmissions by whose fault their end was (none: sent) and how far they came.",
        labels=["fault", "phase"],
    )
    for (fault, phase), count in sorted(counted.verdicts.items()):
        verdicts.add_metric([fault, phase], count)
    yield verdicts
    delay = HistogramMetricFamily(
        "notifier_reminder_delay_seconds", "From a reminder's due time until it was sent.", labels=["lead"]
    )
    bounds = [*(f"{bound:.1f}" for bound in DELAYS), "+Inf"]
    for lead, late in sorted(counted.delays.items()):
        reached = [sum(late.counts[: index + 1]) for index in range(len(bounds))]
        delay.add_metric([lead], list(zip(bounds, map(float, reached), strict=True)), late.seconds)
    yield delay


def gauge(name: str, said: str, value: float) -> Metric:
    """One number."""
    return GaugeMetricFamily(name, said, value=value)


def _at(name: str, said: str, at: datetime) -> Metric:
    return gauge(f"{name}_timestamp_seconds", said, at.timestamp())


def _by(
    name: str, said: str, labels: Sequence[str], values: Iterable[tuple[tuple[str, ...], float]]
) -> Metric:
    family = GaugeMetricFamily(name, said, labels=labels)
    for key, value in sorted(values):
        family.add_metric(list(key), value)
    return family


def _single(values: Mapping[str, float]) -> Iterator[tuple[tuple[str, ...], float]]:
    return (((name,), value) for name, value in values.items())
