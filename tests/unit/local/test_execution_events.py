"""Rules that tell a queue how executions ended: which are read, which are refused, what is sent."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infra.local.aws.message import AwsError
from infra.local.aws.services import Services
from infra.local.errors import RunnerError
from infra.local.template import Endpoints, Template
from infra.local.triggers.executions import ExecutionEvents, Rule, rules_of
from infra.local.workflows.executions import Executions
from tests.unit.local.state_machines import ARN, LambdaError, definition, front, in_a_loop, machine, task

STOPPED = ["FAILED", "TIMED_OUT", "ABORTED"]
QUEUE = "arn:aws:sqs:us-east-1:123456789012:letters"
PROPERTIES: dict[str, Any] = {
    "Name": "m-stopped",
    "EventPattern": {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"status": STOPPED, "stateMachineArn": [ARN]},
    },
    "Targets": [{"Id": "queue", "Arn": QUEUE, "DeadLetterConfig": {"Arn": QUEUE + "-dead"}}],
}
NAP = definition(a={"Type": "Wait", "Seconds": 3600, "End": True})


def rules(properties: dict[str, Any], express: bool = False) -> list[Rule]:
    resources = {"Told": {"Type": "AWS::Events::Rule", "Properties": properties}}
    template = Template("stack", {"Resources": resources}, {}, Endpoints("http://aws:1", "http://web:2"))
    return rules_of(template, {ARN: machine(NAP, express)})


def test_a_rule_about_how_executions_end_is_read() -> None:
    [rule] = rules(PROPERTIES)
    assert rule == Rule("m-stopped", frozenset([ARN]), frozenset(STOPPED), ("letters",))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["ScheduleExpression"], "rate(1 minute)"),
        (["State"], "DISABLED"),
        (["EventPattern"], {}),
        (["EventPattern", "source"], ["aws.ec2"]),
        (["EventPattern", "account"], ["1"]),
        (["EventPattern", "detail", "name"], ["x"]),
        (["EventPattern", "detail", "status"], ["RUNNING"]),
        (["EventPattern", "detail", "status"], [{"prefix": "F"}]),
        (["EventPattern", "detail", "stateMachineArn"], ["arn:another"]),
        (["EventPattern", "detail", "stateMachineArn"], [{"prefix": "arn"}]),
        (["Targets", 0, "InputPath"], "$.detail"),
        (["Targets", 0, "InputTransformer"], {"InputTemplate": "x"}),
        (["Targets", 0, "Arn"], "arn:aws:lambda:us-east-1:123456789012:function:f"),
    ],
)
def test_any_other_rule_names_the_place_to_teach_it(path: list[Any], value: Any) -> None:
    properties = copy.deepcopy(PROPERTIES)
    place: Any = properties
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(
        RunnerError, match=r"Told is an AWS::Events::Rule .* infra/local/triggers/executions.py"
    ):
        rules(properties)


def test_a_rule_about_an_express_workflow_is_refused_since_aws_would_never_tell() -> None:
    with pytest.raises(RunnerError, match="Told"):
        rules(PROPERTIES, express=True)


class Queue:
    """Services that only know `SendMessage`; `error` is raised instead."""

    def __init__(self, error: AwsError | None = None) -> None:
        self.moto = SimpleNamespace(endpoint="http://aws:1")
        self.sent: list[dict[str, Any]] = []
        self.announced = 0
        self._error = error

    def call(self, service: str, operation: str, parameters: dict[str, Any]) -> None:
        assert (service, operation) == ("sqs", "SendMessage")
        if self._error:
            raise self._error
        self.sent.append(parameters)

    def announce(self) -> None:
        self.announced += 1


def running(queue: Queue, states: dict[str, Any], said: list[str]) -> Executions:
    def fail(given: Any) -> None:
        raise LambdaError("Odd")

    def say(text: str, level: str) -> None:
        said.append(f"{level} {text}")

    events = ExecutionEvents(cast("Services", queue), say)
    events.rules = rules(PROPERTIES)
    found = Executions(front({"f": fail}), lambda: None, say, events.ended)
    found.deploy({ARN: machine(states)})
    return found


@pytest.mark.parametrize(
    ("states", "status", "error"),
    [
        (definition(a=task("f")), "FAILED", "Odd"),
        ({**NAP, "TimeoutSeconds": 0.01}, "TIMED_OUT", "States.Timeout"),
        (NAP, "ABORTED", "Enough"),
        (definition(a={"Type": "Pass", "End": True}), "SUCCEEDED", None),
    ],
)
@in_a_loop
async def test_the_queue_gets_the_whole_event_of_an_execution_that_was_stopped(
    states: dict[str, Any], status: str, error: str | None
) -> None:
    queue = Queue()
    found = running(queue, states, [])
    execution = found.start(ARN, "one", '{"a": "\\""}')
    if status == "ABORTED":
        found.stop(execution, "Enough", None)
        found.stop(execution, "Enough", None)
    await execution.ended.wait()
    assert execution.status == status
    if status == "SUCCEEDED":
        assert queue.sent == []
        return
    [message] = queue.sent
    assert (message["QueueUrl"], queue.announced) == ("http://aws:1/123456789012/letters", 1)
    event = json.loads(message["MessageBody"])
    assert (event["source"], event["resources"]) == ("aws.states", [execution.arn])
    detail = event["detail"]
    assert (detail["status"], detail["error"], detail["name"]) == (status, error, "one")
    assert detail["input"] == '{"a": "\\""}'  # a text, as it was given


@in_a_loop
async def test_a_queue_that_refuses_is_told_of_in_the_log_and_the_execution_has_ended() -> None:
    said: list[str] = []
    found = running(Queue(AwsError("QueueDoesNotExist", "no")), NAP, said)
    execution = found.start(ARN, "one", "{}")
    found.stop(execution, None, None)
    assert execution.status == "ABORTED"
    assert [line for line in said if line.startswith("ERROR rule m-stopped did not reach letters")]
