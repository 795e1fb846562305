"""One AWS API call on the wire: who calls which action of which service."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from infra.local.shared import REGION, Json

TARGETS = {
    "dynamodb": "DynamoDB_20120810",
    "sqs": "AmazonSQS",
    "secretsmanager": "secretsmanager",
    "kms": "TrentService",
    "states": "AWSStepFunctions",
    "events": "AWSEvents",
    "ssm": "AmazonSSM",
}
"""What the `X-Amz-Target` header of each JSON service begins with."""


@dataclass(slots=True)
class AwsResponse:
    """An answer in the service's own shape."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/x-amz-json-1.0"})


@dataclass
class AwsRequest:
    """`path` is as received, with its query; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @cached_property
    def scope(self) -> tuple[str, str, str]:
        """The SigV4 credential scope: access key id, region, service; empty strings when unsigned.

        Format: "Elements of an AWS API request signature" in the IAM user guide.
        """
        credential = self.headers.get("authorization", "").partition("Credential=")[2].partition(",")[0]
        if not credential and "X-Amz-Credential=" in self.path:
            credential = parse_qs(self.path.partition("?")[2])["X-Amz-Credential"][0]
        parts = credential.strip().split("/")
        return (parts[0], parts[-3], parts[-2]) if len(parts) >= 5 else ("", REGION, "")

    @property
    def caller(self) -> str:
        """The access key id: a function's name, or the runner's own key."""
        return self.scope[0]

    @property
    def service(self) -> str:
        """The service's signing name, for example `dynamodb`."""
        return self.scope[2]

    @cached_property
    def operation(self) -> str:
        """The API operation, for example `PutItem`; for S3 the HTTP method."""
        target = self.headers.get("x-amz-target")
        if target:
            return target.rsplit(".", 1)[-1]
        if self.service == "s3vectors":
            return self.path.partition("?")[0].strip("/")
        if self.service == "lambda":
            return "Invoke" if self.path.endswith("/invocations") else self.path
        if b"Action=" in self.body:
            return parse_qs(self.body.decode("latin-1")).get("Action", [""])[0]
        return self.method

    @property
    def action(self) -> str:
        """Service and operation as the fault injection and the call counts name them."""
        return f"{self.service}:{self.operation}"

    @cached_property
    def parameters(self) -> Json:
        """The JSON body, or an empty object."""
        try:
            value: Any = json.loads(self.body) if self.body else {}
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def error_response(request: AwsRequest, code: str, text: str, status: int = 400) -> AwsResponse:
    """Return an error as the called service writes it (AWS JSON, REST-JSON or REST-XML protocol)."""
    if request.service == "s3":
        body = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
        return AwsResponse(status, body.encode(), {"content-type": "application/xml"})
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-errortype": code}
    if request.service == "sqs":  # a "query compatible" service: SDKs read the code from this header
        headers["x-amzn-query-error"] = f"{code.removesuffix('Exception')};Sender"
    body = json.dumps({"__type": f"com.amazon.coral.service#{code}", "message": text, "Message": text})
    return AwsResponse(status, body.encode(), headers)


class AwsError(Exception):
    """A service refused a call of the runner's own. `code` is AWS's error code."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


def request_of(caller: str, service: str, operation: str, parameters: Json) -> AwsRequest:
    """Return a call to one of the JSON services as `caller` would make it."""
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential={caller}/0/{REGION}/{service}/aws4_request",
        "content-type": "application/x-amz-json-1.0",
        "host": "127.0.0.1",
    }
    path = "/"
    if service in TARGETS:
        headers["x-amz-target"] = f"{TARGETS[service]}.{operation}"
    else:
        path, headers["content-type"] = f"/{operation}", "application/json"
    return AwsRequest("POST", path, headers, json.dumps(parameters).encode())


def code_of(response: AwsResponse) -> tuple[str, str]:
    """Return an error's code and text."""
    found: Json = json.loads(response.body or b"{}")
    code = str(found.get("__type") or response.headers.get("x-amzn-errortype", response.status))
    return code.rsplit("#", 1)[-1], str(found.get("message") or found.get("Message") or "")


def result_of(response: AwsResponse) -> Json:
    """Return the decoded answer.

    Raises:
        AwsError: it is an error.
    """
    if response.status >= 300:
        raise AwsError(*code_of(response))
    return json.loads(response.body or b"{}")
