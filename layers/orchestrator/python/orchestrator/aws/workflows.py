"""Analysis requests on their way: the state machine that runs the agents, and the queue around it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.analysis.ports import Reference, Task
from orchestrator.aws.clients import call, error_code, sqs, stepfunctions
from orchestrator.errors import Unavailable

_MOST_MESSAGES = 10
_BUSY = frozenset({"ExecutionLimitExceeded"})
"""https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#API_StartExecution_Errors."""


class StepFunctionsWorkflow:
    """`Workflow` on the standard state machine with the ARN `arn`."""

    def __init__(self, arn: str) -> None:
        """Keep the ARN."""
        self._arn = arn

    async def start(self, reference: Reference) -> None:
        """Start an execution named after the request: a standard workflow runs each name once in 90 days."""
        try:
            await call(
                stepfunctions().start_execution,
                stateMachineArn=self._arn,
                name=reference.request_id,
                input=json.dumps(asdict(reference)),
            )
        except ClientError as error:
            if error_code(error) in _BUSY:
                raise Unavailable(
                    "Step Functions takes no more for the moment", hint="Try again in a few seconds."
                ) from error
            if error_code(error) != "ExecutionAlreadyExists":
                raise


class SqsBacklog:
    """`Backlog` on the queue with the URL `url`."""

    def __init__(self, url: str) -> None:
        """Keep the URL."""
        self._url = url

    async def send(self, task: Task, references: Sequence[Reference]) -> None:
        """Send a message for each request, up to ten a call; what was refused is sent once more."""
        bodies = [json.dumps({"task": task, **asdict(reference)}) for reference in references]
        if len(bodies) == 1:
            await call(sqs().send_message, QueueUrl=self._url, MessageBody=bodies[0])
            return
        for start in range(0, len(bodies), _MOST_MESSAGES):
            left = await self._send(bodies[start : start + _MOST_MESSAGES])
            if left and await self._send(left):
                raise Unavailable(
                    "SQS takes no more messages for the moment", hint="Try again in a few seconds."
                )

    async def _send(self, bodies: Sequence[str]) -> list[str]:
        """Return the bodies that were not taken."""
        entries: list[Any] = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        reply = await call(sqs().send_message_batch, QueueUrl=self._url, Entries=entries)
        return [bodies[int(failed["Id"])] for failed in reply.get("Failed", ())]
