"""Whether our own stores answer: the reads behind `GET /api/v1/health`."""

from __future__ import annotations

from botocore.exceptions import ClientError

from orchestrator.aws.clients import call_aside, dynamodb, error_code, sqs
from orchestrator.errors import Unavailable


async def table(name: str) -> str:
    """Return `ok` when the table takes reads and writes.

    Raises:
        Unavailable: it does not, or DynamoDB does not answer.
    """
    try:
        reply = await call_aside(dynamodb().describe_table, TableName=name)
    except ClientError as error:
        raise Unavailable(f"the table cannot be described: {error_code(error)}") from error
    status = reply["Table"].get("TableStatus", "unknown")
    if status not in {"ACTIVE", "UPDATING"}:
        raise Unavailable(f"the table is {status}")
    return "ok"


async def queue(url: str) -> str:
    """Return `ok` when the queue is there.

    Raises:
        Unavailable: it is not, or SQS does not answer.
    """
    try:
        await call_aside(sqs().get_queue_attributes, QueueUrl=url, AttributeNames=["QueueArn"])
    except ClientError as error:
        raise Unavailable(f"the queue cannot be read: {error_code(error)}") from error
    return "ok"
