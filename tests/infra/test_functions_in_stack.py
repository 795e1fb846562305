from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from infra.constructs.function import environment_of
from infra.deployment import ROOT, Deployment
from infra.discovery import Found, discover
from orchestrator.config.groups import GROUPS
from orchestrator.config.vendors import VENDORS
from orchestrator.spec import Function, QueueTrigger
from tests.infra.synthesized import CANARY, Json, Stack

FOUND = discover(ROOT)
HTTP = {one.folder for one in FOUND if one.spec.routes or one.spec.authorizer}


def properties(stack: Stack) -> dict[str, Json]:
    return {folder: resource["Properties"] for folder, resource in stack.functions().items()}


def variables(function: Json) -> Json:
    return function["Environment"]["Variables"]


def test_every_function_folder_is_a_lambda_named_after_its_folder(dev: Stack) -> None:
    functions = properties(dev)
    assert set(functions) == {one.folder for one in FOUND}
    for one in FOUND:
        assert functions[one.folder]["FunctionName"] == f"orchestrator-dev-{one.id}"
        assert functions[one.folder]["Handler"] == one.handler


def test_every_lambda_of_the_stack_is_arm64_python_313_traced_with_limits_of_its_own(prod: Stack) -> None:
    for resource in prod.of("Lambda::Function").values():
        function = resource["Properties"]
        assert function["Architectures"] == ["arm64"]
        assert function["Runtime"] == "python3.13"
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        assert {"Timeout", "MemorySize"} <= function.keys()


def test_time_out_and_memory_are_the_specs(dev: Stack) -> None:
    functions = properties(dev)
    for one in FOUND:
        function = functions[one.folder]
        assert (function["Timeout"], function["MemorySize"]) == (one.spec.timeout, one.spec.memory)


@pytest.mark.parametrize(("stage", "days"), [("dev", 7), ("prod", 90)])
def test_every_log_group_ends_and_every_lambda_writes_to_its_own(
    stage: str, days: int, request: pytest.FixtureRequest
) -> None:
    stack: Stack = request.getfixturevalue(stage)
    assert {group["Properties"]["RetentionInDays"] for group in stack.of("Logs::LogGroup").values()} == {days}
    used = [
        r["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] for r in stack.of("Lambda::Function").values()
    ]
    assert len(set(used)) == len(used)


def test_http_functions_and_the_authorizer_are_called_through_a_snapstart_alias(dev: Stack) -> None:
    with_snapstart = {
        folder
        for folder, function in properties(dev).items()
        if function.get("SnapStart") == {"ApplyOn": "PublishedVersions"}
    }
    assert with_snapstart == HTTP
    versions = {id: r["Properties"]["FunctionName"]["Ref"] for id, r in dev.of("Lambda::Version").items()}
    aliases = [resource["Properties"] for resource in dev.of("Lambda::Alias").values()]
    assert {alias["Name"] for alias in aliases} == {"live"}
    assert len(aliases) == len(HTTP)
    for alias in aliases:
        assert versions[alias["FunctionVersion"]["Fn::GetAtt"][0]] == alias["FunctionName"]["Ref"]


def test_the_runner_finds_each_functions_settings_secrets_and_layers_in_the_metadata(dev: Stack) -> None:
    for one in FOUND:
        about = dev.functions()[one.folder]["Metadata"]["orchestrator"]
        groups = ("platform", *one.spec.settings)
        assert set(about["settings"]) == {name for group in groups for name in GROUPS[group].variables()}
        assert about["secrets"] == list(one.spec.secrets)
        assert about["layers"] == list(one.spec.layers)


def test_the_environment_says_stage_mode_names_and_where_each_resource_is(small: Stack) -> None:
    function = properties(small)["functions/api/greet"]
    names = {name for name, value in variables(function).items() if isinstance(value, dict)}
    assert names == {"TABLE_JOBS", "QUEUE_JOBS", "SECRET_OPENAI", "KEY_WEBHOOKS", "WORKFLOW_ANALYSIS"}
    plain = {name: value for name, value in variables(function).items() if isinstance(value, str)}
    assert plain == {
        "ORCHESTRATOR_STAGE": "local",
        "AUTH_MODE": "open",
        "POWERTOOLS_SERVICE_NAME": "orchestrator-local-api-greet",
        "POWERTOOLS_METRICS_NAMESPACE": "Orchestrator",
        "TONE": "kind",
        "ORCHESTRATOR_SYNC_TIMEOUT": "7",
    }


def test_a_consumer_is_told_where_its_queue_is_although_it_has_no_grant_on_it() -> None:
    one = Found("workers", "x", ROOT, Function(summary="x", trigger=QueueTrigger("to-do")))
    queues = SimpleNamespace(by_name={"to-do": SimpleNamespace(main=SimpleNamespace(queue_url="the url"))})
    storage: Any = SimpleNamespace(queues=queues)
    assert environment_of(one, Deployment(), storage)["QUEUE_TO_DO"] == "the url"


def test_a_setting_of_the_synths_environment_reaches_only_functions_that_name_its_group(small: Stack) -> None:
    assert "ORCHESTRATOR_SYNC_TIMEOUT" not in variables(properties(small)["functions/workers/tidy_up"])


def test_no_secret_is_in_an_environment_variable_or_anywhere_in_the_output(dev: Stack) -> None:
    keys = {key for vendor in VENDORS.values() for key in vendor.keys}
    for function in properties(dev).values():
        assert not keys & variables(function).keys()
    files = [file for file in dev.out.rglob("*") if file.is_file()]
    assert dev.file in files
    for file in files:
        assert CANARY.encode() not in file.read_bytes(), file


def test_a_vendors_secret_is_named_for_the_runner_and_holds_no_value(dev: Stack) -> None:
    used = {vendor for one in FOUND for vendor in one.spec.secrets}
    secrets = [resource for resource in dev.of("SecretsManager::Secret").values()]
    assert {secret["Metadata"]["orchestrator"]["vendor"] for secret in secrets} == used
    for secret in secrets:
        vendor = VENDORS[secret["Metadata"]["orchestrator"]["vendor"]]
        about: Any = secret["Metadata"]["orchestrator"]
        assert (about["keys"], about.get("base_url")) == (list(vendor.keys), vendor.base_url)
        assert about["optional"] == list(vendor.optional)
        assert secret["Properties"]["SecretString"] == str(dict.fromkeys(vendor.keys, "")).replace("'", '"')


def test_a_functions_asset_holds_its_own_folder_and_no_other(dev: Stack) -> None:
    for folder, resource in dev.functions().items():
        asset = dev.out / resource["Metadata"]["aws:asset:path"]
        files = {file.relative_to(asset).as_posix() for file in asset.rglob("*") if file.is_file()}
        inits = {"functions/__init__.py", f"{folder.rsplit('/', 1)[0]}/__init__.py"}
        assert f"{folder}/handler.py" in files
        assert {file for file in files if not file.startswith(f"{folder}/")} <= inits
        assert not [file for file in files if "__pycache__" in file]


def test_the_packages_layer_ships_bytecode_that_is_never_checked_against_a_source(dev: Stack) -> None:
    layer = next(r for id, r in dev.of("Lambda::LayerVersion").items() if id.startswith("Layersorchestrator"))
    python = dev.out / layer["Metadata"]["aws:asset:path"] / "python" / "orchestrator"
    compiled = list(python.rglob("*.pyc"))
    assert len(compiled) == len(list(python.rglob("*.py")))
    assert {file.read_bytes()[4:8] for file in compiled} == {b"\x01\x00\x00\x00"}, "PEP 552 flags"


def test_for_the_laptop_the_sources_are_not_copied_and_no_layer_is_needed(local: Stack) -> None:
    paths = {r["Metadata"]["aws:asset:path"] for r in local.of("Lambda::Function").values()}
    assert paths == {str(ROOT)}
    assert len(local.of("Lambda::LayerVersion")) == 1
    assert not list(local.out.glob("asset.*"))


def owned(stack: Stack, name: str) -> int:
    """How many resources exist because of one function, without routes and alarms."""
    paths = [r["Metadata"].get("aws:cdk:path", "") for r in stack.template["Resources"].values()]
    return len([path for path in paths if f"/{name}" in path])


def test_a_function_adds_few_resources_so_that_fifty_fit_into_one_stack(dev: Stack) -> None:
    assert owned(dev, "api-orchestrate") == 7, "role, logs, function, version, alias, integration, permission"
    assert owned(dev, "workers-jobs") == 4, "role, logs, function, event source mapping"
    assert owned(dev, "agents-collector") == 3, "role, logs, function"
    now = len(dev.template["Resources"])
    routes = len(dev.of("ApiGatewayV2::Route"))
    shared = now - routes - sum(owned(dev, one.id) for one in FOUND)
    thirty_http_with_45_routes, twenty_workers, more_alarms = 30 * 7 + 45 * 2, 20 * 4, 20
    assert shared + thirty_http_with_45_routes + twenty_workers + more_alarms < 500
