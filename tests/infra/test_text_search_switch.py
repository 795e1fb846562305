from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from infra.custom import text_search

PROPERTIES = {"IndexArn": "arn:index", "MetadataKey": "text", "Language": "en", "ServiceToken": "arn:lambda"}


class Index:
    """An S3 Vectors client with one index."""

    def __init__(self, *keys: str, broken: bool = False) -> None:
        self.configurations = [{"metadataKey": key} for key in keys]
        self.broken = broken

    def get_index(self, indexArn: str) -> Any:  # noqa: N803 - the SDK's name
        assert indexArn == "arn:index"
        if self.broken:
            raise RuntimeError("no such index")
        settings = {"metadataConfiguration": {"textSearchConfigurations": self.configurations}}
        return {"index": settings if self.configurations else {}}

    def update_metadata_configuration(self, indexArn: str, add: Any) -> None:  # noqa: N803
        assert indexArn == "arn:index"
        self.configurations += add["textSearchConfigurations"]


@pytest.fixture
def cloudformation() -> Iterator[tuple[str, list[Any]]]:
    """The address CloudFormation waits at, and what arrived there."""
    arrived: list[Any] = []

    class Waiting(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            arrived.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Waiting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/answer", arrived
    server.shutdown()
    server.server_close()


def event(url: str, kind: str) -> dict[str, Any]:
    ids = {"StackId": "s", "RequestId": "r", "LogicalResourceId": "TextSearchMemory"}
    return {"RequestType": kind, "ResponseURL": url, "ResourceProperties": PROPERTIES, **ids}


@pytest.mark.parametrize(
    ("kind", "index", "expected", "status"),
    [
        ("Create", Index(), [{"metadataKey": "text", "language": "en"}], "SUCCESS"),
        ("Update", Index("text"), [{"metadataKey": "text"}], "SUCCESS"),
        (
            "Update",
            Index("title"),
            [{"metadataKey": "title"}, {"metadataKey": "text", "language": "en"}],
            "SUCCESS",
        ),
        ("Delete", Index(broken=True), [], "SUCCESS"),
        ("Create", Index(broken=True), [], "FAILED"),
    ],
)
def test_the_key_is_added_once_and_cloudformation_hears_of_it_in_every_case(
    kind: str,
    index: Index,
    expected: list[Any],
    status: str,
    cloudformation: tuple[str, list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, arrived = cloudformation
    monkeypatch.setattr(text_search, "_client", lambda: index)
    text_search.handler(event(url, kind), None)
    assert index.configurations == expected
    (answer,) = arrived
    assert answer["Status"] == status
    assert answer["PhysicalResourceId"] == "TextSearchMemory"
    assert (answer["StackId"], answer["RequestId"]) == ("s", "r")


def test_the_sdk_knows_the_call_and_its_shape() -> None:
    import boto3

    client = boto3.client("s3vectors", region_name="eu-central-1")
    shape = client.meta.service_model.operation_model("UpdateMetadataConfiguration").input_shape
    entry = shape.members["add"].members["textSearchConfigurations"].member
    assert {"metadataKey", "language"} <= entry.members.keys()
