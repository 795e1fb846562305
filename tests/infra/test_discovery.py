from __future__ import annotations

import re
from pathlib import Path

import pytest

from infra.checks import check
from infra.discovery import Found, SpecError, discover
from tests.infra.conftest import SMALL_PROJECT

LAYERS = {"base", "aws", "llm"}
HEAD = "from orchestrator.spec import *\n\n"
GOOD = HEAD + 'SPEC = Function(summary="x", routes=(Route("GET", "/x", None),))\n'


def project(root: Path, specs: dict[str, str], *, handler: bool = True) -> Path:
    for name, source in specs.items():
        folder = root / "functions" / name
        folder.mkdir(parents=True)
        (folder / "spec.py").write_text(source)
        if handler:
            (folder / "handler.py").write_text("handler = None\n")
    return root


def found_in(root: Path) -> list[Found]:
    found = discover(root)
    check(found, LAYERS)
    return found


def error_of(root: Path) -> str:
    with pytest.raises(SpecError) as caught:
        found_in(root)
    return str(caught.value)


def spec(**arguments: str) -> str:
    """The source of a spec whose third line is `SPEC = …` and whose arguments stand on a line each."""
    base = {"summary": '"Something."', "routes": '(Route("GET", "/x", None),)'} | arguments
    lines = [f"    {name}={value}," for name, value in base.items() if value]
    return HEAD + "SPEC = Function(\n" + "\n".join(lines) + "\n)\n"


def test_a_folder_with_a_spec_is_a_function_and_nothing_else_lists_it() -> None:
    found = [one for one in found_in(SMALL_PROJECT) if one.group != "agents"]
    assert [(one.folder, one.id, one.handler) for one in found] == [
        ("functions/api/greet", "api-greet", "functions.api.greet.handler.handler"),
        ("functions/workers/tidy_up", "workers-tidy-up", "functions.workers.tidy_up.handler.handler"),
    ]


def test_a_new_folder_is_found_and_a_removed_one_forgotten(tmp_path: Path) -> None:
    root = project(tmp_path, {"api/x": GOOD})
    assert [one.id for one in found_in(root)] == ["api-x"]
    project(root, {"api/y": GOOD.replace("/x", "/y")})
    assert [one.id for one in found_in(root)] == ["api-x", "api-y"]
    (root / "functions/api/x/spec.py").unlink()
    assert [one.id for one in found_in(root)] == ["api-y"]


def test_discovery_leaves_no_bytecode_behind(tmp_path: Path) -> None:
    found_in(project(tmp_path, {"api/x": GOOD}))
    assert not list(tmp_path.rglob("__pycache__"))


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("SPEC = (\n", 1, "SyntaxError"),
        ("import nothing_like_it\n", 1, "ModuleNotFoundError: No module named 'nothing_like_it'"),
        (HEAD + "SPEC = Funktion()\n", 3, "NameError: name 'Funktion' is not defined"),
        (HEAD + "SPEC = Function()\n", 3, "TypeError"),
        (HEAD + "SPEC = Function(summary='x', route=())\n", 3, "compare the arguments with"),
        (HEAD + "def f():\n    raise ValueError('no\\nway')\n\nSPEC = f()\n", 4, "ValueError: no;"),
        ("x = 1\n", 1, "holds no SPEC; add"),
        ("SPEC = 3\n", 1, "holds no SPEC; add"),
    ],
)
def test_a_spec_that_cannot_be_read_is_one_line_with_its_place_and_the_mend(
    tmp_path: Path, source: str, line: int, says: str
) -> None:
    error = error_of(project(tmp_path, {"api/x": source}))
    assert "\n" not in error
    assert error.startswith(f"functions/api/x/spec.py:{line}: ")
    assert says in error
    assert ";" in error


@pytest.mark.parametrize(
    ("change", "argument", "says"),
    [
        ({"settings": '("intends",)'}, "settings", "unknown settings group 'intends'; known: analysis"),
        ({"secrets": '("opnai",)'}, "secrets", "unknown vendor 'opnai'; known: openai"),
        ({"layers": '("base", "awz")'}, "layers", "unknown layer 'awz'; known: aws, base, llm"),
        ({"layers": '("aws",)'}, "layers", "add 'base'"),
        ({"grants": '(table("jubs", "GetItem"),)'}, "grants", "unknown table 'jubs'; known: analysis"),
        ({"grants": '(queue("jubs", "SendMessage"),)'}, "grants", "unknown queue 'jubs'"),
        ({"grants": '(vectors("jubs", "GetVectors"),)'}, "grants", "unknown vectors 'jubs'"),
        ({"grants": '(table("jobs", "*"),)'}, "grants", "'*' may not be granted on a table"),
        ({"grants": '(table("jobs", "Scan"),)'}, "grants", "'Scan' may not be granted on a table"),
        ({"grants": '(table("jobs"),)'}, "grants", "names no action"),
        (
            {"grants": '(table("webhooks", indexes=("fialed",)),)'},
            "grants",
            "unknown index 'fialed' of table 'webhooks'; known: failed, swept (add it in TABLES)",
        ),
        (
            {"grants": '(table("memory", "Query", indexes=("change",)),)'},
            "grants",
            "unknown index 'change' of table 'memory'; known: changed_at, removed_at",
        ),
        ({"grants": '(table("jobs", "Query", indexes=("x",)),)'}, "grants", "of table 'jobs'; it has none"),
        ({"grants": '(table("jobs", "GetItem"), table("jobs", "PutItem"))'}, "grants", "granted 2 times"),
        ({"timeout": "31"}, "timeout", "must be 1 to 29 seconds"),
        ({"routes": "", "authorizer": "True", "timeout": "11"}, "timeout", "must be 1 to 10 seconds"),
        ({"memory": "64"}, "memory", "must be 128 to 10240 MB"),
        ({"routes": '(Route("GET", "/x/", None),)'}, "routes", "drop it"),
        ({"routes": '(Route("GET", "x", None),)'}, "routes", "must start with /"),
        ({"routes": '(Route("GET", "/x/{id", None),)'}, "routes", "close its braces"),
        ({"environment": '{"OPENAI_API_KEY": "sk"}'}, "environment", "is a secret"),
        ({"routes": "", "trigger": 'QueueTrigger("jubs")'}, "trigger", "unknown queue 'jubs'"),
        ({"routes": "", "trigger": 'QueueTrigger("jobs", batch=11)'}, "trigger", "must be 1 to 10"),
        ({"routes": "", "trigger": 'QueueTrigger("jobs", concurrency=1)'}, "trigger", "SQS allows 2 to 1000"),
        ({"routes": "", "schedule": 'Schedule("every night")'}, "schedule", "must be cron(…)"),
        ({"routes": "", "task_of": '"anal"'}, "task_of", "unknown workflow 'anal'; known: analysis"),
        ({"routes": "", "task_of": '"analysis"', "timeout": "901"}, "timeout", "must be 1 to 900 seconds"),
        ({"grants": '(key("jubs", "Encrypt"),)'}, "grants", "unknown key 'jubs'; known: webhooks"),
        (
            {"grants": '(key("webhooks", "ReEncrypt*"),)'},
            "grants",
            "'ReEncrypt*' may not be granted on a key",
        ),
        ({"grants": '(workflow("jubs", "StartExecution"),)'}, "grants", "unknown workflow 'jubs'"),
        (
            {"grants": '(workflow("analysis", "StopExecution"),)'},
            "grants",
            "may not be granted on a workflow",
        ),
    ],
)
def test_a_wrong_value_is_one_line_at_the_line_that_holds_it(
    tmp_path: Path, change: dict[str, str], argument: str, says: str
) -> None:
    source = spec(**change)
    line = next(n for n, text in enumerate(source.splitlines(), 1) if text.startswith(f"    {argument}="))
    error = error_of(project(tmp_path, {"api/x": source}))
    assert "\n" not in error
    assert error.startswith(f"functions/api/x/spec.py:{line}: ")
    assert says in error


@pytest.mark.parametrize(
    "change", [{"routes": ""}, {"trigger": 'QueueTrigger("jobs")'}, {"task_of": '"analysis"'}]
)
def test_a_function_is_called_in_exactly_one_way(tmp_path: Path, change: dict[str, str]) -> None:
    error = error_of(project(tmp_path, {"api/x": spec(**change)}))
    assert re.match(
        r"functions/api/x/spec.py:3: has [02] of routes, trigger, schedule, task_of, authorizer", error
    )


def test_two_functions_cannot_share_a_route_even_under_another_variable_name(tmp_path: Path) -> None:
    one = spec(routes='(Route("GET", "/x/{id}", None),)')
    other = spec(routes='(Route("GET", "/x/{name}", None),)')
    error = error_of(project(tmp_path, {"api/x": one, "api/y": other}))
    assert error == (
        "functions/api/y/spec.py:5: route GET /x/{name} is already functions/api/x/spec.py's; choose another"
    )


def test_two_functions_cannot_consume_one_queue(tmp_path: Path) -> None:
    source = spec(routes="", trigger='QueueTrigger("jobs")')
    error = error_of(project(tmp_path, {"workers/x": source, "workers/y": source}))
    assert len(error.splitlines()) == 2
    assert "has 2 consumers" in error


def test_only_one_function_is_the_authorizer(tmp_path: Path) -> None:
    source = spec(routes="", authorizer="True")
    assert "only one function may be the authorizer" in error_of(
        project(tmp_path, {"auth/x": source, "auth/y": source})
    )


def test_a_folder_without_a_handler_is_refused(tmp_path: Path) -> None:
    error = error_of(project(tmp_path, {"api/x": GOOD}, handler=False))
    assert error == (
        "functions/api/x/spec.py:1: there is no functions/api/x/handler.py; add it with a `handler`"
    )


def test_a_folder_name_that_cannot_be_imported_is_refused(tmp_path: Path) -> None:
    assert "rename the folder" in error_of(project(tmp_path, {"api/my-x": GOOD}))


def test_every_mistake_of_every_spec_is_told_at_once(tmp_path: Path) -> None:
    bad = spec(timeout="99", memory="1")
    error = error_of(project(tmp_path, {"api/x": bad, "api/y": bad.replace("/x", "/y")}))
    assert len(error.splitlines()) == 4
