"""What a worker process gets as environment: what Lambda gives, and nothing of the developer's shell."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.shared import REGION
from infra.local.workers.function import LocalFunction

PASSED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "HTTP_PROXY",
)
"""The variables of the developer's shell that every program needs; nothing else of it is handed on."""
_LOOPBACK = "127.0.0.1,localhost"


@dataclass
class WorkerEnvironment:
    """Builds the environment of a function's workers.

    `settings` is `.env` under the process environment; a function gets only the variables its metadata lists.
    `vendors` holds the base URLs of the stand-ins by variable, given to the functions that list the variable.
    `site` returns the folder with the packages of a function's dependency groups.
    """

    endpoint: str
    settings: Mapping[str, str]
    vendors: Mapping[str, str] = field(default_factory=lambda: {})
    site: Callable[[tuple[str, ...]], Path] | None = None

    def __call__(self, function: LocalFunction) -> dict[str, str]:
        """Return the environment for one new worker."""
        return {
            **{name: os.environ[name] for name in PASSED if name in os.environ},
            **self._lambda(function),
            **self._aws(function),
            **function.environment,
            **self._settings(function),
        }

    def _settings(self, function: LocalFunction) -> dict[str, str]:
        known = {**self.vendors, **{k: v for k, v in self.settings.items() if v.strip()}}
        # What the template fixes (stage, auth mode) is not a setting any more.
        return {
            k: known[k]
            for k in function.settings
            if k in known and k not in ("ORCHESTRATOR_STAGE", "AUTH_MODE")
        }

    def _aws(self, function: LocalFunction) -> dict[str, str]:
        return {
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": function.name,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # sync-states.… is no host name on a laptop
            "NO_PROXY": _LOOPBACK,
        }

    def _lambda(self, function: LocalFunction) -> dict[str, str]:
        variables = {
            "_HANDLER": function.handler,
            "LAMBDA_TASK_ROOT": str(function.code),
            "PYTHONPATH": function.search_path(),
            "PYTHONUNBUFFERED": "1",
            "TZ": ":UTC",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": uuid.uuid4().hex,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if function.snap_start else "on-demand",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        }
        if function.json_logs:
            variables["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        if self.site and function.groups:
            variables["ORCHESTRATOR_LOCAL_SITE"] = site = str(self.site(function.groups))
            variables["PYTHONPATH"] += f":{site}"
        return variables
