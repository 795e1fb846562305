"""The stack's stateful services on moto, in this process, with the product's clients pointing at them."""

import itertools
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.dynamodb import parsing

from infra.local import moto_patches
from infra.local.shared import REGION
from orchestrator import wiring
from orchestrator.aws import clients
from orchestrator.spec import KEYS, QUEUES, TABLES, VECTOR_INDEXES, WORKFLOWS, Table, VectorIndex

CLIENTS = (
    clients.dynamodb,
    clients.sqs,
    clients.s3vectors,
    clients.secretsmanager,
    clients.kms,
    clients.stepfunctions,
)
SECRETS = {
    "openai": {"OPENAI_API_KEY": "sk-test"},
    "supabase": {"SUPABASE_API_KEY": "sb_secret_test", "SUPABASE_AUTH_TOKEN": ""},
    "webhooks": {"CALLBACK_HMAC_SECRET": "callback-secret", "WEBHOOK_RECEIVE_SECRET": "receive-secret"},
}
_RESERVED = frozenset(
    (Path(parsing.__file__).parent / "reserved_keywords.txt").read_text(encoding="utf-8").upper().split()
)


@dataclass
class Stack:
    """`environment` is what a function of this stack gets; `calls` are the AWS actions, as they were sent."""

    environment: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)


@contextmanager
def stack() -> Iterator[Stack]:
    """Create tables, queues, indexes, keys and secrets of the specs; every expression sent is checked."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        moto_patches.install(["dynamodb", "s3vectors"], "")
        _forget()
        made = Stack()
        _watch(made)
        _tables(made.environment)
        _queues(made.environment)
        _indexes(made.environment)
        _encryption_keys(made.environment)
        _secrets(made.environment)
        _workflows(made.environment)
        made.calls.clear()
        yield made
    _forget()


def _forget() -> None:
    rooms = [module for name, module in list(sys.modules.items()) if name.startswith(wiring.__name__)]
    for cached in (*CLIENTS, *(piece for room in rooms for piece in vars(room).values())):
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


def _watch(made: Stack) -> None:
    for make in CLIENTS:
        make().meta.events.register(
            "before-parameter-build", lambda model, **_: made.calls.append(model.name)
        )
    for rule in (_no_reserved_words, _nothing_unused, _no_reversed_range):
        clients.dynamodb().meta.events.register("provide-client-params.dynamodb", rule)


def _no_reserved_words(params: Any, **_: Any) -> None:
    """Refuse what DynamoDB refuses and moto lets pass: a reserved word as a bare attribute name."""
    for name, value in _expressions(params):
        words = re.findall(r"(?<![#:\w])[A-Za-z_]\w*+(?!\()", value)
        bare = {word.upper() for word in words if word not in _OPERATORS} & _RESERVED
        assert not bare, f"{name}: {value!r} names the reserved {bare}"


_OPERATORS = frozenset({"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"})


def _nothing_unused(params: Any, **_: Any) -> None:
    """Refuse what DynamoDB refuses: a name or a value that no expression uses, or that is not given."""
    for level in _levels(params):
        said = " ".join(value for name, value in level.items() if str(name).endswith("Expression"))
        for mark, kind in (("#", "Names"), (":", "Values")):
            used = set(re.findall(rf"{mark}\w+", said))
            assert used == set(level.get(f"ExpressionAttribute{kind}") or {}), f"{kind} of {said!r}"


def _no_reversed_range(params: Any, **_: Any) -> None:
    """Refuse what DynamoDB refuses: a BETWEEN whose lower bound is above its upper one."""
    for level in _levels(params):
        for name, value in level.items():
            if str(name).endswith("Expression"):
                for low, high in re.findall(r"BETWEEN (:\w+) AND (:\w+)", value):
                    values = level["ExpressionAttributeValues"]
                    assert _order(values[low]) <= _order(values[high]), f"{value!r} is reversed: {values}"


def _order(value: Any) -> Any:
    ((kind, content),) = value.items()
    return Decimal(content) if kind == "N" else content


def _levels(params: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in `params` that holds an expression or what one refers to."""
    if isinstance(params, dict):
        if any(str(name).endswith("Expression") or "ExpressionAttribute" in str(name) for name in params):
            yield params
        for value in params.values():
            yield from _levels(value)
    elif isinstance(params, list | tuple):
        for value in params:
            yield from _levels(value)


def _expressions(params: Any) -> Iterator[tuple[str, str]]:
    pairs = params.items() if isinstance(params, dict) else enumerate(params)
    for name, value in pairs:
        if isinstance(value, dict | list):
            yield from _expressions(value)
        elif isinstance(value, str) and str(name).endswith("Expression"):
            yield str(name), value


def _tables(environment: dict[str, str]) -> None:
    for table in TABLES:
        clients.dynamodb().create_table(**_description(table))
        environment[f"TABLE_{table.name.upper()}"] = table.name


def _description(table: Table) -> dict[str, Any]:
    keyed = [name for index in table.indexes for name in (index.partition, index.sort)]
    types = {"pk": "S", "sk": "S", **dict.fromkeys(table.orders, "N"), **dict.fromkeys(keyed, "S")}
    local = [_index_of(order, "pk", order, "KEYS_ONLY") for order in table.orders]
    everywhere = [_index_of(one.name, one.partition, one.sort, one.projection) for one in table.indexes]
    description: dict[str, Any] = {
        "TableName": table.name,
        "KeySchema": _keys("pk", "sk"),
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": t} for n, t in types.items()],
        "BillingMode": "PAY_PER_REQUEST",
    }
    description |= {"LocalSecondaryIndexes": local} if local else {}
    return description | ({"GlobalSecondaryIndexes": everywhere} if everywhere else {})


def _index_of(name: str, partition: str, sort: str, projection: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": _keys(partition, sort),
        "Projection": {"ProjectionType": projection},
    }


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def _queues(environment: dict[str, str]) -> None:
    for queue in QUEUES:
        url = clients.sqs().create_queue(QueueName=queue.name)["QueueUrl"]
        environment[f"QUEUE_{queue.name.upper()}"] = url


def _encryption_keys(environment: dict[str, str]) -> None:
    for key in KEYS:
        made = clients.kms().create_key(Description=key.description)
        environment[f"KEY_{key.name.upper()}"] = made["KeyMetadata"]["Arn"]


def _workflows(environment: dict[str, str]) -> None:
    """Create state machines that can be started, and do nothing: moto runs none."""
    for workflow in WORKFLOWS:
        made = clients.stepfunctions().create_state_machine(
            name=workflow.name,
            definition=json.dumps({"StartAt": "end", "States": {"end": {"Type": "Succeed"}}}),
            roleArn="arn:aws:iam::123456789012:role/unused",
        )
        environment[f"WORKFLOW_{workflow.name.upper()}"] = made["stateMachineArn"]


def _secrets(environment: dict[str, str]) -> None:
    for vendor, values in SECRETS.items():
        secret = clients.secretsmanager().create_secret(Name=vendor, SecretString=json.dumps(values))
        environment[f"SECRET_{vendor.upper()}"] = secret["ARN"]


_numbers = itertools.count()


def _indexes(environment: dict[str, str]) -> None:
    bucket = f"vectors-{next(_numbers)}"
    clients.s3vectors().create_vector_bucket(vectorBucketName=bucket)
    for index in VECTOR_INDEXES:
        environment[f"VECTORS_{index.name.upper()}"] = _index(bucket, index)


def _index(bucket: str, index: VectorIndex) -> str:
    return clients.s3vectors().create_index(
        vectorBucketName=bucket,
        indexName=index.name,
        dataType="float32",
        dimension=index.dimension,
        distanceMetric="cosine",
        metadataConfiguration={
            "nonFilterableMetadataKeys": [index.text_key],
            "textSearchConfigurations": [{"metadataKey": index.text_key, "language": "en"}],
        },
    )["indexArn"]
