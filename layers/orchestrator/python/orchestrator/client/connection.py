"""The client: intents, jobs, and by inheritance everything else."""

from __future__ import annotations

import time
from collections.abc import Mapping
from http import HTTPStatus
from math import ceil
from typing import Any, cast
from urllib.parse import quote

from orchestrator.client.analysis import AnalysisCalls
from orchestrator.client.answers import Accepted, Intent, Job, Mode, Success
from orchestrator.client.calendar import CalendarCalls
from orchestrator.client.errors import ClientError, JobFailed, may_pass
from orchestrator.client.transport import LONGEST_POLL


class Client(AnalysisCalls, CalendarCalls):
    """A connection to the API with all its calls; see `Connection` for what it is built from."""

    def orchestrate(
        self,
        intent: str,
        inputs: Mapping[str, Any],
        mode: Mode = "auto",
        *,
        wait: float | None = None,
        context: Mapping[str, Any] | None = None,
        callback_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Success | Accepted:
        """Run `intent` and return its result, or the job that goes on with it.

        Args:
            intent: dotted name; `intents()` lists them.
            inputs: what the intent needs.
            mode: how to run it.
            wait: follow the job for up to so many seconds, so that a result comes back if there is one by
                then; 0 returns the job at once. Without it the server's ORCHESTRATOR_SYNC_TIMEOUT counts.
            context: tracing metadata; `user_id` is the scope of the caller's memory.
            callback_url: where the result of a job is to be delivered.
            idempotency_key: name of this request, instead of one made of intent and inputs.

        Raises:
            RequestRefused: the API answered with an error.
            JobFailed: the job that was waited for failed or was cancelled.
            Unreachable: nothing answered.
        """
        end = time.monotonic() + (wait or 0)
        body = {"intent": intent, "inputs": inputs, "mode": mode}
        body |= {"context": context} if context else {}
        body |= {"callback_url": callback_url} if callback_url else {}
        headers = {"idempotency-key": idempotency_key} if idempotency_key else {}
        if wait is not None:
            headers["prefer"] = f"wait={min(ceil(wait), LONGEST_POLL)}"
        response, answer = self._call("POST", "/orchestrate", json=body, headers=headers)
        if not wait or response.status_code != HTTPStatus.ACCEPTED:
            return cast("Success | Accepted", answer)
        return self._follow(cast("Accepted", answer), response.headers.get("location", ""), end)

    def job(self, job_id: str, *, wait: float = 0) -> Job:
        """Return how a job is doing; with `wait` (seconds, at most 25) as soon as it has ended.

        Raises:
            RequestRefused: there is no such job, or the key may not see it.
            Unreachable: nothing answered.
        """
        return self._job(_path(job_id), wait)

    def wait(self, job_id: str, seconds: float = 300) -> Job:
        """Return the job once it has ended, well or not, or as it stands after `seconds`.

        Raises:
            RequestRefused, Unreachable: as `job`; failures that may pass are waited out.
        """
        return self._wait(_path(job_id), time.monotonic() + seconds)

    def cancel(self, job_id: str) -> Job:
        """Cancel a waiting job, ask a running one to stop; return it as it now stands.

        Raises:
            RequestRefused: there is no such job, or it has ended.
            Unreachable: nothing answered.
        """
        return cast("Job", self._call("DELETE", _path(job_id))[1])

    def intents(self) -> list[Intent]:
        """Return every intent of the deployment, with the JSON Schema of its inputs.

        Raises:
            RequestRefused, Unreachable: as `job`.
        """
        return cast("list[Intent]", self._call("GET", "/intents")[1]["intents"])

    def _follow(self, accepted: Accepted, location: str, end: float) -> Success | Accepted:
        # Only a path is followed: the key belongs to this server and to no other.
        own = location.startswith("/") and not location.startswith("//")
        job = self._wait(location if own else _path(accepted["job_id"]), end)
        if job["status"] in ("failed", "cancelled"):
            raise JobFailed(job)
        if "result" not in job or job["status"] != "success":
            return accepted
        done: Success = {
            "status": "success",
            "result": job["result"],
            "mode": job["mode"],
            "duration_ms": job.get("duration_ms", 0),
            "job_id": job["job_id"],
        }
        return done

    def _wait(self, path: str, end: float) -> Job:
        while True:
            left = end - time.monotonic()
            try:
                job = self._job(path, max(0.0, min(left, LONGEST_POLL)))
            except ClientError as error:
                # The job goes on whoever watches it: what may pass is no reason to stop watching.
                if not may_pass(error) or left <= 0:
                    raise
                time.sleep(min(1.0, left))
                continue
            if job["status"] not in ("accepted", "running") or time.monotonic() >= end:
                return job
            time.sleep(0.05)  # a server in between that does not wait must not be asked without a break

    def _job(self, path: str, wait: float) -> Job:
        return cast("Job", self._call("GET", path, params={"wait": f"{wait:.3f}"} if wait else {})[1])


def _path(job_id: str) -> str:
    return f"/jobs/{quote(job_id, safe='')}"
