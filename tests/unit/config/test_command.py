"""`python -m orchestrator.config`, as a person runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.config.__main__ import main, read_environment

ROOT = Path(__file__).parents[3]
CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = (
        CLEAN | {"PYTHONPATH": str(ROOT / "layers/orchestrator/python"), "PYTHONUTF8": "1"} | variables
    )
    command = [sys.executable, "-m", "orchestrator.config", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_example_file_is_well_formed_as_it_is(tmp_path: Path) -> None:
    done = run(tmp_path, "--check", "--env-file", str(ROOT / ".env.example"))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.rstrip().endswith("all well formed")


def test_a_wrong_variable_in_dot_env_is_found_and_the_exit_code_is_1(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ORCHESTRATOR_SYNC_TIMEOUT=soon\n")
    done = run(tmp_path, "--check")
    assert done.returncode == 1
    assert "✗ ORCHESTRATOR_SYNC_TIMEOUT" in done.stdout
    assert "1 problem found" in done.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("claude-3-haiku", "claude-3-haiku ended on 2026-04-20; claude-haiku-5-5 is used"),
        ("qwen3", "no model we know"),
    ],
)
def test_a_model_that_ended_or_that_nobody_knows_is_noted_and_no_problem(
    tmp_path: Path, name: str, said: str
) -> None:
    done = run(tmp_path, "--check", MODEL_NAME=name)
    (line,) = (line for line in done.stdout.splitlines() if "MODEL_NAME" in line)
    assert said in line
    assert done.returncode == 0


def test_the_process_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=chatty\n")
    assert run(tmp_path, "--check", LOG_LEVEL="INFO").returncode == 0


def test_an_empty_variable_of_the_process_does_not_hide_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("LOG_LEVEL=ERROR\nEMPTY=\n")
    assert read_environment(file, {"LOG_LEVEL": ""}) == {"LOG_LEVEL": "ERROR"}


def test_a_file_that_is_not_there_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "--env-file", "/nowhere/.env"]) == 1
    assert capsys.readouterr().err.startswith("✗ [Errno 2] No such file or directory: '/nowhere/.env'")


def test_without_python_dotenv_the_mend_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("A=b\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "dotenv", None)
    assert main(["--check"]) == 1
    assert "pip install python-dotenv" in capsys.readouterr().err


def test_live_with_no_key_asks_nobody(tmp_path: Path) -> None:
    done = run(tmp_path, "--check", "--live")
    assert done.returncode == 0
    assert "nothing to ask" in done.stdout


def test_a_call_without_check_explains_itself(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert "--check" in done.stderr
