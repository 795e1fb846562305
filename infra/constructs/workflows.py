"""State machines: Standard workflows that run functions as tasks, each under a role of its own.

An execution that fails, runs out of time or is aborted can do nothing about it itself: EventBridge tells a
queue, whose worker ends what the execution left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from aws_cdk import Acknowledgment as Because
from aws_cdk import ArnFormat, Aws, Stack, Validations
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from infra.constructs.function import FunctionFolder
from infra.constructs.shared import allow, log_group, service_role
from infra.constructs.storage import Queues
from infra.definitions import Definition, Parts
from infra.deployment import Deployment
from orchestrator import spec

# "Using CloudWatch Logs to log execution history in Step Functions" and "Trace Step Functions request data in
# AWS X-Ray" (developer guide): none of these actions has a resource.
WATCHING = {
    "logs": [
        "CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies",
        "GetLogDelivery", "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery",
    ],
    "xray": ["GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments"],
}  # fmt: skip


STOPPED = ["FAILED", "TIMED_OUT", "ABORTED"]


def workflow_arns(scope: Construct, deployment: Deployment) -> dict[str, str]:
    """Return the ARN each workflow's state machine will have, by the workflow's name."""
    return {
        workflow.name: Stack.of(scope).format_arn(
            service="states",
            resource="stateMachine",
            resource_name=f"{deployment.prefix}-{workflow.name}",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        for workflow in spec.WORKFLOWS
    }


class Workflows(Construct):
    """The state machines of `orchestrator.spec.WORKFLOWS`.

    L1 resources: CDK's own would allow its role the functions and all their versions (`<arn>:*`).
    """

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        definitions: list[Definition],
        functions: Mapping[str, FunctionFolder],
        queues: Queues,
    ) -> None:
        """Create every state machine under `scope`; `functions` are by id."""
        super().__init__(scope, "Workflows")
        self._deployment = deployment
        self._functions = functions
        self._queues = queues
        self.by_name = {one.workflow.name: self._machine(one) for one in definitions}
        for one in definitions:
            self._tell_when_stopped(one)

    def _machine(self, one: Definition) -> stepfunctions.CfnStateMachine:
        name = one.workflow.name
        group = log_group(
            self, f"{name}-logs", f"/aws/vendedlogs/states/{self._deployment.prefix}-{name}", self._deployment
        )
        return stepfunctions.CfnStateMachine(
            self,
            name,
            state_machine_name=f"{self._deployment.prefix}-{name}",
            state_machine_type="STANDARD",
            definition_string=json.dumps(one.states),
            definition_substitutions=self._substitutions(one.parts),
            role_arn=self._role(name, one.parts).role_arn,
            tracing_configuration=stepfunctions.CfnStateMachine.TracingConfigurationProperty(enabled=True),
            logging_configuration=_every_event(group),
        )

    def _tell_when_stopped(self, one: Definition) -> None:
        # The whole event, untransformed ("PutTargets": no Input, InputPath or InputTransformer). It holds the
        # execution's input as a text, whose quotes a template would have to escape; and so an event that
        # could not be delivered can be taken back from the dead letters: "Using dead-letter queues to process
        # undelivered events" does not say whether they are kept before or after a template.
        name, pair = one.workflow.name, self._queues.by_name[one.parts.told]
        rule = events.CfnRule(
            self,
            f"{name}-stopped",
            name=f"{self._deployment.prefix}-{name}-stopped",
            description=f"Tells of executions of {name} that failed, ran out of time or were aborted",
            event_pattern={
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": {"status": STOPPED, "stateMachineArn": [self.by_name[name].attr_arn]},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="queue",
                    arn=pair.main.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=pair.dead.queue_arn),
                )
            ],
        )
        pair.admit(rule)

    def _substitutions(self, parts: Parts) -> dict[str, str]:
        arns = {key: self._functions[id].function.function_arn for id, key in parts.tasks.items()}
        urls = {key: self._queues.by_name[name].main.queue_url for name, key in parts.queues.items()}
        calls = {key: f"arn:{Aws.PARTITION}:states:::{name}" for name, key in parts.integrations.items()}
        return calls | arns | urls

    def _role(self, name: str, parts: Parts) -> iam.Role:
        functions = [self._functions[id].function.function_arn for id in sorted(parts.tasks)]
        queues = [self._queues.by_name[queue].main.queue_arn for queue in sorted(parts.queues)]
        statements = [
            allow([f"{service}:{action}" for action in WATCHING[service]], "*") for service in WATCHING
        ]
        statements.append(allow(["lambda:InvokeFunction"], *functions))
        if queues:
            statements.append(allow(["sqs:SendMessage"], *queues))
        role = service_role(
            self, f"{name}-role", "states.amazonaws.com", statements, f"What the workflow {name} may do"
        )
        Validations.of(role).acknowledge(
            Because(
                id="AwsSolutions-IAM5[Resource::*]",
                reason="Log delivery and X-Ray support no resource-level permission (Service Authorization "
                "Reference, CloudWatch Logs and AWS X-Ray: no resource types for these actions).",
            )
        )
        return role


def _every_event(group: logs.LogGroup) -> stepfunctions.CfnStateMachine.LoggingConfigurationProperty:
    """Log every event of an execution, without its data."""
    destination = stepfunctions.CfnStateMachine.LogDestinationProperty(
        cloud_watch_logs_log_group=stepfunctions.CfnStateMachine.CloudWatchLogsLogGroupProperty(
            log_group_arn=group.log_group_arn
        )
    )
    return stepfunctions.CfnStateMachine.LoggingConfigurationProperty(
        level="ALL", include_execution_data=False, destinations=[destination]
    )
