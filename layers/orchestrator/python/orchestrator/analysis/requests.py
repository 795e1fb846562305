"""The body of `POST /api/v1/process`, and of an inbound webhook that asks for the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from orchestrator.analysis.models import Mode
from orchestrator.errors import InvalidInput
from orchestrator.webhooks.signing import key_bytes

MAX_BATCH = 25
MAX_URL = 2048
MAX_SECRET = 1024
"""Characters, which the vault holds to bytes."""

_MOST_BYTES = 5_000_000
"""Lambda takes 6 MB, and the event's JSON writes some characters of the body as two."""
_CHARACTER = 12
"""Bytes that JSON may need for one: a pair of escapes."""

_SECRET: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_SECRET}


def largest_body(max_text_length: int) -> int:
    """Return the bytes of the largest body worth reading when texts may have `max_text_length` characters."""
    return min(65_536 + MAX_BATCH * _CHARACTER * max_text_length, _MOST_BYTES)


def _listed(value: object) -> object:
    if not isinstance(value, str | list | None):
        raise InvalidInput(
            "webhook_secret: neither a string nor a list of them",
            hint='Write it as a JSON string, in double quotes: "…".',
            field="webhook_secret",
        )
    return [value] if isinstance(value, str) else cast("object", value)


Secret = Annotated[str, Field(min_length=1, max_length=MAX_SECRET)]
Secrets = Annotated[
    list[Secret],
    BeforeValidator(_listed),
    Field(min_length=1, max_length=2),
    WithJsonSchema({"anyOf": [_SECRET, {"type": "array", "items": _SECRET, "minItems": 1, "maxItems": 2}]}),
]


class ProcessRequest(BaseModel):
    """A text to analyse, or up to 25 of them."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(
        None,
        description="10 to MAX_TEXT_LENGTH characters, white space at both ends not counted.",
        examples=["Your text here with at least 10 characters..."],
    )
    texts: list[str] | None = Field(
        None,
        min_length=1,
        max_length=MAX_BATCH,
        description="Instead of `text`: each becomes a request of its own.",
    )
    orchestration_mode: Mode = Field(
        "sequential",
        description="sequential: one agent after the other, each given the summary. parallel: all at once.",
    )
    webhook_url: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_URL,
        description="Where the result is delivered; for a batch, of each request.",
        examples=["https://your-app.com/webhook/callback"],
    )
    webhook_secret: Secrets | None = Field(
        None,
        description="Signs the deliveries. Two while one replaces the other, the newer one first.",
        examples=["your-secret-key"],
    )

    @model_validator(mode="before")
    @classmethod
    def _no_mode(cls, body: object) -> object:
        if isinstance(body, Mapping) and "mode" in cast("Mapping[str, object]", body):
            raise InvalidInput(
                "mode: not a field of this request",
                hint="Name it `orchestration_mode`; it is sequential or parallel.",
                field="mode",
            )
        return cast("object", body)

    @model_validator(mode="after")
    def _complete(self) -> ProcessRequest:
        if (self.text is None) == (self.texts is None):
            given = "text: missing" if self.text is None else "texts: not together with text"
            raise InvalidInput(
                given,
                hint="Send `text`, or `texts` for several at once.",
                field="text" if self.text is None else "texts",
            )
        if self.webhook_secret and not self.webhook_url:
            raise InvalidInput(
                "webhook_secret: signs nothing without a webhook_url",
                hint="Add `webhook_url`, or leave the secret out.",
                field="webhook_secret",
            )
        for secret in self.webhook_secret or ():
            _refuse_no_key(secret)
        return self


def _refuse_no_key(secret: str) -> None:
    try:
        key_bytes(secret)
    except InvalidInput as error:
        # Now, not at the delivery: by then nobody is there to mend it.
        raise InvalidInput(
            f"webhook_secret: {error.message}", hint=error.hint, field="webhook_secret"
        ) from error
