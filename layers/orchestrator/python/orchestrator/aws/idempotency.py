"""Idempotency records in DynamoDB: one item a key, every change conditional."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from orchestrator.aws.clients import Refused, call, dynamodb
from orchestrator.aws.documents import as_json
from orchestrator.idempotency import RETENTION, Claim, Record

_SORT = "IDEMPOTENCY"


class DynamoIdempotency:
    """`IdempotencyStore` on the table named `table`."""

    def __init__(self, table: str) -> None:
        """Use the table with the physical name `table`."""
        self._table = table

    async def claim(self, claim: Claim, *, over: Record | None = None) -> Record | None:
        """Put the claim where the key is free or expired, or held by exactly `over`."""
        # TTL deletes lazily (up to days late), so expiry is part of the condition.
        condition = "attribute_not_exists(pk) OR expires_at < :now"
        values: dict[str, Any] = {":now": {"N": repr(claim.started_at)}}
        if over:
            condition += " OR attempt = :over"
            values[":over"] = {"S": over.claim.token}
        try:
            await call(
                dynamodb().put_item,
                TableName=self._table,
                Item=_item(claim),
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            held = _record(refused.item)
            # A claim whose reply was lost is sent again by the SDK and meets itself.
            return None if held.claim.token == claim.token else held
        return None

    async def complete(self, claim: Claim, response: Mapping[str, Any] | None, now: float) -> None:
        """Store the response, unless another attempt has taken the key over."""
        changes = "SET #state = :state, completed_at = :now, expires_at = :expiry"
        values: dict[str, Any] = {
            ":state": {"S": "job" if response is None else "done"},
            ":now": {"N": repr(now)},
            ":expiry": {"N": str(int(now) + claim.retention)},
            ":mine": {"S": claim.token},
        }
        if response is not None:
            changes += ", answer = :response"
            values[":response"] = {"S": as_json(response)}
        await self._mine(
            dynamodb().update_item,
            Key=_key(claim.scope, claim.key),
            UpdateExpression=changes,
            ConditionExpression="attempt = :mine",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=values,
        )

    async def release(self, claim: Claim) -> None:
        """Delete the record if it is still this attempt's."""
        await self._mine(
            dynamodb().delete_item,
            Key=_key(claim.scope, claim.key),
            ConditionExpression="attempt = :mine",
            ExpressionAttributeValues={":mine": {"S": claim.token}},
        )

    async def _mine(self, operation: Any, **arguments: Any) -> None:
        # Refused means that a later attempt owns the key by now: its outcome counts, not ours.
        with suppress(Refused):
            await call(operation, TableName=self._table, **arguments)


def _key(scope: str, key: str) -> dict[str, Any]:
    return {"pk": {"S": f"{scope}#{key}"}, "sk": {"S": _SORT}}


def _item(claim: Claim) -> dict[str, Any]:
    item: dict[str, Any] = {
        **_key(claim.scope, claim.key),
        "scope": {"S": claim.scope},
        "key": {"S": claim.key},
        "state": {"S": "in_progress"},
        "fingerprint": {"S": claim.fingerprint},
        "attempt": {"S": claim.token},
        "started_at": {"N": repr(claim.started_at)},
        "lock_until": {"N": repr(claim.lock_until)},
        "retry_safe": {"BOOL": claim.retry_safe},
        "expires_at": {"N": str(int(claim.lock_until) + claim.retention)},
        "retention": {"N": str(claim.retention)},
    }
    if claim.job_id:
        item["job_id"] = {"S": claim.job_id}
    return item


def _record(item: Mapping[str, Any]) -> Record:
    claim = Claim(
        scope=item["scope"]["S"],
        key=item["key"]["S"],
        fingerprint=item["fingerprint"]["S"],
        token=item["attempt"]["S"],
        started_at=float(item["started_at"]["N"]),
        lock_until=float(item["lock_until"]["N"]),
        retry_safe=item["retry_safe"]["BOOL"],
        job_id=item["job_id"]["S"] if "job_id" in item else None,
        retention=int(item["retention"]["N"]) if "retention" in item else RETENTION,
    )
    return Record(
        claim=claim,
        state=item["state"]["S"],
        completed_at=float(item.get("completed_at", {"N": "0"})["N"]),
        response=json.loads(item["answer"]["S"]) if "answer" in item else None,
    )
