"""Schedules: EventBridge Scheduler invokes a function; what it could not deliver is kept in a queue."""

from __future__ import annotations

from aws_cdk import Acknowledgment as Because
from aws_cdk import Validations
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.function import FunctionFolder
from infra.constructs.shared import allow, keep, service_role
from infra.constructs.storage import DEAD_LETTERS_KEPT
from infra.deployment import Deployment
from orchestrator.spec import Schedule


class Schedules(Construct):
    """One schedule for each function that declares one, and one queue for the events nobody took.

    The CDK target would grant the schedule's role the function and all its versions (`<arn>:*`); this role
    may invoke exactly one.
    """

    def __init__(self, scope: Construct, deployment: Deployment, functions: list[FunctionFolder]) -> None:
        """Create the schedules under `scope`; nothing at all when no function has one."""
        super().__init__(scope, "Schedules")
        timed = [
            (function, function.found.spec.schedule) for function in functions if function.found.spec.schedule
        ]
        self.dead = self._queue(deployment) if timed else None
        for function, schedule in timed:
            if schedule and self.dead:
                self._schedule(function, schedule, deployment, self.dead)

    def _queue(self, deployment: Deployment) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "dead",
            queue_name=f"{deployment.prefix}-schedules-dead",
            retention_period=DEAD_LETTERS_KEPT,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=keep(deployment),
        )
        Validations.of(queue).acknowledge(
            Because(
                id="AwsSolutions-SQS3",
                reason="It is a dead-letter queue itself, of the schedules; the rule only looks at queues.",
            )
        )
        return queue

    def _schedule(
        self, function: FunctionFolder, schedule: Schedule, deployment: Deployment, dead: sqs.Queue
    ) -> None:
        target = function.entry.function_arn
        role = service_role(
            self,
            f"{function.found.id}-role",
            "scheduler.amazonaws.com",
            [allow(["lambda:InvokeFunction"], target), allow(["sqs:SendMessage"], dead.queue_arn)],
            f"Starts {function.found.folder}",
        )
        scheduler.CfnSchedule(
            self,
            function.found.id,
            name=f"{deployment.prefix}-{function.found.id}",
            schedule_expression=schedule.expression,
            schedule_expression_timezone=schedule.timezone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=target,
                role_arn=role.role_arn,
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=dead.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=5
                ),
            ),
        )
