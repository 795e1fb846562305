"""One function folder as a Lambda: code, layers, role, log group, environment and, for HTTP, a SnapStart alias."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Acknowledgment as Because
from aws_cdk import AssetHashType, Duration, IgnoreMode, RemovalPolicy, Validations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from orchestrator.config.groups import GROUPS

from infra.constructs.layers import Layers
from infra.constructs.permissions import Role, Storage
from infra.deployment import Deployment
from infra.discovery import Found


class FunctionFolder(Construct):
    """The Lambda of one function folder. `entry` is what callers invoke: the alias `live` for HTTP, else the function."""

    def __init__(
        self, scope: Construct, found: Found, deployment: Deployment, storage: Storage, layers: Layers
    ) -> None:
        """Create the function and what belongs to it alone under `scope`."""
        super().__init__(scope, found.id)
        self.found = found
        name = f"{deployment.prefix}-{found.id}"
        log_group = log_group_for(self, name, deployment)
        role = Role(self, found, storage, log_group).role
        http = bool(found.spec.routes) or found.spec.authorizer
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            description=found.spec.summary[:256],
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=found.handler,
            code=code_of(found),
            layers=layers.of(found.spec.layers),
            # Without policy updates: CDK would otherwise add statements of its own in a second policy resource.
            role=role.without_policy_updates(),
            timeout=Duration.seconds(found.spec.timeout),
            memory_size=found.spec.memory,
            environment=environment_of(found, deployment, storage),
            tracing=lambda_.Tracing.ACTIVE,
            logging_format=lambda_.LoggingFormat.JSON,
            log_group=log_group,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if http else None,
        )
        self._describe()
        self.alias = self.function.add_alias("live") if http else None
        self.entry: lambda_.IFunction = self.alias or self.function

    def consume(self, queue: sqs.Queue) -> None:
        """Feed the function from `queue`: failures are reported message by message, calls at once are bounded."""
        trigger = self.found.spec.trigger
        assert trigger is not None
        lambda_.EventSourceMapping(
            self,
            "Trigger",
            target=self.function,
            event_source_arn=queue.queue_arn,
            batch_size=trigger.batch,
            max_concurrency=trigger.concurrency,
            report_batch_item_failures=True,
        )

    def _describe(self) -> None:
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        resource.add_metadata(
            "orchestrator",
            {
                "folder": self.found.folder,
                "settings": settings_of(self.found),
                "secrets": list(self.found.spec.secrets),
                "layers": list(self.found.spec.layers),
            },
        )
        Validations.of(self.function).acknowledge(
            Because(
                id="AwsSolutions-L1",
                reason="Python 3.13 is the version the project is locked and tested on; a newer runtime is a "
                "deliberate step with a new lock and new layers.",
            )
        )


def log_group_for(scope: Construct, name: str, deployment: Deployment) -> logs.LogGroup:
    """Create the log group of function `name`: a week in dev, three months in prod."""
    return logs.LogGroup(
        scope,
        "Logs",
        log_group_name=f"/aws/lambda/{name}",
        retention=retention(deployment),
        removal_policy=RemovalPolicy.RETAIN if deployment.prod else RemovalPolicy.DESTROY,
    )


def retention(deployment: Deployment) -> logs.RetentionDays:
    """Return how long logs are kept."""
    return logs.RetentionDays.THREE_MONTHS if deployment.prod else logs.RetentionDays.ONE_WEEK


def code_of(found: Found) -> lambda_.Code:
    """Return the asset: the project's folder without everything but this function's (and the `__init__`s above it).

    So `functions.<group>.<name>.handler` is one import path on Lambda, on the laptop and in tests, and an edit
    changes one asset. The hash is taken here: letting CDK walk the project for each function is 300 ms apiece.
    """
    group = f"functions/{found.group}"
    return lambda_.Code.from_asset(
        str(found.root),
        exclude=[
            "*",
            "!functions",
            "functions/*",
            "!functions/__init__.py",
            f"!{group}",
            f"{group}/*",
            f"!{group}/__init__.py",
            f"!{found.folder}",
            f"!{found.folder}/**",
            "**/__pycache__",
            "**/*.pyc",
        ],
        ignore_mode=IgnoreMode.GIT,
        asset_hash=_hash(found),
        asset_hash_type=AssetHashType.CUSTOM,
    )


def _hash(found: Found) -> str:
    base = found.root / "functions"
    inits = [base / "__init__.py", base / found.group / "__init__.py"]
    files = sorted(file for file in (found.root / found.folder).rglob("*") if _shipped(file))
    digest = hashlib.sha256()
    for file in [file for file in inits if file.exists()] + files:
        digest.update(file.relative_to(found.root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _shipped(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"


def settings_of(found: Found) -> list[str]:
    """Return every variable of the function's settings groups, the platform's first."""
    groups = dict.fromkeys(("platform", *found.spec.settings))
    return list(dict.fromkeys(name for group in groups for name in GROUPS[group].variables()))


def environment_of(found: Found, deployment: Deployment, storage: Storage) -> dict[str, str]:
    """Return the function's environment: its own variables, set settings, and where its resources are."""
    addresses = {
        f"{prefix}_{_shout(grant.name)}": storage.address(grant)
        for grant in found.spec.grants
        for prefix in ({"table": "TABLE", "queue": "QUEUE", "vectors": "VECTORS"}[grant.kind],)
    }
    secrets = {
        f"SECRET_{_shout(vendor)}": storage.secrets.by_vendor[vendor].ref for vendor in found.spec.secrets
    }
    return {
        **_set(settings_of(found), deployment.environ),
        **found.spec.environment,
        **addresses,
        **secrets,
        "ORCHESTRATOR_STAGE": deployment.stage,
        "AUTH_MODE": deployment.auth_mode,
        "POWERTOOLS_SERVICE_NAME": f"{deployment.prefix}-{found.id}",
        "POWERTOOLS_METRICS_NAMESPACE": "Orchestrator",
    }


def _set(names: list[str], environ: Mapping[str, str]) -> dict[str, str]:
    return {name: environ[name] for name in names if environ.get(name, "").strip()}


def _shout(name: str) -> str:
    return name.upper().replace("-", "_")
