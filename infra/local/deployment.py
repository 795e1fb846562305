"""One synthesized stack, read and brought to life: what a change of a spec replaces as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from infra.local import moto_patches
from infra.local.aws.policies import Policies
from infra.local.gateway.routes import HttpApi, http_api_of
from infra.local.resources import Call, check_types, create_resources
from infra.local.synth import STACK
from infra.local.template import Endpoints, Template
from infra.local.triggers.executions import Rule, rules_of
from infra.local.vendors import Vendor, vendors_of
from infra.local.workers.function import LocalFunction, functions_of
from infra.local.workflows.machines import Machine, machines_of

_SERVICES = {
    "DynamoDB": "dynamodb",
    "S3Vectors": "s3vectors",
    "SecretsManager": "secretsmanager",
    "SQS": "sqs",
    "KMS": "kms",
}


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything the runner takes from one template."""

    template: Template
    functions: dict[str, LocalFunction]
    machines: dict[str, Machine]
    rules: list[Rule]
    policies: Policies
    api: HttpApi | None
    vendors: list[Vendor]


def read_deployment(out: Path, endpoints: Endpoints, stack: str = STACK) -> Deployment:
    """Read a cloud assembly.

    Raises:
        RunnerError: the template has something the runner does not know: a resource type, an intrinsic
            function, a kind of state or of rule.
    """
    template = Template.load(out, stack, endpoints)
    check_types(template)
    functions, machines = functions_of(template), machines_of(template)
    callers = {function.name: function.role for function in functions.values()}
    callers |= {machine.caller: machine.role for machine in machines.values()}
    policies = Policies.of(template, callers)
    rules, api = rules_of(template, machines), http_api_of(template)
    return Deployment(template, functions, machines, rules, policies, api, vendors_of(template))


def create(deployment: Deployment, call: Call) -> None:
    """Create the deployment's stateful resources in a moto changed for them; what exists stays.

    Raises:
        RunnerError: moto refuses a resource.
    """
    kinds = {raw["Type"].split("::")[1] for raw in deployment.template.document["Resources"].values()}
    services = [_SERVICES[kind] for kind in sorted(kinds) if kind in _SERVICES]
    moto_patches.install(services, deployment.template.endpoints.aws)
    create_resources(deployment.template, call)
