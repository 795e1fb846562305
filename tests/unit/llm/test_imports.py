"""What the adapters load, since the functions that answer first have no time for the vendors' SDKs."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "too_heavy"),
    [
        ("orchestrator.integrations.openai", {"openai", "boto3", "asyncssh"}),
        ("orchestrator.llm.registry", {"openai", "httpx2"}),
        ("orchestrator.llm.structured", {"openai", "httpx2", "json_repair"}),
        ("orchestrator.wiring.llm", {"openai", "httpx2", "boto3", "botocore"}),
        ("orchestrator.llm.hashing", {"openai", "httpx2"}),
        ("orchestrator.intents.tools.ssh_exec", {"asyncssh", "cryptography", "httpx2"}),
        ("orchestrator.intents.tools.ssh_exec_peek", {"asyncssh", "cryptography", "httpx2"}),
        ("infra.local.sandbox", {"starlette", "asyncssh", "cryptography"}),
        ("infra.local.sandbox.ssh", {"starlette", "asyncssh", "cryptography"}),
    ],
)
def test_a_module_does_not_load_what_only_others_need(module: str, too_heavy: set[str]) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert too_heavy.isdisjoint(done.stdout.split())
