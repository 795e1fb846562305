"""`POST /v1/responses` of the OpenAI stand-in: text, JSON-schema output, refusal, truncation, and the stream.

Event order after platform.openai.com/docs/api-reference/responses-streaming.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from typing import Any, cast

from starlette.responses import Response, StreamingResponse

from infra.local.sandbox.openai_agents import answer
from infra.local.sandbox.openai_wire import BadRequestError, check_strict
from infra.local.sandbox.standin import json_response

_REFUSAL = "I'm sorry, but I can't help with that."
_PIECE = 16  # characters per streamed delta


def respond(body: dict[str, Any], fault: str | None) -> Response:
    """Answer one request; with `stream` as server-sent events.

    Raises:
        BadRequestError: there is no input, or the output format is none the API has.
    """
    messages = _messages(body.get("input"))
    text = "\n".join(filter(None, messages))
    part = _refusal() if fault == "refuse" else _output(_answer(body, messages))
    if fault == "broken_json" and "text" in part:
        part["text"] = part["text"][: len(part["text"]) // 2]
    response = _response(body, text, part)
    if body.get("stream"):
        return StreamingResponse(_events(response), media_type="text/event-stream")
    return json_response(response)


def _messages(value: object) -> list[str]:
    """Return the words of each message of `input`, which may be a plain text too."""
    if isinstance(value, str) and value:
        return [value]
    if not isinstance(value, list) or not value:
        raise BadRequestError("Missing required parameter: 'input'.", "input")
    return [_words(item) for item in cast("list[Any]", value)]


def _words(item: object) -> str:
    content = cast("dict[str, Any]", item).get("content", "") if isinstance(item, dict) else ""
    parts = [{"text": content}] if isinstance(content, str) else cast("list[dict[str, Any]]", content)
    return "\n".join(str(part.get("text", "")) for part in parts)


def _answer(body: dict[str, Any], messages: list[str]) -> str:
    config: dict[str, Any] = body.get("text") or {}
    wanted: dict[str, Any] = config.get("format") or {"type": "text"}
    if wanted.get("type") == "json_schema":
        if not isinstance(wanted.get("schema"), dict):
            raise BadRequestError("Missing required parameter: 'text.format.schema'.", "text.format.schema")
        if wanted.get("strict"):
            check_strict(wanted["schema"], str(wanted.get("name")))
        # The last message is what is asked about; those before it only tell what came earlier.
        return json.dumps(answer(wanted["schema"], messages[-1]), ensure_ascii=False)
    text = "\n".join(filter(None, messages))
    if wanted.get("type") == "json_object":
        return json.dumps({"answer": text[:400]}, ensure_ascii=False)
    if wanted.get("type") != "text":
        raise BadRequestError(f"Invalid value: {wanted.get('type')!r}.", "text.format.type")
    return f"The sandbox has no model; it repeats what it was asked: {text[:400]}"


def _output(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _refusal() -> dict[str, Any]:
    return {"type": "refusal", "refusal": _REFUSAL}


def _response(body: dict[str, Any], text: str, part: dict[str, Any]) -> dict[str, Any]:
    limit = body.get("max_output_tokens")
    cut = "text" in part and isinstance(limit, int) and len(part["text"]) > limit * 4
    if cut and isinstance(limit, int):
        part["text"] = part["text"][: limit * 4]
    status = "incomplete" if cut else "completed"
    name = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:24]
    words = str(body.get("instructions") or "") + text
    spent = len(words) // 4 + 1, len(part.get("text", _REFUSAL)) // 4 + 1
    message = {
        "type": "message",
        "id": f"msg_{name}",
        "status": status,
        "role": "assistant",
        "content": [part],
    }
    return {
        "id": f"resp_{name}",
        "object": "response",
        "created_at": 0,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "instructions": body.get("instructions"),
        "metadata": body.get("metadata") or {},
        "model": f"sandbox-{body['model']}",
        "output": [message],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "store": bool(body.get("store", True)),
        "text": body.get("text") or {"format": {"type": "text"}},
        "usage": _usage(*spent),
    }


def _usage(given: int, written: int) -> dict[str, Any]:
    return {
        "input_tokens": given,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": given + written,
    }


async def _events(response: dict[str, Any]) -> AsyncIterator[bytes]:
    for number, event in enumerate(_story(response)):
        event["sequence_number"] = number
        yield f"event: {event['type']}\ndata: {json.dumps(event, separators=(',', ':'))}\n\n".encode()


def _story(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the events of a streamed `response` in the API's order, without their numbers."""
    message = response["output"][0]
    part = message["content"][0]
    begun: dict[str, Any] = {
        **response,
        "status": "in_progress",
        "output": [],
        "usage": None,
        "incomplete_details": None,
    }
    place = {"item_id": message["id"], "output_index": 0, "content_index": 0}
    kind, field = ("output_text", "text") if "text" in part else ("refusal", "refusal")
    extra: dict[str, Any] = {"logprobs": []} if field == "text" else {}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    item: dict[str, Any] = {**message, "status": "in_progress", "content": []}
    yield {"type": "response.output_item.added", "output_index": 0, "item": item}
    yield {"type": "response.content_part.added", **place, "part": {**part, field: ""}}
    for start in range(0, len(part[field]), _PIECE):
        delta = part[field][start : start + _PIECE]
        yield {"type": f"response.{kind}.delta", **place, "delta": delta, **extra}
    yield {"type": f"response.{kind}.done", **place, field: part[field], **extra}
    yield {"type": "response.content_part.done", **place, "part": part}
    yield {"type": "response.output_item.done", "output_index": 0, "item": message}
    yield {"type": f"response.{response['status']}", "response": response}
