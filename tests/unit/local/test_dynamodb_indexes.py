"""Queries of secondary indexes against a plain model, through every way an item can change."""

from __future__ import annotations

import pickle
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local import moto_patches
from infra.local.aws.message import AwsError
from infra.local.aws.moto_calls import MotoCalls
from infra.local.moto_patches.dynamodb_changes import frozen, thaw
from infra.local.moto_patches.seam import moto
from infra.local.shared import ACCOUNT, REGION

CALLS = MotoCalls("http://localhost")
Item = dict[str, str]
TIMES = ["1", "2", "2.5", "10"]


def call(operation: str, **parameters: Any) -> Any:
    return CALLS.call("dynamodb", operation, parameters)


@pytest.fixture(autouse=True, scope="module")
def changed_moto() -> None:
    moto_patches.install(["dynamodb"], "http://localhost")


def schema(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": n, "KeyType": k} for n, k in zip(names, ("HASH", "RANGE"), strict=True)]


def make_table() -> str:
    name = uuid.uuid4().hex
    everything = {"ProjectionType": "ALL"}
    indexes = [{"IndexName": "listed", "KeySchema": schema("list", "at"), "Projection": everything}]
    local = [{"IndexName": "timed", "KeySchema": schema("pk", "at"), "Projection": everything}]
    types = {"pk": "S", "sk": "S", "list": "S", "at": "N"}
    call(
        "CreateTable",
        TableName=name,
        KeySchema=schema("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in types.items()],
        GlobalSecondaryIndexes=indexes,
        LocalSecondaryIndexes=local,
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def typed(item: Item) -> dict[str, Any]:
    return {name: {"N" if name == "at" else "S": value} for name, value in item.items()}


def plain(item: dict[str, Any]) -> Item:
    return {name: next(iter(value.values())) for name, value in item.items()}


keys = st.fixed_dictionaries({"pk": st.sampled_from("ab"), "sk": st.sampled_from("xyz")})
attributes = st.fixed_dictionaries(
    {}, optional={"list": st.sampled_from(["l", "m"]), "at": st.sampled_from(TIMES), "note": st.just("n")}
)
changes = st.lists(
    st.tuples(st.sampled_from(["put", "update", "delete", "both", "undone"]), keys, attributes), max_size=25
)


def apply(table: str, model: dict[tuple[str, str], Item], kind: str, key: Item, more: Item) -> None:
    """Change table and model alike."""
    place = (key["pk"], key["sk"])
    put = {"Put": {"TableName": table, "Item": typed({**key, **more})}}
    if kind == "delete":
        call("DeleteItem", TableName=table, Key=typed(key))
        model.pop(place, None)
    elif kind == "undone":  # the second part refuses, so the first is taken back
        never = {"TableName": table, "Key": typed({"pk": "-", "sk": "-"})}
        check = {"ConditionCheck": {**never, "ConditionExpression": "attribute_exists(pk)"}}
        with pytest.raises(AwsError, match="TransactionCanceled"):
            call("TransactWriteItems", TransactItems=[put, check])
    elif kind == "update":
        more = more or {"note": "n"}  # moto cannot update without an expression
        update(table, key, more)
        model[place] = {**model.get(place, key), **more}
    elif kind == "both":
        call("TransactWriteItems", TransactItems=[put])
        model[place] = {**key, **more}
    else:
        call("PutItem", **put["Put"])
        model[place] = {**key, **more}


def update(table: str, key: Item, more: Item) -> None:
    call(
        "UpdateItem",
        TableName=table,
        Key=typed(key),
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in more),
        ExpressionAttributeNames={f"#{name}": name for name in more},
        ExpressionAttributeValues={f":{name}": value for name, value in typed(more).items()},
    )


def pages(table: str, index: str, partition: str, forward: bool, limit: int, **range_: str) -> list[Item]:
    """Read a whole partition of an index in pages."""
    name = "list" if index == "listed" else "pk"
    condition, values = "#p = :p", {":p": {"S": partition}}
    if range_:
        condition += " AND #at BETWEEN :low AND :high"
        values |= {f":{bound}": {"N": value} for bound, value in range_.items()}
    asked: dict[str, Any] = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}
    names = {"#p": name} | ({"#at": "at"} if range_ else {})
    found: list[Item] = []
    while True:
        answer = call(
            "Query", TableName=table, IndexName=index, ScanIndexForward=forward, Limit=limit,
            ExpressionAttributeNames=names, **asked,
        )  # fmt: skip
        assert len(answer["Items"]) <= limit
        found += map(plain, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return found
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def expected(model: dict[tuple[str, str], Item], index: str, partition: str, forward: bool) -> list[Item]:
    name = "list" if index == "listed" else "pk"
    found = [one for one in model.values() if one.get(name) == partition and "at" in one]
    return sorted(found, key=lambda one: (float(one["at"]), one["pk"], one["sk"]), reverse=not forward)


@settings(max_examples=40, deadline=None)
@given(changes, st.booleans(), st.integers(1, 4), st.booleans())
def test_an_index_always_has_what_the_table_has(
    steps: list[tuple[str, Item, Item]], forward: bool, limit: int, early: bool
) -> None:
    table, model = make_table(), dict[tuple[str, str], Item]()
    if early:
        assert pages(table, "listed", "l", True, 1) == []  # built now, or only at the first query below
    for kind, key, more in steps:
        apply(table, model, kind, key, more)
    for index, partition in (("listed", "l"), ("listed", "m"), ("timed", "a")):
        wanted = expected(model, index, partition, forward)
        assert pages(table, index, partition, forward, limit) == wanted
        between = [one for one in wanted if 2 <= float(one["at"]) <= 2.5]
        assert pages(table, index, partition, forward, limit, low="2", high="2.5") == between


@settings(max_examples=25, deadline=None)
@given(changes, changes)
def test_what_is_saved_is_what_the_table_has(
    first: list[tuple[str, Item, Item]], second: list[tuple[str, Item, Item]]
) -> None:
    name, model = make_table(), dict[tuple[str, str], Item]()
    for kind, key, more in first:
        apply(name, model, kind, key, more)
    frozen(tables()[name])
    for kind, key, more in second:
        apply(name, model, kind, key, more)
    saved = pickle.loads(pickle.dumps(frozen(tables()[name])))  # noqa: S301 - made here
    again = make_table()
    thaw(tables()[again], saved)
    found = {(one["pk"], one["sk"]): one for one in map(plain, call("Scan", TableName=again)["Items"])}
    assert found == model
    assert pages(again, "listed", "l", True, 2) == expected(model, "listed", "l", True)


def test_saving_again_pickles_only_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    name = make_table()
    for number in range(3):
        call("PutItem", TableName=name, Item=typed({"pk": str(number), "sk": "x"}))
    table = tables()[name]
    before = frozen(table)
    call("PutItem", TableName=name, Item=typed({"pk": "1", "sk": "y"}))
    after = frozen(table)
    assert len(after) == 3
    assert [key.value for key in after if after[key] is not before[key]] == ["1"]


def test_an_item_over_the_limit_is_refused_as_dynamodb_refuses_it() -> None:
    name = make_table()
    with pytest.raises(AwsError, match="Item size"):
        call("PutItem", TableName=name, Item=typed({"pk": "a", "sk": "x", "note": "x" * 410_000}))


def tables() -> Any:
    return moto("dynamodb.models").dynamodb_backends[ACCOUNT][REGION].tables


def test_an_item_that_grew_is_measured_anew_and_every_type_is_told() -> None:
    name = make_table()
    key = typed({"pk": "a", "sk": "x"})
    more = {"flag": {"BOOL": True}, "bytes": {"B": "eA=="}, "deep": {"L": [{"M": {"n": {"N": "1"}}}]}}
    call("PutItem", TableName=name, Item={**key, **more})
    assert call("GetItem", TableName=name, Key=key)["Item"] == {**key, **more}
    asked = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "a"}}}
    assert call("Query", TableName=name, **asked)["Items"] == [{**key, **more}]
    large = "x" * 399_000  # three of them are more than a page of a query holds, 1 MB
    for sort in ("y", "z"):
        call("PutItem", TableName=name, Item=typed({"pk": "a", "sk": sort, "note": "n"}))
        call("Query", TableName=name, **asked)
        call(
            "UpdateItem",
            TableName=name,
            Key=typed({"pk": "a", "sk": sort}),
            UpdateExpression="SET note = :n",
            ExpressionAttributeValues={":n": {"S": large}},
        )
    call("PutItem", TableName=name, Item=typed({"pk": "a", "sk": "zz", "note": large}))
    page = call("Query", TableName=name, **asked)
    assert (len(page["Items"]), page["LastEvaluatedKey"]["sk"]) == (3, {"S": "z"})
