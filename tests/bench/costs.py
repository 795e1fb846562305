"""AWS list prices (us-east-1, November 2026), and what 1,000 analyses cost at them.

Prices from the services' pricing pages; free tiers left out. What a Lambda costs depends on how long the
model takes: `MODEL_SECONDS` is an assumption, and everything else is counted.
"""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1_000_000
AGENTS = 3
MODEL_SECONDS = 2.0
"""How long an agent waits for its model."""
OTHER_SECONDS = 0.05
"""How long every other function takes."""
INDEX_WRITES = 6
"""Writes of the indexes `listed`, `by_status` and `swept`: three when a request is created, three when it is
settled (one in `listed`; `by_status` moves its entry, which is two)."""

PRICE = {
    "state transition": 25 / MILLION,
    "Lambda request": 0.20 / MILLION,
    "Lambda GB-second (arm64)": 13.3334 / MILLION,
    "DynamoDB write unit": 0.625 / MILLION,
    "DynamoDB read unit": 0.125 / MILLION,
    "SQS request": 0.40 / MILLION,
    "KMS request": 3 / MILLION,
    "HTTP API request": 1 / MILLION,
}
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})


@dataclass(frozen=True)
class Counted:
    """What one analysis used: AWS calls by `service:Action`, states entered, functions that ran for it."""

    calls: dict[str, int]
    transitions: int
    functions: int


def of_thousand(counted: Counted) -> dict[str, float]:
    """Return US dollars for 1,000 analyses, by service."""
    by_service: dict[str, float] = {}

    def add(service: str, amount: float, price: str) -> None:
        by_service[service] = by_service.get(service, 0.0) + 1000 * amount * PRICE[price]

    add("API", 1, "HTTP API request")
    add("Step Functions", counted.transitions, "state transition")
    add("Lambda", counted.functions, "Lambda request")
    seconds = AGENTS * MODEL_SECONDS + (counted.functions - AGENTS) * OTHER_SECONDS
    add("Lambda", seconds, "Lambda GB-second (arm64)")  # taken as 1 GB each: the collector has half
    add("DynamoDB", INDEX_WRITES, "DynamoDB write unit")
    for call, number in counted.calls.items():
        service, _, action = call.partition(":")
        if service == "dynamodb":
            add("DynamoDB", number, f"DynamoDB {'write' if action in _WRITES else 'read'} unit")
        elif service in ("sqs", "kms"):
            add(service.upper(), number, f"{service.upper()} request")
    return by_service
