"""How long a job stays in the table: never shorter than the message that may bring it back."""

import asyncio
from typing import Any

import pytest

from orchestrator.aws import clients
from orchestrator.aws.jobs import DynamoJobs
from orchestrator.jobs.models import REDRIVABLE, RETENTION, Failure, Job
from tests.fakes.stack import stack

NOW = 1_795_174_154.5
PASSED = Failure("no answer", "VendorBusy")
DEAD = Failure("no answer", "VendorBusy", None, dead_lettered=True)


@pytest.mark.parametrize(
    ("ending", "seconds"),
    [("none", REDRIVABLE), ("success", RETENTION), ("failure", RETENTION), ("dead letter", REDRIVABLE)],
)
def test_a_job_is_kept_for_a_week_after_its_end_and_longer_while_it_may_be_redriven(
    ending: str, seconds: int
) -> None:
    async def end(store: DynamoJobs) -> None:
        await store.create(Job("acme", "job_1", "long", {}, "agent", NOW))
        job = await store.begin("acme", "job_1", NOW, NOW + 30)
        assert job
        if ending == "success":
            assert await store.succeed(job, {}, 1, NOW)
        elif ending != "none":
            assert await store.fail(job, DEAD if ending == "dead letter" else PASSED, NOW)

    with stack() as made:
        table = made.environment["TABLE_JOBS"]
        asyncio.run(end(DynamoJobs(table)))
        key: Any = {"pk": {"S": "acme#job_1"}, "sk": {"S": "JOB"}}
        item = clients.dynamodb().get_item(TableName=table, Key=key)["Item"]
        assert int(item["expires_at"]["N"]) == int(NOW) + seconds
