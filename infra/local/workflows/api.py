"""The Step Functions API over the running stack's executions.

Source: the AWS Step Functions API reference. State machines come from the template alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from infra.local.aws.message import AwsRequest, AwsResponse, error_response
from infra.local.shared import Json
from infra.local.workflows.executions import Execution, Executions, RefusedError
from infra.local.workflows.intrinsics import to_text
from infra.local.workflows.machines import Machine

_PAGE = 100


class StatesApi:
    """Answers calls to the service `states`."""

    def __init__(self, executions: Executions) -> None:
        self._executions = executions

    def answer(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse]:
        """Answer one call; an operation the runner does not have is an error response."""
        operation = _OPERATIONS.get(request.operation)
        if request.operation == "StartSyncExecution":
            return self._together(request)
        if operation is None:
            text = f"The laptop runner has no states:{request.operation}"
            return error_response(request, "UnknownOperationException", text, 501)
        try:
            return _success(operation(self._executions, request.parameters))
        except RefusedError as error:
            return error_response(request, error.code, str(error))

    async def _together(self, request: AwsRequest) -> AwsResponse:
        try:
            execution = _started(self._executions, request.parameters)
        except RefusedError as error:
            return error_response(request, error.code, str(error))
        await execution.ended.wait()
        return _success(_described(execution))


def _success(result: Json) -> AwsResponse:
    present = {name: value for name, value in result.items() if value is not None}
    return AwsResponse(200, to_text(present).encode())


def _started(executions: Executions, parameters: Json) -> Execution:
    arn, name = str(parameters.get("stateMachineArn", "")), parameters.get("name")
    return executions.start(arn, name, str(parameters.get("input") or "{}"))


def _start(executions: Executions, parameters: Json) -> Json:
    execution = _started(executions, parameters)
    return {"executionArn": execution.arn, "startDate": execution.started}


def _stop(executions: Executions, parameters: Json) -> Json:
    execution = executions.execution(str(parameters.get("executionArn")))
    executions.stop(execution, parameters.get("error"), parameters.get("cause"))
    return {"stopDate": execution.stopped}


def _describe(executions: Executions, parameters: Json) -> Json:
    return _described(executions.execution(str(parameters.get("executionArn"))))


def _described(execution: Execution) -> Json:
    return {
        **_summary(execution),
        "input": execution.input,
        "inputDetails": {"included": True},
        "output": execution.output,
        "outputDetails": {"included": True} if execution.output is not None else None,
        "error": execution.error,
        "cause": execution.cause,
    }


def _summary(execution: Execution) -> Json:
    return {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine,
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.started,
        "stopDate": execution.stopped,
    }


def _list(executions: Executions, parameters: Json) -> Json:
    machine = executions.machine(str(parameters.get("stateMachineArn")))
    wanted = parameters.get("statusFilter")
    found = [one for one in executions.of(machine.arn) if wanted in (None, one.status)]
    page, token = _page(found, parameters, _PAGE)
    views = [{k: v for k, v in _summary(one).items() if v is not None} for one in page]
    return {"executions": views, "nextToken": token}


def _history(executions: Executions, parameters: Json) -> Json:
    history = executions.execution(str(parameters.get("executionArn"))).history
    events = history.view() if history else []
    if parameters.get("reverseOrder"):
        events.reverse()
    page, token = _page(events, parameters, _PAGE)
    return {"events": page, "nextToken": token}


def _page(found: list[Any], parameters: Json, size: int) -> tuple[list[Any], str | None]:
    """Return one page and the token of the next; a token is the position it starts at."""
    start = int(parameters.get("nextToken") or 0)
    end = start + int(parameters.get("maxResults") or size)
    return found[start:end], str(end) if end < len(found) else None


def _machines(executions: Executions, parameters: Json) -> Json:
    return {"stateMachines": [_machine_view(machine) for machine in executions.machines.values()]}


def _describe_machine(executions: Executions, parameters: Json) -> Json:
    machine = executions.machine(str(parameters.get("stateMachineArn")))
    fields = {"status": "ACTIVE", "definition": machine.definition, "roleArn": machine.role_arn}
    return {**_machine_view(machine), **fields}


def _machine_view(machine: Machine) -> Json:
    kind = "EXPRESS" if machine.express else "STANDARD"
    return {"stateMachineArn": machine.arn, "name": machine.name, "type": kind, "creationDate": 0}


_OPERATIONS: dict[str, Callable[[Executions, Json], Json]] = {
    "StartExecution": _start,
    "StopExecution": _stop,
    "DescribeExecution": _describe,
    "ListExecutions": _list,
    "GetExecutionHistory": _history,
    "ListStateMachines": _machines,
    "DescribeStateMachine": _describe_machine,
}
