from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.definitions import Definition, definitions
from infra.deployment import ROOT
from infra.discovery import Found
from infra.states import RETRY
from orchestrator.analysis.endings import LONGEST_WAIT, MOST_ATTEMPTS
from orchestrator.entry.task import SPREAD
from orchestrator.spec import WORKFLOWS, Function
from tests.infra.executions import LambdaError, Refused, Run, Work, execute
from tests.infra.synthesized import Json

Execute = Callable[..., Run]
AGENTS = ("agents-summarizer", "agents-sentiment", "agents-entity-extractor")
COLLECTOR = "agents-collector"
REFERENCE = {"tenant": "acme", "request_id": "req_1", "correlation_id": "corr_1"}
WORKFLOW = next(workflow for workflow in WORKFLOWS if workflow.name == "analysis")
TIMEOUT = 60


@pytest.fixture(scope="module")
def definition() -> Definition:
    spec = Function("A stand-in.", task_of="analysis", timeout=TIMEOUT)
    names = [id.removeprefix("agents-").replace("-", "_") for id in (*AGENTS, COLLECTOR)]
    (made,) = definitions([Found("agents", name, ROOT, spec) for name in names], [WORKFLOW])
    return made


@pytest.fixture(params=["sequential", "parallel"])
def mode(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=["laptop", "moto"])
def run(request: pytest.FixtureRequest, definition: Definition) -> Execute:
    """Executes the definition, on each interpreter."""

    def execution(mode: str, functions: dict[str, Work] | None = None, **more: int) -> Run:
        return execute(request.param, definition, {**REFERENCE, "mode": mode}, functions or {}, **more)

    return execution


def failing(*errors: Exception) -> Work:
    """A function that raises each error once, then works."""
    left = list(errors)

    def work(payload: Json) -> Json:
        if left:
            raise left.pop(0)
        return {}

    return work


def always(error: Exception) -> Work:
    def work(payload: Json) -> Any:
        raise error

    return work


def tasks(states: Json) -> Iterator[Json]:
    for state in states["States"].values():
        if state["Type"] == "Task":
            yield state
        for branch in state.get("Branches", ()):
            yield from tasks(branch)


@pytest.mark.parametrize(("which", "entered"), [("sequential", 5), ("parallel", 6)])
def test_a_request_without_trouble_costs_few_state_transitions(
    run: Execute, which: str, entered: int
) -> None:
    done = run(which)
    assert done.status == "SUCCEEDED"
    assert len(done.states) == entered


def test_every_function_gets_the_reference_and_nothing_else(run: Execute, mode: str) -> None:
    loud = {id: lambda _: {"text": "a long answer"} for id in AGENTS}
    done = run(mode, loud)
    assert sorted(id for id, _ in done.calls) == sorted((*AGENTS, COLLECTOR))
    assert all(payload == {**REFERENCE, "mode": mode} for _, payload in done.calls)
    assert done.calls[-1][0] == COLLECTOR
    assert done.messages == []


def test_in_turn_means_summary_then_sentiment_then_entities(run: Execute) -> None:
    assert [id for id, _ in run("sequential").calls] == [*AGENTS, COLLECTOR]


@pytest.mark.parametrize("broken", AGENTS)
def test_an_agent_that_fails_for_good_stops_neither_the_others_nor_the_collector(
    run: Execute, mode: str, broken: str
) -> None:
    done = run(mode, {broken: always(LambdaError("VendorError", "refused"))})
    assert done.status == "SUCCEEDED"
    assert sorted(id for id, _ in done.calls) == sorted((*AGENTS, COLLECTOR)), "each once: not retried"
    assert done.calls[-1] == (COLLECTOR, {**REFERENCE, "mode": mode})


def test_all_agents_may_fail_and_the_request_is_still_settled(run: Execute, mode: str) -> None:
    done = run(mode, {id: always(LambdaError("VendorError")) for id in AGENTS})
    assert (done.status, done.calls[-1][0]) == ("SUCCEEDED", COLLECTOR)


@pytest.mark.parametrize("error", ["VendorBusy", "Unavailable"])
def test_what_may_pass_is_tried_five_times_with_growing_jittered_pauses(
    run: Execute, mode: str, error: str
) -> None:
    done = run(mode, {AGENTS[1]: always(LambdaError(error))})
    assert len(done.calls_of(AGENTS[1])) == 5
    assert len(done.waits) == 4
    for wait, longest in zip(done.waits, (2, 4, 8, 16), strict=True):
        assert 0 <= wait <= longest
    assert done.calls[-1][0] == COLLECTOR


def test_a_function_that_lambda_has_no_room_for_is_tried_for_minutes(run: Execute, mode: str) -> None:
    done = run(mode, {AGENTS[2]: failing(*[Refused()] * 8)})
    assert len(done.calls_of(AGENTS[2])) == 9
    assert done.status == "SUCCEEDED"


@pytest.mark.parametrize("error", ["Sandbox.Timedout", "Runtime.ExitError", "Lambda.Unknown"])
def test_a_killed_process_is_tried_three_times_in_all(run: Execute, mode: str, error: str) -> None:
    done = run(mode, {AGENTS[0]: always(LambdaError(error))})
    assert len(done.calls_of(AGENTS[0])) == 3
    assert done.calls[-1][0] == COLLECTOR


def test_an_agent_that_says_when_to_come_back_is_run_again_then(run: Execute, mode: str) -> None:
    moment = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = run(mode, {AGENTS[1]: failing(*[LambdaError("RetryAt", moment)] * 2)})
    assert done.calls_of(AGENTS[1]) == [{**REFERENCE, "mode": mode}] * 3
    assert len(done.waits) == 2
    assert all(wait > 3600 for wait in done.waits), "it waited for the moment, not for a back-off"
    assert done.calls[-1] == (COLLECTOR, {**REFERENCE, "mode": mode})
    assert done.status == "SUCCEEDED"


def test_giving_up_after_a_wait_still_leads_to_the_collector(run: Execute, mode: str) -> None:
    moment = "2026-01-01T00:00:00Z"
    work = failing(LambdaError("RetryAt", moment), LambdaError("GaveUp"))
    done = run(mode, {AGENTS[0]: work})
    assert len(done.calls_of(AGENTS[0])) == 2
    assert sorted({id for id, _ in done.calls}) == sorted((*AGENTS, COLLECTOR))


def test_a_collector_that_fails_for_good_leaves_a_message_to_settle_the_request(
    run: Execute, mode: str
) -> None:
    done = run(mode, {COLLECTOR: always(LambdaError("KeyError"))})
    assert done.status == "SUCCEEDED"
    assert done.messages == [{"queue": "analysis", "task": "settle", **REFERENCE, "mode": mode}]


def test_a_collector_is_tried_again_before_that(run: Execute, mode: str) -> None:
    done = run(mode, {COLLECTOR: failing(LambdaError("Unavailable"))})
    assert len(done.calls_of(COLLECTOR)) == 2
    assert done.messages == []


def test_the_last_message_is_sent_with_patience(run: Execute, mode: str) -> None:
    done = run(mode, {COLLECTOR: always(LambdaError("KeyError"))}, queue_refuses=8)
    assert done.status == "SUCCEEDED"
    assert len(done.messages) == 1


def test_an_execution_that_cannot_even_leave_that_message_fails_and_so_sets_off_the_alarm(
    run: Execute, mode: str
) -> None:
    done = run(mode, {COLLECTOR: always(LambdaError("KeyError"))}, queue_refuses=99)
    assert done.status == "FAILED"


def test_every_task_has_a_time_out_and_jitter_in_every_retry(definition: Definition) -> None:
    found = list(tasks(definition.states))
    assert len(found) == 8
    for task in found:
        assert task["TimeoutSeconds"] > 0
        assert {retry["JitterStrategy"] for retry in task["Retry"]} == {"FULL"}
    limits = [task["TimeoutSeconds"] for task in found if "FunctionName" in task["Parameters"]]
    assert min(limits) > TIMEOUT, "Lambda's own time-out comes first and says more"


def test_errors_nobody_named_are_never_retried(definition: Definition) -> None:
    named = {error for retry in RETRY for error in retry["ErrorEquals"]}
    assert not named & {"States.ALL", "States.TaskFailed"}


def test_even_the_longest_way_through_ends_before_the_workflows_time_out(definition: Definition) -> None:
    states = definition.states["States"]
    lambda_refuses, longest_wait = pauses(RETRY[1]), LONGEST_WAIT * (1 + SPREAD)
    agents = [
        MOST_ATTEMPTS * states[name]["TimeoutSeconds"] + (MOST_ATTEMPTS - 1) * longest_wait + lambda_refuses
        for name in ("summarizer", "sentiment", "entity_extractor")
    ]
    end = [longest(states["collector"]), longest(states["settle later"])]
    assert sum(agents) + sum(end) < WORKFLOW.timeout


def longest(state: Json) -> float:
    """Seconds a state may take when each of its retries is used up."""
    tries = 1 + sum(retry["MaxAttempts"] for retry in state["Retry"])
    return tries * state["TimeoutSeconds"] + sum(pauses(retry) for retry in state["Retry"])


def pauses(retry: Json) -> float:
    steps = [retry["IntervalSeconds"] * retry["BackoffRate"] ** n for n in range(retry["MaxAttempts"])]
    return sum(min(step, retry["MaxDelaySeconds"]) for step in steps)
