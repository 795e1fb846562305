"""Requests on moto, and agents that end as they are told."""

import asyncio
import json
import time
from typing import Any

from orchestrator.analysis.models import AGENTS, AgentRun, Analysis, Receiver
from orchestrator.aws import clients
from orchestrator.aws.analysis import DynamoAnalysis
from tests.fakes.functions import Deployed
from tests.unit.analysis.world import FOUND

REQUEST = "req_abc123"
TEXT = "A text that is long enough."


def store(api: Deployed) -> DynamoAnalysis:
    return DynamoAnalysis(api.stack.environment["TABLE_ANALYSIS"], 3600)


def put(api: Deployed, request_id: str = REQUEST, tenant: str = "acme", **changes: Any) -> None:
    """Accept a request, a moment ago."""
    now = time.time()
    fields = {"mode": "parallel", "text_length": len(TEXT), "created_at": now, "expires_at": int(now) + 3600}
    fields |= {"receiver": Receiver("https://example.com/hook")} | changes
    analysis = Analysis(tenant, request_id, **fields)
    asyncio.run(store(api).create([(analysis, TEXT)]))


def work(api: Deployed, *agents: str, request_id: str = REQUEST) -> None:
    """Let the named agents complete; without a name all of them."""

    async def go() -> None:
        for name in AGENTS:
            if name in (agents or AGENTS):
                begun = await store(api).begin("acme", request_id, name, time.time())
                assert begun is not None
                run = AgentRun(
                    name, "completed", begun.attempts, begun.started_at, time.time(), result=FOUND[name]
                )
                await store(api).record("acme", request_id, run)

    asyncio.run(go())


def status(api: Deployed, request_id: str = REQUEST) -> str | None:
    found = asyncio.run(store(api).get("acme", request_id))
    return found[0].status if found else None


def executions(api: Deployed) -> dict[str, Any]:
    """The input of each execution by its name."""
    client, arn = clients.stepfunctions(), api.stack.environment["WORKFLOW_ANALYSIS"]
    found = client.list_executions(stateMachineArn=arn)["executions"]
    inputs = {
        one["name"]: client.describe_execution(executionArn=one["executionArn"])["input"] for one in found
    }
    return {name: json.loads(text) for name, text in inputs.items()}


def messages(api: Deployed, queue: str) -> list[dict[str, Any]]:
    """What lies in the queue."""
    url = api.stack.environment[f"QUEUE_{queue.upper()}"]
    found: list[dict[str, Any]] = []
    while some := clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in some]
    return found
