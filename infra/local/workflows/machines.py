"""The state machines of a template."""

from __future__ import annotations

import json
from dataclasses import dataclass

from infra.local.errors import RunnerError
from infra.local.shared import Json
from infra.local.template import Template
from infra.local.workflows.language import Program, compile_definition


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine of the template. `caller` is the access key its tasks' calls are made with."""

    arn: str
    name: str
    role_arn: str
    express: bool
    definition: str
    program: Program

    @property
    def role(self) -> str:
        """The name of its role."""
        return self.role_arn.rsplit("/", 1)[-1]

    @property
    def caller(self) -> str:
        """The name its calls are counted and checked under."""
        return f"states:{self.name}"


def machines_of(template: Template) -> dict[str, Machine]:
    """Return every state machine of the template by ARN.

    Raises:
        RunnerError: a definition uses what the runner does not know.
    """
    found: dict[str, Machine] = {}
    for resource in template.of("AWS::StepFunctions::StateMachine"):
        arn = template.arn(resource.id)
        try:
            found[arn] = _machine(arn, template.name(resource.id), resource.properties)
        except RunnerError as error:
            raise RunnerError(f"{resource.id}: {error}") from error
    return found


def _machine(arn: str, name: str, properties: Json) -> Machine:
    definition = properties.get("DefinitionString") or json.dumps(properties["Definition"])
    for key, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace("${" + key + "}", str(value))
    express = properties.get("StateMachineType") == "EXPRESS"
    return Machine(arn, name, str(properties["RoleArn"]), express, definition, compile_definition(definition))
