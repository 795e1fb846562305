"""Vendor keys on a laptop: from `.env` into Secrets Manager, or a stand-in for the vendor.

A vendor is known by its secret's metadata in the template: `{"vendor", "keys", "base_url"}`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.resources import Call
from infra.local.template import Template

PLACEHOLDER = "local-stand-in"
"""The key a stand-in is called with."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor of the template: its secret's ARN and name, its fields and the variable of its base URL."""

    name: str
    secret: str
    secret_name: str
    keys: tuple[str, ...]
    base_url: str | None


def vendors_of(template: Template) -> list[Vendor]:
    """Return every vendor that has a secret in the template."""
    found: list[Vendor] = []
    for resource in template.of("AWS::SecretsManager::Secret"):
        metadata = resource.metadata
        if "vendor" in metadata:
            keys = tuple(metadata.get("keys", ()))
            arn, name = template.arn(resource.id), template.name(resource.id)
            found.append(Vendor(metadata["vendor"], arn, name, keys, metadata.get("base_url")))
    return found


def is_configured(vendor: Vendor, settings: Mapping[str, str]) -> bool:
    """Return whether the developer has a key for the vendor, or points its SDK somewhere else."""
    own_url = bool(vendor.base_url and settings.get(vendor.base_url, "").strip())
    return own_url or any(settings.get(key, "").strip() for key in vendor.keys)


def secret_value(vendor: Vendor, settings: Mapping[str, str]) -> str:
    """Return the secret as JSON: each key's value, or the placeholder where it is unset."""
    return json.dumps({key: settings.get(key, "").strip() or PLACEHOLDER for key in vendor.keys})


def store_secrets(vendors: list[Vendor], settings: Mapping[str, str], call: Call) -> None:
    """Put every vendor's keys into Secrets Manager."""
    for vendor in vendors:
        call(
            "secretsmanager",
            "PutSecretValue",
            {"SecretId": vendor.secret, "SecretString": secret_value(vendor, settings)},
        )
