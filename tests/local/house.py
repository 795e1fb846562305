"""A stack in `AUTH_MODE=key`, and the command that makes its keys."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from tests.local.analysing import FINAL, marker, text
from tests.local.running import ROOT, Running, until


@dataclass(frozen=True)
class House:
    """The running stack, and its `orchestrator.tenancy` command."""

    running: Running
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        paths = f"{ROOT}:{ROOT / 'layers/orchestrator/python'}"
        return subprocess.run(
            [sys.executable, "-m", "orchestrator.tenancy", *arguments, "--local"],
            check=False,
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": paths,
                "ORCHESTRATOR_LOCAL_DIR": str(self.running.data),
            },
            capture_output=True,
            text=True,
            timeout=60,
        )

    def key(self, tenant: str, scopes: str = "*") -> str:
        """A key for the tenant, made with the command, once."""
        if (tenant, scopes) not in self.keys:
            done = self.command("create", "--tenant", tenant, "--name", "test", "--scopes", scopes)
            assert done.returncode == 0, done.stderr
            self.keys[tenant, scopes] = done.stdout.strip()
        return self.keys[tenant, scopes]

    def ask(self, method: str, path: str, headers: dict[str, str], **options: Any) -> tuple[int, Any]:
        with self.running.http() as client:
            answer = client.request(method, path, headers=headers, **options)
        return answer.status_code, answer.json() if answer.content else None


@dataclass(frozen=True)
class Tenant:
    """Asks with its key; every answer is its status and what it says."""

    house: House
    headers: dict[str, str]

    def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        return self.house.ask(method, path, self.headers, **options)

    def get(self, path: str, **params: Any) -> Any:
        code, body = self.ask("GET", path, params=params)
        assert code == 200, body
        return body

    def finished(self, **body: Any) -> str:
        """Have a text analysed and return the id of its request."""
        given = {"text": text(marker()), "orchestration_mode": "parallel"} | body
        code, answer = self.ask("POST", "/api/v1/process", json=given)
        assert code == 202, answer
        until(lambda: self.get(answer["results_url"])["status"] in FINAL, 60)
        return answer["request_id"]

    def delivery(self, request_id: str, status: str) -> dict[str, Any]:
        """The log of a request's webhook once it has that status."""
        path = f"/api/v1/webhook-logs/{request_id}"
        return until(lambda: (log := self.ask("GET", path)[1]).get("status") == status and log, 60)
