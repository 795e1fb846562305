from __future__ import annotations

from collections import Counter

from infra.constructs.observability import METRICS_PER_ALARM
from infra.deployment import ROOT
from infra.discovery import discover
from tests.infra.synthesized import Json, Stack
from tests.infra.test_storage_in_stack import dead_letters

FOUND = discover(ROOT)


def alarms(stack: Stack) -> list[Json]:
    return [alarm["Properties"] for alarm in stack.of("CloudWatch::Alarm").values()]


def watched(stack: Stack, metric: str) -> Counter[str]:
    """How many alarms watch each function's `metric`."""
    functions = {id: r["Properties"]["FunctionName"] for id, r in stack.of("Lambda::Function").items()}
    return Counter(
        functions[dimension["Value"]["Ref"]]
        for alarm in alarms(stack)
        for part in alarm.get("Metrics", [])
        if part.get("MetricStat", {}).get("Metric", {}).get("MetricName") == metric
        for dimension in part["MetricStat"]["Metric"]["Dimensions"]
    )


def test_every_dead_letter_queue_has_an_alarm_that_one_message_sets_off(dev: Stack, small: Stack) -> None:
    for stack in (dev, small):
        queues = {
            alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]: alarm
            for alarm in alarms(stack)
            if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
        }
        assert set(queues) == dead_letters(stack)
        for alarm in queues.values():
            assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def test_every_function_is_watched_once_for_throttles_and_slowness(dev: Stack) -> None:
    names = {f"orchestrator-dev-{one.id}" for one in FOUND}
    for metric in ("Throttles", "Duration"):
        assert watched(dev, metric) == dict.fromkeys(names, 1)


def test_every_function_is_watched_for_errors_but_the_authorizer_which_fails_on_purpose(dev: Stack) -> None:
    names = {f"orchestrator-dev-{one.id}" for one in FOUND if not one.spec.authorizer}
    assert watched(dev, "Errors") == dict.fromkeys(names, 1)


def test_a_task_may_fail_now_and_then_but_not_mostly(small: Stack) -> None:
    (alarm,) = [a for a in alarms(small) if a["AlarmName"] == "orchestrator-local-agents-failing"]
    (expression,) = [m["Expression"] for m in alarm["Metrics"] if "Expression" in m]
    assert expression.startswith("MAX([FILL(e0, 0) / FILL(i0, 1), ")
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0.5, 3)
    assert not [a for a in alarms(small) if a["AlarmName"] == "orchestrator-local-agents-errors"]


def test_an_execution_that_left_its_work_unfinished_sets_off_its_workflows_alarm(small: Stack) -> None:
    (machine,) = small.of("StepFunctions::StateMachine")
    (alarm,) = [a for a in alarms(small) if a["AlarmName"] == "orchestrator-local-workflow-analysis"]
    metrics = [m["MetricStat"]["Metric"] for m in alarm["Metrics"] if "MetricStat" in m]
    assert {m["MetricName"] for m in metrics} == {
        "ExecutionsFailed",
        "ExecutionsTimedOut",
        "ExecutionsAborted",
    }
    for metric in metrics:
        assert metric["Namespace"] == "AWS/States"
        assert metric["Dimensions"] == [{"Name": "StateMachineArn", "Value": {"Ref": machine}}]
    (expression,) = [m["Expression"] for m in alarm["Metrics"] if "Expression" in m]
    assert expression == "FILL(failed, 0)+FILL(late, 0)+FILL(aborted, 0)"
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def test_slow_means_a_share_of_the_functions_own_time_out(small: Stack) -> None:
    (alarm,) = [a for a in alarms(small) if a["AlarmName"] == "orchestrator-local-api-slow"]
    (expression,) = [m["Expression"] for m in alarm["Metrics"] if "Expression" in m]
    assert expression == "MAX([FILL(m0, 0) / 12000])"


def test_no_alarm_uses_more_metrics_than_cloudwatch_takes(dev: Stack) -> None:
    for alarm in alarms(dev):
        stats = [m for m in alarm.get("Metrics", []) if "MetricStat" in m]
        assert len(stats) <= METRICS_PER_ALARM


def test_alarms_are_quiet_without_traffic_and_tell_the_topic_that_was_named(dev: Stack, prod: Stack) -> None:
    assert {alarm["TreatMissingData"] for alarm in alarms(dev)} == {"notBreaching"}
    assert not [alarm for alarm in alarms(dev) if "AlarmActions" in alarm]
    topic = ["arn:aws:sns:eu-central-1:123456789012:alarms"]
    assert all(alarm["AlarmActions"] == topic for alarm in alarms(prod))


def test_there_is_one_dashboard(dev: Stack) -> None:
    assert len(dev.of("CloudWatch::Dashboard")) == 1


def test_the_dashboard_shows_how_each_workflows_executions_ended(small: Stack) -> None:
    (dashboard,) = small.of("CloudWatch::Dashboard").values()
    body = "".join(str(part) for part in dashboard["Properties"]["DashboardBody"]["Fn::Join"][1])
    for metric in ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionTime"):
        assert f'"AWS/States","{metric}"' in body
