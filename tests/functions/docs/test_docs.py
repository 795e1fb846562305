"""The docs Lambda, from API Gateway's event to its answer."""

import importlib
import json
import re
import sys
from collections.abc import Callable
from functools import partial
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import pytest

from functions.api.docs import files
from tests.fakes.api_gateway import Answer, event, send

ROOT = Path(__file__).parents[3]
EVENTS = ROOT / "events/api/docs"
Call = Callable[[dict[str, Any]], Answer]


def fresh() -> Call:
    sys.modules.pop("functions.api.docs.handler", None)
    return partial(send, importlib.import_module("functions.api.docs.handler").handler)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("AUTH_MODE", "key")  # everything here is public all the same
    monkeypatch.delenv("ORCHESTRATOR_BASE_URL", raising=False)
    return fresh()


def stored(case: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{case}.json").read_text())


@pytest.mark.parametrize(
    ("case", "status", "media_type"),
    [
        ("openapi", 200, "application/json"),
        ("chatgpt", 200, "application/json"),
        ("docs_page", 200, "text/html"),
        ("redoc_page", 200, "text/html"),
        ("asset", 200, "text/javascript"),
        ("unknown_asset", 404, "application/json"),
    ],
)
def test_each_event_gets_its_kind_of_answer(call: Call, case: str, status: int, media_type: str) -> None:
    answer = call(stored(case))
    assert answer.status == status
    assert answer.headers["content-type"].startswith(media_type)


@pytest.mark.parametrize("page", ["docs", "redoc", "docs/", "redoc/"])
def test_a_page_loads_only_what_we_serve(call: Call, page: str) -> None:
    html = call(event(f"GET /{page}")).text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert addresses
    for address in addresses:
        assert call(event(f"GET {address}")).status == 200, address
    assert "<script>" not in html
    assert "http" not in "".join(addresses)


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_a_page_may_load_nothing_from_elsewhere(call: Call, page: str) -> None:
    policy = call(event(f"GET /{page}")).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "http" not in policy
    assert "unsafe-eval" not in policy


def test_with_a_public_address_the_page_may_call_it_and_the_documents_name_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_BASE_URL", "https://api.example.com/base/")
    call = fresh()
    policy = call(event("GET /docs")).headers["content-security-policy"]
    assert "connect-src 'self' https://api.example.com;" in policy
    for path in ("/openapi.json", "/openapi/chatgpt.json"):
        assert call(event(f"GET {path}")).json["servers"] == [{"url": "https://api.example.com/base"}]


def test_without_one_the_document_is_relative_and_chatgpts_names_where_it_was_asked(call: Call) -> None:
    assert call(event("GET /openapi.json")).json["servers"][0]["url"] == "/"
    assert call(event("GET /openapi/chatgpt.json")).json["servers"] == [{"url": "https://api.example.com"}]


def test_what_names_the_host_it_was_asked_at_is_cached_for_that_host_alone(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = event("GET /openapi/chatgpt.json", headers={"accept-encoding": "gzip"})
    assert call(asked).headers["vary"] == "accept-encoding, host"
    assert call(event("GET /openapi.json")).headers["vary"] == "accept-encoding"
    monkeypatch.setenv("ORCHESTRATOR_BASE_URL", "https://api.example.com")
    assert fresh()(asked).headers["vary"] == "accept-encoding"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/assets/redoc.standalone.js", "/docs"])
def test_what_the_client_has_already_is_not_sent_again(call: Call, path: str) -> None:
    first = call(event(f"GET {path}"))
    again = call(event(f"GET {path}", headers={"if-none-match": first.headers["etag"]}))
    assert (again.status, again.content) == (304, b"")
    assert again.headers["cache-control"] == first.headers["cache-control"]


def test_a_bundle_travels_compressed_to_those_who_can_read_it(call: Call) -> None:
    path = "GET /docs/assets/swagger-ui-bundle.js"
    plain, packed = call(event(path)), call(event(path, headers={"accept-encoding": "gzip"}))
    assert packed.content == plain.content
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("name", ["..%2Fopenapi.json", "handler.py", "%2Fetc%2Fpasswd", "swagger.html"])
def test_no_other_file_can_be_read(call: Call, name: str) -> None:
    assert call(event(f"GET /docs/assets/{name}")).status == 404


def test_without_the_docs_layer_the_answer_names_it(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    files.asset.cache_clear()
    answer = call(event("GET /docs/assets/favicon.png"))
    assert (answer.status, answer.json["hint"]) == (503, "Add the layer `docs`.")


def test_the_answers_fit_lambda_with_room_to_spare(call: Call) -> None:
    for name in ("swagger-ui-bundle.js", "redoc.standalone.js", "swagger-ui.css"):
        assert len(call(event(f"GET /docs/assets/{name}")).content) < 4_000_000


def test_only_files_are_taken_from_the_bundle_its_code_is_never_loaded(call: Call) -> None:
    assert PathFinder.find_spec("fastapi_offline") is not None
    call(event("GET /docs/assets/favicon.png"))
    assert "fastapi_offline" not in sys.modules
