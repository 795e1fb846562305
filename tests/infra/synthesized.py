"""Synthesized templates for the tests of this folder, and questions to ask of them."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.deployment import ROOT, dependency_groups

Json = dict[str, Any]
CANARY = "canary-of-a-secret-4711"
"""Every vendor's key during the test synths: it must not turn up in what was synthesized."""


@dataclass(frozen=True)
class Stack:
    """One synthesized stack: its template, the folder it lies in, what the synth printed."""

    stage: str
    out: Path

    @property
    def template(self) -> Json:
        return json.loads(self.file.read_text())

    @property
    def file(self) -> Path:
        return self.out / f"orchestrator-{self.stage}.template.json"

    def of(self, kind: str) -> dict[str, Json]:
        """All resources of type `AWS::<kind>` (or exactly `kind`), by logical id."""
        full = kind if kind.startswith("Custom::") else f"AWS::{kind}"
        return {id: r for id, r in self.template["Resources"].items() if r["Type"] == full}

    def functions(self) -> dict[str, Json]:
        """The functions that are folders, by folder."""
        return {
            r["Metadata"]["orchestrator"]["folder"]: r
            for r in self.of("Lambda::Function").values()
            if "orchestrator" in r["Metadata"]
        }

    def statements(self, role: str) -> list[Json]:
        policies = self.template["Resources"][role]["Properties"]["Policies"]
        return [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def documents(node: Any) -> Iterator[Json]:
    """Every policy statement anywhere in a template."""
    if isinstance(node, dict):
        if "Effect" in node and ("Action" in node or "NotAction" in node):
            yield node
        for value in node.values():
            yield from documents(value)
    elif isinstance(node, list):
        for value in node:
            yield from documents(value)


def fake_layers(folder: Path) -> Path:
    """Layer folders with nothing in them, so that no test needs `make layers`."""
    for group in dependency_groups():
        (folder / group / "python").mkdir(parents=True, exist_ok=True)
        (folder / group / "python" / "placeholder.py").write_text("")
    return folder


def synth(out: Path, context: Json, root: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the CDK app as its users do: as a program."""
    own = {name: value for name, value in os.environ.items() if name not in ("AUTH_MODE", "CORS_ORIGINS")}
    return subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env={
            **own,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/orchestrator/python'}",
            "CDK_OUTDIR": str(out),
            "CDK_CONTEXT_JSON": json.dumps({**context, "root": str(root)}),
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def once(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Let one of the parallel test processes make `folder/name`; the others wait for it."""
    made = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "complete").exists():
            made.mkdir(parents=True, exist_ok=True)
            make(made)
            (made / "complete").touch()
    return made
