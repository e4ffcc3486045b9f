"""The description of the machine-readable list (OpenAPI 3.1), made from the very models that write it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from notifier.feeds.record import STATES, STATES_MEAN, ChangeListRecord, DeadlineListRecord

VERSION = "1"
_ABOUT = (
    "Announced changes of Norwegian national e-health services, for programs. Dates are local. "
    "`first_day_gone` is the first day on which the old way no longer works, `last_day` the last day on which it does; "
    "for a date that is not exact both are null, and `earliest` and `latest` bound the first day gone. "
    "Fields may be added within a version; programs must pass over those they do not know."
)
_PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "properties": {"parameter": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def openapi_json(*, server: str, publisher: str, services: Sequence[str]) -> bytes:
    """The description, for the service at that address; `services` are the ids that there are."""
    models = [(model, "serialization") for model in (ChangeListRecord, DeadlineListRecord)]
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    described = {
        "openapi": "3.1.0",
        "info": {"title": f"{publisher}: the list", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": server}],
        "paths": {
            "/api/v1/changes": _path(
                "changes",
                "Changes of which any deadline passes the filters, whole.",
                ChangeListRecord,
                services,
            ),
            "/api/v1/deadlines": _path(
                "deadlines",
                "Deadlines that pass the filters, the earliest first.",
                DeadlineListRecord,
                services,
            ),
        },
        "components": {"schemas": {**schemas["$defs"], "Problem": _PROBLEM}},
    }
    return json.dumps(described, ensure_ascii=False, indent=2).encode() + b"\n"


def _path(
    name: str, summary: str, model: type[ChangeListRecord | DeadlineListRecord], services: Sequence[str]
) -> dict[str, Any]:
    validators = {
        "ETag": _header("A strong validator."),
        "Last-Modified": _header("When the bytes last changed."),
    }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [
                _parameter(
                    "service",
                    "A service's id; may be given several times.",
                    _strings({"type": "string", "enum": sorted(services)}),
                ),
                _parameter(
                    "state",
                    f"Where a deadline stands today; may be given several times. {STATES_MEAN}",
                    _strings({"type": "string", "enum": list(STATES.values())}),
                ),
                _parameter(
                    "before",
                    "Only deadlines whose earliest day is before this day.",
                    {"type": "string", "format": "date"},
                ),
            ],
            "responses": {
                "200": {
                    "description": summary,
                    "headers": validators,
                    "content": {"application/json": {"schema": _ref(model.__name__)}},
                },
                "304": {"description": "The client has these bytes already.", "headers": validators},
                "400": _problem("The query has mistakes; `errors` names every one."),
                "503": _problem("There is no list yet; try again in a minute."),
            },
        }
    }


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _strings(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _ref("Problem")}}}
