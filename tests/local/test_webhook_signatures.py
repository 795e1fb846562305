"""The commands and receivers of docs/webhooks.md, unchanged, against the real runner and real deliveries."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from orchestrator.webhooks import signing
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


@dataclass
class Receiver:
    """`deliveries` are bodies and headers as they came."""

    url: str
    deliveries: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.deliveries.append((body, dict(self.headers)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


def delivered(runner: Running, receiver: Receiver, secret: Any) -> tuple[bytes, dict[str, str]]:
    body = {"text": f"Ada Lovelace was in London. {receiver.url}", "webhook_url": receiver.url}
    runner.post("/api/v1/process", json=body | {"webhook_secret": secret}).raise_for_status()
    return until(lambda: receiver.deliveries, 60)[0]


def test_a_receiver_as_the_document_shows_it_verifies_a_real_delivery(
    runner: Running, receiver: Receiver
) -> None:
    verify = defined("def verify_webhook")["verify_webhook"]
    body, headers = delivered(runner, receiver, SECRET)
    assert verify(body, headers["X-Webhook-Signature"], SECRET)
    assert not verify(body + b" ", headers["X-Webhook-Signature"], SECRET)
    assert json.loads(body)["type"] == "analysis.completed"


def test_a_receiver_with_the_official_library_verifies_a_real_delivery(
    runner: Running, receiver: Receiver
) -> None:
    body, headers = delivered(runner, receiver, ["a-newer-key", SECRET])
    assert defined("import Webhook ")["receive"](body, headers) == json.loads(body)
    with pytest.raises(Exception, match="No matching signature"):
        defined("import Webhook ")["receive"](body.replace(b"analysis", b"Analysis"), headers)


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
