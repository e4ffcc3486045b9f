"""Health: a number for supervisors, the reasons for people, and an answer even when the check fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from notifier.web.site import Health, HealthProblem
from tests.web.serving import serving
from tests.web.sites import site


def test_a_fine_daemon_is_live_and_ready() -> None:
    with serving(site()) as client:
        for path in ("/health/live", "/health/ready"):
            answer = client.get(path)
            assert answer.status == 200
            assert json.loads(answer.body) == {"status": "fine", "problems": []}
            assert answer.headers["cache-control"] == "no-store"


def test_a_daemon_that_cannot_do_its_duty_is_live_but_not_ready() -> None:
    problem = HealthProblem(what="no tick for 20 minutes", since=datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    with serving(site(health=lambda: Health(live=True, ready=False, problems=(problem,)))) as client:
        assert client.get("/health/live").status == 200
        answer = client.get("/health/ready")
    assert answer.status == 503
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body) == {
        "status": "failing",
        "problems": [{"what": "no tick for 20 minutes", "since": "2026-11-23T09:00:00+00:00"}],
    }


def test_a_check_that_itself_fails_makes_it_unready_and_gives_nothing_away() -> None:
    def broken() -> Health:
        raise RuntimeError("postgresql://user:secret@host")

    with serving(site(health=broken)) as client:
        assert client.get("/health/live").status == 200
        answer = client.get("/health/ready")
    assert answer.status == 503
    assert json.loads(answer.body)["status"] == "failing"
    assert "secret" not in answer.text
