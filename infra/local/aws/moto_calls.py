"""Calls into moto's service responses, without the HTTP stack moto would put in front of them.

moto's own server parses each request through werkzeug, a table of URL patterns and botocore's service models.
For the data-plane actions of the JSON services none of that is needed: the parsed body goes straight to the
response class and its result straight to JSON. Everything else takes moto's ordinary way.
"""

from __future__ import annotations

import importlib
import json
import re
import threading
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlparse

from infra.local.aws.message import AwsRequest, AwsResponse, error_response, request_of, result_of
from infra.local.shared import ACCOUNT, ADMIN_KEY, REGION, Json

LOCK = threading.RLock()
"""Held by whoever touches moto's data: calls, the TTL sweep, saving."""

_CLASSES = {
    "dynamodb": ("moto.dynamodb.responses", "DynamoHandler"),
    "sqs": ("moto.sqs.responses", "SQSResponse"),
    "s3vectors": ("moto.s3vectors.responses", "S3VectorsResponse"),
    "secretsmanager": ("moto.secretsmanager.responses", "SecretsManagerResponse"),
    "kms": ("moto.kms.responses", "KmsResponse"),
    "events": ("moto.events.responses", "EventsHandler"),
    "sns": ("moto.sns.responses", "SNSResponse"),
    "ssm": ("moto.ssm.responses", "SimpleSystemManagerResponse"),
    "sts": ("moto.sts.responses", "TokenResponse"),
}
_ITEMS = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan")
_BATCHES = ("TransactWriteItems", "TransactGetItems", "BatchGetItem", "BatchWriteItem")
_MESSAGES = ("SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch")
_VECTORS = ("PutVectors", "GetVectors", "DeleteVectors", "ListVectors", "QueryVectors")
_DIRECT = {"dynamodb": {*_ITEMS, *_BATCHES}, "sqs": {*_MESSAGES}, "s3vectors": {*_VECTORS}}
"""The operations whose parsed JSON goes straight to moto's response class."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class MotoCalls:
    """Answers AWS requests from moto. `endpoint` is this runner's AWS endpoint (queue URLs start with it)."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def answer(self, request: AwsRequest) -> AwsResponse:
        """Answer one request; an unknown service or operation is an error response."""
        if request.service not in _CLASSES and request.service != "s3":
            text = f"The laptop runner has no {request.service!r} service"
            return error_response(request, "UnknownOperationException", text, 404)
        with LOCK:
            if request.operation in _DIRECT.get(request.service, ()):
                return self._direct(request)
            return self._dispatch(request)

    def call(self, service: str, operation: str, parameters: Json) -> Json:
        """Call an operation from inside the runner and return its result.

        Raises:
            AwsError: the service answered with an error.
        """
        return result_of(self.answer(request_of(ADMIN_KEY, service, operation, parameters)))

    def _direct(self, request: AwsRequest) -> AwsResponse:
        from moto.core.exceptions import ServiceException
        from moto.core.responses import ActionResult
        from werkzeug.exceptions import HTTPException

        handler = _prepared(request, self.endpoint)
        try:
            result = getattr(handler, _method_name(request.operation))()
            status, headers, body = 200, {}, dump(result.result)
        except ServiceException as error:
            status, headers, body = handler.serialized(ActionResult(error))
        except HTTPException as error:
            status, headers, body = error.code or 400, dict(error.get_headers()), error.description or ""
        return _response(request, status, headers, body)

    def _dispatch(self, request: AwsRequest) -> AwsResponse:
        from moto.core.request import Request
        from werkzeug.exceptions import HTTPException

        url = self._url(request)
        native = Request.from_primitives(request.method, url, request.headers, request.body)
        try:
            status, headers, body = self._endpoint(request, url)(native, native.raw_url, native.headers)
        except HTTPException as error:
            status, headers, body = error.code or 400, dict(error.get_headers()), error.get_body()
        except NotImplementedError as error:
            return error_response(request, "UnknownOperationException", str(error), 501)
        return _response(request, int(status), headers, body)

    def _url(self, request: AwsRequest) -> str:
        if request.service == "s3":
            return f"http://s3.amazonaws.com{request.path}"
        if request.service == "s3vectors":
            return f"http://s3vectors.{REGION}.api.aws{request.path}"
        return self.endpoint + request.path

    def _endpoint(self, request: AwsRequest, url: str) -> Callable[..., Any]:
        if request.service != "s3":
            return _class(request.service).dispatch
        path = urlparse(url)._replace(query="").geturl()
        return next(method for pattern, method in _s3_endpoints() if pattern.match(path))


@cache
def _class(service: str) -> Any:
    module, name = _CLASSES[service]
    return getattr(importlib.import_module(module), name)


@cache
def _s3_endpoints() -> list[tuple[re.Pattern[str], Callable[..., Any]]]:
    urls = importlib.import_module("moto.s3.urls")
    patterns: dict[str, Callable[..., Any]] = urls.url_paths
    return [(re.compile(k.format("http://s3.amazonaws.com")), method) for k, method in patterns.items()]


@cache
def _method_name(operation: str) -> str:
    return _CAMEL.sub("_", operation).lower()


def _prepared(request: AwsRequest, endpoint: str) -> Any:
    """Return a response object in the state moto's `setup_class` would leave it in."""
    handler = _class(request.service)()
    handler.body = handler.params = request.parameters
    handler.uri = endpoint + request.path
    handler.path = request.path
    handler.method = request.method
    handler.region = REGION
    handler.partition = "aws"
    handler.current_account = ACCOUNT
    handler.access_key = request.caller
    handler.querystring = handler.data = handler.uri_match = {}
    handler.response_headers = {}
    handler.headers = {"Content-Type": request.headers.get("content-type", "")}
    handler._get_action = lambda: request.operation
    return handler


def _response(request: AwsRequest, status: int, headers: dict[str, Any], body: bytes | str) -> AwsResponse:
    content = body.encode() if isinstance(body, str) else body
    kept = {
        k.lower(): str(v)
        for k, v in headers.items()
        if k.lower() not in ("content-length", "status", "server")
    }
    kept.setdefault("content-type", request.headers.get("content-type", "application/x-amz-json-1.0"))
    kept.setdefault("x-amzn-requestid", uuid.uuid4().hex)
    return AwsResponse(status, content, kept)


def dump(result: Any) -> bytes:
    """Write a result as AWS JSON: absent members are left out, moto's attribute values are unfolded."""
    if isinstance(result, dict):
        result = {name: value for name, value in result.items() if value is not None}  # pyright: ignore[reportUnknownVariableType]
    return json.dumps(result or {}, default=_plain).encode()


def _plain(value: Any) -> Any:
    import base64

    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.to_json()
