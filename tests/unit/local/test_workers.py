"""The Runtime API, the plain-Python runtime, and what a worker process sees."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.local.functions import Functions
from infra.local.layer_site import HINTS, LayerSites
from infra.local.workers.bootstrap import LayerHints
from infra.local.workers.function import LocalFunction
from infra.local.workers.runtime_api import RuntimeApi, Task

RUNTIME_LOOP = Path(__file__).parents[3] / "infra" / "local" / "workers"
HANDLER = """
def add(event, context):
    assert context.get_remaining_time_in_millis() > 0
    return {"sum": event["a"] + event["b"], "request": context.aws_request_id}
"""


async def with_plain_runtime(folder: Path, handler: str, *payloads: bytes) -> list[object]:
    """Run payloads through `runtime_loop`, the runtime of systems without an awslambdaric wheel."""
    api = RuntimeApi("arn:test")
    address = await api.start()
    start = f"import sys; sys.path.insert(0, {str(RUNTIME_LOOP)!r}); import runtime_loop"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"{start}; runtime_loop.run(['', {handler!r}])",
        cwd=folder,
        env={**os.environ, "AWS_LAMBDA_RUNTIME_API": address},
        stderr=subprocess.DEVNULL,
    )
    try:
        error = await asyncio.wait_for(api.ready, 20)
        if error:
            return [json.loads(error)]
        answers: list[object] = []
        for number, payload in enumerate(payloads):
            task = Task(f"r{number}", payload, int((time.time() + 5) * 1000), "Root=1-0-0")
            api.submit(task)
            answers.append(await asyncio.wait_for(task.answer, 20))
        return answers
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        api.close()


def test_the_plain_runtime_answers_and_reports_errors(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(HANDLER)
    good, bad, again = asyncio.run(
        with_plain_runtime(tmp_path, "work.add", b'{"a": 1, "b": 2}', b'{"a": 1}', b'{"a": 2, "b": 2}')
    )
    assert json.loads(good.payload) == {"sum": 3, "request": "r0"}  # pyright: ignore
    assert bad.failed  # pyright: ignore
    assert json.loads(bad.payload)["errorType"] == "KeyError"  # pyright: ignore
    assert json.loads(again.payload)["sum"] == 4  # pyright: ignore


PAGE_HEADERS = ["Origin: https://elsewhere.example", "Sec-Fetch-Site: cross-site", "Host: elsewhere.example"]


@pytest.mark.parametrize("header", PAGE_HEADERS)
@pytest.mark.parametrize(
    "request_line", ["GET /2018-06-01/runtime/invocation/next", "POST /2018-06-01/runtime/init/error"]
)
def test_a_web_page_neither_takes_an_invocation_nor_answers_one(header: str, request_line: str) -> None:
    async def go() -> None:
        api = RuntimeApi("arn:test")
        host, _, port = (await api.start()).partition(":")
        api.submit(Task("r0", b"secret", 0, "Root=1-0-0"))
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"{request_line} HTTP/1.1\r\n{header}\r\nContent-Length: 0\r\n\r\n".encode())
        assert await asyncio.wait_for(reader.read(), 5) == b""
        assert not api.ready.done()
        assert api.current is None
        writer.close()
        api.close()

    asyncio.run(go())


def test_the_plain_runtime_reports_a_handler_that_cannot_load(tmp_path: Path) -> None:
    (error,) = asyncio.run(with_plain_runtime(tmp_path, "nothing.here"))
    assert error["errorType"] == "ModuleNotFoundError"  # pyright: ignore


def test_a_module_of_another_layer_is_named_with_its_layer() -> None:
    hints = LayerHints({"boto3": "aws", "pytest": ""})
    sys.meta_path.append(hints)
    try:
        with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
            __import__("no_such_module_at_all")
    finally:
        sys.meta_path.remove(hints)
    with pytest.raises(ModuleNotFoundError, match=r"add layer 'aws' to its spec\.py"):
        hints.find_spec("boto3", None)
    with pytest.raises(ModuleNotFoundError, match=r"pyproject\.toml"):
        hints.find_spec("pytest", None)
    assert hints.find_spec("boto3.session", None) is None


def test_a_library_that_only_looks_for_a_module_is_not_stopped(tmp_path: Path) -> None:
    site = LayerSites(tmp_path).folder(["base"])
    code = (
        f"import sys; sys.path.insert(0, {str(RUNTIME_LOOP)!r}); import bootstrap, importlib.util; "
        "bootstrap.see_only_layers(); import pydantic, aws_lambda_powertools; "
        "assert importlib.util.find_spec('boto3') is None\n"
        "try:\n import boto3\nexcept ImportError as error:\n print(error)"
    )
    environment = {"PYTHONPATH": str(site), "ORCHESTRATOR_LOCAL_SITE": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "add layer 'aws'" in done.stdout


def test_a_set_of_layers_shows_its_closure_and_nothing_else(tmp_path: Path) -> None:
    sites = LayerSites(tmp_path)
    base, both = sites.folder(["base"]), sites.folder(["aws", "base"])
    names = {path.name for path in base.iterdir()}
    assert {"pydantic", "pydantic_core", "starlette", "awslambdaric"} <= names
    assert not {"boto3", "botocore", "openai", "moto", "pytest"} & names
    assert (both / "boto3").is_dir()
    hints = json.loads((base / HINTS).read_text())
    assert (hints["boto3"], hints["openai"], hints["moto"]) == ("aws", "llm", "")
    assert "pydantic" not in hints
    assert sites.folder(["base"]) == base


def test_a_worker_that_is_about_to_start_is_not_listed_yet(tmp_path: Path) -> None:
    """As process 0 it would be the group of whoever kills what is listed."""
    function = LocalFunction("f", "", "work.add", tmp_path, (), {}, 1, 128, False, False, "", (), (), ())

    async def go() -> dict[str, list[int]]:
        functions = Functions(lambda one: {}, lambda one, line: None)
        functions.deploy({"f": function})
        invocation = asyncio.create_task(functions.invoke("f", b"{}"))
        await asyncio.sleep(0)
        listed = functions.workers()
        invocation.cancel()
        await asyncio.gather(invocation, return_exceptions=True)
        await functions.close()
        return listed

    assert asyncio.run(go()) == {"f": []}
