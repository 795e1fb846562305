"""Runs one definition on the runner's interpreter and on moto's, with functions that are Python callables."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from infra.local.aws.message import AwsRequest, AwsResponse
from infra.local.shared import function_name
from infra.local.workflows.executions import Execution, Executions
from infra.local.workflows.language import compile_definition
from infra.local.workflows.machines import Machine

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
ROLE = "arn:aws:iam::123456789012:role/r"
Function = Callable[[Any], Any]


class LambdaError(Exception):
    """A function's failure under the name it gives it."""


@dataclass(frozen=True)
class Outcome:
    """How an execution ended."""

    status: str
    output: Any = None
    error: str | None = None


def in_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test that is a coroutine."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


def definition(*, start: str | None = None, **states: dict[str, Any]) -> dict[str, Any]:
    """A definition of the states; the first one starts."""
    return {"StartAt": start or next(iter(states)), "States": states}


def task(name: str, **more: Any) -> dict[str, Any]:
    following = {} if "Next" in more else {"End": True}
    return {"Type": "Task", "Resource": FUNCTION + name, **following, **more}


def machine(states: dict[str, Any], express: bool = False) -> Machine:
    text = json.dumps(states)
    return Machine(ARN, "m", ROLE, express, text, compile_definition(text))


def front(functions: dict[str, Function]) -> Callable[[AwsRequest], AwsResponse | Awaitable[AwsResponse]]:
    """An AWS endpoint that has these functions only."""

    async def answer(request: AwsRequest) -> AwsResponse:
        name = function_name(request.path.split("/functions/")[1].split("/")[0].replace("%3A", ":"))
        try:
            result = functions[name](json.loads(request.body))
            result = await result if isinstance(result, Awaitable) else result
            return AwsResponse(200, json.dumps(result).encode(), {})
        except LambdaError as error:
            body = {"errorType": str(error), "errorMessage": "said so"}
            return AwsResponse(200, json.dumps(body).encode(), {"x-amz-function-error": "Unhandled"})

    return answer


def executions(functions: dict[str, Function]) -> Executions:
    return Executions(front(functions), lambda: None, lambda text, level: None)


async def ended(found: Executions, states: dict[str, Any], given: Any) -> Execution:
    found.deploy({ARN: machine(states)})
    execution = found.start(ARN, None, json.dumps(given))
    async with asyncio.timeout(10):
        await execution.ended.wait()
    return execution


def run_here(states: dict[str, Any], given: Any, functions: dict[str, Function]) -> Outcome:
    execution = asyncio.run(ended(executions(functions), states, given))
    output = json.loads(execution.output) if execution.output else None
    return Outcome(execution.status, output, execution.error)


def run_on_moto(states: dict[str, Any], given: Any, functions: dict[str, Function]) -> Outcome:
    import boto3
    from moto import mock_aws
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

    def invoke(FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - as botocore has them
        failed: dict[str, str] = {}
        try:
            answer = functions[function_name(FunctionName)](json.loads(Payload))
        except LambdaError as error:
            answer = {"errorType": str(error), "errorMessage": "said so"}
            failed = {"FunctionError": "Unhandled"}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), "StatusCode": 200, **failed}

    client = SimpleNamespace(invoke=invoke)
    with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        patch.object(lambda_eval_utils, "boto_client_for", lambda **which: client),
        patch.object(retrier_decl, "time", SimpleNamespace(sleep=lambda seconds: None)),
    ):
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        states_client: Any = boto3.client("stepfunctions", "us-east-1", **keys)
        made = states_client.create_state_machine(name="m", definition=json.dumps(states), roleArn=ROLE)
        arn = states_client.start_execution(
            stateMachineArn=made["stateMachineArn"], name="e", input=json.dumps(given)
        )["executionArn"]
        deadline = time.monotonic() + 20
        while (found := states_client.describe_execution(executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < deadline, "the execution did not end"
            time.sleep(0.005)
    output = _decoded(found["output"]) if "output" in found else None
    return Outcome(found["status"], output, found.get("error"))


def _decoded(text: str) -> Any:
    """moto leaves the quotes of a text out."""
    try:
        return json.loads(text)
    except ValueError:
        return text
