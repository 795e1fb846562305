"""SQS event source mappings: receive, invoke, delete what succeeded.

Source: "Using Lambda with Amazon SQS" in the AWS Lambda developer guide: batch size and window, partial batch
responses, maximum concurrency. A message that failed comes back after the queue's visibility time-out; after
`maxReceiveCount` receives the queue moves it to its dead-letter queue.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass

from infra.local.aws.message import AwsError
from infra.local.aws.services import Services
from infra.local.moto_patches.sqs import next_visible
from infra.local.shared import REGION, Invocation, Invoke, Json, function_name
from infra.local.template import Template
from infra.local.workers.pool import MAX_WORKERS

LONGEST_WAIT = 60.0
"""Seconds between two looks at a queue that nothing is expected from."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """One event source mapping. `window` in seconds; `partial` means ReportBatchItemFailures."""

    function: str
    queue_arn: str
    queue_url: str
    batch: int
    window: float
    partial: bool
    concurrency: int

    @property
    def queue(self) -> str:
        """The queue's name."""
        return self.queue_arn.rsplit(":", 1)[-1]


def mappings_of(template: Template) -> list[Mapping]:
    """Return every enabled SQS mapping of the template."""
    return [
        _mapping(template, resource.properties)
        for resource in template.of("AWS::Lambda::EventSourceMapping")
        if ":sqs:" in resource.properties["EventSourceArn"] and resource.properties.get("Enabled", True)
    ]


def _mapping(template: Template, properties: Json) -> Mapping:
    arn: str = properties["EventSourceArn"]
    limit = properties.get("ScalingConfig", {}).get("MaximumConcurrency", MAX_WORKERS)
    return Mapping(
        function=function_name(properties["FunctionName"]),
        queue_arn=arn,
        queue_url=f"{template.endpoints.aws}/{arn.split(':')[4]}/{arn.split(':')[5]}",
        batch=int(properties.get("BatchSize", 10)),
        window=float(properties.get("MaximumBatchingWindowInSeconds", 0)),
        partial="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
        # More than there are workers would only sit hidden in the runner and lose visibility time.
        concurrency=min(int(limit), MAX_WORKERS),
    )


class Poller:
    """Feeds one function from one queue."""

    def __init__(self, mapping: Mapping, services: Services, invoke: Invoke) -> None:
        self.mapping = mapping
        self._services = services
        self._invoke = invoke
        self._slots = asyncio.Semaphore(mapping.concurrency)
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Poll until cancelled; what is under way then is left to the queue's visibility time-out."""
        try:
            while True:
                await self._slots.acquire()
                messages = await self._batch()
                task = asyncio.create_task(self._process(messages))
                self._running.add(task)
                task.add_done_callback(self._done)
        finally:
            for task in self._running:
                task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._slots.release()

    async def _batch(self) -> list[Json]:
        """Return the next messages, waiting as long as it takes."""
        while not (messages := self._receive(self.mapping.batch)):
            due = next_visible(self.mapping.queue)
            wait = LONGEST_WAIT if due is None else min(max(due - time.time(), 0.001), LONGEST_WAIT)
            await self._services.arrival(wait)
        end = time.monotonic() + self.mapping.window
        while len(messages) < self.mapping.batch and (left := end - time.monotonic()) > 0:
            await self._services.arrival(left)
            messages += self._receive(self.mapping.batch - len(messages))
        return messages

    def _receive(self, count: int) -> list[Json]:
        parameters = {
            "QueueUrl": self.mapping.queue_url,
            "MaxNumberOfMessages": min(count, 10),
            "WaitTimeSeconds": 0,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        return self._services.call("sqs", "ReceiveMessage", parameters).get("Messages", [])

    async def _process(self, messages: list[Json]) -> None:
        event = {"Records": [self._record(message) for message in messages]}
        result = await self._invoke(self.mapping.function, json.dumps(event).encode())
        done = succeeded(messages, result, self.mapping.partial)
        for start in range(0, len(done), 10):
            entries = [
                {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
                for n, message in enumerate(done[start : start + 10])
            ]
            try:
                self._services.call(
                    "sqs", "DeleteMessageBatch", {"QueueUrl": self.mapping.queue_url, "Entries": entries}
                )
            except AwsError:
                return  # the queue is gone: a re-deployment removed it
        self._services.announce()  # what failed comes back at a time of its own: look when

    def _record(self, message: Json) -> Json:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.mapping.queue_arn,
            "awsRegion": REGION,
        }


def _attribute(value: Json) -> Json:
    shaped: Json = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    for name in ("StringValue", "BinaryValue"):
        if name in value:
            shaped[name[0].lower() + name[1:]] = value[name]
    return shaped


def succeeded(messages: list[Json], result: Invocation, partial: bool) -> list[Json]:
    """Return the messages to delete: as with Lambda, none after an error or a malformed partial response."""
    if result.failed:
        return []
    if not partial:
        return messages
    try:
        answer: Json = json.loads(result.payload) or {}
        failures: list[Json] = answer.get("batchItemFailures") or []
        failed = {item["itemIdentifier"] for item in failures}
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    if failed - {message["MessageId"] for message in messages}:
        return []
    return [message for message in messages if message["MessageId"] not in failed]
