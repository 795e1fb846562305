"""The dashboard: requests, functions, workflows, dead letters."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.constructs.api import Api
from infra.constructs.workflows import Workflows

PERIOD = Duration.minutes(5)
EXECUTION_ENDS = ("Started", "Succeeded", "Failed", "TimedOut", "Aborted")


def add_dashboard(
    scope: Construct, prefix: str, dead: list[sqs.Queue], workflows: Workflows, api: Api
) -> None:
    """Create the dashboard `prefix` under `scope`; its searches cover every function by name."""
    dashboard = cloudwatch.Dashboard(scope, "Dashboard", dashboard_name=prefix)
    dashboard.add_widgets(
        _graph("Requests", api.api.metric_count(period=PERIOD)),
        _graph(
            "4xx and 5xx",
            api.api.metric_client_error(period=PERIOD),
            api.api.metric_server_error(period=PERIOD),
        ),
        _graph("API latency p99 (ms)", api.api.metric_latency(period=PERIOD, statistic="p99")),
    )
    shown = (("Errors", "Sum"), ("Throttles", "Sum"), ("Duration", "p99"))
    dashboard.add_widgets(*(_search(prefix, metric, statistic) for metric, statistic in shown))
    dashboard.add_widgets(
        _search(prefix, "ConcurrentExecutions", "Maximum"),
        _graph("Dead letters", *(queue.metric_approximate_number_of_messages_visible() for queue in dead)),
    )
    for name, machine in workflows.by_name.items():
        dashboard.add_widgets(
            _graph(f"Workflow {name}", *(of_workflow(machine, f"Executions{end}") for end in EXECUTION_ENDS)),
            _graph(f"Workflow {name}: p99 time (ms)", of_workflow(machine, "ExecutionTime", "p99")),
        )


def of_workflow(
    machine: stepfunctions.CfnStateMachine, metric: str, statistic: str = "sum"
) -> cloudwatch.Metric:
    """Return a metric of a state machine (developer guide, "Monitoring Step Functions metrics")."""
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name=metric,
        dimensions_map={"StateMachineArn": machine.ref},
        statistic=statistic,
        period=PERIOD,
    )


def _search(prefix: str, metric: str, statistic: str) -> cloudwatch.GraphWidget:
    query = f'{{AWS/Lambda,FunctionName}} MetricName="{metric}" FunctionName="{prefix}-"'
    search = cloudwatch.MathExpression(
        expression=f"SEARCH('{query}', '{statistic}')", label="", period=PERIOD
    )
    return _graph(f"{metric} by function", search)


def _graph(title: str, *left: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(left), width=8, height=6)
