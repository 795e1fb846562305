"""A plain-Python runtime for systems where `awslambdaric` has no wheel (macOS, Windows).

Imported only inside a worker, next to nothing but the standard library. Protocol: "Lambda runtime API" in the
AWS Lambda developer guide.
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Context:
    """The second argument of a handler, as the Lambda developer guide lists it."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int
    function_name: str = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    function_version: str = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "")
    memory_limit_in_mb: str = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    log_group_name: str = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
    log_stream_name: str = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
    client_context: Any = None
    identity: Any = None

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the function's time-out, in milliseconds."""
        return max(0, self.deadline_ms - int(time.time() * 1000))


class RuntimeApi:
    """One kept-alive connection to the Runtime API."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(address)

    def call(
        self, method: str, path: str, body: bytes | None = None
    ) -> tuple[http.client.HTTPMessage, bytes]:
        """Send one request and read its answer whole."""
        self.connection.request(method, f"/2018-06-01/runtime/{path}", body)
        response = self.connection.getresponse()
        return response.headers, response.read()


def load(handler: str) -> Callable[[Any, Context], Any]:
    """Import `package.module.function`."""
    module, _, name = handler.rpartition(".")
    return getattr(importlib.import_module(module.replace("/", ".")), name)


def describe(error: BaseException) -> bytes:
    """Return the error object Lambda answers with, and print the traceback to the log."""
    traceback.print_exception(error)
    trace = traceback.format_tb(error.__traceback__)
    body = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}
    return json.dumps(body).encode()


def run(arguments: list[str]) -> None:
    """Load the handler and answer invocations until the runner ends the process."""
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    sys.path.insert(0, os.getcwd())
    try:
        handler = load(arguments[1])
    except Exception as error:
        api.call("POST", "init/error", describe(error))
        sys.exit(1)
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        api.call("GET", "restore/next")
    while True:
        _answer(api, handler)


def _answer(api: RuntimeApi, handler: Callable[[Any, Context], Any]) -> None:
    headers, payload = api.call("GET", "invocation/next")
    request = headers["Lambda-Runtime-Aws-Request-Id"]
    context = Context(
        request, headers["Lambda-Runtime-Invoked-Function-Arn"], int(headers["Lambda-Runtime-Deadline-Ms"])
    )
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
    try:
        body = json.dumps(handler(json.loads(payload), context)).encode()
        kind = "response"
    except Exception as error:
        body, kind = describe(error), "error"
    api.call("POST", f"invocation/{request}/{kind}", body)
