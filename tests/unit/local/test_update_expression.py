"""Our plain updates against moto's own: whatever we do, moto does the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import UpdateExpressionValidator

from infra.local.moto_patches.update_expression import NotPlainError, Scope, changes, compiled

KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}]
TABLE = Table("t", "1" * 12, "us-east-1", schema=KEYS, attr=[{"AttributeName": "pk", "AttributeType": "S"}])
NAMES = {"#a": "alpha", "#s": "state"}
VALUES = {
    ":n": {"N": "2"},
    ":s": {"S": "x"},
    ":l": {"L": [{"S": "y"}]},
    ":none": {"L": []},
    ":set": {"SS": ["a", "b"]},
    ":b": {"B": "AAE="},
}
ITEM = {"alpha": {"N": "5"}, "state": {"S": "old"}, "log": {"L": [{"S": "x"}]}, "tags": {"SS": ["a", "c"]}}


def item(attributes: dict[str, Any]) -> Item:
    return Item({"S": "key"}, None, {"pk": {"S": "key"}, **attributes})  # pyright: ignore


def by_moto(expression: str, attributes: dict[str, Any]) -> dict[str, Any]:
    target = item(attributes)
    tree = UpdateExpressionParser.make(expression)
    valid = UpdateExpressionValidator(tree, NAMES, VALUES, target, TABLE).validate()
    valid.normalize()
    UpdateExpressionExecutor(valid, target, NAMES).execute()
    return target.to_json()["Attributes"]


def by_us(expression: str, attributes: dict[str, Any]) -> dict[str, Any]:
    actions = compiled(expression)
    if actions is None:
        raise NotPlainError
    target = item(attributes)
    for name, value in changes(actions, Scope(target.attrs, NAMES, VALUES)).items():
        if value is None:
            target.attrs.pop(name, None)
        else:
            target.attrs[name] = value
    return target.to_json()["Attributes"]


paths = st.sampled_from(["#a", "alpha", "#s", "log", "tags", "fresh"])
values = st.sampled_from([*VALUES])
operands = st.one_of(
    values,
    paths,
    st.builds("if_not_exists({}, {})".format, paths, values),
    st.builds("list_append({}, {})".format, st.one_of(paths, values), values),
    st.builds("list_append(if_not_exists({}, :none), {})".format, paths, values),
    st.builds("{} {} {}".format, paths, st.sampled_from("+-"), values),
)
sets = st.lists(st.builds("{} = {}".format, paths, operands), min_size=1, max_size=3).map(", ".join)
removes = st.lists(paths, min_size=1, max_size=2).map(", ".join)
clauses = st.one_of(
    st.builds("SET {}".format, sets),
    st.builds("SET {} REMOVE {}".format, sets, removes),
    st.builds("REMOVE {}".format, removes),
    st.builds("ADD {} {}".format, paths, st.sampled_from([":n", ":set"])),
    st.builds("DELETE {} :set".format, paths),
)


@settings(max_examples=300, deadline=None)
@given(clauses, st.lists(st.sampled_from([*ITEM]), unique=True))
def test_a_plain_update_does_what_motos_does(expression: str, present: list[str]) -> None:
    attributes = {name: ITEM[name] for name in present}
    try:
        ours = by_us(expression, attributes)
    except NotPlainError:
        return  # left to moto, so nothing to compare
    assert ours == by_moto(expression, attributes)


@pytest.mark.parametrize(
    "expression",
    [
        "SET a.b = :s",
        "SET a[0] = :s",
        "SET a = :s SET b = :s",
        "SET a = size(:s)",
        "SET a = :s,",
        "PUT a :s",
        "",
        "SET",
        "SET a = :s; REMOVE b",
    ],
)
def test_what_is_not_plain_is_left_to_moto(expression: str) -> None:
    assert not compiled(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "SET a = :unknown",
        "SET #unknown = :s",
        "SET status = :s",
        "SET a = fresh",
        "SET a = :s, a = :n",
        "SET a = log + :n",
    ],
)
def test_what_is_wrong_is_left_to_moto(expression: str) -> None:
    actions = compiled(expression)
    assert actions is not None
    with pytest.raises(NotPlainError):
        changes(actions, Scope(item(ITEM).attrs, NAMES, VALUES))
