"""Queue consumers: a batch of SQS messages in, the ids of those that failed out.

```python
async def work(message: Message) -> None: ...

handler = queue_handler(SPEC, work)
```
The answer is Lambda's partial batch response (`ReportBatchItemFailures`,
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html): what is not in it is deleted.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, cast

from orchestrator.config import SettingsError
from orchestrator.entry import correlation, logs, start
from orchestrator.errors import OrchestratorError
from orchestrator.spec import Function

Work = Callable[["Message"], Awaitable[None]]
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `receive_count` starts at 1; `queue_url` is where its visibility may be changed."""

    id: str
    body: str
    receipt_handle: str
    receive_count: int
    queue_url: str
    correlation_id: str


def queue_handler(spec: Function, work: Work) -> Handler:
    """Return the function Lambda calls with a batch: `work` runs for each message, all at once.

    A message whose `work` raises comes back for another receive, in the end to the dead-letter queue; the
    others are done. One event loop lives as long as the process, so clients may keep their connections.

    Raises:
        SettingsError: a variable the function needs is wrong or missing; the init fails with it.
    """
    start.check(spec)
    queue_url = _queue_url(spec)
    runner = asyncio.Runner()

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        del context
        return runner.run(_batch(event["Records"], queue_url, work))

    return handler


def _queue_url(spec: Function) -> str:
    if spec.trigger is None:
        raise ValueError("the spec of a queue consumer names its trigger")
    name = f"QUEUE_{spec.trigger.queue.upper().replace('-', '_')}"
    if not os.environ.get(name):
        raise SettingsError(
            f"{name}: not set (example: https://sqs.eu-central-1.amazonaws.com/123456789012/jobs)"
        )
    return os.environ[name]


async def _batch(records: list[dict[str, Any]], queue_url: str, work: Work) -> dict[str, Any]:
    # A task per message: each has a context of its own, so log lines carry the right ids.
    outcomes = await asyncio.gather(
        *(asyncio.create_task(_one(record, queue_url, work)) for record in records)
    )
    failed = [record.get("messageId", "") for record, done in zip(records, outcomes, strict=True) if not done]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


async def _one(record: dict[str, Any], queue_url: str, work: Work) -> bool:
    started = perf_counter()
    cold = logs.was_cold()
    try:
        message = read(record, queue_url)
        trace = correlation.begin(message.correlation_id, message.id)
        correlation.enter(trace)
        logs.bind(trace, subject=logs.subject_of(_fields(message.body)))
        await work(message)
        done = True
    except OrchestratorError as error:
        logs.log.warning("%s: %s", error.error_type, error.message, exc_info=error)
        done = False
    except Exception:
        logs.log.exception("unhandled error")
        done = False
    milliseconds = (perf_counter() - started) * 1000
    receives = cast("dict[str, Any]", record.get("attributes") or {}).get("ApproximateReceiveCount")
    logs.log.info(
        "message", done=done, receives=receives, duration_ms=round(milliseconds, 3), cold_start=cold
    )
    logs.record(requests=1, errors=int(not done), milliseconds=milliseconds)
    return done


def read(record: dict[str, Any], queue_url: str) -> Message:
    """Return the message of one record of an SQS event.

    Raises:
        KeyError, TypeError, ValueError: the record is not SQS's.
    """
    body = str(record["body"])
    return Message(
        id=str(record["messageId"]),
        body=body,
        receipt_handle=str(record["receiptHandle"]),
        receive_count=int(record["attributes"]["ApproximateReceiveCount"]),
        queue_url=queue_url,
        correlation_id=correlation.begin(_correlation_id(record, body)).correlation_id,
    )


def _correlation_id(record: dict[str, Any], body: str) -> object:
    attributes = cast("dict[str, dict[str, Any]]", record.get("messageAttributes") or {})
    if "correlation_id" in attributes:
        return attributes["correlation_id"].get("stringValue")
    return _fields(body).get("correlation_id")


def _fields(body: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:  # the body is the consumer's to judge
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}
