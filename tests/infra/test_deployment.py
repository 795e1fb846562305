from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.deployment import ROOT, Deployment, DeploymentError, parse_origins, read_context
from tests.infra.synthesized import fake_layers, synth

HOSTS = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z]{2,5}){0,2}(:[1-9][0-9]{0,3})?", fullmatch=True)
ORIGINS = st.builds("{}://{}".format, st.sampled_from(["http", "https"]), HOSTS)


@given(st.lists(ORIGINS, unique=True))
def test_a_json_array_a_comma_list_and_a_list_mean_the_same_origins(origins: list[str]) -> None:
    expected = tuple(origins)
    assert parse_origins(origins) == expected
    assert parse_origins(json.dumps(origins)) == expected
    assert parse_origins(" , ".join(origins)) == expected
    assert parse_origins(",".join(f"{origin}/" for origin in origins)) == expected


@example("[\r0")
@given(st.text() | st.lists(st.text()) | st.none() | st.integers() | st.lists(st.integers()))
def test_whatever_is_given_the_answer_is_well_formed_origins_or_one_clear_line(value: object) -> None:
    try:
        origins = parse_origins(value)
    except DeploymentError as error:
        refusal = str(error)
    else:
        assert len(set(origins)) == len(origins)
        assert all(origin == "*" or origin.startswith(("http://", "https://")) for origin in origins)
        return
    assert refusal.startswith("CORS_ORIGINS: ")
    assert len(refusal.splitlines()) == 1


@pytest.mark.parametrize(
    "value", ["example.com", "https://a.example/path", "ftp://x", "https://", '["x"', "[1]"]
)
def test_what_is_no_origin_is_refused(value: str) -> None:
    with pytest.raises(DeploymentError):
        parse_origins(value)


@pytest.mark.parametrize(("stage", "expected"), [("local", ("*",)), ("dev", ()), ("prod", ())])
def test_without_origins_only_the_laptop_lets_every_site_in(stage: str, expected: tuple[str, ...]) -> None:
    assert Deployment.read({"stage": stage}, {}).cors_origins == expected


def test_the_context_wins_over_the_environment() -> None:
    environ = {"CORS_ORIGINS": "https://environment.example"}
    assert Deployment.read({}, environ).cors_origins == ("https://environment.example",)
    context = {"cors_origins": "https://context.example"}
    assert Deployment.read(context, environ).cors_origins == ("https://context.example",)


@pytest.mark.parametrize(("stage", "mode"), [("local", "open"), ("dev", "key"), ("prod", "key")])
def test_only_the_laptop_is_open_by_default(stage: str, mode: str) -> None:
    assert Deployment.read({"stage": stage}, {}).auth_mode == mode


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_deployed_stage_refuses_to_be_open(stage: str) -> None:
    with pytest.raises(DeploymentError, match="use auth_mode=key"):
        Deployment.read({"stage": stage, "auth_mode": "open"}, {})


@pytest.mark.parametrize("context", [{"stage": "staging"}, {"auth_mode": "none"}])
def test_an_unknown_choice_is_named_with_what_is_known(context: dict[str, str]) -> None:
    with pytest.raises(DeploymentError, match="expected one of"):
        Deployment.read(context, {})


def test_the_synth_says_each_refusal_in_one_line_and_fails(tmp_path: Path) -> None:
    run = synth(tmp_path / "out", {"stage": "prod", "auth_mode": "open"})
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "auth_mode=open would leave stage prod open to anyone: use auth_mode=key\n"


def test_a_missing_layer_says_how_to_build_it(tmp_path: Path) -> None:
    layers = fake_layers(tmp_path / "layers")
    (layers / "aws" / "python" / "placeholder.py").unlink()
    (layers / "aws" / "python").rmdir()
    run = synth(tmp_path / "out", {"stage": "dev", "layers_dir": str(layers)})
    assert (run.returncode, run.stderr) == (1, "layers not built: aws; run: make layers\n")


def test_a_missing_node_says_how_to_get_one() -> None:
    program = (
        "import importlib.util as u, os\n"
        "u.find_spec = lambda name: None\n"
        "from infra.deployment import use_bundled_node, DeploymentError\n"
        "try: use_bundled_node()\n"
        "except DeploymentError as error: print(error)\n"
    )
    environ = {name: value for name, value in os.environ.items() if name != "JSII_NODE"}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("no node: run ")
    assert len(run.stdout.splitlines()) == 1


def test_what_the_cdk_cli_passes_wins_over_cdk_json(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text('{"app": "x", "context": {"stage": "dev", "a": 1}}')
    assert read_context({"CDK_CONTEXT_JSON": '{"stage": "prod"}'}, tmp_path) == {"stage": "prod", "a": 1}
