"""When the template is made anew, and what a saved file means to a runner that runs."""

import json
from pathlib import Path

import pytest

from infra.local import synth
from infra.local.reload import Plan, plan
from tests.fakes.local_functions import local_function


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("functions/api/health/spec.py", True),
        ("functions/api/health/handler.py", False),
        ("infra/app.py", True),
        ("infra/local/app.py", False),
        ("infra/local/synth.py", True),
        ("infra/constructs/deep/er.py", True),
        ("infra/stacks/x.py", True),
        ("cdk.json", True),
        ("layers/orchestrator/python/orchestrator/spec.py", True),
        ("layers/orchestrator/python/orchestrator/jobs/spec.py", False),
    ],
)
def test_the_synth_depends_on_what_the_template_is_made_from(name: str, expected: bool) -> None:
    assert synth.is_input(name) is expected


def test_the_fingerprint_changes_with_files_modes_and_origins(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text("{}")
    first = synth.fingerprint("open", {}, tmp_path)
    assert synth.fingerprint("open", {"OTHER": "x"}, tmp_path) == first
    assert synth.fingerprint("key", {}, tmp_path) != first
    assert synth.fingerprint("open", {"CORS_ORIGINS": "https://a"}, tmp_path) != first
    (tmp_path / "cdk.json").write_text("{ }")
    assert synth.fingerprint("open", {}, tmp_path) != first


def test_settings_of_the_shell_do_not_stay_in_the_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_TIMEOUT", "CORS_ORIGINS", "AUTH_MODE", "ORCHESTRATOR_STAGE"):
        monkeypatch.setenv(name, "3")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/app.py").write_text(
        "import json, os, pathlib\n"
        f"out = pathlib.Path(os.environ['CDK_OUTDIR'], '{synth.STACK}.template.json')\n"
        "out.write_text(json.dumps(dict(os.environ)))\n"
    )
    synth.synthesize(tmp_path / "out", "key", {"CORS_ORIGINS": "https://a"}, tmp_path)
    seen = json.loads((tmp_path / "out" / f"{synth.STACK}.template.json").read_text())
    assert "3" not in seen.values()
    assert json.loads(seen["CDK_CONTEXT_JSON"]) == {
        "stage": "local",
        "auth_mode": "key",
        "cors_origins": "https://a",
    }


def test_a_traceback_becomes_the_deepest_place_of_this_project_and_the_error(tmp_path: Path) -> None:
    output = (
        "Traceback (most recent call last):\n"
        f'  File "{tmp_path}/infra/app.py", line 3, in <module>\n'
        f'  File "{tmp_path}/functions/a/b/spec.py", line 7, in <module>\n'
        f'  File "{tmp_path}/.venv/lib/x.py", line 9, in y\n'
        "ValueError: wrong\n"
    )
    assert synth.explain(output, tmp_path) == "functions/a/b/spec.py:7: ValueError: wrong"
    several = "Traceback (most recent call last):\nRuntimeError: these:\n  [a] no\n  [b] neither\n"
    assert synth.explain(several, tmp_path) == "RuntimeError: these: [a] no [b] neither"
    assert synth.explain("a.py: one\nb.py: two\n", tmp_path) == "a.py: one; b.py: two"
    assert synth.explain("", tmp_path) == "it failed without a word"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (["functions/api/health/handler.py"], Plan(folders=frozenset({"functions/api/health"}))),
        (["functions/api/health/spec.py"], Plan(synth=True, folders=frozenset({"functions/api/health"}))),
        (["layers/orchestrator/python/orchestrator/jobs/x.py"], Plan(every=True)),
        ([".env"], Plan(settings=True)),
        (["infra/local/host.py"], Plan(runner=True)),
        (["infra/constructs/api.py"], Plan(synth=True)),
    ],
)
def test_a_saved_file_means_no_more_than_it_must(changed: list[str], expected: Plan) -> None:
    found = plan([Path("/root") / name for name in changed], Path("/root"))
    assert found == expected
    affected = changed[0].startswith(("functions/api/health", "layers", ".env"))
    assert found.affects(local_function()) is affected
