"""What the runner knows of one synthesized Lambda function."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from infra.local.shared import ACCOUNT, REGION
from infra.local.template import Resource, Template


@dataclass(frozen=True, slots=True)
class LocalFunction:
    """One Lambda. `timeout` in seconds, `memory` in MB; `groups` are the dependency groups of its layers."""

    name: str
    role: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    environment: dict[str, str]
    timeout: float
    memory: int
    snap_start: bool
    json_logs: bool
    folder: str
    settings: tuple[str, ...]
    secrets: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def arn(self) -> str:
        """The function's unqualified ARN."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"

    @property
    def short_name(self) -> str:
        """The folder's own name for logs, for example `api/health`."""
        return self.folder.removeprefix("functions/") or self.name

    def search_path(self) -> str:
        """What goes on the worker's `PYTHONPATH`: the code and each layer's `python` folder that exists."""
        folders = [self.code, *(layer / "python" for layer in self.layers)]
        return ":".join(str(folder) for folder in folders if folder.is_dir())


def functions_of(template: Template) -> dict[str, LocalFunction]:
    """Return every Lambda of the template by physical name."""
    found = (_function(template, resource) for resource in template.of("AWS::Lambda::Function"))
    return {function.name: function for function in found}


def _function(template: Template, resource: Resource) -> LocalFunction:
    properties = resource.properties
    name = template.name(resource.id)
    return LocalFunction(
        name=name,
        role=str(properties.get("Role", "")).rsplit("/", 1)[-1],
        handler=properties["Handler"],
        code=template.assets[properties["Code"]["S3Key"]],
        layers=tuple(_layers(template, properties.get("Layers", []))),
        environment={k: str(v) for k, v in properties.get("Environment", {}).get("Variables", {}).items()},
        timeout=float(properties.get("Timeout", 3)),
        memory=int(properties.get("MemorySize", 128)),
        snap_start="SnapStart" in properties,
        json_logs=properties.get("LoggingConfig", {}).get("LogFormat") == "JSON",
        folder=str(resource.metadata.get("folder", name)),
        settings=tuple(resource.metadata.get("settings", ())),
        secrets=tuple(resource.metadata.get("secrets", ())),
        groups=tuple(resource.metadata.get("layers", ())),
    )


def _layers(template: Template, arns: list[str]) -> list[Path]:
    """Return the folders of the layers that are part of this stack, in the order Lambda merges them."""
    paths: list[Path] = []
    for arn in arns:
        match = re.search(r":layer:([^:]+):", arn)
        if match and match[1] in template.document["Resources"]:
            content = template.resource(match[1]).properties["Content"]
            paths.append(template.assets[content["S3Key"]])
    return paths
