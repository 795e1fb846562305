"""What a deployment must do: every endpoint once, as a caller uses it. Each check's docstring is its line."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2

TEXT = (
    "Maria Keller of Nordwind GmbH is delighted with the new warehouse in Hamburg. "
    "It cost $2 million, opened on 3 March 2026 and works well; only the parking lot is terrible."
)
SECRET = "your-secret-key"
PATIENCE = 90.0


class Skipped(Exception):
    """The check does not apply to this deployment."""


@dataclass
class Deployment:
    """Where the API is, and what the checks tell each other."""

    http: httpx2.Client
    keyed: bool
    seen: dict[str, Any] = field(default_factory=dict)
    mark: str = field(default_factory=lambda: uuid4().hex[:8])

    def ask(self, method: str, path: str, expected: int, **options: Any) -> Any:
        """Send a request and return its JSON; anything but `expected` fails the check."""
        answer = self.http.request(method, path, **options)
        assert answer.status_code == expected, f"{answer.status_code} {answer.text[:200]}"
        return answer.json() if answer.content else None


Check = Callable[[Deployment], str | None]


def _until(ask: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
    end = time.monotonic() + PATIENCE
    while not done(found := ask()):
        assert time.monotonic() < end, f"not within {PATIENCE:.0f} s: {str(found)[:200]}"
        time.sleep(0.3)
    return found


def liveness(at: Deployment) -> str:
    """GET /health answers."""
    return str(at.ask("GET", "/health", 200)["status"])


def readiness(at: Deployment) -> str:
    """GET /api/v1/health names what it leans on."""
    return str(at.ask("GET", "/api/v1/health", 200)["status"])


def pages(at: Deployment) -> str:
    """GET /openapi.json, /openapi/chatgpt.json, /docs and /redoc are there."""
    for page in ("/docs", "/redoc", "/openapi/chatgpt.json"):
        assert at.http.get(page).status_code == 200, page
    return f"{len(at.ask('GET', '/openapi.json', 200)['paths'])} paths"


def guarded(at: Deployment) -> str:
    """A request without a key is refused."""
    if not at.keyed:
        raise Skipped("no KEY: the deployment is open")
    answer = httpx2.get(str(at.http.base_url.join("/intents")), timeout=35)
    assert answer.status_code == 401, str(answer.status_code)
    return "401"


def intents(at: Deployment) -> str:
    """GET /intents lists the tools."""
    return f"{len(at.ask('GET', '/intents', 200)['intents'])} intents"


def memory(at: Deployment) -> str:
    """POST /orchestrate writes a memory, finds it again, and deletes it."""
    note = f"The smoke test {at.mark} met at noon"
    written = _run(at, "memory.write", {"text": note, "tags": ["smoke"]})["result"]
    found = _run(at, "memory.search", {"query": note})["result"]
    assert note in str(found), str(found)[:200]
    _run(at, "memory.delete", {"item_id": written["item_id"]})
    return str(written["item_id"])


def _run(at: Deployment, intent: str, inputs: dict[str, Any], expected: int = 200) -> Any:
    body = {"intent": intent, "inputs": inputs, "mode": "agent", "context": {"user_id": f"smoke-{at.mark}"}}
    return at.ask("POST", "/orchestrate", expected, json=body)


def idempotency(at: Deployment) -> str:
    """The same request again is answered from its record."""
    body = {"intent": "memory.write", "inputs": {"text": f"once {at.mark}"}, "mode": "agent"}
    first, second = (at.http.post("/orchestrate", json=body) for _ in range(2))
    assert first.json() == second.json(), second.text[:200]
    assert second.headers.get("idempotent-replayed") == "true", "not replayed"
    return "replayed"


def job(at: Deployment) -> str:
    """A long intent becomes a job that ends, GET /jobs shows it."""
    body = {"intent": "memory.import", "inputs": {"texts": [f"imported {at.mark}"]}}
    accepted = at.ask("POST", "/orchestrate", 202, json=body, headers={"prefer": "respond-async"})
    path = f"/jobs/{accepted['job_id']}"
    ended = _until(lambda: at.ask("GET", path, 200), lambda view: view["status"] in ("success", "failed"))
    assert ended["status"] == "success", str(ended)[:200]
    return str(ended["job_id"])


def cancelling(at: Deployment) -> str:
    """DELETE /jobs/{job_id} cancels a job, unless it was quicker."""
    body = {"intent": "memory.import", "inputs": {"texts": [f"cancelled {at.mark} {n}" for n in range(20)]}}
    accepted = at.ask("POST", "/orchestrate", 202, json=body, headers={"prefer": "respond-async"})
    path = f"/jobs/{accepted['job_id']}"
    answer = at.http.delete(path)
    assert answer.status_code in (200, 202, 409), f"{answer.status_code} {answer.text[:200]}"
    ended = _until(lambda: at.ask("GET", path, 200), lambda view: view["status"] in ("success", "cancelled"))
    return f"{answer.status_code}, {ended['status']}"


def unknown(at: Deployment) -> str:
    """Unknown ids and intents are 404, bad bodies 4xx that name the field."""
    at.ask("GET", "/jobs/job_none", 404)
    at.ask("GET", "/api/v1/results/req_none", 404)
    at.ask("POST", "/orchestrate", 404, json={"intent": "no.such", "inputs": {}, "mode": "agent"})
    assert at.ask("POST", "/api/v1/process", 422, json={"text": "short"})["field"] == "text"
    return "404, 404, 404, 422"


def analysis(at: Deployment) -> str:
    """POST /api/v1/process analyses a text in parallel and in sequence."""
    for mode in ("parallel", "sequential"):
        accepted = at.ask("POST", "/api/v1/process", 202, json={"text": TEXT, "orchestration_mode": mode})
        at.seen[mode] = _result(at, accepted["request_id"])
        assert at.seen[mode]["status"] == "completed", str(at.seen[mode]["errors"])
    results = at.seen["parallel"]["results"]
    for entity in results["entities"]["entities"]:
        assert TEXT[entity["start"] : entity["end"]] == entity["text"], str(entity)
    return f"{results['sentiment']['label']}, {len(results['entities']['entities'])} entities"


def _result(at: Deployment, request_id: str) -> Any:
    path = f"/api/v1/results/{request_id}"
    return _until(
        lambda: at.ask("GET", path, 200), lambda view: view["status"] not in ("pending", "processing")
    )


def waiting(at: Deployment) -> str:
    """Prefer: wait answers with the finished result."""
    answer = at.http.post("/api/v1/process", json={"text": TEXT}, headers={"prefer": "wait=25"})
    assert answer.status_code == 200, f"{answer.status_code} {answer.text[:200]}"
    return str(answer.json()["duration_ms"])


def batch(at: Deployment) -> str:
    """A batch becomes one request for each text."""
    accepted = at.ask("POST", "/api/v1/process", 202, json={"texts": [TEXT, TEXT[::-1]]})
    ended = [_result(at, child["request_id"])["status"] for child in accepted["requests"]]
    assert ended == ["completed", "completed"], str(ended)
    return str(accepted["batch_id"])


def listing(at: Deployment) -> str:
    """GET /api/v1/results lists the newest first, and follows its cursor."""
    first = at.ask("GET", "/api/v1/results", 200, params={"page_size": 2, "status": "completed"})
    times = [found["created_at"] for found in first["results"]]
    assert len(times) == 2, str(first)[:200]
    assert times == sorted(times, reverse=True), str(times)
    second = at.ask("GET", "/api/v1/results", 200, params={"page_size": 2, "cursor": first["next_cursor"]})
    return f"{len(first['results'])} + {len(second['results'])}"


def as_job(at: Deployment) -> str:
    """GET /jobs/{request_id} shows an analysis too."""
    return str(at.ask("GET", f"/jobs/{at.seen['parallel']['request_id']}", 200)["status"])


def webhook(at: Deployment) -> str:
    """The result is delivered to a webhook, and GET /api/v1/webhook-logs tells so."""
    url = str(at.http.base_url.join("/webhook/callback/test"))
    body = {"text": TEXT, "webhook_url": url, "webhook_secret": SECRET}
    at.seen["webhook"] = at.ask("POST", "/api/v1/process", 202, json=body)["request_id"]
    _result(at, at.seen["webhook"])
    return _delivered(at)


def _delivered(at: Deployment, attempts: int = 1) -> str:
    path = f"/api/v1/webhook-logs/{at.seen['webhook']}"

    def log() -> Any:
        answer = at.http.get(path)  # 404 until the agents' work is collected
        return answer.json() if answer.status_code == 200 else {}

    found = _until(
        log, lambda view: len(view.get("attempts", ())) >= attempts and view["status"] == "delivered"
    )
    return f"{found['status']} after {len(found['attempts'])}"


def retry(at: Deployment) -> str:
    """POST /api/v1/webhook/retry delivers once more."""
    at.ask("POST", f"/api/v1/webhook/retry/{at.seen['webhook']}", 202)
    return _delivered(at, attempts=2)


def replay(at: Deployment) -> str:
    """POST /api/v1/webhook/retry?since= tells what it tries again."""
    since = datetime.now(UTC) - timedelta(minutes=1)
    answer = at.ask("POST", "/api/v1/webhook/retry", 202, params={"since": since.isoformat()})
    return f"{len(answer['request_ids'])} had failed"


def signature(at: Deployment) -> str:
    """POST /webhook/callback/test says why a signature does not match."""
    body = b"{}"
    headers = {"x-webhook-secret": SECRET, "x-webhook-signature": f"sha256={_signed(body, SECRET)}"}
    said = at.ask("POST", "/webhook/callback/test", 200, content=body, headers=headers)["signature"]
    assert (said["valid"], "sha256=" in said["because"]) == (False, True), str(said)[:200]
    return str(said["because"])


def _signed(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def inbound(at: Deployment) -> str:
    """POST /webhook/receive takes what is signed, and refuses it the second time."""
    laptop = at.http.base_url.host in ("localhost", "127.0.0.1", "::1")
    secret = os.environ.get("WEBHOOK_RECEIVE_SECRET") or ("local-stand-in" if laptop else "")
    if not secret:
        raise Skipped("WEBHOOK_RECEIVE_SECRET is not in the environment")
    body = json.dumps({"text": f"{TEXT} {at.mark}"}).encode()
    headers = {"content-type": "application/json", "x-webhook-signature": _signed(body, secret)}
    accepted = at.ask("POST", "/webhook/receive", 202, content=body, headers=headers)
    at.ask("POST", "/webhook/receive", 409, content=body, headers=headers)
    return str(accepted["request_id"])


def unsigned(at: Deployment) -> str:
    """POST /webhook/receive refuses what is not signed."""
    answer = at.http.post("/webhook/receive", json={"text": TEXT})
    assert answer.status_code in (401, 503), f"{answer.status_code} {answer.text[:200]}"
    return str(answer.status_code)


def inner_address(at: Deployment) -> str:
    """A webhook to an inner address is refused."""
    body = {"text": TEXT, "webhook_url": "https://169.254.169.254/latest/meta-data"}
    return str(at.ask("POST", "/api/v1/process", 422, json=body)["field"])


def deletion(at: Deployment) -> str:
    """DELETE /api/v1/results/{request_id} erases a result."""
    path = f"/api/v1/results/{at.seen['sequential']['request_id']}"
    at.ask("DELETE", path, 204)
    at.ask("GET", path, 404)
    return "204, then 404"


def calendar(at: Deployment) -> str:
    """POST /api/v1/orchestrate/ understands a sentence; nothing is booked."""
    body = {
        "content": "Lunch with Anna tomorrow at noon",
        "user_id": f"smoke-{at.mark}",
        "timestamp": "2026-11-20T09:00:00+01:00",
        "dry_run": True,
    }
    found = at.ask("POST", "/api/v1/orchestrate/", 200, json=body)
    assert found["events"][0]["start_time"] == "2026-11-21T12:00:00+01:00", found["response_text"]
    return "read by the grammar" if found["degraded"] else "read by the model"


CHECKS: tuple[Check, ...] = (
    liveness, readiness, pages, guarded, intents, memory, idempotency, job, cancelling, unknown, analysis,
    waiting, batch, listing, as_job, webhook, retry, replay, signature, unsigned, inbound, inner_address,
    deletion, calendar,
)  # fmt: skip
