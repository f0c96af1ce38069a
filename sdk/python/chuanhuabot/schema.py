"""Makes a JSON Schema of settings."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import json
import types
import typing
from dataclasses import MISSING, Field
from typing import Any, Literal, Union

from .settings import Secret


def schema_of(kind: Any) -> str:
    """Returns the JSON Schema of a dataclass of settings. TypeError for a field that settings cannot have."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_object(kind)}
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def _object(kind: Any) -> dict[str, Any]:
    hints, properties, required = typing.get_type_hints(kind), {}, []
    for f in dataclasses.fields(kind):
        if not f.init:
            continue
        schema = _schema(hints[f.name])
        properties[f.name] = {**schema, **_more(f, schema)}
        if f.default is MISSING and f.default_factory is MISSING:
            required.append(f.name)
    made: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        made["required"] = required
    doc = inspect.getdoc(kind) or ""
    if doc and not doc.startswith(kind.__name__ + "("):  # What dataclass writes where nobody has.
        made["description"] = doc
    return made


def _schema(kind: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(kind):
        return _object(kind)
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(a) for a in args]}
    if origin is Literal:
        return {"enum": list(args)}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return {"enum": [one.value for one in kind]}
    if origin in (list, tuple):
        return {"type": "array", "items": _schema(args[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(args[1])}
    simple = {bool: "boolean", int: "integer", float: "number", str: "string", Secret: "string", type(None): "null"}
    if kind in simple:
        return {"type": simple[kind]}
    if kind is Any:
        return {}
    raise TypeError(f"settings cannot have a field of type {kind!r}")


def _more(f: Field[Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What a field says of itself beside its type."""
    more: dict[str, Any] = {}
    if f.metadata.get("about"):
        more["description"] = f.metadata["about"]
    if f.default is not MISSING and isinstance(f.default, (str, int, float, bool)) and not isinstance(f.default, enum.Enum):
        more["default"] = f.default
    kind = schema.get("type") or schema.get("anyOf", [{}])[0].get("type")
    what = {"string": "Length", "array": "Items", "object": "Properties"}.get(kind)
    names = (f"min{what}", f"max{what}") if what else ("minimum", "maximum")
    for name, bound in zip(names, (f.metadata.get("minimum"), f.metadata.get("maximum"))):
        if bound is not None:
            more[name] = bound
    return more
