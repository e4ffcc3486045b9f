"""The daemon's metrics: gathered when Prometheus asks, at an address of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from notifier.app import Parts
from notifier.core.backoff import OVERDUE
from notifier.core.change import ChangeList
from notifier.daemon.families import gauge, of_counts, of_figures, of_list, of_loops, of_visits
from notifier.daemon.loops import Loop, steady
from notifier.errors import DatabaseError
from notifier.jobs.measure import Counted, Figures, measure
from notifier.logs import log
from notifier.shipped import release
from notifier.web.visits import Visits

# The database is asked at most this often in seconds, and never for more than a hundredth of the time.
LEAST_REST = 5.0
REST_PER_SECOND = 100.0

_log = log("metrics")


@dataclass(slots=True, kw_only=True, eq=False)
class DaemonCollector(Collector):
    """Gathers everything when Prometheus asks."""

    parts: Parts
    clock: Callable[[], datetime]
    changes: Callable[[], ChangeList | None]
    loops: Sequence[Loop]
    visits: Visits
    counted: Counted
    figures: Figures | None = None
    rests_until: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def collect(self) -> Iterator[Metric]:
        """Every metric family; those of the database are missing while it does not answer."""
        now = self.clock()
        with self.lock:
            answers = self._look(now)
        yield InfoMetricFamily("notifier_build", "This release.", {"version": release()})
        yield gauge("notifier_database_up", "Whether the database answers.", int(answers))
        yield from of_loops(self.loops)
        yield from of_visits(self.visits)
        changes = self.changes()
        if changes is not None:
            yield from of_list(changes, self.parts.timing, now)
        if answers and self.figures is not None:
            yield from of_figures(self.figures)
            yield from of_counts(self.counted)

    def _look(self, now: datetime) -> bool:
        """Measure anew unless that was done just now; answers whether there are figures to show."""
        if steady() < self.rests_until:
            return self.figures is not None
        began = steady()
        leads = [str(lead) for lead in self.parts.timing.cadence.leads]
        try:
            self.figures = measure(
                engine=self.parts.engine,
                counted=self.counted,
                leads=leads,
                overdue_before=now - OVERDUE,
                now=now,
            )
        except DatabaseError as error:
            _log.error("not measured", error=str(error))
            self.figures = None
        self.rests_until = steady() + max(LEAST_REST, REST_PER_SECOND * (steady() - began))
        return self.figures is not None


def metrics_app(collector: DaemonCollector) -> Starlette:
    """`/metrics` and nothing else."""
    registry = CollectorRegistry()
    registry.register(collector)
    ProcessCollector(registry=registry)

    async def endpoint(_: Request) -> Response:
        text = await run_in_threadpool(generate_latest, registry)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    return Starlette(routes=[Route("/metrics", endpoint)])
