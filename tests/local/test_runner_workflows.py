"""State machines in the real runner: workers, permissions, time-outs, faults, restarts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.running import Running, launch, runner, until, wait_ready
from tests.local.sample import stack

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:sample-"


def settings(assembly: Path) -> dict[str, str]:
    return {"ORCHESTRATOR_LOCAL_ASSEMBLY": str(assembly)}


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("flows")
    assembly = stack.write(folder / "assembly", stack.flow(folder / "data" / "notes"))
    with runner(folder / "data", **settings(assembly)) as running:
        yield running


def start(running: Running, machine: str, given: dict[str, Any], **more: Any) -> str:
    states = running.boto("stepfunctions")
    answer = states.start_execution(stateMachineArn=ARN + machine, input=json.dumps(given), **more)
    return answer["executionArn"]


def end(running: Running, execution: str) -> dict[str, Any]:
    states = running.boto("stepfunctions")
    return until(
        lambda: (found := states.describe_execution(executionArn=execution))["status"] != "RUNNING" and found
    )


def run(running: Running, machine: str, given: dict[str, Any]) -> dict[str, Any]:
    return end(running, start(running, machine, given))


def notes(running: Running, name: str) -> int:
    """How often a task ran for this name."""
    file = running.data / "notes"
    lines = file.read_text().splitlines() if file.exists() else []
    return sum(json.loads(line)["name"] == name for line in lines)


def test_tasks_run_in_real_workers(flows: Running) -> None:
    name = uuid.uuid4().hex
    assert json.loads(run(flows, "flow", {"name": name})["output"]) == {"name": name, "done": True}
    together = flows.boto("stepfunctions").start_sync_execution(
        stateMachineArn=ARN + "flow", input=json.dumps({"name": name})
    )
    assert (together["status"], json.loads(together["output"])["done"]) == ("SUCCEEDED", True)
    assert notes(flows, name) == 2


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"fail": True}, "ValueError"),
        ({"sleep": 10}, "Sandbox.Timedout"),
        ({"exit": True}, "Runtime.ExitError"),
    ],
)
def test_a_failed_task_is_caught_by_the_name_aws_gives_it(
    flows: Running, given: dict[str, Any], error: str
) -> None:
    output = json.loads(run(flows, "flow", {"name": uuid.uuid4().hex, **given})["output"])
    assert (output["caught"], output["error"]["Error"]) == ("caught", error)
    assert json.loads(output["error"]["Cause"])["errorType"] == error


def test_a_team_runs_side_by_side_and_its_message_is_sent(flows: Running) -> None:
    name = uuid.uuid4().hex
    assert run(flows, "team", {"name": name})["status"] == "SUCCEEDED"
    assert notes(flows, name) == 3
    queue = f"{flows.endpoint}/123456789012/sample-letters"
    sqs = flows.boto("sqs")
    found = until(lambda: sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages"))
    assert json.loads(found[0]["Body"]) == {"name": name}
    calls = flows.calls("states:sample-team")
    assert (calls["lambda:Invoke"], calls["sqs:SendMessage"]) == (3, 1)


def test_a_machine_may_do_what_its_role_allows_and_nothing_else(flows: Running) -> None:
    output = json.loads(run(flows, "stranger", {"name": "never"})["output"])
    assert output["error"]["Error"] == "Lambda.AWSLambdaException"
    assert "lambda:InvokeFunction" in output["error"]["Cause"]
    assert notes(flows, "never") == 0


def test_a_function_starts_only_what_its_role_allows(flows: Running) -> None:
    arn = flows.environment["WORKFLOW_FLOW"]
    assert arn == ARN + "flow"
    mine = flows.boto("stepfunctions", key="sample-starter")
    mine.start_execution(stateMachineArn=arn)
    assert flows.calls("sample-starter")["states:StartExecution"] == 1
    with pytest.raises(ClientError) as refused:
        mine.start_execution(stateMachineArn=ARN + "team")
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_fault_hits_a_machines_calls_and_a_start(flows: Running) -> None:
    fault = {"action": "lambda:Invoke", "error": "TooManyRequestsException", "count": 1}
    assert flows.post("/_local/faults", json={**fault, "function": "states:sample-flow"}).status_code == 204
    output = json.loads(run(flows, "flow", {"name": "x"})["output"])
    assert output["error"]["Error"] == "Lambda.TooManyRequestsException"
    throttled = {"action": "states:StartExecution", "error": "ThrottlingException", "count": 1}
    assert flows.post("/_local/faults", json=throttled).status_code == 204
    with pytest.raises(ClientError) as refused:
        start(flows, "flow", {})
    assert refused.value.response["Error"]["Code"] == "ThrottlingException"


def test_a_name_that_ran_is_refused(flows: Running) -> None:
    name = uuid.uuid4().hex
    end(flows, start(flows, "flow", {"name": name}, name=name))
    with pytest.raises(ClientError) as refused:
        start(flows, "flow", {"name": name}, name=name)
    assert refused.value.response["Error"]["Code"] == "ExecutionAlreadyExists"
    assert notes(flows, name) == 1


def test_a_queue_is_told_of_executions_that_fail_or_are_aborted_and_of_no_others(flows: Running) -> None:
    states = flows.boto("stepfunctions")
    fine = start(flows, "nap", {"name": "fine", "nap": 0})
    failed = start(flows, "nap", {"name": "failed", "fail": True})
    aborted = start(flows, "nap", {"name": "aborted", "nap": 3600})
    states.stop_execution(executionArn=aborted, error="Enough", cause="by hand")
    assert end(flows, fine)["status"] == "SUCCEEDED"
    queue, sqs = f"{flows.endpoint}/123456789012/sample-stopped", flows.boto("sqs")
    told: dict[str, Any] = {}

    def both() -> bool:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            event = json.loads(message["Body"])
            told[event["detail"]["executionArn"]] = event["detail"]
        return {failed, aborted} <= told.keys()

    until(both)
    assert told.keys() == {failed, aborted}
    assert {arn: detail["status"] for arn, detail in told.items()} == {failed: "FAILED", aborted: "ABORTED"}
    assert (told[aborted]["error"], told[aborted]["cause"]) == ("Enough", "by hand")
    assert json.loads(told[aborted]["input"]) == {"name": "aborted", "nap": 3600}


@pytest.mark.parametrize("killed", [False, True])
def test_an_execution_goes_on_after_a_restart_where_it_was(tmp_path: Path, killed: bool) -> None:
    data = tmp_path / "data"
    assembly = stack.write(tmp_path / "assembly", stack.flow(data / "notes"))
    process = launch(data, settings(assembly))
    first = wait_ready(process, data)
    execution = start(first, "nap", {"name": "napper", "nap": 3}, name="once")
    states = first.boto("stepfunctions")
    until(lambda: "Wait" in json.dumps(states.get_execution_history(executionArn=execution), default=str))
    if killed:
        kept = data / "data" / "states.pickle"
        until(lambda: kept.exists() and b"Wait" in kept.read_bytes())
        process.kill()
    else:
        process.terminate()
    process.wait(15)
    with runner(data, **settings(assembly)) as second:
        assert end(second, execution)["status"] == "SUCCEEDED"
        assert notes(second, "napper") == 2  # before the wait and after it: neither ran twice
        with pytest.raises(ClientError) as refused:
            start(second, "nap", {"name": "napper", "nap": 3}, name="once")
    assert refused.value.response["Error"]["Code"] == "ExecutionAlreadyExists"
