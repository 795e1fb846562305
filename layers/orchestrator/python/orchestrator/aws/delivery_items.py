"""How a delivery and a failing endpoint lie in the table `webhooks`.

    pk                     sk          what it is
    tenant#<subject>       DELIVERY    one delivery with the log of its attempts
    tenant#@<hash of URL>  ENDPOINT    a receiver that has failed and not succeeded since

A delivery is one item, so that taking it, and recording what came of it, is one call each. DynamoDB charges
a change by the size of the whole item: the body is kept compressed.

`failed_in` (`tenant#shard`) and `failed_at` are there only while a delivery has failed for good; `swept_in`
is what `expiry` says.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from orchestrator.aws.documents import as_json
from orchestrator.aws.expiry import swept_in
from orchestrator.webhooks.models import Announcement, Attempt, Delivery, Endpoint

SHARDS = 4
"""Partitions of a tenant's failed deliveries: after an outage there may be many at once."""

Item = dict[str, Any]


def key(tenant: str, subject: str) -> Item:
    """Return the primary key of a delivery; subjects hold no `#`."""
    return {"pk": {"S": f"{tenant}#{subject}"}, "sk": {"S": "DELIVERY"}}


def endpoint_key(tenant: str, url: str) -> Item:
    """Return the primary key of an endpoint: a URL without its query, in which receivers put tokens."""
    place = url.partition("#")[0].partition("?")[0]
    return {
        "pk": {"S": f"{tenant}#@{hashlib.sha256(place.encode()).hexdigest()[:40]}"},
        "sk": {"S": "ENDPOINT"},
    }


def failed_partition(tenant: str, shard: int) -> str:
    """Return a partition of the index `failed`."""
    return f"{tenant}#{shard}"


def number(value: float) -> Item:
    """Return a number with every digit it has."""
    return {"N": repr(value)}


def delivery_item(delivery: Delivery) -> Item:
    """Return the item of a delivery that was just announced."""
    announcement = delivery.announcement
    tenant, subject = announcement.tenant, announcement.subject
    item: Item = {
        **key(tenant, subject),
        "tenant": {"S": tenant},
        "subject": {"S": subject},
        "event": {"S": announcement.event},
        "url": {"S": announcement.url},
        "body": {"B": zlib.compress(announcement.body)},
        "sealed": {"L": [{"S": secret} for secret in announcement.sealed]},
        "secret_names": {"L": [{"S": name} for name in announcement.secret_names]},
        "correlation_id": {"S": announcement.correlation_id},
        "webhook_id": {"S": delivery.webhook_id},
        "created_at": number(delivery.created_at),
        "updated_at": number(delivery.updated_at),
        "status": {"S": delivery.status},
        "tries": {"N": "0"},
        "by_hand": {"BOOL": False},
        "log": {"L": [log_entry(attempt) for attempt in delivery.log]},
        "expires_at": {"N": str(delivery.expires_at)},
        "swept_in": {"S": swept_in(subject, delivery.expires_at)},
    }
    if delivery.next_at is not None:
        item["next_at"] = number(delivery.next_at)
    return item


def read_delivery(item: Mapping[str, Any]) -> Delivery:
    """Return the delivery an item stands for."""
    announcement = Announcement(
        tenant=item["tenant"]["S"],
        subject=item["subject"]["S"],
        event=item["event"]["S"],
        url=item["url"]["S"],
        body=zlib.decompress(item["body"]["B"]),
        sealed=tuple(secret["S"] for secret in item["sealed"]["L"]),
        secret_names=tuple(name["S"] for name in item["secret_names"]["L"]),
        correlation_id=item["correlation_id"]["S"],
    )
    next_at = item.get("next_at", {}).get("N")
    return Delivery(
        announcement,
        webhook_id=item["webhook_id"]["S"],
        created_at=float(item["created_at"]["N"]),
        expires_at=int(item["expires_at"]["N"]),
        status=item["status"]["S"],
        tries=int(item["tries"]["N"]),
        by_hand=item["by_hand"]["BOOL"],
        holder=item.get("holder", {}).get("S", ""),
        lease_until=float(item.get("lease_until", {}).get("N", "0")),
        next_at=float(next_at) if next_at else None,
        updated_at=float(item["updated_at"]["N"]),
        log=tuple(Attempt(**json.loads(entry["S"])) for entry in item["log"]["L"]),
    )


def log_entry(attempt: Attempt) -> Item:
    """Return one entry of the log."""
    return {"S": as_json({name: value for name, value in asdict(attempt).items() if value is not None})}


def read_endpoint(item: Mapping[str, Any]) -> Endpoint:
    """Return the endpoint an item stands for."""
    return Endpoint(float(item["failing_since"]["N"]), float(item["last_failed_at"]["N"]))
