"""JSON Schemas (2020-12) of the models, for the OpenAPI document. Pure.

A model that is sent and one that is answered differ: what has a default may be left out of the first and is always in
the second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from callcontrol.portal_bridge.api.models import ProblemDetails
from callcontrol.portal_bridge.api.route import Body, Mounted

_PREFIX = "#/components/schemas/"
_Mode = Literal["validation", "serialization"]


@dataclass(frozen=True, slots=True)
class Schemas:
    """Every schema of the document."""

    components: dict[str, Any]
    _references: dict[tuple[type[BaseModel], _Mode], dict[str, Any]]

    @classmethod
    def of(cls, rows: Iterable[Mounted]) -> Schemas:
        """The schemas of all bodies and answers."""
        wanted: dict[tuple[type[BaseModel], _Mode], None] = {(ProblemDetails, "serialization"): None}
        for row in rows:
            if row.route.body is not None:
                wanted[(row.route.body.model, "validation")] = None
            for reply in row.route.replies:
                if reply.model is not None:
                    wanted[(reply.model, "serialization")] = None
        references, found = models_json_schema(list(wanted), ref_template=_PREFIX + "{model}")
        schemas = cls(_mended(found["$defs"]), {key: references[key] for key in wanted})
        schemas.components["Problem"] = schemas.answered(ProblemDetails)
        return schemas

    def answered(self, model: type[BaseModel]) -> dict[str, Any]:
        """The schema of an answer."""
        return self._references[model, "serialization"]

    def sent(self, body: Body) -> dict[str, Any]:
        """The schema of a body."""
        reference = self._references[body.model, "validation"]
        return self._patch_of(reference["$ref"]) if body.patch else reference

    def _patch_of(self, reference: str) -> dict[str, Any]:
        """The schema of a merge patch (RFC 7396): every field of every object may be absent, or null for its
        default; lists are replaced whole."""
        name = reference.removeprefix(_PREFIX)
        patch = f"{name.removesuffix('-Input')}-Patch"
        if patch not in self.components:
            schema = self.components[name]
            self.components[patch] = {
                "type": "object",
                "title": patch,
                "description": f"Any part of {name}; null takes a field back to its default.",
                "additionalProperties": False,
                "properties": {},
            }
            self.components[patch]["properties"] = {
                field: {"anyOf": [self._field(each), {"type": "null"}]}
                for field, each in schema["properties"].items()
            }
        return {"$ref": _PREFIX + patch}

    def _field(self, schema: dict[str, Any]) -> dict[str, Any]:
        reference = schema.get("$ref")
        if reference and "properties" in self.components[reference.removeprefix(_PREFIX)]:
            return self._patch_of(reference)
        return {key: value for key, value in schema.items() if key != "default"}


def _mended(schema: Any) -> Any:
    """Pydantic calls the limit of a list behind a validator of its own ``maxLength``, and a pair of the same kind of
    thing ``prefixItems``, which few tools read."""
    if isinstance(schema, list):
        return [_mended(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    mended = {key: _mended(value) for key, value in schema.items()}
    if mended.get("type") == "array":
        if "maxLength" in mended:
            mended["maxItems"] = mended.pop("maxLength")
        kinds = mended.get("prefixItems")
        if kinds and all(kind == kinds[0] for kind in kinds):
            del mended["prefixItems"]
            mended["items"] = kinds[0]
    return mended


def query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """The parameters that a query model declares."""
    schema = model.model_json_schema()
    required = set(schema.get("required", ()))
    found = []
    for name, each in schema["properties"].items():
        plain = _not_null({key: value for key, value in each.items() if key not in ("title", "description")})
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "description": each.get("description", ""),
                "schema": plain,
            }
        )
    return found


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, never null."""
    options = [option for option in schema.pop("anyOf", ()) if option != {"type": "null"}]
    if schema.get("default", 0) is None:
        del schema["default"]
    return {**schema, **options[0]} if len(options) == 1 else schema
