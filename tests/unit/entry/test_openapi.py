"""The published documents: complete, within ChatGPT's limits, and what is committed is what would be made."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from orchestrator.entry.openapi import __main__ as published
from orchestrator.entry.openapi import chatgpt
from orchestrator.entry.openapi.__main__ import generate
from orchestrator.entry.openapi.collect import apps
from orchestrator.entry.openapi.examples import read

ROOT = Path(__file__).parents[3]
WHOLE: dict[str, Any] = json.loads((ROOT / published.WHOLE).read_text())
REDUCED: dict[str, Any] = json.loads((ROOT / published.REDUCED).read_text())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for child in value if isinstance(value, list) else ():
        yield from nodes(child)


@pytest.mark.parametrize("name", [published.WHOLE, published.REDUCED, published.PAGE])
def test_the_committed_document_is_what_the_functions_say_today(name: str) -> None:
    assert (ROOT / name).read_text() == generate(ROOT)[name], "run: make openapi"


def test_every_route_of_every_function_is_documented() -> None:
    declared = {f"{r.method} {r.path}" for app in apps(ROOT) for r in app.spec.routes}
    documented = {f"{method.upper()} {path}" for method, path, _ in operations(WHOLE)}
    assert documented == declared


def test_routes_that_need_a_key_say_so_and_public_ones_say_that_too() -> None:
    scopes = {(r.method, r.path): r.scope for app in apps(ROOT) for r in app.spec.routes}
    for method, path, operation in operations(WHOLE):
        scope = scopes[method.upper(), path]
        assert operation["security"] == ([{"apiKey": []}, {"bearer": []}] if scope else []), path
        assert operation.get("x-required-scope") == scope


def test_every_operation_has_a_name_a_summary_a_known_tag_and_documented_faults() -> None:
    names = [operation["operationId"] for _, _, operation in operations(WHOLE)]
    assert len(names) == len(set(names))
    known = {tag["name"] for tag in WHOLE["tags"]}
    for _, path, operation in operations(WHOLE):
        assert operation["summary"], path
        assert set(operation["tags"]) <= known, path
        assert {"429", "500"} <= set(operation["responses"]), path
        if "requestBody" in operation:
            assert {"413", "422"} <= set(operation["responses"]), path
            # A route that takes any bytes reads no JSON that could be malformed.
            anything = operation["requestBody"]["content"]["application/json"]["schema"] == {}
            assert ("400" in operation["responses"]) != anything, path


def test_fastapis_own_error_shape_is_nowhere() -> None:
    assert "HTTPValidationError" not in json.dumps(WHOLE)


def test_the_errors_of_intents_and_platform_keep_their_shapes() -> None:
    not_found = WHOLE["paths"]["/jobs/{job_id}"]["get"]["responses"]["404"]["content"]["application/json"]
    assert not_found["schema"] == {"$ref": "#/components/schemas/IntentsError"}
    asset = WHOLE["paths"]["/docs/assets/{file}"]["get"]["responses"]["404"]["content"]["application/json"]
    assert asset["schema"] == {"$ref": "#/components/schemas/PlatformError"}


def test_every_reference_leads_somewhere() -> None:
    for document in (WHOLE, REDUCED):
        for node in nodes(document):
            if "$ref" in node:
                assert node["$ref"].rpartition("/")[2] in document["components"]["schemas"]


def test_the_text_tells_which_answers_are_api_gateways_own() -> None:
    text = WHOLE["info"]["description"]
    assert all(word in text for word in ("API Gateway", "401", "403", "404"))


def test_chatgpt_gets_the_documents_operation_with_its_schema() -> None:
    operation = REDUCED["paths"]["/orchestrate"]["post"]
    assert REDUCED["openapi"] == "3.0.0"
    assert operation["operationId"] == "orchestrate"
    assert operation["requestBody"]["required"] is True
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/OrchestrateRequest"
    }


def test_chatgpts_limits_are_kept() -> None:
    assert len(json.dumps(REDUCED)) < 100_000
    for _, path, operation in operations(REDUCED):
        assert len(operation["summary"]) <= 300, path
        assert len(operation["description"]) <= 300, path
        for parameter in operation["parameters"]:
            assert len(parameter["description"]) <= 700, path
            assert parameter["in"] != "header"


def test_for_chatgpt_only_what_reads_is_of_no_consequence() -> None:
    for method, path, operation in operations(REDUCED):
        assert operation["x-openai-isConsequential"] is (method != "get"), path


def test_chatgpts_document_is_openapi_30_throughout() -> None:
    schemas = [REDUCED["components"]["schemas"], *(operation for _, _, operation in operations(REDUCED))]
    for node in nodes(schemas):
        assert node.get("type") != "null"
        assert not isinstance(node.get("const"), str)
        assert not isinstance(node.get("examples"), list)
        if node.get("type") == "object":
            assert "properties" in node


def test_a_31_schema_is_rewritten_and_the_callers_names_are_left_alone() -> None:
    schema = {
        "type": "object",
        "properties": {
            "const": {"const": "x", "type": "string"},
            "maybe": {"anyOf": [{"type": "integer", "exclusiveMinimum": 0}, {"type": "null"}]},
            "either": {"anyOf": [{"$ref": "#/a"}, {"type": "null"}]},
            "sample": {"type": "object", "examples": [{"const": 1}]},
        },
    }
    document = {
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/x": {
                "get": {
                    "tags": ["intents"],
                    "operationId": "x",
                    "summary": "word " * 100,
                    "responses": {
                        "200": {"description": "d", "content": {"application/json": {"schema": schema}}}
                    },
                }
            }
        },
        "components": {"schemas": {"a": {"type": "string"}}},
    }
    operation = chatgpt.reduce(document)["paths"]["/x"]["get"]
    assert len(operation["summary"]) <= 300
    assert operation["summary"].endswith("…")
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"] == {
        "const": {"type": "string", "enum": ["x"]},
        "maybe": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "nullable": True},
        "either": {"anyOf": [{"$ref": "#/a"}], "nullable": True},
        "sample": {"type": "object", "properties": {}, "example": {"const": 1}},
    }


def test_an_event_and_its_answer_become_one_example(tmp_path: Path) -> None:
    sent = {"routeKey": "POST /orchestrate", "body": '{"intent": "x"}', "pathParameters": None}
    (tmp_path / "a_case.json").write_text(json.dumps(sent))
    (tmp_path / "a_case.response.json").write_text(
        '{"statusCode": 200, "body": "{\\"status\\": \\"success\\"}"}'
    )
    (tmp_path / "cut_short.json").write_text('{"routeKey": "POST /orchestrate", "body": "{\\"intent"}')
    whole, cut = read(tmp_path)
    assert (whole.case, whole.request, whole.response) == ("a_case", {"intent": "x"}, {"status": "success"})
    assert whole.shows_success
    assert (cut.request, cut.response, cut.status) == (None, None, None)


def shown_bodies() -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every example body with the schema it stands under."""
    for method, path, operation in operations(WHOLE):
        bodies = {"request": operation.get("requestBody", {})} | operation["responses"]
        for kind, body in bodies.items():
            content = body.get("content", {}).get("application/json", {})
            for case, example in content.get("examples", {}).items():
                yield f"{method} {path} {kind} {case}", example["value"], content["schema"]


SHOWN = list(shown_bodies())


def test_the_documents_own_example_is_the_first(tmp_path: Path) -> None:
    for case in ("ambiguous", "document", "series"):
        (tmp_path / f"{case}.json").write_text("{}")
    assert [example.case for example in read(tmp_path)] == ["document", "ambiguous", "series"]


def test_there_are_examples_of_requests_and_answers() -> None:
    titles = {title for title, _, _ in SHOWN}
    assert {"get /health 200 liveness", "get /api/v1/health 200 readiness"} <= titles


@pytest.mark.parametrize(("title", "value", "schema"), SHOWN, ids=[title for title, _, _ in SHOWN])
def test_an_example_is_what_its_schema_says(title: str, value: Any, schema: dict[str, Any]) -> None:
    whole = {"components": WHOLE["components"], **schema}
    assert [error.message for error in Draft202012Validator(whole).iter_errors(value)] == [], title


def test_a_route_for_signed_bodies_names_its_headers_and_answers_401_without_asking_for_a_key() -> None:
    operation = WHOLE["paths"]["/webhook/receive"]["post"]
    headers = {parameter["name"] for parameter in operation["parameters"]}
    assert headers >= {"X-Webhook-Signature", "webhook-id", "webhook-timestamp", "webhook-signature"}
    assert operation["security"] == []
    assert "not signed" in operation["responses"]["401"]["description"]
