"""Which code answers which service: Lambda, Step Functions and SQS long polls here, all else in moto."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from infra.local.aws.message import AwsRequest, AwsResponse, error_response, request_of, result_of
from infra.local.aws.moto_calls import MotoCalls
from infra.local.shared import ADMIN_KEY, Invoke, Json, function_name

_READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "TransactGet")


Answer = Callable[[AwsRequest], "AwsResponse | Awaitable[AwsResponse]"]


def _no_states(request: AwsRequest) -> AwsResponse:
    return error_response(request, "UnknownOperationException", "The stack has no state machines yet", 404)


class Services:
    """Answers AWS calls that have passed the front; `changes` counts what may have changed data.

    `states` answers for Step Functions, whose tasks pass the front in turn.
    """

    def __init__(self, moto: MotoCalls, invoke: Invoke, knows: Callable[[str], bool]) -> None:
        self.moto = moto
        self.states: Answer = _no_states
        self._invoke = invoke
        self._knows = knows
        self._arrivals: set[asyncio.Event] = set()
        self._background: set[asyncio.Task[None]] = set()
        self.changes: Counter[str] = Counter()

    def answer(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse]:
        """Answer one call, at once where that is cheap."""
        if request.service == "lambda":
            return self._lambda(request)
        if request.service == "states":
            return self.states(request)
        if request.operation == "ReceiveMessage" and request.parameters.get("WaitTimeSeconds"):
            return self._long_poll(request)
        self._count(request.service, request.operation)
        response = self.moto.answer(request)
        if request.operation in ("SendMessage", "SendMessageBatch", "ChangeMessageVisibility"):
            self.announce()
        return response

    def call(self, service: str, operation: str, parameters: Json) -> Json:
        """Call a service from inside the runner.

        Raises:
            AwsError: the service refused the call.
        """
        request = request_of(ADMIN_KEY, service, operation, parameters)
        if service == "states":
            answer = self.states(request)
            assert isinstance(answer, AwsResponse)  # noqa: S101 - only waiting for an execution takes time
            return result_of(answer)
        self._count(service, operation)
        return result_of(self.moto.answer(request))

    def changed(self, service: str) -> None:
        """Note that a service's data is not what it was."""
        self.changes[service] += 1

    def _count(self, service: str, operation: str) -> None:
        """Count what may have changed a service's data: all but plain reads (receiving marks messages)."""
        if not operation.startswith(_READS):
            self.changed(service)

    def announce(self) -> None:
        """Wake whoever waits for a message."""
        for event in self._arrivals:
            event.set()

    async def arrival(self, longest: float) -> None:
        """Wait until some queue has news, at most `longest` seconds."""
        event = asyncio.Event()
        self._arrivals.add(event)
        try:
            await asyncio.wait_for(event.wait(), longest)
        except TimeoutError:
            pass
        finally:
            self._arrivals.discard(event)

    async def _long_poll(self, request: AwsRequest) -> AwsResponse:
        deadline = time.monotonic() + min(int(request.parameters.pop("WaitTimeSeconds")), 20)
        request.parameters["WaitTimeSeconds"] = 0
        while True:
            self._count(request.service, request.operation)
            response = self.moto.answer(request)
            left = deadline - time.monotonic()
            if b'"Messages"' in response.body or response.status != 200 or left <= 0:
                return response
            await self.arrival(min(left, 1.0))  # a delayed or hidden message announces itself to nobody

    async def _lambda(self, request: AwsRequest) -> AwsResponse:
        name = function_name(unquote(request.path.partition("/functions/")[2].partition("/")[0]))
        if request.operation != "Invoke":
            return error_response(request, "UnknownOperationException", "Only Invoke is served locally", 404)
        if not self._knows(name):
            return error_response(request, "ResourceNotFoundException", f"Function not found: {name}", 404)
        if request.headers.get("x-amz-invocation-type") == "Event":
            self.invoke_later(name, request.body)
            return AwsResponse(202, b"")
        result = await self._invoke(name, request.body or b"{}")
        headers = {"content-type": "application/json", "x-amz-executed-version": "$LATEST"}
        if result.failed:
            headers["x-amz-function-error"] = "Unhandled"
        return AwsResponse(200, result.payload, headers)

    def invoke_later(self, name: str, payload: bytes) -> None:
        """Start an asynchronous invocation."""
        task = asyncio.create_task(self._asynchronously(name, payload))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _asynchronously(self, name: str, payload: bytes) -> None:
        """Run an asynchronous invocation: two retries, after one and two minutes, as Lambda does."""
        for wait in (0, 60, 120):
            await asyncio.sleep(wait)
            if not (await self._invoke(name, payload or b"{}")).failed:
                return
