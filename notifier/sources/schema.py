"""The JSON Schema with which editors complete, explain and check the list."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from notifier.sources.raw import RawList

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _TomlSchema(GenerateJsonSchema):
    """TOML has no null: what may be left out is simply not required."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def schema() -> dict[str, Any]:
    """The list's form as JSON Schema (draft 2020-12); dates are texts in it, as TOML editors take them."""
    made = RawList.model_json_schema(by_alias=True, schema_generator=_TomlSchema)
    return {"$schema": _DIALECT, **made, "title": "Announced breaking changes"}


def schema_text() -> str:
    """The same as the file `config/breaking-changes.schema.json` holds it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
