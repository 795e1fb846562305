"""How a request, its text, its agents and its batch lie in the table `analysis`.

    pk                    sk                what it is
    tenant#req_…          AGENT#<agent>     what one agent did and found
                          REQUEST           the request; it alone stands in the indexes `listed`, `by_status`
                          TEXT              the text, apart: neither a list nor a poll ever reads it
    tenant#batch_…        BATCH             the ids of its requests

In this order one query reads a request with its agents and without its text. Every item has the TTL
attribute `expires_at`; requests and batches have `swept_in` = <day of expiry>#<shard> for the daily sweep.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from orchestrator.analysis.models import AGENTS, AgentName, AgentRun, Analysis, Batch, Receiver
from orchestrator.aws import expiry
from orchestrator.aws.documents import as_json

REQUEST = "REQUEST"
TEXT = "TEXT"
BATCH = "BATCH"
FIRST = "AGENT#"
"""Sorts before every item of a request."""
SHARDS = 4
"""Partitions in which a tenant's requests are listed: one partition takes 1,000 writes a second."""

Item = dict[str, Any]


def pk(tenant: str, identifier: str) -> str:
    """Return the partition key of a request or batch; ids hold no `#`."""
    return f"{tenant}#{identifier}"


def key(tenant: str, identifier: str, sort: str) -> Item:
    """Return the primary key of one item."""
    return {"pk": {"S": pk(tenant, identifier)}, "sk": {"S": sort}}


def agent_sort(agent: AgentName) -> str:
    """Return the sort key of an agent's run."""
    return f"{FIRST}{agent}"


def keys_of(tenant: str, identifier: str) -> list[Item]:
    """Return the keys of everything there can be of a request or a batch, what makes it visible first."""
    if identifier.startswith("batch_"):
        return [key(tenant, identifier, BATCH)]
    sorts = (REQUEST, TEXT, *map(agent_sort, AGENTS))
    return [key(tenant, identifier, sort) for sort in sorts]


def status_partition(tenant: str, status: str, number: int) -> str:
    """Return the partition of the index `by_status`."""
    return f"{tenant}#{status}#{number}"


def listing_partition(tenant: str, number: int) -> str:
    """Return the partition of the index `listed`."""
    return f"{tenant}#{number}"


def shard(request_id: str) -> int:
    """Return the shard a request is listed in."""
    return expiry.shard_of(request_id, SHARDS)


def request_item(analysis: Analysis) -> Item:
    """Return the item of a request that was just accepted."""
    tenant, request_id = analysis.tenant, analysis.request_id
    item: Item = {
        **key(tenant, request_id, REQUEST),
        "tenant": {"S": tenant},
        "request_id": {"S": request_id},
        "mode": {"S": analysis.mode},
        "text_length": {"N": str(analysis.text_length)},
        "created_at": {"N": repr(analysis.created_at)},
        "status": {"S": analysis.status},
        "correlation_id": {"S": analysis.correlation_id},
        "listed_in": {"S": listing_partition(tenant, shard(request_id))},
        "listed_at": {"S": f"{expiry.moment(analysis.created_at)}#{request_id}"},
        "status_in": {"S": status_partition(tenant, analysis.status, shard(request_id))},
        **_ageing(request_id, analysis.expires_at),
    }
    if analysis.batch_id:
        item["batch_id"] = {"S": analysis.batch_id}
    if analysis.receiver:
        item["webhook_url"] = {"S": analysis.receiver.url}
        item["sealed"] = {"L": [{"S": secret} for secret in analysis.receiver.sealed]}
    return item


def text_item(analysis: Analysis, text: str) -> Item:
    """Return the item of a request's text."""
    return {
        **key(analysis.tenant, analysis.request_id, TEXT),
        "text": {"S": text},
        "expires_at": {"N": str(analysis.expires_at)},
    }


def batch_item(batch: Batch) -> Item:
    """Return the item of a batch."""
    return {
        **key(batch.tenant, batch.batch_id, BATCH),
        "tenant": {"S": batch.tenant},
        "batch_id": {"S": batch.batch_id},
        "request_ids": {"L": [{"S": one} for one in batch.request_ids]},
        "created_at": {"N": repr(batch.created_at)},
        **_ageing(batch.batch_id, batch.expires_at),
    }


def _ageing(identifier: str, expires_at: int) -> Item:
    return {
        "expires_at": {"N": str(expires_at)},
        "swept_in": {"S": expiry.swept_in(identifier, expires_at)},
    }


def read_request(item: Mapping[str, Any]) -> Analysis:
    """Return the request an item stands for."""
    url = item.get("webhook_url", {}).get("S")
    sealed = tuple(secret["S"] for secret in item.get("sealed", {}).get("L", ()))
    completed_at = item.get("completed_at", {}).get("N")
    return Analysis(
        tenant=item["tenant"]["S"],
        request_id=item["request_id"]["S"],
        mode=item["mode"]["S"],
        text_length=int(item["text_length"]["N"]),
        created_at=float(item["created_at"]["N"]),
        expires_at=int(item["expires_at"]["N"]),
        correlation_id=item["correlation_id"]["S"],
        batch_id=item.get("batch_id", {}).get("S"),
        receiver=Receiver(url, sealed) if url else None,
        status=item["status"]["S"],
        completed_at=float(completed_at) if completed_at else None,
    )


def read_batch(item: Mapping[str, Any]) -> Batch:
    """Return the batch an item stands for."""
    return Batch(
        tenant=item["tenant"]["S"],
        batch_id=item["batch_id"]["S"],
        request_ids=tuple(one["S"] for one in item["request_ids"]["L"]),
        created_at=float(item["created_at"]["N"]),
        expires_at=int(item["expires_at"]["N"]),
    )


_TEXTS = frozenset(
    (
        "agent",
        "status",
        "prompt_version",
        "requested_model",
        "model",
        "cost_usd",
        "error",
        "error_type",
        "hint",
    )
)
_COUNTS = frozenset(("attempts", "input_tokens", "output_tokens"))


def run_values(run: AgentRun) -> Item:
    """Return the attributes of a run, without those that are `None`."""
    return {
        one.name: _value(one.name, value)
        for one in fields(run)
        if (value := getattr(run, one.name)) is not None
    }


def _value(name: str, value: Any) -> Item:
    if name in _TEXTS:
        return {"S": value}
    return {"N": repr(value)} if name != "result" else {"S": as_json(value)}


def read_run(item: Mapping[str, Any]) -> AgentRun:
    """Return the run an item stands for."""
    values = {one.name: _read(one.name, item[one.name]) for one in fields(AgentRun) if one.name in item}
    return AgentRun(**values)


def _read(name: str, value: Mapping[str, Any]) -> Any:
    if name in _TEXTS:
        return value["S"]
    if name == "result":
        return json.loads(value["S"])
    return int(value["N"]) if name in _COUNTS else float(value["N"])
