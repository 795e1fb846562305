"""What Task states can call: functions, and the JSON services the runner has.

Sources: "Invoke an AWS Lambda function with Step Functions" and "Integrating services with Step Functions".
Each call passes the same front as a function's own: it is counted, checked against the state machine's role,
and may be made to fail.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from infra.local.aws.message import TARGETS, AwsRequest, AwsResponse, code_of, request_of
from infra.local.errors import RunnerError
from infra.local.shared import Json, as_object
from infra.local.workflows.failures import RUNTIME, TIMEOUT, Failure
from infra.local.workflows.intrinsics import to_text

Front = Callable[[AwsRequest], "AwsResponse | Awaitable[AwsResponse]"]

_FUNCTION = re.compile(r"arn:aws:lambda:[\w-]*:\d*:function:.+")
_SERVICE = re.compile(r"arn:aws:states:::(?:(aws-sdk):)?(\w+):(\w+)")
_OPTIMIZED = {
    "lambda:invoke",
    "sqs:sendMessage",
    "states:startExecution",
    *(f"dynamodb:{verb}Item" for verb in ("get", "put", "update", "delete")),
}
_ERRORS = {"lambda": "Lambda", "sqs": "SQS", "dynamodb": "DynamoDB", "states": "StepFunctions"}
"""How the optimized integrations begin the names of their errors; the others capitalize the service."""


def check_resource(resource: str) -> None:
    """Refuse what a Task state may name and the runner cannot call.

    Raises:
        RunnerError: naming the resource.
    """
    if _FUNCTION.fullmatch(resource):
        return
    match = _SERVICE.fullmatch(resource)
    optimized = match and not match[1] and f"{match[2]}:{match[3]}" in _OPTIMIZED
    if not (optimized or (match and match[1] and match[2] in TARGETS)):
        raise RunnerError(
            f"the laptop runner cannot run the task {resource}: add it to infra/local/workflows/tasks.py"
        )


@dataclass(frozen=True, slots=True)
class Integration:
    """A resource taken apart: which operation of which service, and how its errors are called."""

    service: str
    operation: str
    errors: str

    @classmethod
    def of(cls, resource: str) -> Integration:
        """Read a checked resource."""
        match = _SERVICE.fullmatch(resource)
        if not match:
            return cls("lambda", "Invoke", "Lambda")
        sdk, service, action = match.groups()
        errors = service.capitalize() if sdk else _ERRORS[service]
        return cls(service, action[0].upper() + action[1:], errors)


class Tasks:
    """Runs the tasks of one state machine under the name `caller`."""

    def __init__(self, front: Front, caller: str) -> None:
        self._front = front
        self._caller = caller
        self._running: set[asyncio.Future[AwsResponse]] = set()

    async def run(self, resource: str, value: Any, seconds: float) -> Any:
        """Call a resource and return its result; past `seconds` it is left alone, as AWS does.

        Raises:
            Failure: the call or what it called failed.
        """
        integration = Integration.of(resource)
        direct = integration.service == "lambda" and not resource.startswith("arn:aws:states")
        request = self._request(
            integration, {"FunctionName": resource, "Payload": value} if direct else value
        )
        answer = self._front(request)
        response = answer if isinstance(answer, AwsResponse) else await self._wait(answer, seconds)
        if response.status >= 300:
            raise _refused(integration, response)
        if integration.service == "lambda":
            return _returned(response, direct)
        return _result(integration, json.loads(response.body or b"{}"))

    def stop(self) -> None:
        """Wait for nothing any more."""
        for running in self._running:
            running.cancel()

    async def _wait(self, answer: Awaitable[AwsResponse], seconds: float) -> AwsResponse:
        running = asyncio.ensure_future(answer)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait([running], timeout=seconds)
        if not done:
            raise Failure(TIMEOUT)
        return running.result()

    def _request(self, integration: Integration, value: Any) -> AwsRequest:
        parameters = as_object(value)
        if parameters is None:
            raise Failure(RUNTIME, "The Parameters of the task are not an object")
        if integration.service == "lambda":
            return _invocation(self._caller, parameters)
        written = _written(integration, parameters)
        return request_of(self._caller, integration.service, integration.operation, written)


def _invocation(caller: str, parameters: Json) -> AwsRequest:
    request = request_of(caller, "lambda", "Invoke", {})
    name = str(parameters.get("FunctionName", ""))
    request.path = f"/2015-03-31/functions/{quote(name)}/invocations"
    request.body = to_text(parameters.get("Payload", {})).encode()
    if parameters.get("InvocationType"):
        request.headers["x-amz-invocation-type"] = parameters["InvocationType"]
    return request


def _written(integration: Integration, parameters: Json) -> Json:
    """Return the parameters as the service's API has them."""
    if integration.service == "states":
        parameters = {name[0].lower() + name[1:]: value for name, value in parameters.items()}
        parameters["input"] = _text(parameters.get("input", {}))
    if integration.service == "sqs" and "MessageBody" in parameters:
        parameters = {**parameters, "MessageBody": _text(parameters["MessageBody"])}
    return parameters


def _text(value: Any) -> str:
    return value if isinstance(value, str) else to_text(value)


def _result(integration: Integration, result: Json) -> Json:
    if integration.service != "states":
        return result
    return {name[0].upper() + name[1:]: value for name, value in result.items()}


def _returned(response: AwsResponse, direct: bool) -> Any:
    text = response.body.decode()
    if "x-amz-function-error" in response.headers:
        raise Failure(_error_type(text), text)
    payload: Any = json.loads(text) if text else None
    if direct:
        return payload
    return {"ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": response.status}


def _error_type(text: str) -> str:
    """Return what the function called its error.

    A function that ran out of time is `Sandbox.Timedout`, not Lambda.Unknown: "Handling errors in Step
    Functions workflows" says so of newer runtimes. One whose process died is `Runtime.ExitError`.
    """
    found = as_object(json.loads(text)) or {}
    return str(found.get("errorType") or "Lambda.Unknown")


def _refused(integration: Integration, response: AwsResponse) -> Failure:
    """Return the failure for a service's refusal; Lambda's own faults have two collecting names."""
    code, text = code_of(response)
    if integration.service == "lambda" and code.startswith("AccessDenied"):
        code = "AWSLambdaException"
    return Failure(f"{integration.errors}.{code}", text)
