"""The reduced document ChatGPT Actions reads: OpenAPI 3.0, the intents only, within its limits.

Limits: summaries and descriptions of an endpoint 300 characters, of a parameter 700, request and response
bodies under 100,000 characters, no custom headers, one security scheme
(https://platform.openai.com/docs/actions/production).
"""

from __future__ import annotations

from typing import Any, cast

MAX_ENDPOINT_TEXT = 300
MAX_PARAMETER_TEXT = 700
_REQUEST_TYPES = ("application/json",)


def reduce(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the reduced document of `whole`, an OpenAPI 3.1 document of ours."""
    paths: dict[str, Any] = {}
    for path, operations in whole["paths"].items():
        kept = {
            method: _operation(method, one) for method, one in operations.items() if "intents" in one["tags"]
        }
        if kept:
            paths[path] = kept
    return {
        "openapi": "3.0.0",
        "info": {
            "title": whole["info"]["title"],
            "version": whole["info"]["version"],
            "description": "Run intents: remember and find texts, start flows, follow jobs. "
            "Keep request bodies under 100,000 characters.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _reachable(paths, whole["components"]["schemas"]),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(method: str, one: dict[str, Any]) -> dict[str, Any]:
    reduced: dict[str, Any] = {
        "operationId": one["operationId"],
        "summary": _cut(one["summary"], MAX_ENDPOINT_TEXT),
        "description": _cut(one.get("description", one["summary"]), MAX_ENDPOINT_TEXT),
        "x-openai-isConsequential": method != "get",
        "security": [{"bearer": []}],
        "parameters": [_parameter(entry) for entry in one.get("parameters", ()) if entry["in"] != "header"],
    }
    if "requestBody" in one:
        reduced["requestBody"] = {"required": True, "content": _content(one["requestBody"]["content"])}
    reduced["responses"] = {
        status: {
            "description": _cut(answer["description"], MAX_ENDPOINT_TEXT),
            "content": _content(answer["content"]),
        }
        for status, answer in one["responses"].items()
        if status.startswith("2") and "content" in answer
    }
    return reduced


def _parameter(entry: dict[str, Any]) -> dict[str, Any]:
    text = _cut(entry.get("description", entry["name"]), MAX_PARAMETER_TEXT)
    kept = {key: entry[key] for key in ("name", "in", "required") if key in entry}
    return kept | {"description": text, "schema": _schema(entry["schema"])}


def _content(content: dict[str, Any]) -> dict[str, Any]:
    return {kind: {"schema": _schema(content[kind]["schema"])} for kind in _REQUEST_TYPES if kind in content}


def _reachable(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    waiting = _references(paths)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _schema(schemas[name])
            waiting |= _references(found[name])
    return dict(sorted(found.items()))


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        items = cast("dict[str, Any]", node)
        own = {str(items["$ref"]).rpartition("/")[2]} if "$ref" in items else set[str]()
        return own.union(*(_references(value) for value in items.values()))
    if isinstance(node, list):
        return set[str]().union(*(_references(value) for value in cast("list[Any]", node)))
    return set()


def _schema(node: Any) -> Any:
    """Return a JSON Schema of OpenAPI 3.1 as OpenAPI 3.0 writes it."""
    if isinstance(node, list):
        return [_schema(entry) for entry in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    schema = {key: _keyword(key, value) for key, value in cast("dict[str, Any]", node).items()}
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if "examples" in schema:
        schema["example"] = schema.pop("examples")[0]
    if schema.get("type") == "object":
        schema.setdefault("properties", {})  # ChatGPT refuses an object that names none
    if "description" in schema:
        schema["description"] = _cut(schema["description"], MAX_PARAMETER_TEXT)
    return _nullable(_bounds(schema))


def _keyword(key: str, value: Any) -> Any:
    if key in {"const", "default", "enum", "examples"}:  # data, not schemas
        return value
    if key == "properties":  # names of the caller's, whatever they look like
        return {name: _schema(entry) for name, entry in value.items()}
    return _schema(value)


def _bounds(schema: dict[str, Any]) -> dict[str, Any]:
    for bound in ("Minimum", "Maximum"):
        if f"exclusive{bound}" in schema:
            schema |= {bound.lower(): schema[f"exclusive{bound}"], f"exclusive{bound}": True}
    return schema


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    choices = schema.get("anyOf")
    if not isinstance(choices, list) or {"type": "null"} not in choices:
        return schema
    rest = [choice for choice in cast("list[Any]", choices) if choice != {"type": "null"}]
    others = {key: value for key, value in schema.items() if key != "anyOf"}
    if len(rest) == 1 and "$ref" not in rest[0]:
        return rest[0] | others | {"nullable": True}
    return others | {"anyOf": rest, "nullable": True}


def _cut(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rpartition(" ")[0] + "…"
