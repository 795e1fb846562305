"""Starting, naming, stopping and resuming executions; what is refused when a definition is read."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from infra.local.aws.message import AwsRequest, AwsResponse, error_response, request_of
from infra.local.errors import RunnerError
from infra.local.workflows.api import StatesApi
from infra.local.workflows.executions import Executions, RefusedError
from infra.local.workflows.history import LONGEST
from infra.local.workflows.language import compile_definition
from infra.local.workflows.paths import compile_path
from infra.local.workflows.tasks import Tasks
from tests.unit.local.state_machines import (
    ARN,
    LambdaError,
    definition,
    ended,
    executions,
    in_a_loop,
    machine,
    task,
)

NAP = definition(a={"Type": "Wait", "Seconds": 3600, "End": True})


def started(
    states: dict[str, Any], functions: dict[str, Any] | None = None, express: bool = False
) -> Executions:
    found = executions(functions or {})
    found.deploy({ARN: machine(states, express)})
    return found


async def settled(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not check():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0)


@in_a_loop
async def test_a_name_runs_once() -> None:
    found = started(NAP)
    first = found.start(ARN, "one", '{"n": 1}')
    assert found.start(ARN, "one", '{"n": 1}') is first
    with pytest.raises(RefusedError) as other:
        found.start(ARN, "one", '{"n": 2}')
    found.stop(first, None, None)
    with pytest.raises(RefusedError) as again:
        found.start(ARN, "one", '{"n": 1}')
    assert {other.value.code, again.value.code} == {"ExecutionAlreadyExists"}


@in_a_loop
async def test_an_express_workflow_may_run_a_name_again() -> None:
    found = started(NAP, express=True)
    assert found.start(ARN, "one", "{}") is not found.start(ARN, "one", "{}")
    await found.suspend()


@pytest.mark.parametrize(
    ("arn", "name", "text", "code"),
    [
        ("other", "n", "{}", "StateMachineDoesNotExist"),
        (ARN, "a b", "{}", "InvalidName"),
        (ARN, "x" * 81, "{}", "InvalidName"),
        (ARN, "n", "{", "InvalidExecutionInput"),
        (ARN, "n", json.dumps("x" * 300_000), "InvalidExecutionInput"),
    ],
)
@in_a_loop
async def test_a_start_that_aws_refuses_is_refused(arn: str, name: str, text: str, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        started(NAP).start(arn, name, text)
    assert refused.value.code == code


@in_a_loop
async def test_what_runs_goes_on_in_the_next_run_where_it_was() -> None:
    calls: list[str] = []
    gate = asyncio.Event()

    async def second(given: Any) -> Any:
        calls.append("second")
        await gate.wait()
        return given

    def first(given: Any) -> Any:
        calls.append("first")
        return {**given, "first": True}

    states = definition(a=task("first", Next="b"), b=task("second"))
    functions = {"first": first, "second": second}
    before = started(states, functions)
    before.start(ARN, "one", '{"n": 1}')
    await settled(lambda: calls == ["first", "second"])
    await before.suspend()
    saved = before.save()

    gate.set()
    after = executions(functions)
    after.restore(saved)
    after.deploy({ARN: machine(states)})
    execution = after.execution(f"{ARN.replace('stateMachine', 'execution')}:one")
    await asyncio.wait_for(execution.ended.wait(), 10)
    assert (execution.status, json.loads(execution.output or "")) == ("SUCCEEDED", {"n": 1, "first": True})
    assert calls == ["first", "second", "second"]
    with pytest.raises(RefusedError, match="Already"):
        after.start(ARN, "one", '{"n": 1}')


@in_a_loop
async def test_the_oldest_that_ended_are_forgotten_and_what_runs_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("infra.local.workflows.executions.KEPT", 3)
    monkeypatch.setattr("infra.local.workflows.executions.DETAILED", 1)
    found = started(definition(a={"Type": "Wait", "SecondsPath": "$.s", "End": True}))
    running = found.start(ARN, "running", '{"s": 3600}')
    ended_ones = [found.start(ARN, str(number), '{"s": 0}') for number in range(2)]
    await asyncio.gather(*(one.ended.wait() for one in ended_ones))
    assert [one.history is None for one in ended_ones] == [True, False]
    found.start(ARN, "last", '{"s": 3600}')
    assert {one.name for one in found.of(ARN)} == {"running", "1", "last"}
    assert found.execution(running.arn).status == "RUNNING"
    await found.suspend()


@in_a_loop
async def test_what_runs_starts_over_when_its_state_is_gone_and_ends_when_its_machine_is() -> None:
    before = started(NAP)
    kept, lost = before.start(ARN, "kept", "{}"), before.start(ARN, "lost", "{}")
    lost.machine = "another"
    await settled(lambda: kept.at is not None)
    await before.suspend()
    after = executions({})
    after.restore(before.save())
    after.deploy({ARN: machine(definition(other={"Type": "Succeed"}))})
    by_name = {one.name: one for one in [after.execution(kept.arn), after.execution(lost.arn)]}
    await asyncio.wait_for(by_name["kept"].ended.wait(), 10)
    assert {name: one.status for name, one in by_name.items()} == {"kept": "SUCCEEDED", "lost": "ABORTED"}


@in_a_loop
async def test_a_task_out_of_time_fails_by_that_name_and_its_function_goes_on() -> None:
    finished = asyncio.Event()

    async def slow(given: Any) -> None:
        await asyncio.sleep(0.05)
        finished.set()

    timed = task("f", TimeoutSeconds=0.01, Catch=[{"ErrorEquals": ["States.TaskFailed"], "Next": "a"}])
    execution = await ended(executions({"f": slow}), definition(a=timed), {})
    assert (execution.status, execution.error) == ("FAILED", "States.Timeout")
    await asyncio.wait_for(finished.wait(), 10)


@in_a_loop
async def test_an_execution_out_of_time_is_timed_out() -> None:
    execution = await ended(executions({}), {**NAP, "TimeoutSeconds": 0.01}, {})
    assert (execution.status, execution.error) == ("TIMED_OUT", "States.Timeout")


@in_a_loop
async def test_an_endless_loop_ends_at_the_limit_of_events() -> None:
    loop = definition(a={"Type": "Pass", "Next": "b"}, b={"Type": "Pass", "Next": "a"})
    execution = await ended(executions({}), loop, {})
    assert (execution.status, execution.error) == ("FAILED", "States.Runtime")
    assert execution.history
    assert len(execution.history.view()) == LONGEST + 1


@in_a_loop
async def test_a_failed_branch_stops_the_others() -> None:
    branches = [definition(x=task("f")), definition(y={"Type": "Wait", "Seconds": 3600, "End": True})]

    def fail(given: Any) -> None:
        raise LambdaError("Odd")

    begun = time.monotonic()
    parallel = {"Type": "Parallel", "Branches": branches, "End": True}
    execution = await ended(executions({"f": fail}), definition(a=parallel), {})
    assert (execution.status, execution.error) == ("FAILED", "Odd")
    assert time.monotonic() - begun < 5


@in_a_loop
async def test_each_retry_knows_its_number_and_waits() -> None:
    seen: list[tuple[int, float]] = []

    def busy(given: Any) -> None:
        seen.append((given["retry"], time.monotonic()))
        raise LambdaError("Busy")

    states = definition(
        a={
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "f", "Payload": {"retry.$": "$$.State.RetryCount"}},
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 0.02, "BackoffRate": 2, "MaxAttempts": 2}],
            "End": True,
        }
    )
    await ended(executions({"f": busy}), states, {})
    assert [number for number, _ in seen] == [0, 1, 2]
    pauses = [later - sooner for (_, sooner), (_, later) in pairwise(seen)]
    assert pauses[0] >= 0.02
    assert pauses[1] >= 0.04


@pytest.mark.parametrize(
    ("states", "word"),
    [
        (definition(a={"Type": "Blimp", "End": True}), "Blimp"),
        (definition(a={"Type": "Pass"}), "neither Next nor End"),
        (definition(a={"Type": "Pass", "Next": "b"}), "'b'"),
        (definition(a={"Type": "Pass", "End": True, "Assign": {}}), "Assign"),
        (definition(a=task("f", Arguments={})), "Arguments"),
        (
            definition(a={"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": True}),
            "ecs:runTask",
        ),
        (definition(a=task("f", Parameters={"x.$": "$.a[?(@.b)]"})), "JSONPath"),
        (definition(a=task("f", Parameters={"x.$": "States.Sing($.a)"})), "States.Sing"),
        (definition(a=task("f", Parameters={"x.$": "States.Format('{}', $.a"})), "States.Format"),
        ({**definition(a=task("f")), "QueryLanguage": "JSONata"}, "JSONPath only"),
    ],
)
def test_a_definition_beyond_the_runner_is_refused_by_its_state(states: dict[str, Any], word: str) -> None:
    with pytest.raises(RunnerError, match=r".*") as refused:
        compile_definition(json.dumps(states))
    assert word in str(refused.value)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("TooManyRequestsException", "Lambda.TooManyRequestsException"),
        ("ServiceException", "Lambda.ServiceException"),
        ("AccessDeniedException", "Lambda.AWSLambdaException"),
    ],
)
@in_a_loop
async def test_what_lambda_itself_refuses_has_lambdas_name(code: str, error: str) -> None:
    def refuse(request: AwsRequest) -> AwsResponse:
        return error_response(request, code, "no", 429)

    found = Executions(refuse, lambda: None, lambda text, level: None)
    assert (await ended(found, definition(a=task("f")), {})).error == error


@in_a_loop
async def test_a_message_is_sent_as_text_and_its_queues_refusal_has_a_name() -> None:
    sent: list[AwsRequest] = []

    def queue(request: AwsRequest) -> AwsResponse:
        sent.append(request)
        if len(sent) > 1:
            return error_response(request, "ServiceUnavailable", "no", 503)
        return AwsResponse(200, b'{"MessageId": "1"}')

    tasks = Tasks(queue, "states:m")
    resource, value = "arn:aws:states:::sqs:sendMessage", {"QueueUrl": "q", "MessageBody": {"a": 1}}
    assert await tasks.run(resource, value, 1) == {"MessageId": "1"}
    assert sent[0].parameters == {"QueueUrl": "q", "MessageBody": '{"a":1}'}
    assert (sent[0].action, sent[0].caller) == ("sqs:SendMessage", "states:m")
    with pytest.raises(Exception, match=r"SQS\.ServiceUnavailable"):
        await tasks.run(resource, value, 1)


@in_a_loop
async def test_history_and_lists_come_in_pages() -> None:
    found = started(definition(a=task("f")), {"f": lambda given: given})
    one, two = found.start(ARN, "one", "{}"), found.start(ARN, "two", "{}")
    await asyncio.gather(one.ended.wait(), two.ended.wait())
    api = StatesApi(found)

    def ask(operation: str, **parameters: Any) -> dict[str, Any]:
        answer = api.answer(request_of("local-admin", "states", operation, parameters))
        assert isinstance(answer, AwsResponse)
        return json.loads(answer.body)

    page = ask("ListExecutions", stateMachineArn=ARN, maxResults=1)
    rest = ask("ListExecutions", stateMachineArn=ARN, maxResults=1, nextToken=page["nextToken"])
    assert [item["name"] for item in page["executions"] + rest["executions"]] == ["two", "one"]
    assert "nextToken" not in rest
    events = ask("GetExecutionHistory", executionArn=one.arn, maxResults=1000)["events"]
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert events[1]["stateEnteredEventDetails"] == {"name": "a", "input": "{}"}
    assert ask("DescribeExecution", executionArn="none")["__type"].endswith("ExecutionDoesNotExist")
    assert ask("Dance")["__type"].endswith("UnknownOperationException")


names = st.text(st.characters(codec="utf-8", exclude_characters="\\'"), min_size=1, max_size=8)
steps = st.lists(names, max_size=4)


@drawn(steps, st.integers())
def test_what_is_written_at_a_path_is_read_there_and_nothing_else_changes(way: list[str], value: int) -> None:
    path = compile_path("$" + "".join(f"['{name}']" for name in way))
    before = {"kept": [1]}
    after = path.write(before, value)
    assert path.read(after) == value
    assert before == {"kept": [1]}
    if way and way[0] != "kept":
        assert after["kept"] == [1]
