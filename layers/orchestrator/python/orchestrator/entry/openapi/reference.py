"""The OpenAPI document as a page to read: each operation with its fields, its answers and an example."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_INTRODUCTION = """\
# Reference

Every endpoint with its fields and answers, made from the API itself by `make openapi`: edit nothing here.
`/docs` tries them out. What they have in common, errors above all, stands in [api.md](api.md).
"""
_SHOWN = 60
"""Lines of an example."""


def render(whole: dict[str, Any]) -> str:
    """Return the page of `whole`, an OpenAPI 3.1 document of ours, in Markdown."""
    return "\n".join([_INTRODUCTION, *_contents(whole), *_endpoints(whole), *_schemas(whole)])


def _operations(whole: dict[str, Any], tag: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in sorted(whole["paths"].items()):
        for method, operation in methods.items():
            if tag in operation["tags"]:
                yield method.upper(), path, operation


def _contents(whole: dict[str, Any]) -> Iterator[str]:
    yield "| endpoint | what it does | scope |"
    yield "|---|---|---|"
    for tag in whole["tags"]:
        for method, path, operation in _operations(whole, tag["name"]):
            name = f"{method} {path}"
            yield f"| [`{name}`](#{_anchor(name)}) | {operation['summary']} | {_scope(operation)} |"
    yield ""


def _endpoints(whole: dict[str, Any]) -> Iterator[str]:
    for tag in whole["tags"]:
        yield f"## {tag['name'].capitalize()}\n\n{tag['description']}\n"
        for method, path, operation in _operations(whole, tag["name"]):
            yield from _endpoint(f"{method} {path}", operation)


def _endpoint(name: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}\n"
    yield f"{operation.get('description') or operation['summary']}\n"
    if parameters := operation.get("parameters"):
        yield "| parameter | in | type | meaning |"
        yield "|---|---|---|---|"
        for one in parameters:
            required = " (required)" if one.get("required") else ""
            meaning = _cell(one.get("description", ""), one["schema"])
            yield f"| `{one['name']}`{required} | {one['in']} | {_type(one['schema'])} | {meaning} |"
        yield ""
    if "requestBody" in operation:
        yield f"Body: {_body(operation['requestBody'])}.\n"
        yield from _example("Request", operation["requestBody"])
    yield "| status | answer | meaning |"
    yield "|---|---|---|"
    for status, response in operation["responses"].items():
        yield f"| {status} | {_body(response)} | {_flat(response['description'])} |"
    yield ""
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield from _example(f"Answer {status}", response)


def _scope(operation: dict[str, Any]) -> str:
    return f"`{operation['x-required-scope']}`" if "x-required-scope" in operation else "public"


def _body(holder: dict[str, Any]) -> str:
    kinds = [
        _type(one.get("schema", {})) if kind == "application/json" else f"`{kind}`"
        for kind, one in holder.get("content", {}).items()
    ]
    return ", ".join(kinds) or "nothing"


def _example(title: str, holder: dict[str, Any]) -> Iterator[str]:
    examples = holder.get("content", {}).get("application/json", {}).get("examples", {})
    for case, one in list(examples.items())[:1]:
        lines = json.dumps(one["value"], indent=2, ensure_ascii=False).split("\n")
        cut = [*lines[:_SHOWN], "  …"] if len(lines) > _SHOWN else lines
        yield f"{title} ({case.replace('_', ' ')}):\n"
        yield "\n".join(["```json", *cut, "```", ""])


def _schemas(whole: dict[str, Any]) -> Iterator[str]:
    yield "## Objects\n"
    for name, schema in whole["components"]["schemas"].items():
        yield f"### {name}\n"
        if schema.get("description"):
            yield f"{schema['description']}\n"
        yield "| field | type | meaning |"
        yield "|---|---|---|"
        required = schema.get("required", ())
        for field, one in schema.get("properties", {}).items():
            mark = " (required)" if field in required else ""
            yield f"| `{field}`{mark} | {_type(one)} | {_cell(one.get('description', ''), one)} |"
        yield ""


def _type(schema: dict[str, Any]) -> str:
    """Return a schema in a few words, with links to the objects it names."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(name)})"
    if "anyOf" in schema:
        choices = [_type(one) for one in schema["anyOf"] if one != {"type": "null"}]
        return " or ".join(dict.fromkeys(choices))
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return str(schema.get("type", "anything"))


_LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "minimum": "from {}",
    "exclusiveMinimum": "above {}",
    "maximum": "to {}",
    "default": "default `{}`",
}


def _cell(text: str, schema: dict[str, Any]) -> str:
    found: list[dict[str, Any]] = [schema, *schema.get("anyOf", ())]
    limits = [
        words.format(one[key])
        for one in found
        for key, words in _LIMITS.items()
        if one.get(key) not in (None, "")
    ]
    return " ".join([_flat(text), f"({', '.join(dict.fromkeys(limits))})" if limits else ""]).strip()


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _anchor(title: str) -> str:
    """Return the anchor a Markdown viewer gives a heading."""
    return re.sub(r"[^a-z0-9 _-]", "", title.lower()).replace(" ", "-")
