"""Runs definitions on two interpreters, the laptop runner's and moto's, with functions that are callables.

Nothing waits: the seconds that a Wait or a Retry would have taken are noted instead.
"""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sqs
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from infra.definitions import Definition
from infra.local.aws.message import AwsRequest, AwsResponse, error_response
from infra.local.workflows.executions import Execution, Executions
from infra.local.workflows.language import compile_definition
from infra.local.workflows.machines import Machine
from tests.infra.synthesized import Json

Work = Callable[[Json], Any]
REGION = "eu-central-1"
MACHINE = f"arn:aws:states:{REGION}:123456789012:stateMachine:m"
ROLE = "arn:aws:iam::123456789012:role/any"


class LambdaError(Exception):
    """A function's failure, under the name Lambda reports it by."""

    def __init__(self, error: str, message: str = "") -> None:
        super().__init__(message)
        self.error = error


class Refused(Exception):
    """Lambda or SQS itself refuses the call."""


@dataclass
class Run:
    """How an execution went: `states` entered, payloads by function, messages sent, seconds waited."""

    status: str
    states: list[str]
    calls: list[tuple[str, Json]]
    messages: list[Json]
    waits: list[float]

    def calls_of(self, function: str) -> list[Json]:
        return [payload for name, payload in self.calls if name == function]


@dataclass
class World:
    """What an execution reaches: functions by their id (the others answer `{}`), and one queue."""

    functions: dict[str, Work]
    queue_refuses: int = 0
    calls: list[tuple[str, Json]] = field(default_factory=lambda: [])
    messages: list[Json] = field(default_factory=lambda: [])
    waits: list[float] = field(default_factory=lambda: [])

    def client(self, **which: Any) -> World:
        return self

    def invoke(self, FunctionName: str, Payload: bytes) -> Json:  # noqa: N803 - as botocore has them
        payload = json.loads(Payload)
        self.calls.append((FunctionName, payload))
        try:
            answer, failed = self.functions.get(FunctionName, lambda _: {})(payload), {}
        except LambdaError as error:
            answer = {"errorMessage": str(error), "errorType": error.error, "stackTrace": ["line 1"]}
            failed = {"FunctionError": "Unhandled"}
        except Refused:
            raise refusal("TooManyRequestsException") from None
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), "StatusCode": 200, **failed}

    def send_message(self, QueueUrl: str, MessageBody: str) -> Json:  # noqa: N803
        if self.queue_refuses:
            self.queue_refuses -= 1
            raise refusal("ServiceUnavailable")
        self.messages.append({"queue": QueueUrl, **json.loads(MessageBody)})
        return {"MessageId": "1"}


def refusal(code: str) -> ClientError:
    about = {"HTTPStatusCode": 429, "RequestId": "1"}
    return ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": about}, "any")  # pyright: ignore[reportArgumentType]


def execute(
    engine: str, definition: Definition, state: Json, functions: dict[str, Work], queue_refuses: int = 0
) -> Run:
    """Run the definition to its end on `engine`: `laptop` or `moto`."""
    world = World(functions, queue_refuses)
    run = {"laptop": _on_the_laptop, "moto": _on_moto}[engine]
    status, events = run(text_of(definition), json.dumps(state), world)
    entered = [event["stateEnteredEventDetails"]["name"] for event in events if "Entered" in event["type"]]
    return Run(status, entered, world.calls, world.messages, world.waits)


def _on_the_laptop(text: str, state: str, world: World) -> tuple[str, list[Json]]:
    real, own = asyncio.sleep, threading.get_ident()

    async def sleep(seconds: float) -> None:
        if threading.get_ident() != own:
            await real(seconds)  # a server of another test, in its thread
        elif seconds:
            world.waits.append(seconds)

    async def ended() -> Execution:
        executions = Executions(partial(_front, world), lambda: None, lambda text, level: None)
        executions.deploy({MACHINE: Machine(MACHINE, "m", ROLE, False, text, compile_definition(text))})
        execution = executions.start(MACHINE, "e", state)
        async with asyncio.timeout(30):
            await execution.ended.wait()
        return execution

    with patch.object(asyncio, "sleep", sleep):
        execution = asyncio.run(ended())
    return execution.status, execution.history.view()


def _front(world: World, request: AwsRequest) -> AwsResponse:
    """Answer as the runner's AWS endpoint does."""
    try:
        if request.service == "sqs":
            return AwsResponse(200, json.dumps(world.send_message(**request.parameters)).encode(), {})
        answer = world.invoke(request.path.split("/")[-2], request.body)
    except ClientError as error:
        return error_response(request, error.response["Error"]["Code"], "no", 429)
    headers = {"x-amz-function-error": answer["FunctionError"]} if "FunctionError" in answer else {}
    return AwsResponse(200, answer["Payload"].read(), headers)


def _on_moto(text: str, state: str, world: World) -> tuple[str, list[Json]]:
    with _moto(world):
        client: Any = boto3.client("stepfunctions", REGION, aws_access_key_id="a", aws_secret_access_key="b")
        machine = client.create_state_machine(name="m", definition=text, roleArn=ROLE)["stateMachineArn"]
        arn = client.start_execution(stateMachineArn=machine, name="e", input=state)["executionArn"]
        deadline = time.monotonic() + 30
        while (status := client.describe_execution(executionArn=arn)["status"]) == "RUNNING":
            assert time.monotonic() < deadline, "the execution did not end"
            time.sleep(0.01)
        return status, client.get_execution_history(executionArn=arn, maxResults=1000)["events"]


def text_of(definition: Definition) -> str:
    """The definition as a deployment would have it, with names in place of ARNs."""
    parts = definition.parts
    text = json.dumps(definition.states)
    for name, placeholder in parts.integrations.items():
        text = text.replace(f"${{{placeholder}}}", f"arn:aws:states:::{name}")
    for name, placeholder in (parts.tasks | parts.queues).items():
        text = text.replace(f"${{{placeholder}}}", name)
    return text


@contextmanager
def _moto(world: World) -> Iterator[None]:
    def note(self: Any, env: Any, wait_seconds: float) -> None:
        world.waits.append(wait_seconds)

    with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        patch.object(lambda_eval_utils, "boto_client_for", world.client),
        patch.object(state_task_service_sqs, "boto_client_for", world.client),
        patch.object(retrier_decl, "time", SimpleNamespace(sleep=world.waits.append)),
        patch.object(WaitFunction, "_wait_interval", note),
    ):
        yield
