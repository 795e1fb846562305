"""A table of the stack's shape on moto, with the process's cached clients pointing at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto import mock_aws

from orchestrator.aws import clients


@contextmanager
def moto_table(name: str) -> Iterator[Any]:
    """Create table `name` (string keys `pk`, `sk`) in a moto of its own; yield the DynamoDB client."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(variable, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        clients.dynamodb.cache_clear()
        client = clients.dynamodb()
        client.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client
    clients.dynamodb.cache_clear()
