"""A real runner process for tests, and what to ask it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
# The runner speaks plain HTTP: reading the certificates of the web would take 50 ms of each call.
HTTP: dict[str, Any] = {"timeout": 60, "verify": False}
T = TypeVar("T")


@dataclass(frozen=True)
class Running:
    """A runner that is up. `environment` is what `.local/env` says: endpoint, key, resource names."""

    url: str
    pid: int
    data: Path
    output: Path

    @property
    def environment(self) -> dict[str, str]:
        lines = (self.data / "env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def endpoint(self) -> str:
        """Where AWS SDKs talk to."""
        return self.environment["AWS_ENDPOINT_URL"]

    def http(self, **options: Any) -> httpx2.Client:
        """A client of the HTTP port."""
        return httpx2.Client(base_url=self.url, **HTTP, **options)

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return httpx2.get(self.url + path, **HTTP, **options)

    def post(self, path: str, **options: Any) -> httpx2.Response:
        return httpx2.post(self.url + path, **HTTP, **options)

    def delete(self, path: str) -> httpx2.Response:
        return httpx2.delete(self.url + path, **HTTP)

    def boto(self, service: str, key: str = "local-admin") -> Any:
        """An SDK client; with a function's name as `key` it has that function's permissions."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,  # pyright: ignore
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False),
        )

    def log(self) -> str:
        """Everything the runner printed so far."""
        return self.output.read_text()

    def calls(self, function: str) -> dict[str, int]:
        """How often a function called each AWS action since the last reset."""
        return self.get("/_local/calls").json().get(function, {})

    def workers(self, function: str) -> list[int]:
        """The process ids of a function's live workers."""
        return self.get("/_local/workers").json().get(function, [])

    def kill(self, function: str) -> None:
        """Kill a function's live workers, one at least."""
        for pid in until(lambda: self.workers(function)):
            assert pid > 0  # 0 would be our own process group
            os.kill(pid, signal.SIGKILL)


def until(check: Callable[[], T], seconds: float = 20.0) -> T:
    """Poll until `check` is truthy and return its value; fails the test after `seconds`."""
    begun = time.monotonic()
    while not (value := check()):
        waited = time.monotonic() - begun
        assert waited < seconds, f"not within {seconds} s"
        # Looking takes time from those who are waited for: the longer it took, the less often.
        time.sleep(min(0.02 + waited / 20, 0.2))
    return value


def launch(data: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a runner process; its output goes to `data/output`."""
    data.mkdir(parents=True, exist_ok=True)
    base = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")}
    with (data / "output").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=ROOT,
            env={
                **base,
                "PORT": "0",
                "ORCHESTRATOR_LOCAL_DIR": str(data),
                "ORCHESTRATOR_LOCAL_RELOAD": "0",
                "ORCHESTRATOR_LOCAL_PARENT": str(os.getpid()),
                "ORCHESTRATOR_LOCAL_ENV_FILE": os.devnull,
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_ready(process: subprocess.Popen[bytes], data: Path) -> Running:
    """Wait for the ready line."""

    def ready() -> re.Match[str] | None:
        text = (data / "output").read_text()
        assert process.poll() is None, f"the runner ended: {text}"
        return re.search(r"orchestrator ready on (\S+)", text)

    return Running(until(ready, START_SECONDS)[1], process.pid, data, data / "output")


@contextlib.contextmanager
def runner(data: Path, **environment: str) -> Iterator[Running]:
    """A runner of one's own, stopped the way Ctrl-C stops it."""
    process = launch(data, environment)
    try:
        yield wait_ready(process, data)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
