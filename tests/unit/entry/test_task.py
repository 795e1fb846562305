import re
import time
from datetime import datetime
from typing import Any

import pytest

from orchestrator.entry import correlation
from orchestrator.entry.task import SPREAD, RetryAt, task_handler
from orchestrator.errors import Conflict, NotFound, OrchestratorError, Unavailable, VendorBusy
from orchestrator.spec import Function
from tests.unit.entry.conftest import Lines

SPEC = Function("test")


class Renamed(VendorBusy):
    @property
    def error_type(self) -> str:
        return "Vendor.Busy"


def test_a_task_returns_what_the_work_returns() -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        return {"twice": event["n"] * 2}

    assert task_handler(SPEC, work)({"n": 2}, None) == {"twice": 4}


def test_the_correlation_id_of_the_input_is_carried_on(lines: Lines) -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        del event
        return {"correlation_id": correlation.current().correlation_id}

    assert task_handler(SPEC, work)({"correlation_id": "run-1"}, None) == {"correlation_id": "run-1"}
    assert lines()[0]["correlation_id"] == "run-1"


def test_the_log_names_the_request_that_the_state_is_about(lines: Lines) -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        return event

    handler = task_handler(SPEC, work)
    for event in ({"request_id": "req_1", "text": "secret"}, {"request_id": "not sane\n"}, {}):
        handler(event, None)
    assert [line.get("subject") for line in lines()] == ["req_1", None, None]
    assert not any("secret" in str(line) for line in lines())


def test_a_domain_error_leaves_under_its_own_class_which_is_its_name() -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        raise NotFound("no such run")

    with pytest.raises(NotFound) as caught:
        task_handler(SPEC, work)({}, None)
    assert type(caught.value).__name__ == caught.value.error_type


def test_an_error_published_under_another_name_leaves_under_that_name(lines: Lines) -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        raise Renamed("openai", "429")

    with pytest.raises(Exception, match="openai: 429") as caught:
        task_handler(SPEC, work)({}, None)
    assert type(caught.value).__name__ == "Vendor.Busy"
    assert "429" in lines()[0]["error"]


@pytest.mark.parametrize(
    "error", [VendorBusy("openai", "429", retry_after=20.3), Conflict("under way", retry_after=0)]
)
def test_an_error_that_says_how_long_to_wait_leaves_as_the_moment_to_come_back(
    error: OrchestratorError, lines: Lines
) -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        raise error

    before = time.time()
    with pytest.raises(RetryAt) as caught:
        task_handler(SPEC, work)({}, None)
    assert type(caught.value).__name__ == "RetryAt"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(caught.value))
    asked = getattr(error, "retry_after", 0)
    moment = datetime.fromisoformat(str(caught.value)).timestamp()
    assert before + asked <= moment <= time.time() + asked * (1 + SPREAD) + 1
    assert (lines()[0]["error"], "exception" in lines()[0]) == (error.message, False)


def test_what_lies_behind_an_error_is_shown_with_the_way_to_it(lines: Lines) -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        raise Unavailable("throttled") from OSError("the socket is gone")

    with pytest.raises(Unavailable):
        task_handler(SPEC, work)({}, None)
    assert "the socket is gone" in lines()[0]["exception"]


def test_those_refused_together_do_not_come_back_together() -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        raise VendorBusy("openai", "429", retry_after=300)

    handler, moments = task_handler(SPEC, work), set[str]()
    for _ in range(50):
        with pytest.raises(RetryAt) as caught:
            handler({}, None)
        moments.add(str(caught.value))
    assert len(moments) > 5


def test_a_busy_vendor_that_names_no_time_leaves_as_what_it_is() -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        raise VendorBusy("openai", "503")

    with pytest.raises(VendorBusy):
        task_handler(SPEC, work)({}, None)


def test_an_unknown_error_leaves_as_it_is() -> None:
    async def work(event: dict[str, Any]) -> dict[str, Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        task_handler(SPEC, work)({}, None)
