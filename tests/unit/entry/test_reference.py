"""The page made of the OpenAPI document: complete, and every link leads somewhere."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from orchestrator.entry.openapi import __main__ as published
from orchestrator.entry.openapi.reference import render

ROOT = Path(__file__).parents[3]
WHOLE: dict[str, Any] = json.loads((ROOT / published.WHOLE).read_text())
PAGE = render(WHOLE)


def test_every_endpoint_and_every_object_has_its_heading() -> None:
    headings = set(re.findall(r"^### (.*)$", PAGE, re.MULTILINE))
    endpoints = {f"{method.upper()} {path}" for path, methods in WHOLE["paths"].items() for method in methods}
    assert headings == endpoints | WHOLE["components"]["schemas"].keys()


def test_every_link_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 _-]", "", one.lower()).replace(" ", "-") for one in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= anchors


def test_every_field_of_a_request_is_explained_with_its_limits() -> None:
    section = PAGE.split("### ProcessRequest\n")[1].split("\n### ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(
        WHOLE["components"]["schemas"]["ProcessRequest"]["properties"]
    )
    assert "`sequential`, `parallel`" in section
    assert "at most 2048 characters" in section


def test_a_bar_in_a_text_does_not_end_a_cell() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "description": "x | y"}}}
    document = {"tags": [], "paths": {}, "components": {"schemas": {"A": schema}}}
    assert "| `a` | string | x \\| y |" in render(document)


@pytest.mark.parametrize(
    ("method", "path", "tag"),
    [
        ("post", "/api/v1/process", "analysis"),
        ("get", "/api/v1/results/{request_id}", "analysis"),
        ("get", "/api/v1/webhook-logs/{request_id}", "webhooks"),
        ("post", "/webhook/receive", "webhooks"),
        ("get", "/jobs/{job_id}", "intents"),
        ("get", "/api/v1/health", "platform"),
    ],
)
def test_every_endpoint_stands_with_its_wing(method: str, path: str, tag: str) -> None:
    assert WHOLE["paths"][path][method]["tags"] == [tag]
