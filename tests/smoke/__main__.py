"""`python -m tests.smoke URL`: one line for each check, exit code 1 when one fails.

ORCHESTRATOR_API_KEY holds the key of a deployment that asks for one (every scope); an argument would show in
the list of processes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

import httpx2

from tests.smoke.checks import CHECKS, Check, Deployment, Skipped


def main() -> int:
    """Run every check in turn; a failed one does not stop the others."""
    parser = argparse.ArgumentParser(prog="python -m tests.smoke", description=__doc__)
    parser.add_argument("url", help="where the API is, for example http://localhost:8000")
    given = parser.parse_args()
    key = os.environ.get("ORCHESTRATOR_API_KEY", "")
    headers = {"x-api-key": key} if key else {}
    with httpx2.Client(base_url=given.url.rstrip("/"), headers=headers, timeout=35) as http:
        if told := _unusable(http):
            print(f"✗ {given.url}: {told}")
            return 1
        deployment = Deployment(http, keyed=bool(key))
        outcomes = [_outcome(check, deployment) for check in CHECKS]
    failed = outcomes.count("failed")
    print(f"{len(CHECKS) - failed - outcomes.count('skipped')} passed, {failed} failed")
    return 1 if failed else 0


def _unusable(http: httpx2.Client) -> str:
    """Return why no check could pass, or an empty string."""
    try:
        status = http.get("/intents").status_code
    except httpx2.HTTPError as error:
        return f"does not answer ({error})"
    return {401: "asks for a key: KEY=orc_…", 403: "refuses this key"}.get(status, "")


def _outcome(check: Check, deployment: Deployment) -> str:
    name = (check.__doc__ or check.__name__).rstrip(".")
    started = time.monotonic()
    outcome, mark, said = "passed", "✓", ""
    try:
        said = check(deployment) or ""
    except Skipped as reason:
        outcome, mark, said = "skipped", "-", str(reason)
    except (AssertionError, httpx2.HTTPError, ValueError, LookupError) as error:
        outcome, mark, said = "failed", "✗", f"{type(error).__name__}: {error}"
    milliseconds = (time.monotonic() - started) * 1000
    print(f"{mark} {name:<72} {milliseconds:>7.0f} ms  {said}".rstrip(), flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
