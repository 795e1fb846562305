"""A synthesized CloudFormation template with its intrinsic functions resolved.

Physical names are deterministic (the name in the template, else `<stack>-<logical id>`), so `Ref` and
`Fn::GetAtt` need no creation order and a restart finds the same resources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.errors import RunnerError
from infra.local.identifiers import REF_IS_ARN, arn_of, attribute_of, name_of, reference_of
from infra.local.shared import ACCOUNT, REGION, Json, as_array, as_object

_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where this runner listens: `aws` for SDK calls, `http` for the HTTP API."""

    aws: str
    http: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource with resolved properties."""

    id: str
    type: str
    properties: Json
    metadata: Json


@dataclass
class Template:
    """The one stack of an application. `assets` maps an asset's object key to its path on disk."""

    stack: str
    document: Json
    assets: dict[str, Path]
    endpoints: Endpoints
    _resolved: dict[str, Resource] = field(default_factory=lambda: {})

    @classmethod
    def load(cls, out: Path, stack: str, endpoints: Endpoints) -> Template:
        """Read `<stack>.template.json` and `<stack>.assets.json` from a cloud assembly."""
        document = json.loads((out / f"{stack}.template.json").read_text())
        files: dict[str, Json] = json.loads((out / f"{stack}.assets.json").read_text())["files"]
        assets = {
            destination["objectKey"]: (out / entry["source"]["path"]).resolve()
            for entry in files.values()
            for destination in entry["destinations"].values()
        }
        return cls(stack, document, assets, endpoints)

    def of(self, *types: str) -> Iterator[Resource]:
        """Yield every resource of the given types, in template order."""
        for logical_id, raw in self.document["Resources"].items():
            if raw["Type"] in types:
                yield self.resource(logical_id)

    def resource(self, logical_id: str) -> Resource:
        """Return one resource with its properties resolved."""
        if logical_id not in self._resolved:
            raw = self.document["Resources"][logical_id]
            properties = self.resolve(raw.get("Properties", {}))
            metadata = raw.get("Metadata", {}).get("orchestrator", {})
            self._resolved[logical_id] = Resource(logical_id, raw["Type"], properties, metadata)
        return self._resolved[logical_id]

    def name(self, logical_id: str) -> str:
        """Return the resource's physical name."""
        return name_of(self.stack, logical_id, self.document["Resources"][logical_id])

    def arn(self, logical_id: str) -> str:
        """Return the resource's ARN."""
        raw = self.document["Resources"][logical_id]
        if raw["Type"] == "AWS::S3Vectors::Index":
            properties = raw["Properties"]
            bucket = self.resolve(properties.get("VectorBucketArn") or properties["VectorBucketName"])
            bucket = str(bucket).rsplit("/", 1)[-1]
            return f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/{bucket}/index/{self.name(logical_id)}"
        return arn_of(raw["Type"], self.name(logical_id))

    def resolve(self, value: Any) -> Any:
        """Replace every intrinsic function in a value; `AWS::NoValue` disappears."""
        array = as_array(value)
        if array is not None:
            return [resolved for item in array if (resolved := self.resolve(item)) is not None]
        mapping = as_object(value)
        if mapping is None:
            return value
        if len(mapping) == 1:
            ((key, argument),) = mapping.items()
            if key == "Ref" or key.startswith("Fn::"):
                return self._intrinsic(key, argument)
        return {k: resolved for k, v in mapping.items() if (resolved := self.resolve(v)) is not None}

    def _intrinsic(self, function: str, argument: Any) -> Any:
        match function:
            case "Ref":
                return self._ref(argument)
            case "Fn::GetAtt":
                logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
                return self._attribute(logical_id, attribute)
            case "Fn::Join":
                return str(argument[0]).join(str(part) for part in self.resolve(argument[1]))
            case "Fn::Select":
                return self.resolve(argument[1])[int(self.resolve(argument[0]))]
            case "Fn::Split":
                return str(self.resolve(argument[1])).split(argument[0])
            case "Fn::Sub":
                return self._substitute(argument)
            case _:
                raise RunnerError(f"{function} in the template: teach infra/local/template.py about it")

    def _ref(self, logical_id: str) -> Any:
        pseudo = {
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.stack,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{self.stack}/local",
            "AWS::NoValue": None,
        }
        if logical_id in pseudo:
            return pseudo[logical_id]
        raw = self.document["Resources"].get(logical_id)
        if raw is None:
            return self.document["Parameters"][logical_id].get("Default")
        if raw["Type"] in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
            qualifier = raw["Properties"].get("Name", "1")
            return f"{self._function_arn(raw)}:{qualifier}"
        if raw["Type"] in REF_IS_ARN:
            return self.arn(logical_id)
        return reference_of(raw["Type"], logical_id, self.name(logical_id), self.endpoints.aws)

    def _function_arn(self, raw: Json) -> str:
        name = str(self.resolve(raw["Properties"]["FunctionName"]))
        return name if name.startswith("arn:") else arn_of("AWS::Lambda::Function", name)

    def _attribute(self, logical_id: str, attribute: str) -> Any:
        raw = self.document["Resources"][logical_id]
        if attribute == "ApiEndpoint":
            return self.endpoints.http
        if attribute == "FunctionArn":
            return self._function_arn(raw)
        if attribute == "Arn" or attribute.endswith(("Arn", ".Arn")):
            return self.arn(logical_id) + ("/stream/local" if attribute == "StreamArn" else "")
        return attribute_of(attribute, self.name(logical_id), self.endpoints.aws)

    def _substitute(self, argument: Any) -> str:
        text, given = as_array(argument) or [argument, {}]
        names: Json = self.resolve(given)

        def replace(match: re.Match[str]) -> str:
            literal, key = match.groups()
            if literal:
                return "${" + key + "}"
            if key in names:
                return str(names[key])
            return str(self._attribute(*key.split(".", 1)) if "." in key else self._ref(key))

        return _PLACEHOLDER.sub(replace, text)
