"""Hot reload, with a copy of the project that may be changed at will."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.synth import STACK
from orchestrator.spec import WORKFLOWS
from tests.local.running import ROOT, Running, runner, until

HANDLER = '''"""Answers with a word."""

import os


def handler(event, context):
    return {"statusCode": 200, "body": "WORD " + os.environ.get("LOG_LEVEL", "")}
'''
ORIGIN = {"Origin": "https://app.example.com"}
ALLOWED = "access-control-allow-origin"
SPEC = '''"""GET /ping."""

from orchestrator.spec import Function, Route

SPEC = Function(summary="Answers.", routes=(Route("GET", "PATH", scope=None),))
'''
TASK = '''"""The only task of a workflow."""

from orchestrator.spec import Function

SPEC = Function(summary="Says a word.", task_of="NAME")
'''
WORKFLOW = '''"""A workflow that says a word after its only task."""

from infra.states import task


def define(parts):
    """Return the definition."""
    parts.when_stopped("analysis")
    say = {"Type": "Pass", "Result": "WORD", "End": True}
    return {"StartAt": "work", "States": {"work": task(parts, "agents-NAME", {}, Next="say"), "say": say}}
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The infrastructure, the shared package, one function, `ping`, and workflows of one task each."""
    root = tmp_path / "project"
    quiet = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in ("infra", "layers"):
        shutil.copytree(ROOT / name, root / name, ignore=quiet)
    for name in ("pyproject.toml", "uv.lock", "cdk.json"):
        shutil.copy(ROOT / name, root / name)
    write_function(root, "api", "ping", SPEC.replace("PATH", "/ping"))
    for workflow in WORKFLOWS:
        write_function(root, "agents", workflow.name, TASK.replace("NAME", workflow.name))
        write_workflow(root, workflow.name, "one")
    return root


def write_function(root: Path, group: str, name: str, spec: str) -> None:
    folder = root / "functions" / group / name
    folder.mkdir(parents=True)
    for one in (folder.parents[1], folder.parent, folder):
        (one / "__init__.py").write_text("")
    (folder / "handler.py").write_text(HANDLER.replace("WORD", "one"))
    (folder / "spec.py").write_text(spec)


def write_workflow(root: Path, name: str, word: str) -> None:
    text = WORKFLOW.replace("WORD", word).replace("NAME", name)
    (root / "infra" / "workflows" / f"{name}.py").write_text(text)


def said(running: Running, workflow: str) -> str:
    """What an execution of the workflow answers."""
    arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{STACK}-{workflow}"
    answer = running.boto("stepfunctions").start_sync_execution(stateMachineArn=arn)
    return json.loads(answer["output"])


@pytest.fixture
def running(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr("tests.local.running.ROOT", project)
    (project / ".env").write_text("LOG_LEVEL=INFO\n")
    paths = f"{project}{os.pathsep}{project / 'layers/orchestrator/python'}"
    environment = {
        "ORCHESTRATOR_LOCAL_RELOAD": "1",
        "ORCHESTRATOR_LOCAL_ENV_FILE": str(project / ".env"),
        "PYTHONPATH": paths,
    }
    with runner(tmp_path / "data", **environment) as started:
        yield started


def test_a_save_is_seen_at_once_and_neither_a_broken_setting_nor_a_broken_spec_stops_anything(
    running: Running, project: Path
) -> None:
    ping = project / "functions" / "api" / "ping"
    assert running.get("/ping").text == "one INFO"

    (ping / "handler.py").write_text(HANDLER.replace("WORD", "two"))
    until(lambda: running.get("/ping").text == "two INFO")

    (project / ".env").write_text("LOG_LEVEL=ERROR\n")
    until(lambda: running.get("/ping").text == "two ERROR")

    (project / ".env").write_text("AUTH_MODE=maybe\n")
    until(lambda: "AUTH_MODE is 'maybe'" in running.log())
    assert "the settings stay as they were" in running.log()
    (project / ".env").write_text("LOG_LEVEL=ERROR\nCORS_ORIGINS=https://app.example.com\n")
    until(lambda: running.get("/ping", headers=ORIGIN).headers.get(ALLOWED) == ORIGIN["Origin"], 60)

    workflow = WORKFLOWS[0].name
    assert said(running, workflow) == "one"
    write_workflow(project, workflow, "two")
    until(lambda: said(running, workflow) == "two", 60)

    (ping / "spec.py").write_text("raise RuntimeError('half-written')\n")
    until(lambda: "the stack goes on as it was" in running.log(), 60)
    assert "functions/api/ping/spec.py:1: RuntimeError: half-written" in running.log()
    assert running.get("/ping").text == "two ERROR"

    (ping / "spec.py").write_text(SPEC.replace("PATH", "/pong"))
    until(lambda: running.get("/pong").status_code == 200, 60)
    assert running.get("/ping").status_code == 404
    assert "deployed the changed stack" in running.log()
