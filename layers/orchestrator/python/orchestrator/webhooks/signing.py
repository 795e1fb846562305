"""Signatures of webhooks, both schemes, both ways.

The plain scheme is `X-Webhook-Signature`: the bare lowercase hex HMAC-SHA256 of the body under the secret's
UTF-8 bytes. It says nothing of time, so a copy of a delivery stays right for ever. The second scheme is
Standard Webhooks 1.0.0 (https://github.com/standard-webhooks/standard-webhooks, `spec/standard-webhooks.md`):
id and time are signed with the body.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.errors import InvalidInput, Unauthenticated

PLAIN = "X-Webhook-Signature"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = 300
"""Seconds a delivery's timestamp may be away from our clock."""

_SECRET = re.compile(r"(?:v1,)?whsec_(.*)", re.DOTALL)
_ID = re.compile(r"[!-\-/-~]{1,256}")
"""Printable ASCII without the dot, which separates id, time and body in what is signed."""
_SECONDS = re.compile(r"[0-9]{1,12}")


class BadSignature(Unauthenticated):
    """A delivery is not signed as it should be; the message says what is wrong, never what would be right."""


@dataclass(frozen=True, slots=True)
class Presented:
    """The signature headers of a received delivery as they came; `None` where one is missing."""

    plain: str | None = None
    webhook_id: str | None = None
    timestamp: str | None = None
    signature: str | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Presented:
        """Read `headers`, whose names may be written in any case."""
        lower = {name.lower(): value for name, value in headers.items()}
        return cls(lower.get(PLAIN.lower()), lower.get(ID), lower.get(TIMESTAMP), lower.get(SIGNATURE))

    @property
    def is_standard(self) -> bool:
        """Whether any header of Standard Webhooks came; then all of them are needed."""
        return any(value is not None for value in (self.webhook_id, self.timestamp, self.signature))


def key_bytes(secret: str) -> bytes:
    """Return the key a secret stands for in Standard Webhooks.

    What the libraries call a secret is `whsec_` and base64 (also pasted as `v1,whsec_…`,
    standard-webhooks/standard-webhooks#235). A free-form secret is its own UTF-8 bytes: its owner tells such
    a library `portable(secret)`.

    Raises:
        InvalidInput: it is empty, or starts `whsec_` and goes on with something else than base64.
    """
    found = _SECRET.fullmatch(secret)
    if not found:
        key = utf8(secret)
    else:
        try:
            key = base64.b64decode(found[1] + "=" * (-len(found[1]) % 4), validate=True)
        except (binascii.Error, ValueError):
            key = b""
    if not key:
        raise InvalidInput(
            "The webhook secret is empty, or starts with whsec_ and is not base64 after it.",
            hint="After whsec_ goes base64; any other text is taken as it is.",
        )
    return key


def portable(secret: str) -> str:
    """Return `secret` in the form every Standard Webhooks library takes: `whsec_` and base64."""
    return f"whsec_{base64.b64encode(key_bytes(secret)).decode()}"


def utf8(text: str) -> bytes:
    """Return the bytes of `text`; half surrogate pairs, which JSON can spell, keep theirs."""
    return text.encode("utf-8", "surrogatepass")


def plain(body: bytes, secret: str) -> str:
    """Return the plain scheme's signature. The secret is never decoded: its documented verifier does not."""
    return hmac.new(utf8(secret), body, hashlib.sha256).hexdigest()


def standard(body: bytes, key: bytes, webhook_id: str, timestamp: int | str) -> str:
    """Return one `v1` signature of Standard Webhooks."""
    signed = utf8(f"{webhook_id}.{timestamp}.") + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def headers(body: bytes, secrets: Sequence[str], webhook_id: str, timestamp: int) -> dict[str, str]:
    """Return the headers of one attempt.

    Args:
        body: the exact bytes that are sent.
        secrets: the current secret first, during a rotation the one before it second; none: not signed.
        webhook_id: the same for all attempts, printable ASCII without a dot.
        timestamp: Unix seconds of this attempt.

    Raises:
        InvalidInput: a secret is empty or malformed.
        ValueError: the id could not be told from the time signed after it.
    """
    if not _ID.fullmatch(webhook_id):
        raise ValueError(f"not a webhook id: {webhook_id!r}")
    made = {ID: webhook_id, TIMESTAMP: str(timestamp)}
    if secrets:
        made[PLAIN] = plain(body, secrets[0])
        made[SIGNATURE] = " ".join(standard(body, key_bytes(s), webhook_id, timestamp) for s in secrets)
    return made


def verify(body: bytes, presented: Presented, secrets: Sequence[str], now: float) -> None:
    """Check a received delivery: every scheme that is present must be right, and one must be.

    Raises:
        BadSignature: it is not signed, not by one of `secrets`, or too long ago (Unix seconds `now`).
        InvalidInput: one of our own `secrets` is malformed.
    """
    if presented.plain is None and not presented.is_standard:
        raise BadSignature(
            f"The request is not signed: neither {PLAIN} nor {ID}, {TIMESTAMP} and {SIGNATURE} came.",
            hint="Sign the raw bytes of the body with the shared secret.",
        )
    if presented.is_standard:
        verify_standard(body, presented, [key_bytes(secret) for secret in secrets], now)
    if presented.plain is not None:
        verify_plain(body, presented.plain, secrets)


def verify_plain(body: bytes, given: str, secrets: Sequence[str]) -> None:
    """Check the plain scheme.

    Raises:
        BadSignature: `given` is not what one of `secrets` makes of `body`.
    """
    if not _one_of([plain(body, secret) for secret in secrets], [given]):
        raise BadSignature(
            f"{PLAIN} does not match the body.",
            hint="It is the bare lowercase hex HMAC-SHA256 of the raw body: ask /webhook/callback/test.",
        )


def verify_standard(body: bytes, presented: Presented, keys: Sequence[bytes], now: float) -> None:
    """Check the scheme of Standard Webhooks.

    Raises:
        BadSignature: a header is missing or malformed, the time is off, or no signature matches.
    """
    webhook_id, timestamp, signature = presented.webhook_id, presented.timestamp, presented.signature
    if webhook_id is None or timestamp is None or signature is None:
        came = {ID: webhook_id, TIMESTAMP: timestamp, SIGNATURE: signature}
        missing = [name for name, value in came.items() if value is None]
        raise BadSignature(f"{' and '.join(missing)} did not come with the rest.", hint="Send all three.")
    if not _ID.fullmatch(webhook_id):
        raise BadSignature(f"{ID} is malformed.", hint="Printable ASCII without dots and blanks.")
    if not _SECONDS.fullmatch(timestamp):
        raise BadSignature(f"{TIMESTAMP} is malformed.", hint="Whole Unix seconds in decimal digits.")
    if abs(now - int(timestamp)) > TOLERANCE:
        raise BadSignature(
            f"{TIMESTAMP} is more than {TOLERANCE} s away from our clock.",
            hint="Sign each attempt anew with the time it is made.",
        )
    made = [standard(body, key, webhook_id, timestamp) for key in keys]
    if not _one_of(made, signature.split(" ")):
        raise BadSignature(
            f"{SIGNATURE} does not match id, time and body.",
            hint="It is `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`: ask /webhook/callback/test.",
        )


def _one_of(right: Sequence[str], given: Sequence[str]) -> bool:
    # Every pair is compared, each in constant time: how long it takes tells nothing of which one matches.
    pairs = [(utf8(mine), utf8(theirs)) for mine in right for theirs in given]
    return any([hmac.compare_digest(mine, theirs) for mine, theirs in pairs])
