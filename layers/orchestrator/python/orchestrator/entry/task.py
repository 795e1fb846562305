"""Step Functions tasks: a state's input in, its output out, errors under names `ErrorEquals` can match.

```python
async def work(event: dict[str, Any]) -> dict[str, Any]: ...

handler = task_handler(SPEC, work)
```
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from math import ceil
from random import uniform
from time import perf_counter, time
from typing import Any

from orchestrator.entry import correlation, logs, start
from orchestrator.errors import OrchestratorError
from orchestrator.spec import Function

Work = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

SPREAD = 0.1
"""The share of a wait that may be added to it."""


class RetryAt(Exception):
    """The task is to be run again at the moment its message names."""


def task_handler(spec: Function, work: Work) -> Handler:
    """Return the function Step Functions calls; `correlation_id` in the input is carried on.

    A domain error leaves under its `error_type`, the name Lambda reports as the error and `Retry` and `Catch`
    match; one that says how long to wait (`retry_after`) leaves as `RetryAt`, whose message is the moment to
    come back: a Wait state's timestamp (RFC 3339, UTC, whole seconds), as asked or up to a tenth later, since
    those that were refused together must not come back together. Any other exception leaves as it is, under
    its class name.

    Raises:
        SettingsError: a variable of the function's settings groups is wrong; the init fails with it.
    """
    start.check(spec)
    runner = asyncio.Runner()

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return runner.run(_run(event, getattr(context, "aws_request_id", None), work))

    return handler


async def _run(event: dict[str, Any], request_id: object, work: Work) -> dict[str, Any]:
    started = perf_counter()
    trace = correlation.begin(event.get("correlation_id"), request_id)
    correlation.enter(trace)
    logs.bind(trace, subject=logs.subject_of(event))
    failed: BaseException | None = None
    try:
        return await work(event)
    except OrchestratorError as error:
        failed = error
        left = _as_step_functions_reads_it(error)
        if left is error:
            raise
        raise left from error
    except Exception as error:
        failed = error
        raise
    finally:
        milliseconds = (perf_counter() - started) * 1000
        outcome = type(failed).__name__ if failed else "done"
        logs.log.info(
            "task",
            outcome=outcome,
            duration_ms=round(milliseconds, 3),
            cold_start=logs.was_cold(),
            **_explained(failed),
        )
        logs.record(requests=1, errors=int(failed is not None), milliseconds=milliseconds)


def _explained(failed: BaseException | None) -> dict[str, Any]:
    """Return what the line says of a failure: its words, or the way to it where they are not all there is."""
    if isinstance(failed, OrchestratorError) and failed.__cause__ is None:
        return {"error": failed.message}
    return {"exc_info": failed}


def _as_step_functions_reads_it(error: OrchestratorError) -> Exception:
    wait: float | None = getattr(error, "retry_after", None)
    if wait is not None:
        later = wait * uniform(0, SPREAD)  # noqa: S311 - only spreads load
        moment = datetime.fromtimestamp(ceil(time() + wait + later), UTC)
        return RetryAt(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    if type(error).__name__ == error.error_type:
        return error
    return type(error.error_type, (Exception,), {})(error.message)
