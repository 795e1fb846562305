"""Jobs in DynamoDB, and their messages in SQS."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from orchestrator.aws.clients import Refused, call, dynamodb, sqs
from orchestrator.aws.documents import as_json
from orchestrator.jobs.models import REDRIVABLE, RETENTION, Failure, Job

_NAMES = {"#status": "status"}
_MINE = "#status = :running AND attempts = :attempt"
_FREE = (
    "#status = :pending OR (#status = :running AND lease_until < :now)"
    " OR (#status = :failed AND dead_lettered = :yes)"
)


class DynamoJobs:
    """`JobStore` on the table named `table`; an attempt is known by its number."""

    def __init__(self, table: str) -> None:
        """Use the table with the physical name `table`."""
        self._table = table

    async def create(self, job: Job) -> None:
        """Put the job unless its id is taken."""
        with suppress(Refused):
            await call(
                dynamodb().put_item,
                TableName=self._table,
                Item=_item(job),
                ConditionExpression="attribute_not_exists(pk)",
            )

    async def get(self, tenant: str, job_id: str) -> Job | None:
        """Read the job consistently."""
        reply = await call(
            dynamodb().get_item, TableName=self._table, Key=_key(tenant, job_id), ConsistentRead=True
        )
        return _job(reply["Item"]) if "Item" in reply else None

    async def begin(
        self, tenant: str, job_id: str, now: float, lease_until: float, receive_count: int = 1
    ) -> Job | None:
        """Move a free job to running and count the attempt, which is marked as this call's."""
        return await self._update(
            _key(tenant, job_id),
            "SET #status = :running, attempts = attempts + :one, receive_count = :receives,"
            " begun_by = :call, lease_until = :lease, updated_at = :now REMOVE dead_lettered",
            _FREE,
            {
                ":running": {"S": "running"},
                ":pending": {"S": "pending"},
                ":failed": {"S": "failed"},
                ":yes": {"BOOL": True},
                ":one": {"N": "1"},
                ":receives": {"N": str(receive_count)},
                ":call": {"S": secrets.token_hex(8)},
                ":lease": {"N": repr(lease_until)},
                ":now": {"N": repr(now)},
            },
        )

    async def renew(
        self, job: Job, now: float, lease_until: float, progress: Mapping[str, Any] | None
    ) -> Job | None:
        """Move the end of the lease, and show the progress."""
        return await self._change(
            job,
            "SET lease_until = :lease, updated_at = :now, progress = :progress",
            now,
            {":lease": {"N": repr(lease_until)}, ":progress": {"S": as_json(progress)}},
        )

    async def succeed(self, job: Job, result: Mapping[str, Any], duration_ms: int, now: float) -> bool:
        """Keep the result."""
        changed = await self._change(
            job,
            "SET #status = :status, #result = :result, duration_ms = :duration, updated_at = :now,"
            " expires_at = :expiry REMOVE failure",
            now,
            {
                ":status": {"S": "succeeded"},
                ":result": {"S": as_json(result)},
                ":duration": {"N": str(duration_ms)},
                ":expiry": {"N": str(int(now) + RETENTION)},
            },
            {"#result": "result"},
        )
        return changed is not None

    async def fail(self, job: Job, failure: Failure, now: float) -> bool:
        """Keep the failure, and whether its message can be redriven."""
        kept = REDRIVABLE if failure.dead_lettered else RETENTION
        values = {
            ":status": {"S": "failed"},
            ":failure": {"S": as_json(asdict(failure))},
            ":dead": {"BOOL": failure.dead_lettered},
            ":expiry": {"N": str(int(now) + kept)},
        }
        changes = (
            "SET #status = :status, failure = :failure, dead_lettered = :dead, updated_at = :now,"
            " expires_at = :expiry"
        )
        return await self._change(job, changes, now, values) is not None

    async def put_back(self, job: Job, failure: Failure, now: float) -> bool:
        """Make the job wait again, the reason beside it."""
        values = {":status": {"S": "pending"}, ":failure": {"S": as_json(asdict(failure))}}
        changes = "SET #status = :status, failure = :failure, lease_until = :now, updated_at = :now"
        return await self._change(job, changes, now, values) is not None

    async def confirm_cancel(self, job: Job, now: float) -> bool:
        """Move the running job to cancelled."""
        changes = "SET #status = :status, updated_at = :now"
        return await self._change(job, changes, now, {":status": {"S": "cancelled"}}) is not None

    async def cancel(self, tenant: str, job_id: str, now: float) -> Job | None:
        """Cancel the job if it waits, else mark the running one."""
        # Twice, since a running job may be put back to wait just between the two conditions.
        for _ in range(2):
            if cancelled := await self._cancel_once(_key(tenant, job_id), now):
                return cancelled
        return await self.get(tenant, job_id)

    async def withdraw(self, tenant: str, job_id: str, now: float) -> bool:
        """Move the waiting job to cancelled; one that is cancelled already counts as moved."""
        # The SDK sends the change again when its reply is lost, and would then find its own work refused.
        return await self._cancel_waiting(_key(tenant, job_id), now, " OR #status = :cancelled") is not None

    async def _cancel_once(self, key: Mapping[str, Any], now: float) -> Job | None:
        return await self._cancel_waiting(key, now) or await self._update(
            key,
            "SET cancel_requested = :yes, updated_at = :now",
            "#status = :running",
            {":yes": {"BOOL": True}, ":running": {"S": "running"}, ":now": {"N": repr(now)}},
        )

    async def _cancel_waiting(self, key: Mapping[str, Any], now: float, more: str = "") -> Job | None:
        return await self._update(
            key,
            "SET #status = :cancelled, updated_at = :now",
            "#status = :pending" + more,
            {":cancelled": {"S": "cancelled"}, ":pending": {"S": "pending"}, ":now": {"N": repr(now)}},
        )

    async def _change(
        self,
        job: Job,
        changes: str,
        now: float,
        values: Mapping[str, Any],
        names: Mapping[str, str] | None = None,
    ) -> Job | None:
        mine = {":running": {"S": "running"}, ":attempt": {"N": str(job.attempts)}, ":now": {"N": repr(now)}}
        return await self._update(_key(job.tenant, job.job_id), changes, _MINE, {**mine, **values}, names)

    async def _update(
        self,
        key: Mapping[str, Any],
        changes: str,
        condition: str,
        values: Mapping[str, Any],
        names: Mapping[str, str] | None = None,
    ) -> Job | None:
        """Return the changed job, or `None` when the condition does not hold.

        A change with a `:call` that finds itself made was sent again by the SDK, its first reply lost.
        """
        try:
            reply = await call(
                dynamodb().update_item,
                TableName=self._table,
                Key=key,
                UpdateExpression=changes,
                ConditionExpression=condition,
                ExpressionAttributeNames={**_NAMES, **(names or {})},
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD" if ":call" in values else "NONE",
            )
        except Refused as refused:
            mine = ":call" in values and refused.item.get("begun_by") == values[":call"]
            return _job(refused.item) if mine else None
        return _job(reply["Attributes"])


class SqsJobs:
    """`JobQueue` on the queue at `url`."""

    def __init__(self, url: str) -> None:
        """Use the queue at `url`."""
        self._url = url

    async def send(self, tenant: str, job_id: str, correlation_id: str) -> None:
        """Send the job's reference; what it works on stays in the table."""
        body = json.dumps({"tenant": tenant, "job_id": job_id, "correlation_id": correlation_id})
        await call(sqs().send_message, QueueUrl=self._url, MessageBody=body)


class SqsDelivery:
    """`Delivery` of one received message."""

    def __init__(self, queue_url: str, receipt_handle: str, receive_count: int) -> None:
        """Keep what SQS said when it delivered the message."""
        self._queue_url = queue_url
        self._receipt_handle = receipt_handle
        self.receive_count = receive_count

    async def keep(self, seconds: float) -> None:
        """Set the message's visibility time-out, in whole seconds from now."""
        await call(
            sqs().change_message_visibility,
            QueueUrl=self._queue_url,
            ReceiptHandle=self._receipt_handle,
            VisibilityTimeout=round(seconds),
        )


def _key(tenant: str, job_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"{tenant}#{job_id}"}, "sk": {"S": "JOB"}}


def _item(job: Job) -> dict[str, Any]:
    item: dict[str, Any] = {
        **_key(job.tenant, job.job_id),
        "tenant": {"S": job.tenant},
        "job_id": {"S": job.job_id},
        "intent": {"S": job.intent},
        "inputs": {"S": as_json(job.inputs)},
        "context": {"S": as_json(job.context)},
        "mode": {"S": job.mode},
        "status": {"S": job.status},
        "correlation_id": {"S": job.correlation_id},
        "created_at": {"N": repr(job.created_at)},
        "updated_at": {"N": repr(job.updated_at)},
        "attempts": {"N": "0"},
        "lease_until": {"N": "0"},
        "expires_at": {"N": str(int(job.created_at) + REDRIVABLE)},
    }
    if job.callback_url:
        item["callback_url"] = {"S": job.callback_url}
    return item


def _job(item: Mapping[str, Any]) -> Job:
    failure = _json(item, "failure")
    duration = item.get("duration_ms")
    return Job(
        tenant=item["tenant"]["S"],
        job_id=item["job_id"]["S"],
        intent=item["intent"]["S"],
        inputs=json.loads(item["inputs"]["S"]),
        context=json.loads(item["context"]["S"]),
        mode=item["mode"]["S"],
        status=item["status"]["S"],
        correlation_id=item["correlation_id"]["S"],
        callback_url=item.get("callback_url", {}).get("S"),
        created_at=float(item["created_at"]["N"]),
        updated_at=float(item["updated_at"]["N"]),
        attempts=int(item["attempts"]["N"]),
        receive_count=int(item.get("receive_count", {"N": "0"})["N"]),
        lease_until=float(item["lease_until"]["N"]),
        progress=_json(item, "progress"),
        result=_json(item, "result"),
        failure=Failure(**failure) if failure else None,
        duration_ms=int(duration["N"]) if duration else None,
        cancel_requested=item.get("cancel_requested", {}).get("BOOL", False),
    )


def _json(item: Mapping[str, Any], name: str) -> Any:
    return json.loads(item[name]["S"]) if name in item else None
