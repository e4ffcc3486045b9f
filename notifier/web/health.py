"""Health for supervisors and monitoring: 200 while fine, 503 with the reasons when not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from notifier.logs import log
from notifier.web.site import Health, HealthProblem, Site

_log = log("health")
_PATIENCE = 5.0
_BROKEN = HealthProblem(what="the check itself failed; the log says why")
_SILENT = HealthProblem(what="the check itself gave no answer within 5 seconds")


def health(site: Site, question: Callable[[Health], bool]) -> Callable[[Request], Awaitable[Response]]:
    """One of the two checks; `question` picks what it is about."""

    async def endpoint(request: Request) -> Response:
        found = await _found(site)
        fine = question(found)
        problems = [
            {"what": problem.what, "since": problem.since.isoformat() if problem.since else None}
            for problem in found.problems
        ]
        return JSONResponse(
            {"status": "fine" if fine else "failing", "problems": problems},
            status_code=200 if fine else 503,
            headers={"Cache-Control": "no-store"},
        )

    return endpoint


async def _found(site: Site) -> Health:
    """The state of health. A check that fails is a reason not to be ready, but restarting would not mend it."""
    with anyio.move_on_after(_PATIENCE):
        try:
            # Abandoned rather than awaited: a database that hangs must not make the check hang with it.
            return await anyio.to_thread.run_sync(site.health, abandon_on_cancel=True)
        except Exception as error:  # noqa: BLE001
            _log.error("health check failed", error=type(error).__name__)
            return Health(live=True, ready=False, problems=(_BROKEN,))
    return Health(live=False, ready=False, problems=(_SILENT,))
