"""DynamoDB in moto: what our changes must keep and what they must better."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from infra.local import moto_patches
from infra.local.aws.message import AwsError
from infra.local.aws.moto_calls import MotoCalls
from infra.local.moto_patches import dynamodb

moto_patches.install(["dynamodb", "secretsmanager"], "http://127.0.0.1:1")
CALLS = MotoCalls("http://127.0.0.1:1")


@pytest.fixture
def table() -> str:
    name = f"t-{uuid.uuid4().hex}"
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    call(
        "CreateTable",
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": n, "KeyType": k} for n, k in keys],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n, _ in keys],
    )
    return name


def call(operation: str, **parameters: Any) -> dict[str, Any]:
    return CALLS.call("dynamodb", operation, parameters)


def item(pk: str, sk: str, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}, **more}


def put(table: str, pk: str, sk: str, **more: Any) -> None:
    call("PutItem", TableName=table, Item=item(pk, sk, **more))


def all_of(table: str) -> list[dict[str, Any]]:
    return call("Scan", TableName=table)["Items"]


def test_a_cancelled_transaction_restores_every_kind_of_change(table: str) -> None:
    put(table, "a", "1", v={"N": "1"})
    put(table, "a", "2", v={"N": "2"})
    put(table, "b", "1", v={"N": "3"})
    before = all_of(table)
    parts = [
        {"Put": {"TableName": table, "Item": item("a", "1", v={"N": "9"})}},
        {"Put": {"TableName": table, "Item": item("new", "1")}},
        {"Put": {"TableName": table, "Item": item("a", "3")}},
        {"Delete": {"TableName": table, "Key": item("a", "2")}},
        {
            "Update": {
                "TableName": table,
                "Key": item("b", "1"),
                "UpdateExpression": "SET v = :v",
                "ExpressionAttributeValues": {":v": {"N": "7"}},
            }
        },
        {
            "ConditionCheck": {
                "TableName": table,
                "Key": item("c", "1"),
                "ConditionExpression": "attribute_exists(pk)",
            }
        },
    ]
    with pytest.raises(AwsError, match="TransactionCanceled"):
        call("TransactWriteItems", TransactItems=parts)
    assert all_of(table) == before
    call("TransactWriteItems", TransactItems=parts[:-1])
    assert {(one["pk"]["S"], one["sk"]["S"]) for one in all_of(table)} == {
        ("a", "1"),
        ("a", "3"),
        ("b", "1"),
        ("new", "1"),
    }


def test_a_transaction_costs_no_more_in_a_large_table(table: str) -> None:
    def cost() -> float:
        started = time.perf_counter()
        for number in range(5):
            call(
                "TransactWriteItems",
                TransactItems=[{"Put": {"TableName": table, "Item": item("x", str(number))}}],
            )
        return time.perf_counter() - started

    cost()
    small = min(cost() for _ in range(3))
    for number in range(1500):
        put(table, f"p{number}", "1")
    assert min(cost() for _ in range(3)) < 8 * small  # moto's own way: 100 times


def test_a_query_sees_its_own_partition_in_order_and_by_pages(table: str) -> None:
    for number in range(5):
        put(table, "a", str(number))
        put(table, "b", str(number))
    where = {
        "TableName": table,
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "a"}},
    }
    assert [one["sk"]["S"] for one in call("Query", **where)["Items"]] == ["0", "1", "2", "3", "4"]
    page = call("Query", **where, Limit=2, ScanIndexForward=False)
    assert [one["sk"]["S"] for one in page["Items"]] == ["4", "3"]
    rest = call("Query", **where, ScanIndexForward=False, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert [one["sk"]["S"] for one in rest["Items"]] == ["2", "1", "0"]
    where["ExpressionAttributeValues"] = {":p": {"S": "nobody"}}
    assert call("Query", **where)["Items"] == []


def test_an_update_keeps_motos_errors_and_returns(table: str) -> None:
    key = item("u", "1")
    update = {"TableName": table, "Key": key, "UpdateExpression": "SET n = if_not_exists(n, :zero) + :one"}
    values = {":zero": {"N": "0"}, ":one": {"N": "1"}}
    for expected in ("1", "2"):
        found = call("UpdateItem", **update, ExpressionAttributeValues=values, ReturnValues="ALL_NEW")
        assert found["Attributes"] == {**key, "n": {"N": expected}}
    for wrong in ("SET pk = :one", "SET missing = other", "SET name = :one", "SET n = :one, n = :one"):
        with pytest.raises(AwsError, match="ValidationException"):
            call(
                "UpdateItem",
                TableName=table,
                Key=key,
                UpdateExpression=wrong,
                ExpressionAttributeValues={":one": {"N": "1"}},
            )
    with pytest.raises(AwsError, match="ConditionalCheckFailed"):
        call(
            "UpdateItem",
            **update,
            ExpressionAttributeValues=values,
            ConditionExpression="attribute_not_exists(pk)",
        )
    assert call("GetItem", TableName=table, Key=key)["Item"]["n"] == {"N": "2"}


def test_the_sweep_deletes_what_has_expired_and_nothing_else(table: str) -> None:
    ttl = {"AttributeName": "expires_at", "Enabled": True}
    call("UpdateTimeToLive", TableName=table, TimeToLiveSpecification=ttl)
    put(table, "a", "old", expires_at={"N": "1000"})
    put(table, "a", "new", expires_at={"N": "9999999999"})
    put(table, "a", "none")
    put(table, "a", "text", expires_at={"S": "1000"})
    assert dynamodb.sweep() >= 1
    assert {one["sk"]["S"] for one in all_of(table)} == {"new", "none", "text"}


def test_a_secrets_arn_is_known_beforehand() -> None:
    name = f"a/{uuid.uuid4().hex}"
    made = CALLS.call("secretsmanager", "CreateSecret", {"Name": name, "SecretString": "s"})
    assert made["ARN"] == f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-local1"
