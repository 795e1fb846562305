"""EventBridge rules that tell a queue of executions that ended before their time: the one kind there is here.

Sources: "Step Functions execution status change" events in the AWS Step Functions developer guide
(eventbridge-integration), which only Standard workflows have; PutTargets in the EventBridge API reference: a
target without an input of its own gets the whole event.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.local.aws.message import AwsError
from infra.local.aws.services import Services
from infra.local.errors import RunnerError
from infra.local.identifiers import queue_url
from infra.local.shared import ACCOUNT, REGION, Json
from infra.local.template import Resource, Template
from infra.local.workflows.executions import Execution
from infra.local.workflows.machines import Machine

_SOURCE, _KIND = "aws.states", "Step Functions Execution Status Change"
_STATUSES = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
"""How executions end; nobody is told here that one has begun."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which endings of which state machines' executions `queues` (their names) are told of."""

    name: str
    machines: frozenset[str]
    statuses: frozenset[str]
    queues: tuple[str, ...]


def rules_of(template: Template, machines: Mapping[str, Machine]) -> list[Rule]:
    """Return every rule of the template.

    Raises:
        RunnerError: one is about something else, or more than a queue for the event as it is.
    """
    standard = {arn for arn, machine in machines.items() if not machine.express}
    return [_rule(template, resource, standard) for resource in template.of("AWS::Events::Rule")]


def _rule(template: Template, resource: Resource, machines: set[str]) -> Rule:
    properties = resource.properties
    pattern, targets = properties.get("EventPattern", {}), properties.get("Targets", [])
    detail: Json = pattern.get("detail", {})
    about, statuses = (frozenset(map(str, detail.get(name, ()))) for name in ("stateMachineArn", "status"))
    known = (
        properties.keys() <= {"Name", "Description", "EventPattern", "Targets"}
        and pattern == {"source": [_SOURCE], "detail-type": [_KIND], "detail": detail}
        and detail.keys() == {"status", "stateMachineArn"}
        and about <= machines
        and statuses <= _STATUSES
        and all(target.keys() <= {"Id", "Arn", "DeadLetterConfig", "RetryPolicy"} for target in targets)
        and all(target["Arn"].startswith("arn:aws:sqs:") for target in targets)
    )
    if not known:
        raise RunnerError(
            f"{resource.id} is an AWS::Events::Rule of a kind the laptop runner does not know: "
            "teach infra/local/triggers/executions.py about it"
        )
    queues = tuple(str(target["Arn"]).rsplit(":", 1)[-1] for target in targets)
    return Rule(template.name(resource.id), about, statuses, queues)


class ExecutionEvents:
    """Tells the queues of `rules` how executions ended."""

    def __init__(self, services: Services, say: Callable[[str, str], None]) -> None:
        self._services = services
        self._say = say
        self.rules: list[Rule] = []

    def ended(self, execution: Execution) -> None:
        """Send the event to every queue that waits for such a one."""
        for rule in self.rules:
            if execution.machine in rule.machines and execution.status in rule.statuses:
                for queue in rule.queues:
                    self._send(rule, queue, json.dumps(event_of(execution)))

    def _send(self, rule: Rule, queue: str, body: str) -> None:
        url = queue_url(self._services.moto.endpoint, queue)
        try:
            self._services.call("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": body})
        except AwsError as error:
            self._say(f"rule {rule.name} did not reach {queue}: {error}", "ERROR")
        else:
            self._services.announce()


def event_of(execution: Execution) -> Json:
    """Return the event of an execution that has ended; its input and output are texts in it."""
    stopped = execution.stopped or execution.started
    detail = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine,
        "name": execution.name,
        "status": execution.status,
        "startDate": int(execution.started * 1000),
        "stopDate": int(stopped * 1000),
        "input": execution.input,
        "output": execution.output,
        "inputDetails": {"included": True},
        "outputDetails": None if execution.output is None else {"included": True},
        "error": execution.error,
        "cause": execution.cause,
    }
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": _KIND,
        "source": _SOURCE,
        "account": ACCOUNT,
        "time": datetime.fromtimestamp(stopped, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [execution.arn],
        "detail": detail,
    }
