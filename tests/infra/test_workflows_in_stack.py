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


def test_a_queue_is_told_of_executions_that_are_stopped_and_by_that_rule_alone(stack: Stack) -> None:
    rules = {rule["Properties"]["Name"]: id for id, rule in stack.of("Events::Rule").items()}
    made = stack.of("StepFunctions::StateMachine")
    assert set(rules) == {f"{one['Properties']['StateMachineName']}-stopped" for one in made.values()}
    for id, machine in made.items():
        rule = rules[f"{machine['Properties']['StateMachineName']}-stopped"]
        properties = stack.template["Resources"][rule]["Properties"]
        assert properties["EventPattern"] == {
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": {
                "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                "stateMachineArn": [{"Fn::GetAtt": [id, "Arn"]}],
            },
        }
        (target,) = properties["Targets"]
        assert set(target) == {"Id", "Arn", "DeadLetterConfig"}  # the event as it is
        for arn in (target["Arn"], target["DeadLetterConfig"]["Arn"]):
            assert senders(stack, arn["Fn::GetAtt"][0]) == [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}}},
                }
            ]


def test_what_could_not_be_told_lies_with_the_dead_letters_of_that_queue(stack: Stack) -> None:
    for rule in stack.of("Events::Rule").values():
        (target,) = rule["Properties"]["Targets"]
        queue = stack.template["Resources"][target["Arn"]["Fn::GetAtt"][0]]["Properties"]
        assert queue["RedrivePolicy"]["deadLetterTargetArn"] == target["DeadLetterConfig"]["Arn"]


def senders(stack: Stack, queue: str) -> list[Json]:
    """What a queue's own policy allows."""
    policies = [policy["Properties"] for policy in stack.of("SQS::QueuePolicy").values()]
    statements = [
        statement
        for policy in policies
        if policy["Queues"] == [{"Ref": queue}]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    return [statement for statement in statements if statement["Effect"] == "Allow"]


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
    parts.when_stopped("jobs")
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


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("parts.when_stopped('jubs')", "sends to the unknown queue 'jubs'; add it in QUEUES"),
        ("pass", "tells nobody of executions that are stopped; call `parts.when_stopped(<queue>)`"),
    ],
)
def test_a_definition_that_tells_no_queue_of_what_is_stopped_is_told(
    tmp_path: Path, call: str, says: str
) -> None:
    source = GOOD.replace('parts.when_stopped("jobs")', call)
    assert complaint(tmp_path, source, Function("x", task_of="flow")) == f"infra/workflows/flow.py:1: {says}"


def test_a_folder_that_its_workflow_does_not_run_is_told_at_its_own_line(tmp_path: Path) -> None:
    spec = Function("x", task_of="flow")
    assert complaint(tmp_path, GOOD, spec, spec) == (
        "functions/agents/b/spec.py:2: infra/workflows/flow.py runs no 'agents-b'; "
        "name it there or drop task_of"
    )
