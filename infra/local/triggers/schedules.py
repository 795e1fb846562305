"""EventBridge Scheduler: fires the template's schedules."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.local.aws.services import Services
from infra.local.identifiers import queue_url
from infra.local.shared import ACCOUNT, REGION, function_name
from infra.local.template import Template
from infra.local.triggers.cron import next_fire


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule and its target; `payload` as the template has it, None for the service's default."""

    name: str
    expression: str
    zone: str
    target: str
    payload: str | None


def schedules_of(template: Template) -> list[Schedule]:
    """Return every enabled schedule of the template."""
    return [
        Schedule(
            template.name(resource.id),
            resource.properties["ScheduleExpression"],
            resource.properties.get("ScheduleExpressionTimezone", "UTC"),
            resource.properties["Target"]["Arn"],
            resource.properties["Target"].get("Input"),
        )
        for resource in template.of("AWS::Scheduler::Schedule")
        if resource.properties.get("State", "ENABLED") == "ENABLED"
    ]


class Scheduler:
    """Fires schedules at a Lambda, an SQS queue or a state machine."""

    def __init__(self, services: Services, endpoint: str, say: Callable[[str, str], None]) -> None:
        self._services = services
        self._endpoint = endpoint
        self._say = say

    async def run(self, schedule: Schedule) -> None:
        """Fire one schedule for ever, or until it has no next time."""
        anchor = datetime.now(UTC)
        last = anchor
        while due := next_fire(schedule.expression, schedule.zone, last, anchor):
            await _until(due)
            last = max(due, datetime.now(UTC))
            try:
                await self.fire(schedule, due)
            except Exception as error:
                self._say(f"schedule {schedule.name} did not reach {schedule.target}: {error}", "ERROR")

    async def fire(self, schedule: Schedule, due: datetime) -> None:
        """Call the schedule's target once.

        Raises:
            AwsError: the target refused.
            LookupError: the runner has no such target.
        """
        payload = payload_of(schedule, due)
        service = schedule.target.split(":")[2]
        if service == "lambda":
            self._services.invoke_later(function_name(schedule.target), payload.encode())
        elif service == "sqs":
            url = queue_url(self._endpoint, schedule.target.rsplit(":", 1)[-1])
            self._services.call("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": payload})
            self._services.announce()
        elif service == "states":
            start = {"stateMachineArn": schedule.target, "name": uuid.uuid4().hex, "input": payload}
            self._services.call("states", "StartExecution", start)
        else:
            raise LookupError(f"the laptop runner has no {service!r} target")


async def _until(due: datetime) -> None:
    """Sleep in short naps: a laptop that was asleep must not fire late."""
    while (left := (due - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 - time is what it waits for
        await asyncio.sleep(min(left, 30.0))


def payload_of(schedule: Schedule, due: datetime) -> str:
    """Return the target's input with the context attributes filled in ("Adding context attributes")."""
    moment = due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{schedule.name}"
    execution = str(uuid.uuid4())
    if schedule.payload is None:
        event = {
            "version": "0",
            "id": execution,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": moment,
            "region": REGION,
            "resources": [arn],
            "detail": "{}",
        }
        return json.dumps(event)
    values = {"schedule-arn": arn, "scheduled-time": moment, "execution-id": execution, "attempt-number": "1"}
    text = schedule.payload
    for name, value in values.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text
