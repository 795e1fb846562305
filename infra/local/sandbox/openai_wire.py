"""How OpenAI words a request it cannot read."""

from __future__ import annotations

import json
from typing import Any, cast

from starlette.responses import Response

from infra.local.sandbox.standin import Ask, json_response

_TYPES = {429: "rate_limit_exceeded", 500: "server_error"}


class BadRequestError(Exception):
    """The request is not what the API documents; `param` names the field."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


def error(status: int, message: str, *, param: str | None = None, code: str | None = None) -> Response:
    """Return OpenAI's error object."""
    kind = _TYPES.get(status, "invalid_request_error")
    return json_response({"error": {"message": message, "type": kind, "param": param, "code": code}}, status)


def read_body(ask: Ask) -> dict[str, Any]:
    """Return the request's JSON object, which must name a model.

    Raises:
        BadRequestError: it is no JSON object, or names no model.
    """
    try:
        body = json.loads(ask.body)
    except ValueError:
        raise BadRequestError("We could not parse the JSON body of your request.") from None
    if not isinstance(body, dict):
        raise BadRequestError("The body must be a JSON object.")
    fields = cast("dict[str, Any]", body)
    if not isinstance(fields.get("model"), str) or not fields["model"]:
        raise BadRequestError("you must provide a model parameter", "model")
    return fields


def read_texts(value: object) -> list[str]:
    """Return the texts of an embedding's `input`. Token numbers are taken too, embedded as their digits.

    Raises:
        BadRequestError: there is no text, an empty one, or more than 2,048.
    """
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not value:
        raise BadRequestError("'$.input' is invalid: give a text or a list of texts.", "input")
    items = cast("list[Any]", value)
    if all(type(item) is int for item in items):
        items = [items]
    texts = [
        " ".join(map(str, cast("list[int]", item))) if isinstance(item, list) else item for item in items
    ]
    if len(texts) > 2048 or not all(isinstance(text, str) and text for text in texts):
        raise BadRequestError("'$.input' is invalid: 1 to 2048 texts, none of them empty.", "input")
    return texts


def check_strict(schema: object, name: str, path: tuple[str, ...] = ()) -> None:
    """Check what strict output asks of every object: no further fields, and each field required.

    https://platform.openai.com/docs/guides/structured-outputs

    Raises:
        BadRequestError: worded as the API does.
    """
    if isinstance(schema, list):
        for index, part in enumerate(cast("list[object]", schema)):
            check_strict(part, name, (*path, str(index)))
    if not isinstance(schema, dict):
        return
    fields = cast("dict[str, Any]", schema)
    if isinstance(properties := fields.get("properties"), dict) and fields.get("type") == "object":
        named = cast("dict[str, Any]", properties).keys()
        problem = "'additionalProperties' is required to be supplied and to be false."
        if fields.get("additionalProperties") is False:
            problem = "'required' is required to be supplied and to be an array including every key."
        if fields.get("additionalProperties") is not False or set(fields.get("required", ())) != set(named):
            message = f"Invalid schema for response_format '{name}': In context={path}, {problem}"
            raise BadRequestError(message, "text.format.schema")
    for key, part in fields.items():
        check_strict(part, name, (*path, key))
