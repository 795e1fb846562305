"""Whether OpenAI takes our key: `GET /models`, which spends no tokens.

https://platform.openai.com/docs/api-reference/models/list
"""

from __future__ import annotations

from typing import Any, cast

import httpx2

from orchestrator.errors import NotConfigured
from orchestrator.integrations import openai_errors
from orchestrator.integrations.openai_http import KeySource

SECONDS = 2.5
STAND_IN = "sandbox"
"""Who owns the models of the laptop's stand-in."""


async def models(key: KeySource, base_url: str) -> str:
    """Return `ok`, `stand-in` when the laptop's stand-in answered, or `not configured` without a key.

    Raises:
        VendorError: the vendor refused the key, or did not answer as documented.
    """
    try:
        headers = {"authorization": f"Bearer {await key()}"}
    except NotConfigured:
        return "not configured"
    url = f"{base_url.rstrip('/')}/models"
    try:
        async with httpx2.AsyncClient(timeout=SECONDS) as client:
            response = await client.get(url, headers=headers)
    except httpx2.TimeoutException:
        raise openai_errors.timed_out(SECONDS) from None
    except httpx2.TransportError:
        raise openai_errors.unreachable(url) from None
    return _read(response)


def _read(response: httpx2.Response) -> str:
    try:
        body = cast("dict[str, Any]", response.json())
        if response.status_code != 200:
            raise openai_errors.from_status(response.status_code, body, response.headers)
        owners = {str(model.get("owned_by")) for model in body["data"]}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if response.status_code != 200:
            raise openai_errors.from_status(response.status_code, None, response.headers) from error
        raise openai_errors.unreadable(f"{type(error).__name__} in the list of models") from error
    return "stand-in" if owners == {STAND_IN} else "ok"
