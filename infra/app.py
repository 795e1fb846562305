"""The CDK app: `python -m infra.app` writes `cdk.out/` (or `CDK_OUTDIR`); the CDK CLI runs the same command.

Choices come as CDK context, from `cdk.json`, `-c name=value` or `CDK_CONTEXT_JSON`: `stage` (local, dev,
prod), `auth_mode` (open, key), `cors_origins`, `alarm_topic` (ARN), `layers_dir`, `root` (whose functions).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.checks import checked
from infra.definitions import definitions
from infra.deployment import (
    ROOT,
    Deployment,
    DeploymentError,
    dependency_groups,
    read_context,
    use_bundled_node,
)
from infra.discovery import Found, SpecError

if TYPE_CHECKING:
    import aws_cdk as cdk


def main() -> int:
    """Synthesize; a wrong spec or choice is one line on standard error and exit code 1."""
    try:
        context = read_context(os.environ)
        deployment = Deployment.read(context, os.environ, Path(context.get("root") or ROOT))
        found = checked(deployment.root, dependency_groups())
        synthesize(build(deployment, found, context, os.environ.get("CDK_OUTDIR", "cdk.out")))
    except (SpecError, DeploymentError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def build(
    deployment: Deployment, found: list[Found], context: Mapping[str, Any], outdir: str | Path
) -> cdk.App:
    """Build the app, ready for `synth()`. On deployed stages cdk-nag judges it while it is synthesized.

    Raises:
        DeploymentError: no node, or a layer that has not been built.
        SpecError: the definition of a workflow is missing, or does not fit its functions.
    """
    workflows = definitions(found)
    use_bundled_node()
    import aws_cdk as cdk

    from infra.stacks.orchestrator import OrchestratorStack

    app = cdk.App(
        outdir=str(outdir),
        context={**context, **fixed_context(deployment)},
        analytics_reporting=False,
        tree_metadata=not deployment.local,
        builtin_cloud_formation_validation=not deployment.local,
    )
    OrchestratorStack(app, deployment, found, workflows)
    if not deployment.local:
        from cdk_nag import AwsSolutionsChecks

        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


def synthesize(app: cdk.App) -> None:
    """Write the cloud assembly.

    Raises:
        DeploymentError: cdk-nag or CDK's own validation found something; one line for each finding.
    """
    try:
        app.synth()
    except RuntimeError as error:  # how jsii reports everything that JavaScript threw
        lines = list(findings(Path(app.outdir) / "validation-report.json"))
        if not lines:
            raise
        raise DeploymentError("\n".join(lines)) from error


def findings(report: Path) -> Iterator[str]:
    """Yield one line for each finding of cdk-nag and CDK's own validation; none when there is no report."""
    if not report.exists():
        return
    for plugin in json.loads(report.read_text())["pluginReports"]:
        for violation in plugin["violations"]:
            for place in violation["violatingConstructs"]:
                where = place.get("constructPath", "?")
                yield f"{violation['ruleName']} at {where}: {violation['description']}"


def fixed_context(deployment: Deployment) -> dict[str, Any]:
    """Return the context that is not a choice.

    On the laptop assets stay where they are: hot reload needs the real folders, and nothing is copied.
    `sam local invoke` finds a function's code through the asset metadata.
    """
    local: dict[str, Any] = (
        {"aws:cdk:disable-asset-staging": True, "aws:cdk:bundling-stacks": []} if deployment.local else {}
    )
    return {"aws:cdk:enable-asset-metadata": True, "aws:cdk:enable-path-metadata": True, **local}


if __name__ == "__main__":
    sys.exit(main())
