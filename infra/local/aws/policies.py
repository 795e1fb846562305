"""The synthesized IAM policies of each role, and what they allow.

Evaluation, from "Policy evaluation logic" in the IAM user guide, for identity policies only: a matching Deny
wins, then a matching Allow, else the call is refused. Conditions are read as fulfilled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from infra.local.shared import Json
from infra.local.template import Template


@dataclass(frozen=True, slots=True)
class Statement:
    """One policy statement with its wildcards compiled."""

    allow: bool
    actions: re.Pattern[str]
    resources: re.Pattern[str]


class Policies:
    """Answers whether a caller's role may do something; decisions are remembered.

    `roles` maps callers (functions and state machines) to roles, `secret_keys` a secret's ARN to the ARN of
    the key that encrypts it.
    """

    def __init__(
        self,
        statements: dict[str, tuple[Statement, ...]],
        roles: dict[str, str],
        secret_keys: dict[str, str],
    ) -> None:
        self._statements = statements
        self.roles = roles
        self.secret_keys = secret_keys
        self._decisions: dict[tuple[str, str, str], bool] = {}

    @classmethod
    def of(cls, template: Template, roles: dict[str, str]) -> Policies:
        """Collect the policies of the template by role; `roles` has each caller's."""
        collected: dict[str, list[Statement]] = {}
        for role in template.of("AWS::IAM::Role"):
            name = template.name(role.id)
            for policy in role.properties.get("Policies", ()):
                collected.setdefault(name, []).extend(_statements(policy["PolicyDocument"]))
        for policy in template.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for name in policy.properties.get("Roles", ()):
                collected.setdefault(name, []).extend(_statements(policy.properties["PolicyDocument"]))
        statements = {name: tuple(items) for name, items in collected.items()}
        keys = {
            template.arn(secret.id): str(secret.properties["KmsKeyId"])
            for secret in template.of("AWS::SecretsManager::Secret")
            if "KmsKeyId" in secret.properties
        }
        return cls(statements, roles, keys)

    def allows(self, caller: str, action: str, resource: str) -> bool:
        """Return whether the caller's role allows `action` on the resource's ARN."""
        key = (caller, action, resource)
        decision = self._decisions.get(key)
        if decision is None:
            decision = self._decisions[key] = self._decide(*key)
        return decision

    def _decide(self, caller: str, action: str, resource: str) -> bool:
        role = self.roles.get(caller, "")
        matching = [
            statement.allow
            for statement in self._statements.get(role, ())
            if statement.actions.fullmatch(action) and statement.resources.fullmatch(resource)
        ]
        return bool(matching) and all(matching)


def _statements(document: Json) -> list[Statement]:
    return [
        Statement(
            statement["Effect"] == "Allow",
            _pattern(statement.get("Action", []), re.IGNORECASE),
            _pattern(statement.get("Resource", "*"), re.NOFLAG),
        )
        for statement in _listed(document["Statement"])
    ]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]


def _pattern(value: Any, flags: re.RegexFlag) -> re.Pattern[str]:
    """Compile IAM wildcards: `*` is any text, `?` is one character."""
    parts = [re.escape(str(item)).replace(r"\*", ".*").replace(r"\?", ".") for item in _listed(value)]
    return re.compile("|".join(f"(?:{part})" for part in parts), flags)
