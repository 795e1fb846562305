"""Settings: environment variables, read once per function and checked by small models."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.errors import OrchestratorError


class SettingsError(OrchestratorError):
    """One or more environment variables are wrong; the message has a line for each."""


class Settings(BaseModel):
    """A group of environment variables. Each field's alias is the variable's name, its example a valid value."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

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
            problems = [f"{e['loc'][0]}: {e['msg']} (example: {names[str(e['loc'][0])]})" for e in error.errors()]
            raise SettingsError("; ".join(problems)) from error

    @classmethod
    def variables(cls) -> dict[str, str]:
        """Return each variable's name with an example of a valid value."""
        return {
            field.alias or name: str((field.examples or [field.default])[0])
            for name, field in cls.model_fields.items()
        }
