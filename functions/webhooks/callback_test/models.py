"""What the test receiver answers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Literal, Self

from pydantic import BaseModel, Field

from orchestrator.webhooks.diagnosis import Finding

SHOWN = (
    "content-type", "content-length", "user-agent", "x-correlation-id", "x-webhook-signature", "webhook-id",
    "webhook-timestamp", "webhook-signature",
)  # fmt: skip
"""Headers that are echoed; whatever else came is nobody's business."""


class Received(BaseModel):
    """The delivery as it arrived."""

    headers: dict[str, str]
    body: str = Field(description="As text, or in base64 when it is not UTF-8.")
    body_encoding: Literal["utf-8", "base64"]
    bytes: int
    sha256: str = Field(description="Of the raw bytes, hex: compare it with that of what you signed.")

    @classmethod
    def of(cls, headers: Mapping[str, str], body: bytes) -> Self:
        """Describe a delivery."""
        try:
            text, encoding = body.decode(), "utf-8"
        except UnicodeDecodeError:
            text, encoding = base64.b64encode(body).decode(), "base64"
        return cls.model_validate(
            {
                "headers": {name: headers[name] for name in SHOWN if name in headers},
                "body": text,
                "body_encoding": encoding,
                "bytes": len(body),
                "sha256": hashlib.sha256(body).hexdigest(),
            }
        )


class Scheme(BaseModel):
    """One of the two ways to sign."""

    scheme: str = Field(examples=["X-Webhook-Signature"])
    valid: bool
    because: str


class Signature(BaseModel):
    """Whether the delivery is signed as it should be; `valid` is null when that cannot be told."""

    valid: bool | None
    because: str
    schemes: list[Scheme]

    @classmethod
    def of(cls, found: Sequence[Finding]) -> Self:
        """Sum up what was found; a delivery is valid when every scheme that is present is."""
        schemes = [Scheme(scheme=one.scheme, valid=one.valid, because=one.because) for one in found]
        valid = all(one.valid for one in found)
        wrong = [f"{one.scheme}: {one.because}" for one in found if not one.valid]
        return cls(
            valid=valid, because=" ".join(wrong) or "Every signature that came is right.", schemes=schemes
        )

    @classmethod
    def unknown(cls, because: str) -> Self:
        """Say why nothing can be told."""
        return cls(valid=None, because=because, schemes=[])


class Echo(BaseModel):
    """What arrived, and what is to be said of its signature."""

    received: Received
    signature: Signature
