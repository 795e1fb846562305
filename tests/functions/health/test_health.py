"""The health Lambda, from API Gateway's event to its answer, on moto and the stand-in."""

import asyncio
import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from starlette.responses import JSONResponse

from orchestrator import __version__, wiring
from orchestrator.aws import clients
from orchestrator.tenancy.keys import Keys
from tests.fakes.api_gateway import Answer, event, send
from tests.fakes.http_server import serving
from tests.fakes.sandbox import sandbox

ROOT = Path(__file__).parents[3]
EVENTS = ROOT / "events/api/health"
Call = Callable[..., Answer]
TABLE: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


def forget() -> None:
    """Drop what the process keeps between invocations."""
    for cached in (clients.dynamodb, clients.sqs, clients.secretsmanager, wiring.key_store):
        cached.cache_clear()
    wiring.verified_keys.cache_clear()
    wiring.secret.cache_clear()


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tables, queue and secret of the function, on moto."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        forget()
        for name in ("jobs", "keys"):
            clients.dynamodb().create_table(TableName=name, **TABLE)
            monkeypatch.setenv(f"TABLE_{name.upper()}", name)
        monkeypatch.setenv("QUEUE_JOBS", clients.sqs().create_queue(QueueName="jobs")["QueueUrl"])
        secret = clients.secretsmanager().create_secret(
            Name="openai", SecretString=json.dumps({"OPENAI_API_KEY": "sk-test"})
        )
        monkeypatch.setenv("SECRET_OPENAI", secret["ARN"])
        with sandbox() as vendors:
            monkeypatch.setenv("OPENAI_BASE_URL", vendors.openai)
            yield
    forget()


def fresh(mode: str, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("AUTH_MODE", mode)
    monkeypatch.setenv("ORCHESTRATOR_STAGE", "local")
    monkeypatch.delitem(sys.modules, "functions.api.health.handler", raising=False)
    return partial(send, importlib.import_module("functions.api.health.handler").handler)


@pytest.fixture
def laptop(stack: None, monkeypatch: pytest.MonkeyPatch) -> Call:
    del stack
    return fresh("open", monkeypatch)


@pytest.fixture
def deployed(stack: None, monkeypatch: pytest.MonkeyPatch) -> Call:
    del stack
    return fresh("key", monkeypatch)


def stored(case: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{case}.json").read_text())


def test_liveness_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    call = fresh("key", monkeypatch)
    monkeypatch.setattr(wiring, "readiness_probes", lambda: pytest.fail("liveness looked at something"))
    for case in ("liveness", "liveness_with_slash"):
        answer = call(stored(case))
        assert answer.status == 200
        assert answer.json == {"status": "ok", "service": "orchestrator", "version": __version__}


def test_liveness_hands_the_correlation_id_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fresh("key", monkeypatch)(stored("liveness")).headers["x-correlation-id"] == "order-4711"


def test_a_laptop_is_ready_with_the_stand_in_and_shows_details(laptop: Call) -> None:
    answer = laptop(stored("readiness"))
    assert (answer.status, answer.json["status"]) == (200, "ok")
    checks = answer.json["checks"]
    assert {name: check["status"] for name, check in checks.items()} == {
        "database": "ok",
        "queue": "ok",
        "openai": "stand-in",
    }
    assert all(check["duration_ms"] >= 0 for check in checks.values())


def test_a_missing_table_is_a_503(laptop: Call) -> None:
    clients.dynamodb().delete_table(TableName="jobs")
    answer = laptop(stored("readiness"))
    assert (answer.status, answer.json["status"]) == (503, "unavailable")
    detail = "the table cannot be described: ResourceNotFoundException"
    assert answer.json["checks"]["database"]["detail"] == detail


def test_a_missing_queue_is_a_503(laptop: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_JOBS", "https://sqs.eu-central-1.amazonaws.com/123456789012/gone")
    assert laptop(stored("readiness")).status == 503


def test_a_secret_without_a_value_is_not_configured(laptop: Call) -> None:
    clients.secretsmanager().put_secret_value(SecretId="openai", SecretString="{}")
    answer = laptop(stored("readiness"))
    assert (answer.status, answer.json["checks"]["openai"]["status"]) == (200, "not configured")


@pytest.mark.parametrize(
    ("status", "body", "detail"),
    [
        (401, {"error": {"message": "Incorrect API key provided: sk-test"}}, "the API key was refused (401)"),
        (500, {"error": {"message": "boom"}}, "boom (500)"),
        (200, {"data": "?"}, "cannot be read"),
        (200, [], "cannot be read"),
    ],
)
def test_a_vendor_that_refuses_only_degrades(
    laptop: Call, monkeypatch: pytest.MonkeyPatch, status: int, body: Any, detail: str
) -> None:
    with serving(JSONResponse(body, status)) as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        answer = laptop(stored("readiness"))
    assert (answer.status, answer.json["status"]) == (200, "degraded")
    assert detail in answer.json["checks"]["openai"]["detail"]
    assert "sk-test" not in answer.text


def test_the_real_vendor_is_called_ok(laptop: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    models = {"object": "list", "data": [{"id": "gpt-6-luna", "owned_by": "openai"}]}
    with serving(JSONResponse(models)) as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        assert laptop(stored("readiness")).json["checks"]["openai"]["status"] == "ok"


def test_the_answer_is_kept_for_the_next_caller(laptop: Call) -> None:
    first = laptop(stored("readiness")).json
    clients.dynamodb().delete_table(TableName="jobs")
    assert laptop(stored("readiness")).json == first


@pytest.mark.parametrize("case", ["readiness", "readiness_with_key"])
def test_deployed_without_a_good_key_there_are_words_and_no_details(deployed: Call, case: str) -> None:
    answer = deployed(stored(case))
    assert answer.status == 200
    assert answer.json["checks"]["database"] == {"status": "ok"}


def test_deployed_with_a_good_key_there_are_details(deployed: Call) -> None:
    key, _ = asyncio.run(Keys(wiring.key_store()).create("acme", "ops", {"jobs:read"}, None))
    for headers in ({"x-api-key": key}, {"authorization": f"Bearer {key}"}):
        answer = deployed(event("GET /api/v1/health", headers=headers))
        assert "duration_ms" in answer.json["checks"]["database"]


def test_deployed_while_the_keys_cannot_be_looked_up_there_are_words_and_no_error(deployed: Call) -> None:
    key, _ = asyncio.run(Keys(wiring.key_store()).create("acme", "ops", {"jobs:read"}, None))
    clients.dynamodb().delete_table(TableName="keys")
    answer = deployed(event("GET /api/v1/health", headers={"x-api-key": key}))
    assert answer.status == 200
    assert answer.json["checks"]["database"] == {"status": "ok"}


def test_importing_it_loads_neither_the_aws_sdk_nor_a_vendors_nor_an_http_client() -> None:
    program = (
        "import sys; import functions.api.health.handler;"
        "print(*sorted({m.split('.')[0] for m in sys.modules}));"
        "print(*[m for m in sys.modules if m.startswith('botocore.')])"
    )
    path = f"{ROOT}:{ROOT / 'layers/orchestrator/python'}"
    environment = {"PYTHONPATH": path, "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    packages, botocore = done.stdout.split("\n")[:2]
    heavy = {"boto3", "openai", "anthropic", "google", "slack_sdk", "twilio", "mcp", "asyncssh", "httpx2"}
    assert heavy & set(packages.split()) == set()
    # powertools looks whether botocore is there: its top module is loaded, nothing of what makes it slow.
    assert botocore == ""
