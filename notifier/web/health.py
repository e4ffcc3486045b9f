"""Health for supervisors and monitoring: 200 while fine, 503 with the reasons when not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from notifier.web.site import Health, HealthProblem, Site

_PATIENCE = 5.0
_SILENT = Health(
    live=False,
    ready=False,
    problems=(HealthProblem(what="the check itself gave no answer within 5 seconds"),),
)


def health(site: Site, question: Callable[[Health], bool]) -> Callable[[Request], Awaitable[Response]]:
    """One of the two checks; `question` picks what it is about."""

    async def endpoint(request: Request) -> Response:
        found = _SILENT
        with anyio.move_on_after(_PATIENCE):
            # Abandoned rather than awaited: a database that hangs must not make the check hang with it.
            found = await anyio.to_thread.run_sync(site.health, abandon_on_cancel=True)
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
