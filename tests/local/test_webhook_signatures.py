"""The commands and receivers of docs/webhooks.md, unchanged, against the real runner and real deliveries."""

from __future__ import annotations

import json
import re
import subprocess
import time
import uuid
from typing import Any

import pytest

from orchestrator.webhooks import signing
from tests.local.analysing import accepted, marker, text
from tests.local.receiving import Delivered, Receiver
from tests.local.running import ROOT, Running, until

TEXT = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
SECRET = "your-secret-key"


def blocks(language: str, holding: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return [block for block in found if holding in block]


def shell(runner: Running, command: str) -> str:
    command = command.replace("localhost:8000", runner.url.removeprefix("http://"))
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout


def defined(holding: str) -> dict[str, Any]:
    """What the Python receiver of the page defines."""
    (source,) = blocks("python", holding)
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102 - our own page
    return names


def delivered(runner: Running, receiver: Receiver, secret: Any) -> Delivered:
    path = f"/{uuid.uuid4().hex}"
    accepted(runner, text(marker()), webhook_url=receiver.at(path), webhook_secret=secret)
    return until(lambda: receiver.got(path), 60)[0]


def test_a_receiver_as_the_document_shows_it_verifies_a_real_delivery(
    runner: Running, receiver: Receiver
) -> None:
    verify = defined("def verify_webhook")["verify_webhook"]
    one = delivered(runner, receiver, SECRET)
    assert verify(one.body, one.headers["x-webhook-signature"], SECRET)
    assert not verify(one.body + b" ", one.headers["x-webhook-signature"], SECRET)
    assert json.loads(one.body)["type"] == "analysis.completed"


def test_a_receiver_with_the_official_library_verifies_a_real_delivery(
    runner: Running, receiver: Receiver
) -> None:
    one = delivered(runner, receiver, ["a-newer-key", SECRET])
    receive = defined("import Webhook ")["receive"]
    assert receive(one.body, one.headers) == json.loads(one.body)
    with pytest.raises(Exception, match="No matching signature"):
        receive(one.body.replace(b"analysis", b"Analysis"), one.headers)


def test_the_command_that_makes_a_secret_portable_makes_the_one_the_receiver_has(runner: Running) -> None:
    (command,) = blocks("bash", "printf 'whsec_")
    made = shell(runner, command).strip()
    assert made == command.rpartition("# ")[2].strip()
    assert made in blocks("python", "import Webhook ")[0]


def test_the_command_for_the_test_receiver_is_told_its_slip(runner: Running) -> None:
    (command,) = blocks("bash", "/webhook/callback/test")
    said = json.loads(shell(runner, command))["signature"]["because"]
    assert f'"because":"{said}"' in command


@pytest.mark.parametrize("number", [0, 1])
def test_the_commands_that_sign_a_request_are_accepted_and_only_once(runner: Running, number: int) -> None:
    command = blocks("bash", "/webhook/receive")[number]
    first = shell(runner, command)
    # The plain scheme knows no time: another run of these tests may have sent the same bytes.
    assert re.match(r"HTTP/1\.1 (202|409) ", first), first
    assert "req_" in first
    if number == 0:
        assert shell(runner, command).startswith("HTTP/1.1 409 ")


def test_a_signed_batch_is_within_what_the_function_may_do(runner: Running) -> None:
    body = json.dumps({"texts": [f"Ada Lovelace was in London, {number} times." for number in range(3)]})
    headers = signing.headers(body.encode(), ["local-stand-in"], "msg_batch", int(time.time()))
    answer = runner.post(
        "/webhook/receive", content=body, headers=headers | {"content-type": "application/json"}
    )
    assert (answer.status_code, len(answer.json()["requests"])) == (202, 3)
