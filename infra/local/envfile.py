"""`.local/env`: how commands in another terminal find the running stack."""

from __future__ import annotations

import os
from pathlib import Path

from infra.local.deployment import Deployment
from infra.local.shared import ADMIN_KEY, REGION


def write(file: Path, deployment: Deployment, url: str) -> None:
    """Write `NAME=value` lines: endpoints, a key that may do everything, every resource's variable."""
    variables = {
        "ORCHESTRATOR_URL": url,
        "AWS_ENDPOINT_URL": deployment.template.endpoints.aws,
        "AWS_ACCESS_KEY_ID": ADMIN_KEY,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "ORCHESTRATOR_LOCAL_PID": str(os.getpid()),
    }
    for function in deployment.functions.values():
        for name, value in function.environment.items():
            if name.startswith(("TABLE_", "QUEUE_", "VECTORS_", "SECRET_", "KEY_", "WORKFLOW_")):
                variables[name] = value
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{name}={value}\n" for name, value in sorted(variables.items())))
