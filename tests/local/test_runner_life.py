"""Starting, stopping, being killed, keeping data."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.synth import STACK
from tests.local.running import launch, runner, until, wait_ready
from tests.local.sample import stack

SUPABASE = "/_local/sandbox/supabase"


def settings(assembly: Path, **more: str) -> dict[str, str]:
    return {"ORCHESTRATOR_LOCAL_ASSEMBLY": str(assembly), **more}


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    notes = tmp_path / "notes"
    return stack.write(tmp_path / "assembly", stack.http_api(notes), stack.queues(notes), stack.data(notes))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


def ended(tmp_path: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a runner that is expected to end by itself."""
    process = launch(tmp_path / "data", environment)
    return process.wait(30), (tmp_path / "data" / "output").read_text()


def test_no_worker_survives_a_killed_runner(tmp_path: Path, assembly: Path) -> None:
    process = launch(tmp_path / "data", settings(assembly))
    running = wait_ready(process, tmp_path / "data")
    # One worker idle, one inside its handler.
    running.get("/echo")
    running.boto("lambda").invoke(
        FunctionName="sample-consumeSingle",
        InvocationType="Event",
        Payload=json.dumps(
            {
                "Records": [
                    {"body": '{"name": "x", "sleep": 60}', "attributes": {"ApproximateReceiveCount": 1}}
                ]
            }
        ),
    )
    until((tmp_path / "notes").exists)
    workers = [*running.workers("sample-echo"), *running.workers("sample-consumeSingle")]
    assert len(workers) == 2
    process.kill()
    process.wait()
    until(lambda: not any(alive(pid) for pid in workers), 5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_runner_leaves_nothing_behind_and_keeps_its_data(
    tmp_path: Path, assembly: Path, number: signal.Signals
) -> None:
    process = launch(tmp_path / "data", settings(assembly))
    running = wait_ready(process, tmp_path / "data")
    running.get("/echo")
    (worker,) = running.workers("sample-echo")
    running.boto("dynamodb").put_item(TableName="sample-table", Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
    process.send_signal(number)
    assert process.wait(10) == 0
    assert not alive(worker)
    assert not (tmp_path / "data" / "env").exists()
    assert (tmp_path / "data" / "data" / "dynamodb.pickle").exists()


def fill(running: Any) -> str:
    """Put something into every kind of storage; returns the generated secret."""
    running.boto("dynamodb").put_item(
        TableName="sample-table", Item={"pk": {"S": "kept"}, "sk": {"S": "1"}, "b": {"B": b"\xff"}}
    )
    queue = f"{running.endpoint}/123456789012/sample-dead"
    running.boto("sqs").send_message(QueueUrl=queue, MessageBody="kept")
    running.boto("sqs").receive_message(QueueUrl=queue, VisibilityTimeout=600)
    running.boto("s3vectors").put_vectors(
        vectorBucketName="sample-vectors",
        indexName="notes",
        vectors=[
            {"key": "kept", "data": {"float32": [1.0, 2.0, 3.0, 4.0]}, "metadata": {"text": "kept words"}}
        ],
    )
    row = {
        "title": "kept",
        "user_id": "u",
        "start_time": "2026-11-23T09:00Z",
        "end_time": "2026-11-23T09:30Z",
    }
    inserted = running.post(f"{SUPABASE}/rest/v1/events", json=row, headers={"apikey": "any"})
    assert inserted.status_code == 201
    return running.boto("secretsmanager").get_secret_value(SecretId="sample/generated")["SecretString"]


def stored(running: Any) -> dict[str, Any]:
    """What is in each storage now."""
    place = {"pk": {"S": "kept"}, "sk": {"S": "1"}}
    queue = f"{running.endpoint}/123456789012/sample-dead"
    found = running.boto("s3vectors").query_vectors(
        vectorBucketName="sample-vectors",
        indexName="notes",
        topK=1,
        queryTexts=[{"text": "word", "metadataKey": "text"}],
    )
    return {
        "item": running.boto("dynamodb")
        .get_item(TableName="sample-table", Key=place)
        .get("Item", {})
        .get("b"),
        "message": [
            m["Body"] for m in running.boto("sqs").receive_message(QueueUrl=queue).get("Messages", [])
        ],
        "vectors": [vector["key"] for vector in found["vectors"]],
        "rows": [row["title"] for row in running.get(f"{SUPABASE}/rows").json()["events"]],
        "secret": running.boto("secretsmanager").get_secret_value(SecretId="sample/generated")[
            "SecretString"
        ],
    }


def test_data_survives_a_restart_and_fresh_starts_empty(tmp_path: Path, assembly: Path) -> None:
    with runner(tmp_path / "data", **settings(assembly)) as first:
        secret = fill(first)
    with runner(tmp_path / "data", **settings(assembly)) as second:
        # The message was in flight when its receiver's runner ended: it is there again at once.
        assert stored(second) == {
            "item": {"B": b"\xff"},
            "message": ["kept"],
            "vectors": ["kept"],
            "rows": ["kept"],
            "secret": secret,
        }
    with runner(tmp_path / "data", **settings(assembly, FRESH="1")) as third:
        empty = stored(third)
        assert (empty["item"], empty["message"], empty["vectors"], empty["rows"]) == (None, [], [], [])
        assert empty["secret"] != secret


def test_a_vendors_key_reaches_its_secret_and_no_file(tmp_path: Path, assembly: Path) -> None:
    with runner(tmp_path / "data", **settings(assembly, ACME_KEY="sk-only-in-memory")) as running:
        secret = running.boto("secretsmanager").get_secret_value(SecretId="sample/acme")
        assert json.loads(secret["SecretString"]) == {"ACME_KEY": "sk-only-in-memory"}
    files = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
    assert files
    assert not any(b"sk-only-in-memory" in file.read_bytes() for file in files)


def test_a_kill_loses_at_most_a_few_seconds(tmp_path: Path, assembly: Path) -> None:
    process = launch(tmp_path / "data", settings(assembly))
    fill(wait_ready(process, tmp_path / "data"))
    file = tmp_path / "data" / "data" / "supabase.pickle"  # filled last, written last
    until(lambda: file.exists() and b"kept" in file.read_bytes(), 10)
    process.kill()
    process.wait()
    with runner(tmp_path / "data", **settings(assembly)) as again:
        assert stored(again)["vectors"] == ["kept"]


def test_data_of_another_version_is_set_aside_with_a_line(tmp_path: Path, assembly: Path) -> None:
    folder = tmp_path / "data" / "data"
    folder.mkdir(parents=True)
    (folder / "layout").write_text("0 moto 1.0")
    (folder / "dynamodb.pickle").write_bytes(b"not a pickle")
    with runner(tmp_path / "data", **settings(assembly)) as running:
        assert "is of another version: starting empty" in running.log()
        assert stored(running)["item"] is None


def test_a_taken_port_is_one_line_with_the_mend(tmp_path: Path, assembly: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, output = ended(tmp_path, settings(assembly, PORT=str(port)))
    assert status == 1
    assert output == (
        f"make run: port {port} is taken: stop what uses it, or take another with PORT={port + 1} make run\n"
    )


def test_an_unknown_resource_type_is_one_line_with_the_mend(tmp_path: Path) -> None:
    odd = {"Blimp": {"Type": "AWS::Airship::Blimp", "Properties": {}}}
    status, output = ended(tmp_path, settings(stack.write(tmp_path / "assembly", odd)))
    assert status == 1
    assert output.count("\n") == 1
    assert "Blimp is an AWS::Airship::Blimp" in output
    assert "infra/local/resources.py" in output


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("PORT", "abc", "PORT=8000"),
        ("AUTH_MODE", "wide", "AUTH_MODE=open"),
        ("ORCHESTRATOR_LOCAL_IDLE", "-1", "=300"),
    ],
)
def test_a_wrong_setting_of_the_runner_is_one_line(tmp_path: Path, name: str, value: str, mend: str) -> None:
    status, output = ended(tmp_path, {name: value})
    assert (status, output.count("\n")) == (1, 1)
    assert repr(value) in output
    assert mend in output


def test_idle_workers_are_ended(tmp_path: Path, assembly: Path) -> None:
    with runner(tmp_path / "data", **settings(assembly, ORCHESTRATOR_LOCAL_IDLE="0.3")) as running:
        running.get("/echo")
        (worker,) = running.workers("sample-echo")
        until(lambda: not running.workers("sample-echo"), 5)
        until(lambda: not alive(worker), 5)
        assert running.get("/echo").status_code == 200


def test_a_runner_ends_with_the_process_that_wanted_it(tmp_path: Path, assembly: Path) -> None:
    parent = subprocess.Popen(["sleep", "600"])
    process = launch(tmp_path / "data", settings(assembly, ORCHESTRATOR_LOCAL_PARENT=str(parent.pid)))
    wait_ready(process, tmp_path / "data")
    parent.kill()
    parent.wait()
    assert process.wait(10) == 0


def test_a_schedule_fires_its_target(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    due = datetime.now(UTC) + timedelta(seconds=6)
    expression = f"at({due.strftime('%Y-%m-%dT%H:%M:%S')})"
    assembly = stack.write(tmp_path / "assembly", stack.schedule(notes, expression))
    with runner(tmp_path / "data", **settings(assembly)):
        until(notes.exists, 15)
        line = json.loads(until(lambda: notes.read_text().strip()))
    assert line["event"] == {"name": "tick", "at": due.strftime("%Y-%m-%dT%H:%M:%SZ")}


def test_the_template_may_change_under_the_data(tmp_path: Path, assembly: Path) -> None:
    with runner(tmp_path / "data", **settings(assembly)) as first:
        fill(first)
    file = assembly / f"{STACK}.template.json"
    template = json.loads(file.read_text())
    template["Resources"]["Index"]["Properties"]["Dimension"] = 8
    template["Resources"]["Table"]["Properties"]["KeySchema"].pop()
    template["Resources"]["Table"]["Properties"]["AttributeDefinitions"].pop(1)
    file.write_text(json.dumps(template))
    with runner(tmp_path / "data", **settings(assembly)) as second:
        table = second.boto("dynamodb")
        assert "Item" not in table.get_item(TableName="sample-table", Key={"pk": {"S": "kept"}})


def test_the_ready_line_comes_once_and_on_time(tmp_path: Path, assembly: Path) -> None:
    with runner(tmp_path / "data", **settings(assembly)) as running:
        assert running.log().count("orchestrator ready on") == 1
        assert running.log().splitlines()[-1].endswith(" s")
        assert os.path.exists(f"/proc/{running.pid}")
