"""The authorizer Lambda, from API Gateway's event to API Gateway's answer, on a moto table."""

import asyncio
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator import wiring
from orchestrator.aws.keys import DynamoKeys
from orchestrator.errors import Unavailable
from orchestrator.tenancy.keys import ApiKey, digest_of
from tests.fakes.dynamodb import moto_table

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events/auth/authorizer"
TABLE = "orchestrator-test-keys"


def event(case: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{case}.json").read_text())


KEY: str = event("api_key")["headers"]["x-api-key"]
KEY_ID = KEY.split("_")[1]
CONTEXT = {"tenant": "acme", "key_id": KEY_ID, "scopes": "intents:run jobs:read"}


def record(**changes: Any) -> ApiKey:
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "id": KEY_ID,
        "tenant": "acme",
        "name": "example",
        "scopes": frozenset({"jobs:read", "intents:run"}),
        "created_at": now - timedelta(days=1),
        "digest": digest_of(KEY),
        "expires_at": now + timedelta(days=1),
    }
    return ApiKey(**fields | changes)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("TABLE_KEYS", TABLE)
    with moto_table(TABLE) as client:
        forget()
        yield client
    forget()


def forget() -> None:
    """Make the process as good as fresh: no store, no remembered key."""
    wiring.key_store.cache_clear()
    wiring.verified_keys.cache_clear()


@pytest.fixture
def authorizer(client: Any) -> ModuleType:
    module = importlib.import_module("functions.auth.authorizer.handler")
    return importlib.reload(module)  # a fresh process: nothing remembered


def keep(key: ApiKey) -> None:
    asyncio.run(DynamoKeys(TABLE).add(key))


@pytest.mark.parametrize("case", ["api_key", "bearer", "both_the_same"])
def test_a_good_key_is_let_in_with_its_tenant_id_and_scopes(authorizer: ModuleType, case: str) -> None:
    keep(record())
    assert authorizer.handler(event(case), None) == {"isAuthorized": True, "context": CONTEXT}


@pytest.mark.parametrize("case", ["no_key", "empty_bearer"])
def test_no_key_fails_with_exactly_the_word_api_gateway_answers_401_to(
    authorizer: ModuleType, case: str
) -> None:
    keep(record())
    with pytest.raises(authorizer.Unauthorized) as caught:
        authorizer.handler(event(case), None)
    assert str(caught.value) == "Unauthorized"


@pytest.mark.parametrize("case", ["unknown_key", "malformed_key", "two_different_keys"])
def test_a_bad_key_is_answered_no_without_a_context(authorizer: ModuleType, case: str) -> None:
    keep(record())
    assert authorizer.handler(event(case), None) == {"isAuthorized": False}


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"revoked_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"digest": digest_of(KEY + "x")},
    ],
    ids=["expired", "revoked", "other secret"],
)
def test_a_key_that_is_no_longer_good_is_answered_no(authorizer: ModuleType, changes: dict[str, Any]) -> None:
    if revoked_at := changes.pop("revoked_at", None):
        keep(record())
        asyncio.run(DynamoKeys(TABLE).revoke(KEY_ID, revoked_at))
    else:
        keep(record(**changes))
    assert authorizer.handler(event("api_key"), None) == {"isAuthorized": False}


def test_every_event_file_is_answered(authorizer: ModuleType) -> None:
    keep(record())
    for file in EVENTS.glob("*.json"):
        try:
            answer = authorizer.handler(event(file.stem), None)
        except authorizer.Unauthorized:
            continue
        assert isinstance(answer["isAuthorized"], bool), file.name


def test_a_key_is_read_once_in_a_while_and_then_as_it_is_now(
    authorizer: ModuleType, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(record())
    calls: list[bool] = []
    read = client.get_item
    monkeypatch.setattr(
        client, "get_item", lambda **given: calls.append(given["ConsistentRead"]) or read(**given)
    )
    for _ in range(10):
        authorizer.handler(event("api_key"), None)
    assert calls == [True]


def test_without_the_memory_a_revoked_key_is_refused_at_once(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTH_KEY_CACHE_SECONDS", "0")
    module = importlib.reload(importlib.import_module("functions.auth.authorizer.handler"))
    keep(record())
    assert module.handler(event("api_key"), None)["isAuthorized"]
    asyncio.run(DynamoKeys(TABLE).revoke(KEY_ID, datetime.now(UTC)))
    assert not module.handler(event("api_key"), None)["isAuthorized"]


def test_when_the_table_cannot_be_read_nobody_is_let_in(
    authorizer: ModuleType, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(record())

    def throttle(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "GetItem")

    monkeypatch.setattr(client, "get_item", throttle)
    with pytest.raises(Unavailable) as caught:
        authorizer.handler(event("api_key"), None)
    assert str(caught.value) != "Unauthorized"


@pytest.mark.parametrize("case", [file.stem for file in sorted(EVENTS.glob("*.json"))])
def test_the_presented_key_never_reaches_the_log(authorizer: ModuleType, case: str) -> None:
    keep(record(expires_at=datetime(2026, 1, 1, tzinfo=UTC)))
    written = StringIO()
    before = authorizer.logs.log.registered_handler.setStream(written)
    with suppress(authorizer.Unauthorized):
        authorizer.handler(event(case), None)
    authorizer.logs.log.registered_handler.setStream(before)
    line = json.loads(written.getvalue().splitlines()[-1])
    assert (line["message"], line["correlation_id"]) == ("refused", "order-4711")
    assert KEY.split("_")[2] not in written.getvalue()


def test_it_loads_neither_fastapi_nor_an_sdk_it_does_not_need() -> None:
    script = "import sys, functions.auth.authorizer.handler; print(*sys.modules)"
    paths = f"{ROOT}:{ROOT / 'layers/orchestrator/python'}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": paths, "TABLE_KEYS": TABLE, "AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"fastapi", "starlette", "mangum", "boto3", "openai", "httpx2", "anyio"}
