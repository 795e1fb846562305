"""What is sent to OpenAI's Responses API and how an answer can end, whether the SDK carries it or plain HTTP.

platform.openai.com/docs/api-reference/responses/create, …/docs/guides/structured-outputs
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from orchestrator.errors import VendorBusy, VendorError
from orchestrator.integrations.openai_errors import VENDOR
from orchestrator.llm.errors import Refused, SchemaMismatch, Truncated
from orchestrator.llm.models import Model
from orchestrator.llm.ports import Generated, Prompt, Schema, Structured
from orchestrator.llm.schemas import problem
from orchestrator.llm.spent import Spent

_PASSING_CODES = frozenset({"server_error", "rate_limit_exceeded", "vector_store_timeout"})


def request_of(prompt: Prompt, model: Model, schema: type[BaseModel] | None = None) -> dict[str, Any]:
    """Return the body that asks `model` for an answer, held to `schema` if there is one.

    What comes from outside are user's messages, apart from our instructions; the text is the last one.
    """
    outside = [prompt.context, prompt.text] if prompt.context else [prompt.text]
    optional: dict[str, Any] = {
        "max_output_tokens": prompt.max_output_tokens,
        "reasoning": _reasoning(prompt, model),
        "text": None if schema is None else {"format": _format(schema)},
    }
    return {
        "model": model.id,
        "instructions": prompt.instructions,
        "input": [{"role": "user", "content": content} for content in outside],
        "store": False,
        **{name: value for name, value in optional.items() if value is not None},
    }


def _reasoning(prompt: Prompt, model: Model) -> dict[str, str] | None:
    effort = prompt.effort or model.effort
    return {"effort": effort} if effort and "effort" in model.parameters else None


def _format(schema: type[BaseModel]) -> dict[str, object]:
    return {"type": "json_schema", "name": schema.__name__, "schema": strict(schema), "strict": True}


@cache
def strict(schema: type[BaseModel]) -> dict[str, object]:
    """Return the JSON schema of `schema` as strict output wants it: all fields required, no other ones.

    Without lengths of texts, which strict output may refuse; we check them ourselves. It is made once, since
    that takes milliseconds, and is not to be changed.
    """
    return cast("dict[str, object]", _strict(schema.model_json_schema()))


def _strict(part: object) -> object:
    if isinstance(part, list):
        return [_strict(one) for one in cast("list[object]", part)]
    if not isinstance(part, dict):
        return part
    fields = cast("dict[str, object]", part)
    # A number: under `properties` these would be names of fields, whose values are schemas.
    dropped = {name for name in ("minLength", "maxLength") if isinstance(fields.get(name), int)}
    dropped |= {"default"} if fields.get("default", 0) is None else set()
    kept = {name: _strict(value) for name, value in fields.items() if name not in dropped}
    if fields.get("type") == "object" and isinstance(properties := fields.get("properties"), dict):
        kept["required"] = list(cast("dict[str, object]", properties))
        kept.setdefault("additionalProperties", False)
    return kept


@dataclass(frozen=True, slots=True)
class Ending:
    """How an answer ended: its `status`, its error's `code`, why it is incomplete, whether it refuses."""

    status: str | None
    code: str | None = None
    reason: str | None = None
    refused: bool = False


def check(ending: Ending, spent: Spent) -> None:
    """Raise what kept an answer from being whole.

    Raises:
        VendorBusy: it failed at the vendor's, and the same call may succeed later.
        VendorError: it failed for good.
        Refused: the model, or a filter of the vendor's, declined.
        Truncated: it hit the output limit.
    """
    if ending.status == "failed" or ending.code:
        kind = VendorBusy if ending.code in _PASSING_CODES else VendorError
        raise kind(VENDOR, f"the answer failed ({ending.code or 'failed'})")
    if ending.refused:
        hint = "Change the text or the instructions."
        raise Refused(VENDOR, "the model declined to answer", hint=hint, spent=spent)
    if ending.status == "incomplete":
        if ending.reason == "content_filter":
            raise Refused(VENDOR, "the vendor's content filter stopped the answer", spent=spent)
        hint = "Allow more output tokens, or send less text."
        raise Truncated(VENDOR, f"the answer was cut off ({ending.reason})", hint=hint, spent=spent)


def structured(done: Generated, schema: type[Schema]) -> Structured[Schema]:
    """Return what a finished answer says in the terms of `schema`.

    Raises:
        SchemaMismatch: it does not fit.
    """
    try:
        value = schema.model_validate_json(done.text)
    except ValidationError as error:
        spent = Spent.of(done.requested, done.model, done.usage)
        # `from None`: the cause would quote the answer in a log.
        raise SchemaMismatch(VENDOR, problem(error, schema), done.text, spent=spent) from None
    return Structured(value, done.requested, done.model, done.usage)


def mapping(value: object) -> Mapping[str, Any]:
    """Return `value` if it is a JSON object, else an empty one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
