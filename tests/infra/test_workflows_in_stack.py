from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.definitions import definitions
from infra.deployment import ROOT
from infra.discovery import Found, SpecError, discover
from orchestrator.spec import WORKFLOWS, Function, Workflow
from tests.infra.conftest import SMALL_PROJECT
from tests.infra.synthesized import Json, Stack, listed


@pytest.fixture(params=["small", "dev", "prod"])
def stack(request: pytest.FixtureRequest) -> Stack:
    return request.getfixturevalue(request.param)


def machines(stack: Stack) -> dict[str, Json]:
    prefix = f"orchestrator-{stack.stage}-"
    made = [resource["Properties"] for resource in stack.of("StepFunctions::StateMachine").values()]
    return {one["StateMachineName"].removeprefix(prefix): one for one in made}


def test_every_workflow_is_a_standard_state_machine_that_ends_by_itself(stack: Stack) -> None:
    assert set(machines(stack)) == {workflow.name for workflow in WORKFLOWS}
    for workflow in WORKFLOWS:
        machine = machines(stack)[workflow.name]
        assert machine["StateMachineType"] == "STANDARD"
        assert json.loads(machine["DefinitionString"])["TimeoutSeconds"] == workflow.timeout


def test_it_is_traced_and_logs_every_event_but_no_data_for_as_long_as_all_logs(stack: Stack) -> None:
    for machine in machines(stack).values():
        assert machine["TracingConfiguration"] == {"Enabled": True}
        logging = machine["LoggingConfiguration"]
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)
        (destination,) = logging["Destinations"]
        arn = destination["CloudWatchLogsLogGroup"]["LogGroupArn"]["Fn::GetAtt"]
        group = stack.of("Logs::LogGroup")[arn[0]]["Properties"]
        assert group["LogGroupName"].startswith("/aws/vendedlogs/states/")


def test_its_definition_names_exactly_what_cloudformation_puts_in(stack: Stack) -> None:
    for machine in machines(stack).values():
        text: str = machine["DefinitionString"]
        names = {f"${{{name}}}" for name in machine["DefinitionSubstitutions"]}
        assert all(name in text for name in names)
        assert text.count("${") == sum(text.count(name) for name in names)


def test_its_role_may_run_its_own_tasks_and_send_to_its_own_queues_and_nothing_else(stack: Stack) -> None:
    functions = {folder: id for id, folder in folders(stack).items()}
    for name, machine in machines(stack).items():
        role = machine["RoleArn"]["Fn::GetAtt"][0]
        allowed = {
            (action, resource["Fn::GetAtt"][0])
            for statement in stack.statements(role)
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
            if resource != "*"
        }
        tasks = {one.folder for one in found_of(stack) if one.spec.task_of == name}
        assert tasks
        queues = {arn for action, arn in allowed if action == "sqs:SendMessage"}
        assert allowed == {("lambda:InvokeFunction", functions[folder]) for folder in tasks} | {
            ("sqs:SendMessage", queue) for queue in queues
        }
        urls = [value["Ref"] for value in machine["DefinitionSubstitutions"].values() if "Ref" in value]
        assert queues == set(urls)


def folders(stack: Stack) -> dict[str, str]:
    functions = stack.of("Lambda::Function").items()
    return {
        id: r["Metadata"]["orchestrator"]["folder"] for id, r in functions if "orchestrator" in r["Metadata"]
    }


def found_of(stack: Stack) -> list[Found]:
    return discover(SMALL_PROJECT if stack.stage == "local" else ROOT)


def test_a_task_is_called_without_an_alias_since_no_snapshot_is_made_of_it(small: Stack) -> None:
    function = small.functions()["functions/agents/collector"]["Properties"]
    assert "SnapStart" not in function
    assert function["Timeout"] == 60


GOOD = """
from infra.definitions import Parts
from infra.states import task

def define(parts):
    return {"StartAt": "a", "States": {"a": task(parts, "agents-a", {}, End=True)}}
"""


def complaint(tmp_path: Path, source: str | None, *specs: Function) -> str:
    if source is not None:
        (tmp_path / "flow.py").write_text(source)
    for name in "ab":
        folder = tmp_path / "functions" / "agents" / name
        folder.mkdir(parents=True)
        (folder / "spec.py").write_text('SPEC = Function(\n    task_of="flow",\n)\n')
    found = [Found("agents", name, tmp_path, spec) for name, spec in zip("ab", specs, strict=False)]
    with pytest.raises(SpecError) as caught:
        definitions(found, [Workflow("flow", timeout=60)], tmp_path)
    return str(caught.value)


def test_a_workflow_without_a_file_is_one_clear_line(tmp_path: Path) -> None:
    assert complaint(tmp_path, None) == (
        "infra/workflows/flow.py:1: there is no such file; add it with `define(parts)`, "
        "or drop 'flow' from WORKFLOWS in orchestrator/spec.py"
    )


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\n", "flow.py:1: holds no `define(parts)`"),
        ("import nothing_like_it\n", "flow.py:1: ModuleNotFoundError: No module named 'nothing_like_it'"),
        ("def define(parts):\n    return {'a': parts.tusk('x')}\n", "flow.py:2: AttributeError"),
    ],
)
def test_a_definition_that_cannot_be_made_is_one_line_with_its_place(
    tmp_path: Path, source: str, says: str
) -> None:
    error = complaint(tmp_path, source)
    assert "\n" not in error
    assert error.startswith("infra/workflows/flow.py:")
    assert says in error


def test_a_task_that_no_folder_declares_is_told(tmp_path: Path) -> None:
    assert complaint(tmp_path, GOOD, Function("x", task_of="other")) == (
        "infra/workflows/flow.py:1: runs 'agents-a', but no such function has task_of='flow'; "
        "add it to its spec.py"
    )


def test_a_queue_that_does_not_exist_is_told(tmp_path: Path) -> None:
    source = GOOD.replace("return", "parts.queue('jubs'); return")
    assert complaint(tmp_path, source, Function("x", task_of="flow")) == (
        "infra/workflows/flow.py:1: sends to the unknown queue 'jubs'; add it in QUEUES"
    )


def test_a_folder_that_its_workflow_does_not_run_is_told_at_its_own_line(tmp_path: Path) -> None:
    spec = Function("x", task_of="flow")
    assert complaint(tmp_path, GOOD, spec, spec) == (
        "functions/agents/b/spec.py:2: infra/workflows/flow.py runs no 'agents-b'; "
        "name it there or drop task_of"
    )
