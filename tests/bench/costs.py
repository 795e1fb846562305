"""AWS list prices (us-east-1, November 2026), and what 1,000 analyses cost at them.

Prices from the services' pricing pages; free tiers left out. What a Lambda costs depends on how long the
model takes: `MODEL_SECONDS` is an assumption, and everything else is counted.
"""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1_000_000
MODEL_SECONDS = 2.0
"""How long an agent waits for its model."""
OTHER_SECONDS = 0.05
"""How long every other function takes."""

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
    """What one analysis used: AWS calls by `service:Action`, states entered, agents that ran."""

    calls: dict[str, int]
    transitions: int
    agents: int


def of_thousand(counted: Counted) -> dict[str, float]:
    """Return US dollars for 1,000 analyses, by service."""
    by_service: dict[str, float] = {}

    def add(service: str, amount: float, price: str) -> None:
        by_service[service] = by_service.get(service, 0.0) + 1000 * amount * PRICE[price]

    add("API", 1, "HTTP API request")
    add("Step Functions", counted.transitions, "state transition")
    add("Lambda", counted.agents + 1, "Lambda request")
    add("Lambda", 3 * MODEL_SECONDS + (counted.agents - 2) * OTHER_SECONDS, "Lambda GB-second (arm64)")
    for call, number in counted.calls.items():
        service, _, action = call.partition(":")
        if service == "dynamodb":
            add("DynamoDB", number, f"DynamoDB {'write' if action in _WRITES else 'read'} unit")
        elif service in ("sqs", "kms"):
            add(service.upper(), number, f"{service.upper()} request")
    return by_service
