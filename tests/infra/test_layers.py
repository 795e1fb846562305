from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra import layers
from infra.deployment import ROOT, DeploymentError, dependency_groups
from infra.discovery import Found, discover
from infra.layers import LIMIT, pack, parse_requirements, report, total_size

EXPORTED = """\
annotated-types==0.8.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
h11==0.16.0 ; sys_platform != 'emscripten' \\
    --hash=sha256:cc
Foo_Bar[extra]==1.0 \\
    --hash=sha256:dd
"""


def test_each_requirement_keeps_its_marker_and_hashes_under_its_normalized_name() -> None:
    blocks = parse_requirements(EXPORTED)
    assert list(blocks) == ["annotated-types", "h11", "foo-bar"]
    assert blocks["h11"] == "h11==0.16.0 ; sys_platform != 'emscripten' \\\n    --hash=sha256:cc"
    assert blocks["annotated-types"].count("--hash") == 2


def test_a_requirement_that_is_not_pinned_is_refused() -> None:
    with pytest.raises(DeploymentError, match=r"'requests>=2' is not pinned; run: uv lock"):
        parse_requirements("requests>=2\n")


def test_the_developers_groups_are_no_layers() -> None:
    assert {"base", "aws", "llm"} <= dependency_groups()
    assert not {"dev", "infra", "local"} & dependency_groups()


def project(root: Path) -> Path:
    package = root / "layers" / "orchestrator" / "python" / "orchestrator"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("ANSWER = 42\n")
    return root


def test_the_package_is_packed_with_bytecode_that_python_uses_without_its_source(tmp_path: Path) -> None:
    folder = pack(project(tmp_path), tmp_path / "built")
    source = folder / "python" / "orchestrator" / "__init__.py"
    source.write_text("ANSWER = 'the source was read'\n")
    program = "import orchestrator; print(orchestrator.ANSWER)"
    run = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys; sys.path.insert(0, {str(folder / 'python')!r}); {program}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "42\n"


def test_a_file_without_bytecode_is_refused_by_name_unless_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(tmp_path)
    (root / "layers/orchestrator/python/orchestrator/another.py").write_text("print 'Python 2'\n")
    with pytest.raises(
        DeploymentError, match=r"^orchestrator/another\.py: no bytecode of Python 3\.13; mend"
    ):
        pack(root, tmp_path / "built")
    monkeypatch.setattr(layers, "NO_BYTECODE", frozenset({"orchestrator/another.py"}))
    assert (pack(root, tmp_path / "built") / "python/orchestrator/another.py").is_file()


def test_a_compiler_that_does_nothing_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "_matching_python", lambda: "true")
    with pytest.raises(DeploymentError, match=r"^orchestrator/__init__\.py: no bytecode"):
        pack(project(tmp_path), tmp_path / "built")


def test_packing_again_leaves_nothing_of_the_former_package(tmp_path: Path) -> None:
    root = project(tmp_path)
    folder = pack(root, tmp_path / "built")
    (root / "layers/orchestrator/python/orchestrator/__init__.py").rename(
        root / "layers/orchestrator/python/orchestrator/new.py"
    )
    pack(root, tmp_path / "built")
    names = {file.name for file in folder.rglob("*.py")}
    assert names == {"new.py"}
    assert [path.name for path in (tmp_path / "built").iterdir()] == ["orchestrator"]


def test_packing_the_same_sources_gives_the_same_bytes(tmp_path: Path) -> None:
    root = project(tmp_path)
    contents: list[dict[str, bytes]] = []
    for name in ("one", "two"):
        folder = pack(root, tmp_path / name)
        files = (file for file in folder.rglob("*") if file.is_file())
        contents.append({file.relative_to(folder).as_posix(): file.read_bytes() for file in files})
    assert contents[0] == contents[1]


FOUND = discover(ROOT)


def sizes(**of: int) -> dict[str, int]:
    return dict.fromkeys(dependency_groups() | {"orchestrator"}, 0) | of


def test_a_functions_size_is_its_folder_with_all_its_layers() -> None:
    one = next(one for one in FOUND if one.spec.layers == ("base", "aws"))
    assert total_size(one, sizes(orchestrator=1, base=20, aws=300)) == total_size(one, sizes()) + 321


def test_a_function_over_lambdas_limit_is_refused_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(
        DeploymentError, match=rf"^functions/.*spec.py:1: \d+ bytes with its layers, over {LIMIT}"
    ):
        report(FOUND, sizes(base=LIMIT))
    assert "of limit" in capsys.readouterr().out


def test_the_table_shows_every_function(capsys: pytest.CaptureFixture[str]) -> None:
    report(FOUND, sizes(base=26_000_000))
    lines = capsys.readouterr().out.splitlines()
    for one in FOUND:
        (line,) = [line for line in lines if line.startswith(f"{one.id} ")]
        assert re.search(r"\d+\.\d +\d+%$", line)


def fake_uv(calls: list[list[str]], answers: dict[str, str]):
    def uv(arguments: list[str], cwd: Path = ROOT) -> str:
        calls.append(list(arguments))
        if arguments[0] == "export":
            return answers[arguments[arguments.index("--only-group") + 1]]
        target = Path(arguments[arguments.index("--target") + 1])
        wanted = parse_requirements(Path(arguments[-1]).read_text())
        for name in wanted:
            (target / name / "tests").mkdir(parents=True)
            (target / name / "__init__.py").write_text("")
            (target / name / "tests" / "test_it.py").write_text("")
            (target / f"{name}-1.0.dist-info").mkdir()
            (target / f"{name}-1.0.dist-info" / "RECORD").write_text("")
        (target / "bin").mkdir()
        return ""

    return uv


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[list[str]]]:
    root = project(tmp_path)
    (root / "pyproject.toml").write_text('[dependency-groups]\nbase = ["one"]\naws = ["two"]\ndev = ["x"]\n')
    calls: list[list[str]] = []
    base, aws = "one==1 --hash=sha256:aa\n", "one==1 --hash=sha256:aa\ntwo==1 --hash=sha256:bb\n"
    monkeypatch.setattr(layers, "_uv", fake_uv(calls, {"base": base, "aws": aws}))
    return root, calls


def test_a_layer_leaves_out_what_base_holds_and_what_lambda_never_reads(
    built: tuple[Path, list[list[str]]],
) -> None:
    root, _ = built
    layers.build_all(root, root / "built")
    aws = root / "built" / "aws" / "python"
    assert {path.name for path in aws.iterdir()} == {"two", "two-1.0.dist-info"}
    assert {path.name for path in (aws / "two").iterdir()} == {"__init__.py", "__pycache__"}
    assert not list(aws.rglob("RECORD"))


def test_a_layer_is_installed_for_arm64_and_313_from_hashes_alone(
    built: tuple[Path, list[list[str]]],
) -> None:
    root, calls = built
    layers.build_all(root, root / "built")
    installs = [" ".join(call) for call in calls if call[:2] == ["pip", "install"]]
    assert len(installs) == 2
    for install in installs:
        assert "--python-platform aarch64-manylinux_2_28 --python-version 3.13 --only-binary :all:" in install
        assert "--no-deps --require-hashes" in install


def test_a_layer_is_built_again_only_when_its_requirements_change(
    built: tuple[Path, list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, calls = built
    layers.build_all(root, root / "built")
    calls.clear()
    layers.build_all(root, root / "built")
    assert [call for call in calls if call[0] == "pip"] == []
    newer = {"base": "one==1 --hash=sha256:aa\n", "aws": "two==2 --hash=sha256:cc\n"}
    monkeypatch.setattr(layers, "_uv", fake_uv(calls, newer))
    layers.build_all(root, root / "built")
    assert len([call for call in calls if call[0] == "pip"]) == 1


def test_without_uv_one_line_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeploymentError, match=r"^no uv: run `make layers`"):
        layers.requirements("base", tmp_path)


def test_a_found_function_without_layers_weighs_its_folder_and_the_package() -> None:
    one = FOUND[0]
    bare = Found(one.group, one.name, one.root, type(one.spec)(summary="x", layers=()))
    assert total_size(bare, {"orchestrator": 5}) > 5
