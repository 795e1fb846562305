"""Settings: environment variables, read once per function and checked by small models."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.errors import OrchestratorError


class SettingsError(OrchestratorError):
    """One or more environment variables are wrong; the message has a line for each."""


class Settings(BaseModel):
    """A group of environment variables: each field's alias is the variable, its example a valid value."""

    # A group is built when it is first read: a function pays for those it names, not for all in the module.
    model_config = ConfigDict(frozen=True, populate_by_name=True, defer_build=True)

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the group from `environment` (default: the process's). An empty value counts as unset.

        Raises:
            SettingsError: naming each wrong variable, what is wrong with it and an example.
        """
        source = os.environ if environment is None else environment
        names = cls.variables()
        values = {name: source[name] for name in names if source.get(name, "").strip()}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError("; ".join(_problem(entry, names) for entry in error.errors())) from error

    @classmethod
    def variables(cls) -> dict[str, str]:
        """Return each variable's name with an example of a valid value."""
        return {
            field.alias or name: str((field.examples or [field.default])[0])
            for name, field in cls.model_fields.items()
        }


def _problem(entry: Any, names: Mapping[str, str]) -> str:
    sentence = str(entry["msg"]).removeprefix("Value error, ")
    if not entry["loc"]:  # a rule over several variables: its sentence names them
        return sentence
    name = str(entry["loc"][0])
    return f"{name}: {sentence} (example: {names[name]})"
