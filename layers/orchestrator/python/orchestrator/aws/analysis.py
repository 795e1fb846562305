"""Analysis requests in DynamoDB; `analysis_items` draws the table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.analysis.models import AgentName, AgentRun, Analysis, Batch, Material, Status
from orchestrator.analysis.ports import Found, Page, Query
from orchestrator.aws import analysis_items as items
from orchestrator.aws.analysis_bulk import delete_all, put_all, read_all
from orchestrator.aws.analysis_lists import expired, page
from orchestrator.aws.clients import Refused, call, dynamodb, error_code

_NEW = "attribute_not_exists(pk)"
_UNDONE = "(attribute_not_exists(pk) OR #status <> :completed)"
_OPEN = f"{_UNDONE} AND attribute_not_exists(closed)"
_LATER = 2 * 24 * 3600
"""Seconds for which agents are kept longer than their request: no request is ever left without them."""


class DynamoAnalysis:
    """`AnalysisStore` on the table named `table`."""

    def __init__(self, table: str, retention: float, *, clock: Callable[[], float] = time.time) -> None:
        """Use the table with the physical name `table`; requests are kept for `retention` seconds."""
        self._table = table
        self._retention = retention
        self._clock = clock

    async def create(self, accepted: Sequence[tuple[Analysis, str]], batch: Batch | None = None) -> None:
        """Write the texts, which nobody sees, then in one step the requests that make them visible."""
        if batch is None:
            [(analysis, text)] = accepted
            await call(dynamodb().put_item, TableName=self._table, Item=items.text_item(analysis, text))
            with suppress(Refused):
                item = items.request_item(analysis)
                await call(dynamodb().put_item, TableName=self._table, Item=item, ConditionExpression=_NEW)
            return
        await put_all(self._table, [items.text_item(analysis, text) for analysis, text in accepted])
        visible = [items.batch_item(batch), *(items.request_item(analysis) for analysis, _ in accepted)]
        puts = [{"TableName": self._table, "Item": item, "ConditionExpression": _NEW} for item in visible]
        await self._transact([{"Put": put} for put in puts])

    async def get(self, tenant: str, request_id: str) -> Found | None:
        """Read the request and its agents with one query."""
        found = await self._between(tenant, request_id, items.FIRST, items.REQUEST)
        return self._found(found)

    async def many(self, tenant: str, request_ids: Sequence[str]) -> Sequence[Found]:
        """Read the requests and their agents with one call: 25 of them are the 100 items it allows."""
        keys = [
            key for one in request_ids for key in items.keys_of(tenant, one) if key["sk"]["S"] != items.TEXT
        ]
        by_request: dict[str, list[Mapping[str, Any]]] = {}
        for item in await read_all(self._table, keys):
            by_request.setdefault(item["pk"]["S"], []).append(item)
        found = (self._found(by_request.get(items.pk(tenant, one), ())) for one in request_ids)
        return [one for one in found if one]

    async def batch(self, tenant: str, batch_id: str) -> Batch | None:
        """Read the batch consistently."""
        where = items.key(tenant, batch_id, items.BATCH)
        reply = await call(dynamodb().get_item, TableName=self._table, Key=where, ConsistentRead=True)
        found = items.read_batch(reply["Item"]) if "Item" in reply else None
        return found if found and found.expires_at > self._clock() else None

    async def begin(self, tenant: str, request_id: str, agent: AgentName, now: float) -> AgentRun | None:
        """Count the attempt in the agent's item, which the first one makes."""
        with suppress(Refused):
            reply = await call(
                dynamodb().update_item,
                TableName=self._table,
                Key=items.key(tenant, request_id, items.agent_sort(agent)),
                UpdateExpression="SET #status = :running, #agent = :agent,"
                " attempts = if_not_exists(attempts, :zero) + :one,"
                " started_at = if_not_exists(started_at, :now),"
                " expires_at = if_not_exists(expires_at, :expiry) REMOVE completed_at",
                ConditionExpression=_OPEN,
                ExpressionAttributeNames={"#status": "status", "#agent": "agent"},
                ExpressionAttributeValues={
                    ":running": {"S": "running"},
                    ":completed": {"S": "completed"},
                    ":agent": {"S": agent},
                    ":zero": {"N": "0"},
                    ":one": {"N": "1"},
                    ":now": {"N": repr(now)},
                    ":expiry": self._agents_end(now),
                },
                ReturnValues="ALL_NEW",
            )
            return items.read_run(reply["Attributes"])
        return None

    async def material(self, tenant: str, request_id: str, *, summary: bool) -> Material | None:
        """Read request and text, and the summary if it is asked for, with one query."""
        first = items.agent_sort("summarizer") if summary else items.REQUEST
        found = await self._between(tenant, request_id, first, items.TEXT)
        by_sort = {item["sk"]["S"]: item for item in found}
        if not {items.REQUEST, items.TEXT} <= by_sort.keys():
            return None
        result = items.read_run(by_sort[first]).result if summary and first in by_sort else None
        analysis = items.read_request(by_sort[items.REQUEST])
        return Material(analysis, by_sort[items.TEXT]["text"]["S"], result["summary"] if result else None)

    async def record(self, tenant: str, request_id: str, run: AgentRun) -> None:
        """Change the agent's item, if it is still there."""
        condition = f"attribute_exists(pk) AND {_OPEN}"
        if run.status != "completed":
            condition += " AND attempts = :attempts"
        await self._keep(tenant, request_id, run, condition, counted=True)

    async def close(self, tenant: str, request_id: str, run: AgentRun) -> None:
        """Change the agent's item, or make one that says why there was no attempt."""
        await self._keep(tenant, request_id, run, _UNDONE, closing=True)

    async def _keep(
        self,
        tenant: str,
        request_id: str,
        run: AgentRun,
        condition: str,
        *,
        counted: bool = False,
        closing: bool = False,
    ) -> None:
        values = items.run_values(run)
        changed = values.keys() - ({"attempts"} if counted else set())
        sets = [f"#{name} = :{name}" for name in sorted(changed)]
        sets.append("expires_at = if_not_exists(expires_at, :expiry)")
        sets += ["closed = :closed"] if closing else []
        gone = ("result", "error", "error_type", "hint", "cost_usd", "completed_at")
        removes = [f"#{name}" for name in gone if name not in values]
        sent = {f":{name}": values[name] for name in changed}
        sent |= {":attempts": values["attempts"]} if ":attempts" in condition else {}
        sent |= {":closed": {"BOOL": True}} if closing else {}
        sent |= {":completed": {"S": "completed"}, ":expiry": self._agents_end(run.started_at)}
        with suppress(Refused):
            await call(
                dynamodb().update_item,
                TableName=self._table,
                Key=items.key(tenant, request_id, items.agent_sort(run.agent)),
                UpdateExpression=f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" * bool(removes)),
                ConditionExpression=condition,
                ExpressionAttributeNames={f"#{name}": name for name in (*changed, *(r[1:] for r in removes))},
                ExpressionAttributeValues=sent,
            )

    async def settle(self, tenant: str, request_id: str, status: Status, completed_at: float) -> bool:
        """Change the request's status, and where it stands in the index of statuses."""
        shard = items.shard(request_id)
        try:
            await call(
                dynamodb().update_item,
                TableName=self._table,
                Key=items.key(tenant, request_id, items.REQUEST),
                UpdateExpression="SET #status = :status, completed_at = :at, status_in = :listed",
                ConditionExpression="#status = :pending",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={
                    ":status": {"S": status},
                    ":pending": {"S": "pending"},
                    ":at": {"N": repr(completed_at)},
                    ":listed": {"S": items.status_partition(tenant, status, shard)},
                },
            )
        except Refused:
            return False
        return True

    async def page(self, query: Query) -> Page:
        """Merge one page of each of the tenant's shards."""
        return await page(self._table, query, self._clock())

    async def delete(self, tenant: str, request_id: str) -> bool:
        """Erase all items in one step."""
        first, *others = ({"TableName": self._table, "Key": key} for key in items.keys_of(tenant, request_id))
        there = {"ConditionExpression": "attribute_exists(pk)"}
        return await self._transact([{"Delete": first | there}, *({"Delete": other} for other in others)])

    async def expired(self, now: float, limit: int) -> Sequence[tuple[str, str]]:
        """Look through the last days' partitions of the index `swept`."""
        return await expired(self._table, now, limit)

    async def erase(self, found: Sequence[tuple[str, str]]) -> None:
        """Remove the items in batches, which cost half of a transaction."""
        await delete_all(self._table, [key for one in found for key in items.keys_of(*one)])

    def _found(self, found: Iterable[Mapping[str, Any]]) -> Found | None:
        by_sort = {item["sk"]["S"]: item for item in found}
        item = by_sort.pop(items.REQUEST, None)
        if item is None:
            return None
        analysis = items.read_request(item)
        if analysis.expires_at <= self._clock():  # DynamoDB removes it later
            return None
        runs = map(items.read_run, by_sort.values())
        return analysis, {run.agent: run for run in runs}

    async def _between(self, tenant: str, request_id: str, first: str, last: str) -> list[Mapping[str, Any]]:
        reply = await call(
            dynamodb().query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": items.pk(tenant, request_id)},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            ConsistentRead=True,
        )
        return list(reply["Items"])

    async def _transact(self, actions: Sequence[Any]) -> bool:
        """Return whether the writes happened; false when a condition did not hold."""
        try:
            await call(dynamodb().transact_write_items, TransactItems=actions)
        except ClientError as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if error_code(error) == "TransactionCanceledException" and "ConditionalCheckFailed" in reasons:
                return False
            raise
        return True

    def _agents_end(self, begun_at: float) -> Any:
        # An agent begins before it has seen the request: it must not begin unseen by a deletion.
        return {"N": str(int(begun_at + self._retention) + _LATER)}
