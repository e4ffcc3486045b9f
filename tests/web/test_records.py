"""The machine-readable list: what it says fits its own description, and a misspelt question is never answered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from notifier.core.change import Status
from tests.feeds.lists import START, firm, history_of, one_deadline, vague
from tests.web.serving import Answer, Client, serving
from tests.web.sites import NOW, real_list, site


def fits(answer: Answer, schema: str, described: dict[str, Any]) -> None:
    """Raises ValidationError where the answer is not as the description says."""
    resource = DRAFT202012.create_resource(described)
    registry: Registry[Any] = Registry().with_resource("urn:api", resource)
    validator = Draft202012Validator({"$ref": f"urn:api#/components/schemas/{schema}"}, registry=registry)
    validator.validate(json.loads(answer.body))


@pytest.fixture(scope="module")
def described(real: Client) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(real.get("/api/v1/openapi.json").body)
    return found


def deadlines(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/deadlines?{query}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    found: list[dict[str, Any]] = json.loads(answer.body)["deadlines"]
    return found


def test_the_description_is_sound(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert set(described["paths"]) == {"/api/v1/changes", "/api/v1/deadlines"}


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/api/v1/changes", "ChangeListRecord"),
        ("/api/v1/deadlines", "DeadlineListRecord"),
        ("/api/v1/changes?service=preg&before=2027-01-01", "ChangeListRecord"),
        ("/api/v1/deadlines?state=undated", "DeadlineListRecord"),
        ("/api/v1/deadlines?nonsense=1&before=x", "Problem"),
        ("/api/v2/deadlines", "Problem"),
    ],
)
def test_every_answer_fits_the_description(
    real: Client, described: dict[str, Any], path: str, schema: str
) -> None:
    fits(real.get(path), schema, described)


def test_it_has_every_deadline_of_the_list(real: Client) -> None:
    found = {record["id"]: record for record in deadlines(real)}
    assert set(found) == {key for key, _, _ in real_list().deadlines()}
    portal = found["kjernejournal-portal-gammel-innlogging/end"]
    assert (portal["first_day_gone"], portal["last_day"]) == ("2026-12-01", "2026-11-30")
    assert portal["earliest"] == portal["latest"] == "2026-12-01"
    assert portal["state"] == "ahead"
    assert portal["title"]["nn"]
    assert portal["page"]["nn"].endswith("/nn/change/kjernejournal-portal-gammel-innlogging")
    assert portal["calendar"].endswith("/calendar/change/kjernejournal-portal-gammel-innlogging.ics")


def test_a_window_has_no_single_day() -> None:
    with serving(site(changes=lambda: one_deadline(vague("2026-Q4")))) as client:
        (record,) = deadlines(client)
    assert (record["first_day_gone"], record["last_day"]) == (None, None)
    assert (record["earliest"], record["latest"]) == ("2026-10-01", "2026-12-31")
    assert (record["precision"], record["certainty"], record["state"]) == ("quarter", "tentative", "any-day")


def test_moves_are_told_with_their_revision_and_the_events_sequence() -> None:
    lists = [one_deadline(firm("2026-12-01")), one_deadline(firm("2027-01-15"), status=Status.WITHDRAWN)]
    with serving(site(changes=lambda: lists[-1], history=lambda: history_of(lists))) as client:
        (record,) = deadlines(client)
    assert record["history"][0]["new"]["first_day_gone"] == "2026-12-01"
    assert record["revision"] == 2
    assert record["sequence"] == len(record["history"]) - 1
    assert record["state"] == "withdrawn"


def test_filters_narrow_together(real: Client) -> None:
    everything = deadlines(real)
    some = deadlines(real, "service=preg&service=kjernejournal&state=ahead&state=any-day&before=2027-01-01")
    wanted = [
        record
        for record in everything
        if record["service"] in ("preg", "kjernejournal")
        and record["state"] in ("ahead", "any-day")
        and (record["earliest"] or "9") < "2027-01-01"
    ]
    assert some == wanted != []
    days = [record["earliest"] for record in everything if record["earliest"]]
    assert days == sorted(days)
    assert deadlines(real, "before=2000-01-01") == []


def test_a_change_is_whole_even_where_one_deadline_passes(real: Client) -> None:
    body = json.loads(real.get("/api/v1/changes?service=helseid").body)
    (change,) = body["changes"]
    listed = real_list().change(change["id"])
    assert listed
    assert len(change["deadlines"]) == len(listed.deadlines)


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("sevice=preg", ["sevice"]),
        ("service=unknown&state=soon&before=2026-13-01", ["service", "state", "before"]),
        ("before=20261201", ["before"]),
        ("before=2026-12-01&before=2026-12-02", ["before"]),
        ("service=", ["service"]),
        ("lang=nb", ["lang"]),
    ],
)
def test_every_mistake_of_a_query_is_named(real: Client, query: str, parameters: list[str]) -> None:
    answer = real.get(f"/api/v1/deadlines?{query}")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    told = json.loads(answer.body)
    assert [each["parameter"] for each in told["errors"]] == parameters
    assert (told["status"], told["title"], told["type"]) == (400, "Bad Request", "about:blank")


def test_bytes_that_are_no_text_are_a_problem_too(real: Client) -> None:
    answer = real.get("/api/v1/deadlines?service=%ff")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")


def test_it_changes_with_the_day_and_says_so() -> None:
    clock = [NOW]
    with serving(site(now=lambda: clock[0])) as client:
        first = client.get("/api/v1/deadlines")
        clock[0] += timedelta(hours=3)
        assert client.get("/api/v1/deadlines").headers["etag"] == first.headers["etag"]
        clock[0] += timedelta(days=1)
        later = client.get("/api/v1/deadlines")
    assert first.headers["last-modified"] == "Sun, 22 Nov 2026 23:00:00 GMT"
    assert later.headers["last-modified"] == "Mon, 23 Nov 2026 23:00:00 GMT"
    assert later.headers["etag"] != first.headers["etag"]


def test_a_list_that_was_only_checked_again_says_when_it_took_force() -> None:
    before = one_deadline(firm("2026-12-01"))
    checked = replace(before.changes[0], checked=NOW.date())
    shown, history = [before], history_of([before])
    since = [START]
    with serving(
        site(changes=lambda: shown[-1], since=lambda: since[-1], history=lambda: history, now=lambda: NOW)
    ) as client:
        calendar, first = client.get("/calendar.ics"), client.get("/api/v1/changes")
        shown.append(replace(before, revision=2, changes=(checked,)))
        since.append(NOW - timedelta(minutes=1))
        again = client.get("/api/v1/changes", if_modified_since=first.headers["last-modified"])
        assert (again.status, again.headers["last-modified"]) == (200, "Mon, 23 Nov 2026 09:29:00 GMT")
        assert client.get("/calendar.ics", if_none_match=calendar.headers["etag"]).status == 304


def test_a_change_says_whom_to_ask_and_where_it_was_announced(real: Client) -> None:
    changes = {change.id: change for change in real_list().changes}
    found = json.loads(real.get("/api/v1/changes").body)["changes"]
    assert {record["id"] for record in found} == set(changes)
    for record in found:
        change = changes[record["id"]]
        assert record["contact"] == (change.contact or "varsel@example.no")
        assert record["source"]["document"] == change.source.document
        assert [link["url"] for link in record["links"]] == [link.url for link in change.links]
