"""What an OpenAI error means to us. Source: platform.openai.com/docs/guides/error-codes.

Both adapters use it: the embedder, which reads the HTTP answer itself, and the text adapter on the SDK. What
the vendor says is quoted cut short, and without anything that looks like a key: OpenAI repeats a refused one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, cast

from orchestrator.errors import VendorBusy, VendorError

_log = logging.getLogger(__name__)

VENDOR = "openai"
_KEY = re.compile(r"\b(sk|sess|key)-[\w*.-]+")
_LONGEST = 300

KEY_HINT = "Put a valid OPENAI_API_KEY into the vendor's secret (on a laptop: into .env)."
_HINTS = {
    403: "Allow the key's project to use this model, or change EMBEDDING_MODEL or MODEL_NAME.",
    404: "Check OPENAI_BASE_URL and the model's name in EMBEDDING_MODEL or MODEL_NAME.",
}
_TRY_AGAIN = "Try again in a few seconds."
_PASSING = frozenset({408, 409, 425, 429})


def from_status(status: int, body: object, headers: Mapping[str, str]) -> VendorError:
    """Return the error for an answer of `status` whose parsed JSON `body` is OpenAI's `{"error": {…}}`."""
    code, said = _read(body)
    if status == 401:
        return VendorError(VENDOR, "the API key was refused (401)", hint=KEY_HINT)
    message = f"{said or 'the request failed'} ({status})"
    if code == "insufficient_quota":
        return VendorError(VENDOR, message, hint="Add credit to the OpenAI account, or raise its budget.")
    if status in _PASSING or status >= 500:
        wait = _seconds(headers)
        hint = _TRY_AGAIN if wait is None else f"Try again in {wait:g} seconds."
        return VendorBusy(VENDOR, message, hint=hint, retry_after=wait)
    return VendorError(VENDOR, message, hint=_HINTS.get(status))


def timed_out(seconds: float) -> VendorBusy:
    """Return the error for a vendor that accepted the request and did not answer in time."""
    return VendorBusy(VENDOR, f"no answer within {seconds:g} s", hint=_TRY_AGAIN)


def unreachable(url: str) -> VendorBusy:
    """Return the error for a vendor that cannot be reached, or that hung up before its answer was whole.

    `url` is for the log: a gateway of ours may stand there, whose address is none of a tenant's business.
    """
    _log.warning("the connection to %s failed", url)
    return VendorBusy(VENDOR, "the connection failed", hint="Check OPENAI_BASE_URL; else try again.")


def unreadable(why: str) -> VendorError:
    """Return the error for an answer that is not what the API documents."""
    return VendorError(
        VENDOR, f"the answer cannot be read: {why}", hint="Check that OPENAI_BASE_URL speaks OpenAI's API."
    )


def _read(body: object) -> tuple[str, str]:
    error = cast("Mapping[str, Any]", body).get("error", body) if isinstance(body, Mapping) else body
    if not isinstance(error, Mapping):
        return "", ""
    fields = cast("Mapping[str, Any]", error)
    said = _KEY.sub("[key]", str(fields.get("message") or ""))
    return str(fields.get("code") or ""), said[:_LONGEST]


def _seconds(headers: Mapping[str, str]) -> float | None:
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return max(0.0, float(headers[name]) / unit)
        except (KeyError, ValueError):
            continue
    return None
