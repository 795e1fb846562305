"""The AWS endpoint: who may do what, faults, counts, data."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.running import Running

TABLE = "sample-table"


def key(sk: str = "1") -> dict[str, Any]:
    return {"pk": {"S": f"aws-{uuid.uuid4().hex}"}, "sk": {"S": sk}}


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_a_function_may_do_what_its_role_allows_and_nothing_else(sample: Running) -> None:
    mine = sample.boto("dynamodb", key="sample-reader")
    item = key()
    mine.put_item(TableName=TABLE, Item=item)
    assert mine.get_item(TableName=TABLE, Key=item)["Item"] == item
    with pytest.raises(ClientError) as refused:
        mine.delete_item(TableName=TABLE, Key=item)
    assert code(refused) == "AccessDeniedException"
    assert (
        "dynamodb:DeleteItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/sample-table"
        in str(refused.value)
    )
    with pytest.raises(ClientError) as elsewhere:
        mine.get_item(TableName="other-table", Key=item)
    assert code(elsewhere) == "AccessDeniedException"


def test_a_transaction_needs_the_permission_of_each_of_its_parts(sample: Running) -> None:
    mine = sample.boto("dynamodb", key="sample-reader")
    put = {"Put": {"TableName": TABLE, "Item": key()}}
    delete = {"Delete": {"TableName": TABLE, "Key": key()}}
    mine.transact_write_items(TransactItems=[put])
    with pytest.raises(ClientError) as refused:
        mine.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": key()}}, delete])
    assert code(refused) == "AccessDeniedException"
    assert "dynamodb:DeleteItem" in str(refused.value)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        (
            "sqs",
            "send_message",
            {"QueueUrl": "{endpoint}/123456789012/sample-dead", "MessageBody": "x"},
            "AccessDenied",
        ),
        ("secretsmanager", "get_secret_value", {"SecretId": "sample/generated"}, "AccessDeniedException"),
        (
            "s3vectors",
            "query_vectors",
            {
                "vectorBucketName": "sample-vectors",
                "indexName": "notes",
                "topK": 1,
                "queryVector": {"float32": [1.0] * 4},
            },
            "AccessDeniedException",
        ),
        ("lambda", "invoke", {"FunctionName": "sample-echo"}, "AccessDeniedException"),
    ],
)
def test_each_service_refuses_in_its_own_words(
    sample: Running, service: str, operation: str, parameters: dict[str, Any], expected: str
) -> None:
    filled = {
        k: v.format(endpoint=sample.endpoint) if isinstance(v, str) else v for k, v in parameters.items()
    }
    with pytest.raises(ClientError) as refused:
        getattr(sample.boto(service, key="sample-reader"), operation)(**filled)
    assert code(refused) == expected


def test_a_stranger_is_nobody(sample: Running) -> None:
    with pytest.raises(ClientError) as refused:
        sample.boto("dynamodb", key="AKIASTRANGER").get_item(TableName=TABLE, Key=key())
    assert code(refused) == "UnrecognizedClientException"


def test_faults_hit_the_named_function_as_often_as_asked(sample: Running) -> None:
    fault = {"action": "dynamodb:PutItem", "error": "ProvisionedThroughputExceededException", "count": 2}
    assert sample.post("/_local/faults", json={**fault, "function": "sample-reader"}).status_code == 204
    mine = sample.boto("dynamodb", key="sample-reader")
    sample.boto("dynamodb").put_item(TableName=TABLE, Item=key())
    for _ in range(2):
        with pytest.raises(ClientError) as failed:
            mine.put_item(TableName=TABLE, Item=key())
        assert code(failed) == "ProvisionedThroughputExceededException"
    mine.put_item(TableName=TABLE, Item=key())


def test_a_malformed_fault_is_refused(sample: Running) -> None:
    assert sample.post("/_local/faults", json={"what": "ever"}).status_code == 400


def test_calls_are_counted_by_function_and_action(sample: Running) -> None:
    before = sample.calls("sample-reader").get("dynamodb:GetItem", 0)
    sample.boto("dynamodb", key="sample-reader").get_item(TableName=TABLE, Key=key())
    assert sample.calls("sample-reader")["dynamodb:GetItem"] == before + 1


def test_a_refused_condition_is_told_as_dynamodb_tells_it(sample: Running) -> None:
    table = sample.boto("dynamodb")
    item = key()
    table.put_item(TableName=TABLE, Item=item)
    with pytest.raises(table.exceptions.ConditionalCheckFailedException):
        table.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(pk)")
    with pytest.raises(table.exceptions.ConditionalCheckFailedException) as refused:
        table.update_item(
            TableName=TABLE,
            Key=item,
            UpdateExpression="SET a = :a",
            ConditionExpression="a = :a",
            ExpressionAttributeValues={":a": {"S": "x"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refused.value.response["Item"] == item


def test_a_cancelled_transaction_changes_nothing_and_says_why(sample: Running) -> None:
    table = sample.boto("dynamodb")
    there, new = key(), key()
    table.put_item(TableName=TABLE, Item={**there, "v": {"N": "1"}})
    with pytest.raises(table.exceptions.TransactionCanceledException) as cancelled:
        table.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": TABLE, "Item": new}},
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": there,
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                },
            ]
        )
    assert [reason["Code"] for reason in cancelled.value.response["CancellationReasons"]] == [
        "None",
        "ConditionalCheckFailed",
    ]
    assert "Item" not in table.get_item(TableName=TABLE, Key=new)
    assert table.get_item(TableName=TABLE, Key=there)["Item"]["v"] == {"N": "1"}


def test_every_type_of_attribute_comes_back_as_it_went(sample: Running) -> None:
    table = sample.boto("dynamodb")
    item = {
        **key(),
        "binary": {"B": b"\x00\xff"},
        "number": {"N": "1.50"},
        "none": {"NULL": True},
        "flag": {"BOOL": False},
        "list": {"L": [{"S": "ä"}, {"N": "2"}, {"M": {"b": {"B": b"x"}}}]},
        "map": {"M": {"deep": {"M": {"deeper": {"SS": ["a", "b"]}}}}},
        "numbers": {"NS": ["1", "2"]},
    }
    table.put_item(TableName=TABLE, Item=item)
    place = {name: item[name] for name in ("pk", "sk")}
    assert table.get_item(TableName=TABLE, Key=place)["Item"] == item
    query = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": item["pk"]}}
    assert table.query(TableName=TABLE, **query)["Items"] == [item]


def test_a_generated_secret_and_a_function_can_be_reached(sample: Running) -> None:
    assert (
        len(sample.boto("secretsmanager").get_secret_value(SecretId="sample/generated")["SecretString"]) == 12
    )
    answer = sample.boto("lambda").invoke(
        FunctionName="sample-shapes", Payload=b'{"pathParameters": {"shape": "raise"}}'
    )
    assert answer["FunctionError"] == "Unhandled"
    with pytest.raises(ClientError) as unknown:
        sample.boto("lambda").invoke(FunctionName="sample-none")
    assert code(unknown) == "ResourceNotFoundException"


def test_vectors_are_found_by_meaning_and_by_word_through_the_real_client(sample: Running) -> None:
    vectors = sample.boto("s3vectors")
    where = {"vectorBucketName": "sample-vectors", "indexName": "notes"}
    texts = {"fox": [1.0, 0.0, 0.0, 0.1], "dog": [0.0, 1.0, 0.0, 0.1], "both": [0.7, 0.7, 0.0, 0.1]}
    vectors.put_vectors(
        **where,
        vectors=[
            {
                "key": name,
                "data": {"float32": data},
                "metadata": {"text": f"the {name} runs", "kind": name[0]},
            }
            for name, data in texts.items()
        ],
    )
    near = vectors.query_vectors(
        **where, topK=2, queryVector={"float32": [1.0, 0.0, 0.0, 0.1]}, returnDistance=True
    )
    assert [found["key"] for found in near["vectors"]] == ["fox", "both"]
    assert near["vectors"][0]["distance"] == pytest.approx(0, abs=1e-6)
    hybrid = vectors.query_vectors(
        **where,
        topK=3,
        queryVector={"float32": [1.0, 0.0, 0.0, 0.1]},
        queryTexts=[{"text": "dogs", "metadataKey": "text"}],
        returnScores=True,
        returnMetadata=True,
        filter={"kind": {"$in": ["d", "f"]}},
    )
    found = {one["key"]: one for one in hybrid["vectors"]}
    assert set(found) == {"fox", "dog"}
    assert found["dog"]["scores"]["bm25Scores"][0]["metadataKey"] == "text"
    assert found["dog"]["scores"]["fused"] > found["fox"]["scores"]["fused"]
    assert found["dog"]["metadata"] == {"text": "the dog runs", "kind": "d"}
    index = vectors.get_index(**where)["index"]
    assert index["metadataConfiguration"]["textSearchConfigurations"][0]["metadataKey"] == "text"
    with pytest.raises(ClientError) as refused:
        vectors.put_vectors(**where, vectors=[{"key": "z", "data": {"float32": [0.0] * 4}}])
    assert code(refused) == "ValidationException"
