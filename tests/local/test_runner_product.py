"""The runner with the product's own stack."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.local.running import Running

SWEEP = "orchestrator-local-workers-sweep"


def test_an_unknown_route_is_answered_by_the_gateway(runner: Running) -> None:
    answer = runner.get("/no/such/route")
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_the_sweep_may_ask_for_what_has_expired_and_for_nothing_else(runner: Running) -> None:
    reply = runner.boto("lambda").invoke(FunctionName=SWEEP, Payload=b"{}")
    assert "FunctionError" not in reply
    assert json.loads(reply["Payload"].read())["unfinished"] is False
    with pytest.raises(ClientError) as refused:
        runner.boto("dynamodb", SWEEP).query(
            TableName="orchestrator-local-analysis",
            IndexName="listed",
            KeyConditionExpression="listed_in = :tenant",
            ExpressionAttributeValues={":tenant": {"S": "default#0"}},
        )
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
