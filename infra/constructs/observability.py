"""Alarms.

An alarm's expression may use ten metrics (CloudWatch user guide, "Using math expressions with CloudWatch
metrics"), so the functions are watched in tens, group by group: fifty functions need some twenty alarms
instead of a hundred and fifty. Which function of the ten it was shows on the dashboard, whose searches cover
every function by name.

Every change of an alarm's state is an event on the account's default bus ("CloudWatch Alarm State Change");
to be told by mail or chat, pass an existing SNS topic: `-c alarm_topic=arn:aws:sns:…`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.constructs.api import Api
from infra.constructs.dashboard import PERIOD, add_dashboard, of_workflow
from infra.constructs.function import FunctionFolder
from infra.constructs.workflows import Workflows
from infra.deployment import Deployment

METRICS_PER_ALARM = 10
SLOW = 0.8
"""Share of its time-out a function's p99 duration may take."""
FAILING = 0.5
"""Share of a task's runs that may fail: its workflow runs it again, or goes on without it."""


class Observability(Construct):
    """Alarms on dead letters, errors, throttles, slow functions, workflows and 5xx answers; one dashboard."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        functions: list[FunctionFolder],
        dead: list[sqs.Queue],
        workflows: Workflows,
        api: Api,
    ) -> None:
        """Create the alarms and the dashboard under `scope`; `dead` are all dead-letter queues."""
        super().__init__(scope, "Observability")
        self._prefix = deployment.prefix
        topic = deployment.alarm_topic
        self._topic = sns.Topic.from_topic_arn(self, "Topic", topic) if topic else None
        for queue in dead:
            self._dead_letters(queue)
        for name, members in _tens(functions):
            self._functions(name, members)
        for name, machine in workflows.by_name.items():
            self._executions(name, machine)
        self._server_errors(api)
        add_dashboard(self, deployment.prefix, dead, workflows, api)

    def _dead_letters(self, queue: sqs.Queue) -> None:
        self._alarm(
            f"{queue.node.id}-letters",
            queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1), statistic="max"),
            0,
            f"{queue.node.id} holds messages whose work kept failing: read one, mend the cause, redrive.",
        )

    def _functions(self, name: str, members: list[FunctionFolder]) -> None:
        failing = [member for member in members if not fails_on_purpose(member)]
        if failing:
            self._total(name, "Errors", "raised or timed out", failing)
        tasks = [member for member in members if member.found.spec.task_of]
        for start in range(0, len(tasks), METRICS_PER_ALARM // 2):
            suffix = f"-{start}" if start else ""
            self._mostly_failing(f"{name}-failing{suffix}", tasks[start : start + METRICS_PER_ALARM // 2])
        self._total(name, "Throttles", "was refused for lack of concurrency", members)
        self._slow(name, members)

    def _total(self, name: str, metric: str, why: str, members: list[FunctionFolder]) -> None:
        parts = {
            f"m{n}": member.function.metric(metric, statistic="sum", period=PERIOD)
            for n, member in enumerate(members)
        }
        total = cloudwatch.MathExpression(
            expression="+".join(f"FILL({key}, 0)" for key in parts),
            using_metrics=parts,
            label=metric,
            period=PERIOD,
        )
        self._alarm(f"{name}-{metric.lower()}", total, 0, f"One of these {why}: {_listed(members)}.")

    def _mostly_failing(self, name: str, tasks: list[FunctionFolder]) -> None:
        parts = {
            f"{letter}{n}": task.function.metric(metric, statistic="sum", period=PERIOD)
            for n, task in enumerate(tasks)
            for letter, metric in (("e", "Errors"), ("i", "Invocations"))
        }
        worst = cloudwatch.MathExpression(
            expression=f"MAX([{', '.join(f'FILL(e{n}, 0) / FILL(i{n}, 1)' for n in range(len(tasks)))}])",
            using_metrics=parts,
            label="failed share",
            period=PERIOD,
        )
        text = f"More than {FAILING:.0%} of the runs of one of these failed: {_listed(tasks)}."
        self._alarm(name, worst, FAILING, text, periods=3)

    def _slow(self, name: str, members: list[FunctionFolder]) -> None:
        parts = {
            f"m{n}": member.function.metric_duration(statistic="p99", period=PERIOD)
            for n, member in enumerate(members)
        }
        shares = ", ".join(
            f"FILL(m{n}, 0) / {member.found.spec.timeout * 1000}" for n, member in enumerate(members)
        )
        worst = cloudwatch.MathExpression(
            expression=f"MAX([{shares}])",
            using_metrics=parts,
            label="p99 as a share of the time-out",
            period=PERIOD,
        )
        text = f"p99 took more than {SLOW:.0%} of the time-out in one of: {_listed(members)}."
        self._alarm(f"{name}-slow", worst, SLOW, text, periods=3)

    def _executions(self, name: str, machine: stepfunctions.CfnStateMachine) -> None:
        # A workflow catches what its tasks raise: one that fails all the same left its work unfinished.
        parts = {
            metric: of_workflow(machine, f"Executions{ending}")
            for metric, ending in (("failed", "Failed"), ("late", "TimedOut"), ("aborted", "Aborted"))
        }
        total = cloudwatch.MathExpression(
            expression="+".join(f"FILL({key}, 0)" for key in parts),
            using_metrics=parts,
            label="unfinished",
            period=PERIOD,
        )
        text = f"An execution of the workflow {name} failed, ran out of time or was aborted: see its history."
        self._alarm(f"workflow-{name}", total, 0, text)

    def _server_errors(self, api: Api) -> None:
        metric = api.api.metric_server_error(period=PERIOD, statistic="sum")
        self._alarm("api-5xx", metric, 5, "The API answered 5xx more than five times in five minutes.")

    def _alarm(
        self, name: str, metric: cloudwatch.IMetric, threshold: float, description: str, periods: int = 1
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._prefix}-{name}",
            alarm_description=description[:1024],
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if self._topic:
            alarm.add_alarm_action(cast(cloudwatch.IAlarmAction, actions.SnsAction(self._topic)))


def fails_on_purpose(function: FunctionFolder) -> bool:
    """Return whether an error of the function is an answer too.

    The authorizer's is a 401 (when it truly fails, the API answers 5xx). A task's tells the workflow to wait
    or to go on without it.
    """
    return function.found.spec.authorizer or function.found.spec.task_of is not None


def _tens(functions: list[FunctionFolder]) -> Iterator[tuple[str, list[FunctionFolder]]]:
    groups: dict[str, list[FunctionFolder]] = defaultdict(list)
    for function in functions:
        groups[function.found.group].append(function)
    for group, members in groups.items():
        for start in range(0, len(members), METRICS_PER_ALARM):
            suffix = f"-{start // METRICS_PER_ALARM + 1}" if len(members) > METRICS_PER_ALARM else ""
            yield f"{group}{suffix}", members[start : start + METRICS_PER_ALARM]


def _listed(members: list[FunctionFolder]) -> str:
    return ", ".join(member.found.id for member in members)
