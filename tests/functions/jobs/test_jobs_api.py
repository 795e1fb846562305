"""GET and DELETE /jobs/{job_id}, from API Gateway's event to API Gateway's answer, on moto."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.aws.jobs import DynamoJobs
from orchestrator.jobs.models import Failure, Job
from tests.fakes.functions import Deployed, deployed

JOB_ID = "job_abc123"


@pytest.fixture
def api() -> Iterator[Deployed]:
    with deployed("http://127.0.0.1:9/unused") as made:
        yield made


def put(ended: str = "pending", tenant: str = "acme") -> None:
    async def go() -> None:
        store, now = DynamoJobs("jobs"), time.time()
        inputs = {"texts": ["a"]}
        await store.create(Job(tenant, JOB_ID, "memory.import", inputs, "agent", now, updated_at=now))
        if ended == "pending":
            return
        job = await store.begin(tenant, JOB_ID, now, now + 30)
        assert job is not None
        if ended == "succeeded":
            await store.succeed(job, {"stored": 1, "none": None}, 12, now)
        if ended == "failed":
            await store.fail(job, Failure("no answer", "VendorBusy", "Try again."), now)

    asyncio.run(go())


def get(api: Deployed, case: str = "get_job", **more: Any) -> Any:
    return api.send("api/jobs", case, **more)


def test_a_waiting_job_is_shown_with_one_call_to_aws(api: Deployed) -> None:
    put()
    api.stack.calls.clear()
    answer = get(api)
    assert answer.status == 200
    assert (answer.json["job_id"], answer.json["status"]) == (JOB_ID, "accepted")
    assert (answer.json["intent"], answer.json["mode"], answer.json["attempts"]) == (
        "memory.import",
        "agent",
        0,
    )
    assert "result" not in answer.json
    assert api.stack.calls == ["GetItem"]
    assert answer.headers["x-correlation-id"] == "order-4711"


def test_a_finished_job_shows_its_result_whole(api: Deployed) -> None:
    put("succeeded")
    answer = get(api, "get_job_waiting_for_it")
    assert (answer.json["status"], answer.json["result"]) == ("success", {"stored": 1, "none": None})
    assert answer.json["duration_ms"] == 12


def test_a_failed_job_shows_why(api: Deployed) -> None:
    put("failed")
    answer = get(api)
    shown = (answer.json["status"], answer.json["error"], answer.json["error_type"], answer.json["hint"])
    assert (answer.status, shown) == (200, ("failed", "no answer", "VendorBusy", "Try again."))


def test_a_job_nobody_knows_is_not_found_in_the_family_s_words(api: Deployed) -> None:
    answer = get(api, "unknown_job")
    assert answer.status == 404
    assert answer.json["error"].endswith("not found")
    assert (answer.json["status"], answer.json["error_type"]) == ("error", "NotFound")


@pytest.mark.parametrize("case", ["get_job", "cancel_job"])
def test_another_tenants_job_is_not_found(api: Deployed, case: str) -> None:
    put(tenant="other")
    assert get(api, case).status == 404
    assert get(api, case, caller={"tenant": "other"}).status == 200


def test_a_waiting_job_is_cancelled(api: Deployed) -> None:
    put()
    assert get(api, "cancel_job").json["status"] == "cancelled"
    assert get(api).json["status"] == "cancelled"


def test_a_running_job_is_asked_to_stop(api: Deployed) -> None:
    put("running")
    answer = get(api, "cancel_job")
    assert (answer.json["status"], answer.json["cancel_requested"]) == ("running", True)


def test_a_finished_job_cannot_be_cancelled(api: Deployed) -> None:
    put("succeeded")
    answer = get(api, "cancel_job")
    assert (answer.status, answer.json["error_type"]) == (409, "Conflict")


@pytest.mark.parametrize("wait", ["-1", "26", "nan", "inf", "soon", ""])
def test_a_wait_that_is_no_number_of_seconds_is_refused_by_name(api: Deployed, wait: str) -> None:
    put()
    answer = get(api, rawQueryString=f"wait={wait}", queryStringParameters={"wait": wait})
    assert answer.status == 422
    assert answer.json["field"] == "query.wait"


@pytest.mark.parametrize(("case", "scope"), [("get_job", "jobs:cancel"), ("cancel_job", "jobs:read")])
def test_each_route_needs_its_own_scope(api: Deployed, case: str, scope: str) -> None:
    put()
    assert get(api, case, caller={"scopes": scope}).status == 403
