"""The state machine and the queue as Step Functions and SQS take them, on moto."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.analysis.ports import Reference
from orchestrator.aws.clients import sqs, stepfunctions
from orchestrator.aws.workflows import SqsBacklog, StepFunctionsWorkflow
from orchestrator.errors import Unavailable
from tests.fakes.stack import Stack, stack

REFERENCE = Reference("acme", "req_1", "parallel", "order-4711")


@pytest.fixture
def made() -> Iterator[Stack]:
    with stack() as one:
        yield one


@pytest.fixture
def workflow(made: Stack) -> StepFunctionsWorkflow:
    return StepFunctionsWorkflow(made.environment["WORKFLOW_ANALYSIS"])


@pytest.fixture
def queue(made: Stack) -> str:
    return made.environment["QUEUE_ANALYSIS"]


def refusing(code: str) -> Any:
    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "StartExecution")

    return refuse


def received(queue: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    while some := sqs().receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        messages += [json.loads(message["Body"]) for message in some]
    return messages


def test_an_execution_is_named_after_its_request_and_holds_the_reference(
    made: Stack, workflow: StepFunctionsWorkflow
) -> None:
    asyncio.run(workflow.start(REFERENCE))
    [execution] = stepfunctions().list_executions(stateMachineArn=made.environment["WORKFLOW_ANALYSIS"])[
        "executions"
    ]
    assert execution["name"] == "req_1"
    sent = stepfunctions().describe_execution(executionArn=execution["executionArn"])["input"]
    assert json.loads(sent) == {
        "tenant": "acme",
        "request_id": "req_1",
        "mode": "parallel",
        "correlation_id": "order-4711",
    }


def test_a_second_start_changes_nothing(
    workflow: StepFunctionsWorkflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(workflow.start(REFERENCE))
    monkeypatch.setattr(stepfunctions(), "start_execution", refusing("ExecutionAlreadyExists"))
    asyncio.run(workflow.start(REFERENCE))


@pytest.mark.parametrize("code", ["ThrottlingException", "ExecutionLimitExceeded"])
def test_a_throttled_start_may_be_repeated(
    workflow: StepFunctionsWorkflow, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(stepfunctions(), "start_execution", refusing(code))
    with pytest.raises(Unavailable):
        asyncio.run(workflow.start(REFERENCE))


def test_a_start_that_is_wrong_is_not_taken_for_a_busy_one(
    workflow: StepFunctionsWorkflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepfunctions(), "start_execution", refusing("StateMachineDoesNotExist"))
    with pytest.raises(ClientError):
        asyncio.run(workflow.start(REFERENCE))


@pytest.mark.parametrize("count", [1, 2, 10, 25])
def test_each_request_has_a_message_of_its_own(made: Stack, queue: str, count: int) -> None:
    references = [Reference("acme", f"req_{number}", "parallel", "c") for number in range(count)]
    made.calls.clear()
    asyncio.run(SqsBacklog(queue).send("start", references))
    assert len(made.calls) == -(-count // 10)
    messages = received(queue)
    assert {message["request_id"] for message in messages} == {one.request_id for one in references}
    assert {message["task"] for message in messages} == {"start"}
    assert Reference.of(messages[0]) in references


def test_what_sqs_refused_is_sent_once_more_and_then_reported(
    queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = [Reference("acme", f"req_{number}", "parallel", "c") for number in range(3)]
    send = sqs().send_message_batch
    refusals = 1

    def refusing_one(**asked: Any) -> Any:
        nonlocal refusals
        if not refusals:
            return send(**asked)
        refusals -= 1
        if others := asked["Entries"][1:]:
            send(**asked | {"Entries": others})
        return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    monkeypatch.setattr(sqs(), "send_message_batch", refusing_one)
    asyncio.run(SqsBacklog(queue).send("settle", references))
    assert sorted(message["request_id"] for message in received(queue)) == ["req_0", "req_1", "req_2"]
    refusals = 2
    with pytest.raises(Unavailable):
        asyncio.run(SqsBacklog(queue).send("settle", references))
