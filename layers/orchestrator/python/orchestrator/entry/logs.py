"""Structured JSON logs and embedded metrics, the same for every function.

One logger, `orchestrator`: wings and adapters write to `logging.getLogger("orchestrator.<room>")` and their
lines carry the ids of the invocation that caused them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics

from orchestrator.config.groups import Platform
from orchestrator.entry import correlation
from orchestrator.entry.correlation import Trace

# "Task-1" in every line says nothing. The switch came with Python 3.12.
logging.logAsyncioTasks = False  # pyright: ignore[reportAttributeAccessIssue]
_SUBJECTS = ("request_id", "job_id", "subject")
_cold = True
log = Logger(service="orchestrator", level="INFO", use_rfc3339=True, utc=True, serialize_stacktrace=False)


def configure(platform: Platform) -> None:
    """Set the level and the service name that every line carries."""
    log.setLevel(platform.level)
    for chatty in ("mangum", "httpx2"):  # each says at INFO what our own line says better
        logging.getLogger(chatty).setLevel(logging.WARNING)
    log.append_keys(service=service_name())


def service_name() -> str:
    """Return the function's name as logs and metrics show it."""
    return (
        os.environ.get("POWERTOOLS_SERVICE_NAME")
        or os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        or "orchestrator"
    )


def bind(trace: Trace, **keys: Any) -> None:
    """Give every further line of this invocation the ids of `trace` and `keys`."""
    log.thread_safe_append_keys(correlation_id=trace.correlation_id, request_id=trace.request_id, **keys)


def subject_of(fields: Mapping[str, Any]) -> str | None:
    """Return the id of the request or job that a state, a message or a path names, if it names one."""
    return correlation.sane(next((fields[name] for name in _SUBJECTS if name in fields), None))


def was_cold() -> bool:
    """Return whether this is the first invocation of the process; true once."""
    global _cold
    cold, _cold = _cold, False
    return cold


def record(*, requests: int, errors: int, milliseconds: float) -> None:
    """Publish the figures of one invocation as one line of CloudWatch's embedded metric format."""
    metrics = _metrics()
    metrics.add_metric(name="Requests", unit="Count", value=requests)
    metrics.add_metric(name="Errors", unit="Count", value=errors)
    metrics.add_metric(name="Latency", unit="Milliseconds", value=round(milliseconds, 3))
    metrics.flush_metrics()


@cache
def _metrics() -> Metrics:
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or "Orchestrator"
    return Metrics(namespace=namespace, service=service_name())
