"""`python -m orchestrator.tenancy`: the commands, what they print, and how they fail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from orchestrator import wiring
from orchestrator.aws import clients
from orchestrator.tenancy import scopes
from orchestrator.tenancy.__main__ import main
from orchestrator.tenancy.keys import key_id_of
from tests.fakes.dynamodb import moto_table

ROOT = Path(__file__).parents[3]
TABLE = "orchestrator-dev-keys"
CREATE = ["create", "--tenant", "acme", "--name", "ci", "--stage", "dev"]


@pytest.fixture(autouse=True)
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TABLE_KEYS", "restored afterwards")
    monkeypatch.delenv("ORCHESTRATOR_LOCAL_DIR", raising=False)
    wiring.key_store.cache_clear()
    yield tmp_path
    wiring.key_store.cache_clear()


@pytest.fixture
def table() -> Iterator[Any]:
    with moto_table(TABLE) as client:
        yield client


def a_spec(root: Path, scope: str) -> None:
    folder = root / "functions/api/jobs"
    folder.mkdir(parents=True)
    (folder / "spec.py").write_text(
        "from orchestrator.spec import Function, Route\n"
        f"SPEC = Function('jobs', routes=(Route('GET', '/jobs', {scope!r}),))\n"
    )


@pytest.mark.usefixtures("table")
def test_a_new_key_is_all_of_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CREATE, "--scopes", "intents:run jobs:read"]) == 0
    out, err = capsys.readouterr()
    assert key_id_of(out.removesuffix("\n"))
    assert "only time" in err
    assert out.strip() not in err


@pytest.mark.usefixtures("table")
def test_a_key_is_listed_revoked_and_listed_as_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    main([*CREATE, "--scopes", "*", "--expires", "never"])
    key = capsys.readouterr().out.strip()
    assert main(["list", "--tenant", "acme", "--stage", "dev"]) == 0
    listed = capsys.readouterr().out
    assert str(key_id_of(key)) in listed
    assert "expires never  active" in listed
    assert key not in listed
    assert main(["revoke", str(key_id_of(key)), "--table", TABLE]) == 0
    assert "revoked" in capsys.readouterr().out
    main(["list", "--tenant", "acme", "--stage", "dev"])
    assert "revoked" in capsys.readouterr().out


@pytest.mark.usefixtures("table")
def test_a_whole_leaked_key_can_be_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    main([*CREATE, "--scopes", "*"])
    assert main(["revoke", capsys.readouterr().out.strip(), "--stage", "dev"]) == 0


@pytest.mark.usefixtures("table")
def test_revoking_an_unknown_key_fails_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["revoke", "nobody", "--stage", "dev"]) == 1
    assert capsys.readouterr().err == "error: there is no key nobody\n"


@pytest.mark.usefixtures("table")
def test_a_scope_no_route_asks_for_is_refused(away: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_spec(away, "jobs:read")
    assert main([*CREATE, "--scopes", "job:read"]) == 1
    assert "no route asks for the scope job:read. Known scopes: jobs:read" in capsys.readouterr().err
    assert main([*CREATE, "--scopes", "jobs:read"]) == 0
    assert main([*CREATE, "--scopes", "*"]) == 0


def test_the_scopes_of_public_routes_and_of_no_project_are_none(tmp_path: Path) -> None:
    assert scopes.declared(tmp_path) == frozenset()
    a_spec(tmp_path, "jobs:read")
    assert scopes.declared(tmp_path) == {"jobs:read"}


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("changed", "complaint"),
    [(["--tenant", "Not OK"], "tenant"), (["--scopes", "jobs"], "scope"), (["--scopes", ""], "scope")],
)
def test_a_wrong_value_is_named(
    changed: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*CREATE, "--scopes", "jobs:read", *changed]) == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["create", "--tenant", "acme"],
        ["list", "--tenant", "acme"],
        ["list", "--tenant", "acme", "--local", "--stage", "dev"],
        [*CREATE, "--scopes", "*", "--expires", "90"],
        [*CREATE, "--scopes", "*", "--expires", "soon"],
    ],
)
def test_wrong_use_exits_with_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(wrong)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.usefixtures("table")
def test_a_stage_without_its_table_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--tenant", "acme", "--stage", "prod"]) == 1
    assert "there is no table orchestrator-prod-keys here" in capsys.readouterr().err


def test_without_a_local_house_it_asks_for_make_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--tenant", "acme", "--local"]) == 1
    assert "Is `make run` up" in capsys.readouterr().err


def test_a_local_house_that_does_not_answer_is_named(
    away: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "restored afterwards")
    (away / ".local").mkdir()
    (away / ".local/env").write_text(
        "# written by the runner\n"
        'export AWS_ENDPOINT_URL="http://127.0.0.1:1"\n'
        "AWS_ACCESS_KEY_ID=x\nAWS_SECRET_ACCESS_KEY=x\nAWS_DEFAULT_REGION=eu-central-1\n\n"
        "TABLE_KEYS=orchestrator-local-keys\n"
    )
    clients.dynamodb.cache_clear()
    assert main(["list", "--tenant", "acme", "--local"]) == 1
    assert "Is `make run` up?" in capsys.readouterr().err
    clients.dynamodb.cache_clear()


@pytest.mark.usefixtures("table")
def test_missing_aws_credentials_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unsigned(**_: object) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(clients.dynamodb(), "query", unsigned)
    assert main(["list", "--tenant", "acme", "--stage", "dev"]) == 1
    error = capsys.readouterr().err
    assert "Unable to locate credentials" in error
    assert "AWS credentials and region" in error
