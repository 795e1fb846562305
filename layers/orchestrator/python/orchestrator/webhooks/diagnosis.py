"""Why a signature did not match: the usual slips, each tried until one explains it.

The answer names slips, never the right signature: whoever could read that could sign anything.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.errors import InvalidInput
from orchestrator.webhooks import signing, slips
from orchestrator.webhooks.signing import BadSignature, Presented
from orchestrator.webhooks.slips import Named

UNEXPLAINED = (
    "It was made with another secret, or the body was changed on its way: nothing that was tried explains it."
)
STANDARD = "Standard Webhooks"
_DIGESTS = {16: "MD5", 20: "SHA-1", 48: "SHA-384", 64: "SHA-512"}
_MOST = 4
"""Signatures of one header that are looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of one scheme's signature."""

    scheme: str
    valid: bool
    because: str


def diagnose(body: bytes, presented: Presented, secrets: Sequence[str], now: float) -> list[Finding]:
    """Return what is right or wrong with each scheme that is present, in words.

    Args:
        body: the raw bytes that came.
        presented: the signature headers that came with them.
        secrets: what the sender should have signed with, the current secret first; at least one.
        now: Unix seconds.
    """
    found: list[Finding] = []
    if presented.plain is not None:
        found.append(_plain(body, presented, presented.plain, secrets))
    if presented.is_standard:
        found.append(_standard(body, presented, secrets, now))
    return found


def _plain(body: bytes, presented: Presented, given: str, secrets: Sequence[str]) -> Finding:
    try:
        signing.verify_plain(body, given, secrets)
    except BadSignature:
        return Finding(signing.PLAIN, False, _explained([given], body, presented, secrets, standard=False))
    return Finding(signing.PLAIN, True, "It is the HMAC-SHA256 of the body under the secret.")


def _standard(body: bytes, presented: Presented, secrets: Sequence[str], now: float) -> Finding:
    try:
        signing.verify_standard(body, presented, [signing.key_bytes(secret) for secret in secrets], now)
    except InvalidInput as error:
        return Finding(STANDARD, False, f"{error.message} {error.hint}")
    except BadSignature as error:
        return Finding(STANDARD, False, _why_not(error, body, presented, secrets))
    return Finding(STANDARD, True, "It is the HMAC-SHA256 of id, time and body under the secret.")


def _why_not(error: BadSignature, body: bytes, presented: Presented, secrets: Sequence[str]) -> str:
    if re.fullmatch(r"[0-9]{13}", presented.timestamp or ""):
        return f"{signing.TIMESTAMP} is in milliseconds; whole seconds are expected."
    if presented.signature is None or not error.message.startswith(signing.SIGNATURE):
        return f"{error.message} {error.hint}"
    given = [entry for entry in presented.signature.split(" ") if not entry.startswith("v1a,")]
    if not given:
        return "Only v1a signatures came, which are asymmetric; a v1 signature is expected."
    return _explained(given[:_MOST], body, presented, secrets, standard=True)


def _explained(
    given: Sequence[str], body: bytes, presented: Presented, secrets: Sequence[str], *, standard: bool
) -> str:
    digests = {digest: entry for entry in given if (digest := slips.digest(entry)) and len(digest) == 32}
    if not digests:
        return _no_digest(given[0], standard=standard)
    contents = _distinct(slips.contents(body, presented.webhook_id, presented.timestamp, standard=standard))
    keys = _distinct(slips.keys(secrets, standard=standard))
    for (content, signed), (key, made_with) in itertools.product(contents.items(), keys.items()):
        if entry := digests.get(hmac.digest(key, content, "sha256")):
            found = [slip for slip in (signed, made_with, *slips.spelling(entry, standard=standard)) if slip]
            return f"It is the right kind of signature, but {' and '.join(found)}."
    for content, signed in contents.items():
        if hashlib.sha256(content).digest() in digests:
            what = signed or ("of id, time and body" if standard else "of the body")
            return f"It is a SHA-256 hash {what}, made without the secret; an HMAC is expected."
    return UNEXPLAINED


def _distinct(named: Iterable[Named]) -> Mapping[bytes, str]:
    """Return the names by what they name: of two names for the same bytes the first, which blames less."""
    found: dict[bytes, str] = {}
    for name, value in named:
        found.setdefault(value, name)
    return found


def _no_digest(given: str, *, standard: bool) -> str:
    expected = "`v1,` and 44 characters of base64" if standard else "64 lowercase hex digits"
    if kind := _DIGESTS.get(len(slips.digest(given) or b"")):
        return f"It has the length of {kind}; SHA-256 is expected: {expected}."
    return f"It spells no SHA-256 digest; {expected} are expected."
