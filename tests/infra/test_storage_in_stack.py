from __future__ import annotations

import pytest

from infra.deployment import ROOT
from infra.discovery import discover
from orchestrator.jobs.models import REDRIVABLE
from orchestrator.spec import QUEUES, TABLES, VECTOR_INDEXES
from tests.infra.synthesized import Stack

TIMEOUTS = {one.spec.trigger.queue: one.spec.timeout for one in discover(ROOT) if one.spec.trigger}


@pytest.fixture(params=["dev", "prod"])
def stack(request: pytest.FixtureRequest) -> Stack:
    return request.getfixturevalue(request.param)


def dead_letters(stack: Stack) -> set[str]:
    queues = stack.of("SQS::Queue").values()
    return {
        q["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for q in queues
        if "RedrivePolicy" in q["Properties"]
    } | {
        s["Properties"]["Target"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
        for s in stack.of("Scheduler::Schedule").values()
    }


def test_a_job_outlives_its_message_or_a_redrive_would_find_nothing(stack: Stack) -> None:
    queues = stack.of("SQS::Queue").values()
    assert max(queue["Properties"]["MessageRetentionPeriod"] for queue in queues) < REDRIVABLE


def test_every_queue_has_a_dead_letter_queue_or_is_one(stack: Stack) -> None:
    dead = dead_letters(stack)
    for id, queue in stack.of("SQS::Queue").items():
        assert id in dead or "RedrivePolicy" in queue["Properties"], id
        if id in dead:
            assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_every_queue_is_encrypted_and_refuses_plain_http(stack: Stack) -> None:
    policies = [policy["Properties"] for policy in stack.of("SQS::QueuePolicy").values()]
    for id, queue in stack.of("SQS::Queue").items():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True
        (policy,) = [p for p in policies if {"Ref": id} in p["Queues"]]
        (statement,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_message_stays_hidden_six_times_its_consumers_time_out(stack: Stack) -> None:
    queues = {q["Properties"]["QueueName"]: q["Properties"] for q in stack.of("SQS::Queue").values()}
    for queue in QUEUES:
        properties = queues[f"orchestrator-{stack.stage}-{queue.name}"]
        assert properties["VisibilityTimeout"] >= 6 * TIMEOUTS[queue.name]
        assert properties["RedrivePolicy"]["maxReceiveCount"] == queue.max_receives


def test_consumers_report_single_failures_and_have_a_ceiling(stack: Stack) -> None:
    mappings = [m["Properties"] for m in stack.of("Lambda::EventSourceMapping").values()]
    assert len(mappings) == len(TIMEOUTS)
    for mapping in mappings:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_every_table_ages_its_items_and_can_go_back_in_time(stack: Stack) -> None:
    tables = {t["Properties"]["TableName"]: t["Properties"] for t in stack.of("DynamoDB::Table").values()}
    assert set(tables) == {f"orchestrator-{stack.stage}-{table.name}" for table in TABLES}
    for table in tables.values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["SSESpecification"] == {"SSEEnabled": True}


def test_a_tables_orders_are_local_indexes_of_keys_only(dev: Stack) -> None:
    tables = {t["Properties"]["TableName"]: t["Properties"] for t in dev.of("DynamoDB::Table").values()}
    for table in TABLES:
        indexes = tables[f"orchestrator-dev-{table.name}"].get("LocalSecondaryIndexes", [])
        assert [index["IndexName"] for index in indexes] == list(table.orders)
        for index in indexes:
            assert index["KeySchema"][1] == {"AttributeName": index["IndexName"], "KeyType": "RANGE"}
            assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_a_tables_indexes_are_keyed_by_strings_and_copy_what_they_say(dev: Stack) -> None:
    tables = {t["Properties"]["TableName"]: t["Properties"] for t in dev.of("DynamoDB::Table").values()}
    for table in TABLES:
        made = tables[f"orchestrator-dev-{table.name}"]
        kinds = {one["AttributeName"]: one["AttributeType"] for one in made["AttributeDefinitions"]}
        indexes = {index["IndexName"]: index for index in made.get("GlobalSecondaryIndexes", [])}
        assert set(indexes) == {index.name for index in table.indexes}
        for index in table.indexes:
            keys = {key["KeyType"]: key["AttributeName"] for key in indexes[index.name]["KeySchema"]}
            assert keys == {"HASH": index.partition, "RANGE": index.sort}
            assert {kinds[name] for name in keys.values()} == {"S"}
            assert indexes[index.name]["Projection"] == {"ProjectionType": index.projection}


STATEFUL = ("DynamoDB::Table", "SQS::Queue", "S3Vectors::VectorBucket", "S3Vectors::Index", "KMS::Key",
            "SecretsManager::Secret", "Logs::LogGroup")  # fmt: skip


@pytest.mark.parametrize("kind", STATEFUL)
def test_data_outlives_the_stack_in_prod_and_goes_with_it_in_dev(kind: str, dev: Stack, prod: Stack) -> None:
    for stack, policy in ((dev, "Delete"), (prod, "Retain")):
        for resource in stack.of(kind).values():
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == policy


def test_prods_tables_cannot_be_deleted_by_accident(dev: Stack, prod: Stack) -> None:
    assert {t["Properties"]["DeletionProtectionEnabled"] for t in prod.of("DynamoDB::Table").values()} == {
        True
    }
    assert {t["Properties"]["DeletionProtectionEnabled"] for t in dev.of("DynamoDB::Table").values()} == {
        False
    }


def test_the_text_of_a_memory_is_searched_but_not_filtered_by(dev: Stack, local: Stack) -> None:
    for index in VECTOR_INDEXES:
        (resource,) = [
            r for r in dev.of("S3Vectors::Index").values() if r["Properties"]["IndexName"] == index.name
        ]
        assert resource["Properties"]["Dimension"] == index.dimension
        assert resource["Properties"]["DistanceMetric"] == "cosine"
        assert resource["Properties"]["MetadataConfiguration"] == {
            "NonFilterableMetadataKeys": [index.text_key]
        }
    (switch,) = dev.of("Custom::TextSearch").values()
    assert switch["Properties"]["MetadataKey"] == VECTOR_INDEXES[0].text_key
    assert not local.of("Custom::TextSearch")
    (on_the_laptop,) = local.of("S3Vectors::Index").values()
    assert on_the_laptop["Properties"]["MetadataConfiguration"]["TextSearchConfigurations"] == [
        {"MetadataKey": VECTOR_INDEXES[0].text_key, "Language": "en"}
    ]
