"""One function folder as a Lambda: code, layers, role, logs, environment and, for HTTP, a SnapStart alias."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from aws_cdk import Acknowledgment as Because
from aws_cdk import AssetHashType, Duration, IgnoreMode, Validations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.layers import Layers
from infra.constructs.permissions import Storage, role_of
from infra.constructs.shared import finish, log_group
from infra.deployment import Deployment
from infra.discovery import Found
from orchestrator.config.groups import GROUPS


class FunctionFolder(Construct):
    """The Lambda of one function folder.

    `entry` is what callers invoke: the alias `live` for HTTP functions and the authorizer, else the function.
    """

    def __init__(
        self, scope: Construct, found: Found, deployment: Deployment, storage: Storage, layers: Layers
    ) -> None:
        """Create the function and what belongs to it alone under `scope`."""
        super().__init__(scope, found.id)
        self.found = found
        http = bool(found.spec.routes) or found.spec.authorizer
        name = f"{deployment.prefix}-{found.id}"
        group = log_group(self, "Logs", f"/aws/lambda/{name}", deployment)
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
            role=role_of(self, found, storage, group),
            timeout=Duration.seconds(found.spec.timeout),
            memory_size=found.spec.memory,
            environment=environment_of(found, deployment, storage),
            tracing=lambda_.Tracing.ACTIVE,
            logging_format=lambda_.LoggingFormat.JSON,
            log_group=group,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if http else None,
        )
        finish(self.function).add_metadata("orchestrator", metadata_of(found))
        self.entry = cast(lambda_.IFunction, self._live() if http else self.function)

    def _live(self) -> lambda_.Alias:
        Validations.of(self.function).acknowledge(
            Because(
                id="Annotation::@aws-cdk/aws-lambda:snapStartRequirePublish",
                reason="Every synth publishes a version; callers reach it through the alias `live`.",
            )
        )
        return self.function.add_alias("live")

    def consume(self, queue: sqs.Queue) -> None:
        """Feed the function from `queue`: failures are reported one by one, calls at once are bounded."""
        trigger = self.found.spec.trigger
        if trigger is None:
            return
        lambda_.EventSourceMapping(
            self,
            "Trigger",
            target=cast(lambda_.IFunction, self.function),
            event_source_arn=queue.queue_arn,
            batch_size=trigger.batch,
            max_concurrency=trigger.concurrency,
            report_batch_item_failures=True,
        )


def metadata_of(found: Found) -> dict[str, object]:
    """Return what the laptop runner reads beside the Lambda's properties."""
    return {
        "folder": found.folder,
        "settings": settings_of(found),
        "secrets": list(found.spec.secrets),
        "layers": list(found.spec.layers),
    }


def code_of(found: Found) -> lambda_.Code:
    """Return the asset: of the whole project only this function's folder and the `__init__`s above it.

    So `functions.<group>.<name>.handler` is one import path on Lambda, on the laptop and in tests, and an
    edit changes one asset. The hash is taken here: CDK would walk the project for each function.
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
        f"{grant.kind.upper()}_{_shout(grant.name)}": storage.address(grant) for grant in found.spec.grants
    }
    if found.spec.trigger:  # a consumer answers for its messages, whatever else it may do with their queue
        name = found.spec.trigger.queue
        addresses[f"QUEUE_{_shout(name)}"] = storage.queues.by_name[name].main.queue_url
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
