"""Vendor keys on a laptop: from `.env` into Secrets Manager, or a stand-in for the vendor.

A vendor is known by its secret's metadata in the template: `{"vendor", "keys", "optional", "base_url",
"sample"}`. The optional keys stay empty when they are unset; `sample` is a pattern of values that nobody has
replaced yet and that count as unset.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.resources import Call
from infra.local.template import Template

PLACEHOLDER = "local-stand-in"
"""The key a stand-in is called with."""
NOTHING = "(?!)"
"""A pattern that matches nothing."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor of the template: its secret's ARN and name, its fields and the variable of its base URL."""

    name: str
    secret: str
    secret_name: str
    keys: tuple[str, ...]
    base_url: str | None
    sample: str = NOTHING
    optional: tuple[str, ...] = ()

    def own(self, name: str, settings: Mapping[str, str]) -> str:
        """Return the developer's value of a variable, empty when it is unset or a sample."""
        value = settings.get(name, "").strip()
        return "" if re.fullmatch(self.sample, value) else value


def vendors_of(template: Template) -> list[Vendor]:
    """Return every vendor that has a secret in the template."""
    found: list[Vendor] = []
    for resource in template.of("AWS::SecretsManager::Secret"):
        metadata = resource.metadata
        if "vendor" in metadata:
            keys = tuple(metadata.get("keys", ()))
            arn, name = template.arn(resource.id), template.name(resource.id)
            own_url, sample = metadata.get("base_url"), metadata.get("sample", NOTHING)
            optional = tuple(metadata.get("optional", ()))
            found.append(Vendor(metadata["vendor"], arn, name, keys, own_url, sample, optional))
    return found


def is_configured(vendor: Vendor, settings: Mapping[str, str]) -> bool:
    """Return whether the developer has a key for the vendor, or points its SDK somewhere else."""
    own_url = bool(vendor.base_url and vendor.own(vendor.base_url, settings))
    return own_url or any(vendor.own(key, settings) for key in vendor.keys)


def secret_value(vendor: Vendor, settings: Mapping[str, str]) -> str:
    """Return the secret as JSON: each key's value; where it is unset the placeholder, or nothing."""
    unset = {key: "" if key in vendor.optional else PLACEHOLDER for key in vendor.keys}
    return json.dumps({key: vendor.own(key, settings) or unset[key] for key in vendor.keys})


def store_secrets(vendors: list[Vendor], settings: Mapping[str, str], call: Call) -> None:
    """Put every vendor's keys into Secrets Manager."""
    for vendor in vendors:
        call(
            "secretsmanager",
            "PutSecretValue",
            {"SecretId": vendor.secret, "SecretString": secret_value(vendor, settings)},
        )
