"""A stand-in for OpenAI: embeddings, responses (text, JSON schema, stream) and the list of models.

Wire shapes after platform.openai.com/docs/api-reference and the types of the `openai` SDK, which the contract
tests run against it. Every `model` it names is the one asked for with `sandbox-` before it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from infra.local.sandbox import meaning
from infra.local.sandbox.openai_responses import respond
from infra.local.sandbox.openai_wire import BadRequestError, error, read_body, read_texts
from infra.local.sandbox.standin import Ask, Handler, StandIn, cut_off, json_response

_LARGEST = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}
_MODELS = ("gpt-6-luna", "gpt-4o-mini", "text-embedding-3-small", "text-embedding-3-large")


class OpenAI(StandIn):
    """`POST /v1/embeddings`, `POST /v1/responses`, `GET /v1/models`; each needs a Bearer key, any key."""

    name = "openai"

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Return the three endpoints."""
        return {
            ("POST", "/v1/embeddings"): _checked(_embeddings),
            ("POST", "/v1/responses"): _checked(lambda ask: respond(read_body(ask), ask.fault)),
            ("GET", "/v1/models"): _checked(_models),
        }

    def problem(self, status: int, message: str) -> Response:
        """Return OpenAI's error object."""
        return error(status, message)


def _checked(handler: Callable[[Ask], Response]) -> Handler:
    async def checked(ask: Ask) -> Response:
        scheme, _, key = ask.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            message = "You didn't provide an API key in an Authorization header (Authorization: Bearer KEY)."
            return error(401, message, code="invalid_api_key")
        try:
            return handler(ask)
        except BadRequestError as problem:
            return error(400, str(problem), param=problem.param)

    return checked


def _models(ask: Ask) -> Response:
    common = {"object": "model", "created": 0, "owned_by": "sandbox"}
    response = json_response({"object": "list", "data": [{"id": f"sandbox-{m}", **common} for m in _MODELS]})
    return cut_off(response) if ask.fault == "broken_json" else response


def _embeddings(ask: Ask) -> Response:
    if ask.fault == "refuse":
        return error(403, "Your project does not have access to this model.", code="model_not_found")
    body = read_body(ask)
    texts = read_texts(body.get("input"))
    tokens = sum(len(text) // 4 + 1 for text in texts)
    answer = {
        "object": "list",
        "data": _data(texts, _dimensions(body), body.get("encoding_format", "float")),
        "model": f"sandbox-{body['model']}",
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }
    response = json_response(answer)
    return cut_off(response) if ask.fault == "broken_json" else response


def _data(texts: list[str], dimensions: int, encoding: object) -> list[dict[str, Any]]:
    if encoding not in ("float", "base64"):
        raise BadRequestError(f"Invalid encoding_format: {encoding!r}", "encoding_format")
    vectors = [meaning.embed(text, dimensions) for text in texts]
    return [
        {
            "object": "embedding",
            "index": index,
            "embedding": b64encode(vector.tobytes()).decode() if encoding == "base64" else vector.tolist(),
        }
        for index, vector in enumerate(vectors)
    ]


def _dimensions(body: dict[str, Any]) -> int:
    largest = _LARGEST.get(body["model"], 1536)
    dimensions = body.get("dimensions", largest)
    if type(dimensions) is not int or not 1 <= dimensions <= largest:
        raise BadRequestError(f"dimensions must be a whole number from 1 to {largest}", "dimensions")
    return dimensions
