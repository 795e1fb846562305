"""A small client of the API: any intent as one call, and its job when it takes longer.

```python
from orchestrator.client import orchestrate

result = orchestrate("memory.write", {"text": "Important note", "tags": ["personal"]})
```
Answers are the API's own JSON objects, typed: `answer["status"]` tells a finished one from a job. Everything
that is no answer is an exception (`orchestrator.client.errors`).

It imports httpx2 and nothing of the server: neither FastAPI nor boto3 nor the wings.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any, TypedDict, Unpack

from orchestrator.client.answers import Accepted, Analysis, Batch, Booked, Intent, Job, Mention, Mode, Success
from orchestrator.client.connection import Client
from orchestrator.client.errors import ClientError, JobFailed, RequestRefused, Unreachable

__all__ = [
    "Accepted",
    "Analysis",
    "Batch",
    "Booked",
    "Client",
    "ClientError",
    "Intent",
    "Job",
    "JobFailed",
    "Mention",
    "Mode",
    "RequestRefused",
    "Success",
    "Unreachable",
    "orchestrate",
]


class Options(TypedDict, total=False):
    """What else `Client.orchestrate` takes."""

    wait: float | None
    context: Mapping[str, Any] | None
    callback_url: str | None
    idempotency_key: str | None


def orchestrate(
    intent: str, inputs: Mapping[str, Any], mode: Mode = "auto", **options: Unpack[Options]
) -> Success | Accepted:
    """Run `intent` on the API the environment names; everything else as `Client.orchestrate`.

    Raises:
        RequestRefused: the API answered with an error.
        JobFailed: the job that was waited for failed or was cancelled.
        Unreachable: nothing answered.
    """
    # What stands in the environment now counts; the connection is kept as long as that stays the same.
    client = _client(os.environ.get("ORCHESTRATOR_BASE_URL"), os.environ.get("ORCHESTRATOR_API_KEY"))
    return client.orchestrate(intent, inputs, mode, **options)


@cache
def _client(base_url: str | None, api_key: str | None) -> Client:
    return Client(base_url, api_key=api_key)
