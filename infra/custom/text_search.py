"""Custom resource: switch on full-text search over a metadata key of an S3 Vectors index.

Its source is the Lambda's inline code (4,096 characters at most); boto3 comes from the layer `aws`.
"""

import json
import urllib.request
from typing import Any

Json = dict[str, Any]


def handler(event: Json, context: object) -> None:
    """Answer CloudFormation in every case: it would wait an hour for an answer that never comes."""
    try:
        if event["RequestType"] != "Delete":
            switch_on(_client(), event["ResourceProperties"])
        answer(event, "SUCCESS", "done")
    except Exception as error:
        answer(event, "FAILED", f"{type(error).__name__}: {error}")


def switch_on(client: Any, properties: Json) -> None:
    """Add the key unless the index has it, so that the call can be repeated."""
    arn, key = properties["IndexArn"], properties["MetadataKey"]
    settings = client.get_index(indexArn=arn)["index"].get("metadataConfiguration", {})
    if all(entry["metadataKey"] != key for entry in settings.get("textSearchConfigurations", [])):
        wanted = {"metadataKey": key, "language": properties["Language"]}
        client.update_metadata_configuration(indexArn=arn, add={"textSearchConfigurations": [wanted]})


def answer(event: Json, status: str, reason: str) -> None:
    """Put the result where CloudFormation reads it (user guide, "Custom resource response objects")."""
    body = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    body |= {"Status": status, "Reason": reason, "PhysicalResourceId": event["LogicalResourceId"]}
    headers = {"Content-Type": ""}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(body).encode(), headers, method="PUT")  # noqa: S310 - CloudFormation's own presigned URL
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


def _client() -> Any:
    import boto3  # pyright: ignore[reportMissingTypeStubs]

    return boto3.client("s3vectors")  # pyright: ignore[reportUnknownMemberType]
