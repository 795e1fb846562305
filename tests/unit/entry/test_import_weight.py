"""What a cold start has to load, counted in modules: a clock would tell of the machine more than of us."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BARE = """
from fastapi import FastAPI
from mangum import Mangum
from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics
"""


def modules_after(program: str) -> set[str]:
    path = f"{ROOT}:{ROOT / 'layers/orchestrator/python'}"
    command = [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules, sep='\\n')"]
    done = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def test_the_edge_adds_nothing_but_our_own_modules_to_a_bare_echo() -> None:
    added = modules_after("import functions.api.health.handler") - modules_after(BARE)
    added.discard("pydantic.v1")  # an entry that says it must not be loaded
    foreign = packages(added) - {"functions", "orchestrator"} - sys.stdlib_module_names
    assert foreign == set()
    assert len(added) < 40


def test_the_models_of_pydantic_1_are_never_loaded() -> None:
    loaded = modules_after("import functions.api.orchestrate.handler")
    assert not any(name.startswith("pydantic.v1.") for name in loaded)


@pytest.mark.parametrize("module", ["orchestrator.entry.queue", "orchestrator.entry.task"])
def test_a_worker_loads_no_web_framework(module: str) -> None:
    loaded = modules_after(f"import {module}")
    assert packages(loaded) & {"fastapi", "starlette", "mangum", "boto3", "httpx2"} == set()
    assert not any(name.startswith("botocore.") for name in loaded)


def test_the_guard_of_callers_addresses_needs_the_standard_library_only() -> None:
    loaded = modules_after("import orchestrator.webhooks.guard, orchestrator.integrations.dns")
    assert packages(loaded) - sys.stdlib_module_names <= {
        "orchestrator",
        "__main__",
        "_virtualenv",
        "sitecustomize",
    }


def test_a_dispatcher_loads_the_guard_only_once_a_callback_is_asked_for() -> None:
    loaded = modules_after("import orchestrator.intents.dispatch, orchestrator.wiring.webhooks")
    assert loaded & {"orchestrator.webhooks.guard", "orchestrator.integrations.dns", "httpx2"} == set()


def test_a_function_does_not_pay_for_the_check_of_the_settings() -> None:
    loaded = modules_after("import orchestrator.entry.http")
    assert {name for name in loaded if name.startswith("orchestrator.config")} == {
        "orchestrator.config",
        "orchestrator.config.groups",
    }


def test_only_the_settings_groups_a_function_reads_are_built() -> None:
    program = """
from orchestrator.config.groups import GROUPS
GROUPS["platform"].load({})
assert [name for name, group in GROUPS.items() if group.__pydantic_complete__] == ["platform"]
"""
    assert "pydantic" in modules_after(program)
