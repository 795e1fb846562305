"""The end of a job, as its callback_url hears of it."""

import asyncio
import json
from dataclasses import replace

import pytest

from orchestrator.jobs.models import Failure, Job, JobView
from orchestrator.webhooks.callbacks import Callbacks
from orchestrator.webhooks.models import Announcement

NOW = 1_795_174_154.0
JOB = Job(
    "acme",
    "job_abc123",
    "memory.import",
    {"texts": ["a"]},
    "agent",
    NOW,
    callback_url="https://example.com/callback",
    correlation_id="order-4711",
    status="succeeded",
    updated_at=NOW + 2,
    attempts=1,
    result={"stored": 1, "text": "naïve ☃"},
    duration_ms=12,
)


class Ear:
    def __init__(self) -> None:
        self.heard: list[Announcement] = []

    async def announce(self, announcement: Announcement) -> None:
        self.heard.append(announcement)


def told(job: Job) -> list[Announcement]:
    ear = Ear()
    asyncio.run(Callbacks(ear, max_receives=4, clock=lambda: NOW + 3)(job))
    return ear.heard


def test_a_job_is_announced_as_get_jobs_shows_it() -> None:
    [announced] = told(JOB)
    assert (announced.tenant, announced.subject, announced.event) == ("acme", "job_abc123", "job.succeeded")
    assert (announced.url, announced.correlation_id) == ("https://example.com/callback", "order-4711")
    assert announced.secret_names == ("CALLBACK_HMAC_SECRET", "CALLBACK_HMAC_SECRET_PREVIOUS")
    assert announced.sealed == ()
    shown = JobView.of(JOB, NOW + 3, 4).model_dump(mode="json", exclude_none=True)
    expected = {"type": "job.succeeded", "timestamp": "2026-11-20T11:29:16+00:00", **shown}
    assert json.loads(announced.body) == expected
    assert expected["status"] == "success"


@pytest.mark.parametrize(
    ("job", "event"),
    [
        (replace(JOB, status="failed", failure=Failure("no", "VendorError")), "job.failed"),
        (replace(JOB, status="cancelled", result=None), "job.cancelled"),
    ],
)
def test_every_end_has_an_event(job: Job, event: str) -> None:
    [announced] = told(job)
    assert announced.event == event == json.loads(announced.body)["type"]


def test_telling_twice_sends_the_same_bytes() -> None:
    assert told(JOB) == told(JOB)


def test_a_job_without_callback_url_is_announced_to_nobody() -> None:
    assert told(replace(JOB, callback_url=None)) == []


def test_half_a_surrogate_pair_in_a_result_reaches_the_receiver() -> None:
    [announced] = told(replace(JOB, result={"text": "\ud800"}))
    assert json.loads(announced.body)["result"] == {"text": "\ud800"}
