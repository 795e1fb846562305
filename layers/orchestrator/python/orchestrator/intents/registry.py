"""Tools found in a package: their intents, their JSON Schemas from type hints, and how to call them."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from types import ModuleType
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from orchestrator.errors import InvalidInput, NotFound, json_path
from orchestrator.intents.plain import json_object, refuse_beyond_json
from orchestrator.intents.tool import Call, Options, ToolFunction, options_of

Providers = Mapping[type, Callable[[Call], object]]
"""For each class a tool may ask for in its signature: how to get one for a call."""


@dataclass(frozen=True)
class Tool:
    """One agent-mode tool. `injected` names the parameters that are filled by us, never by the caller."""

    intent: str
    function: ToolFunction
    options: Options
    injected: Mapping[str, type]

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (inspect.getdoc(self.function) or self.intent).partition("\n")[0]

    @cached_property
    def inputs(self) -> type[BaseModel]:
        """The model of the caller's inputs; unknown names are refused."""
        hints = get_type_hints(self.function, include_extras=True)
        fields: dict[str, Any] = {
            name: (hints.get(name, Any), ... if parameter.default is parameter.empty else parameter.default)
            for name, parameter in inspect.signature(self.function).parameters.items()
            if name not in self.injected
        }
        return create_model(self.function.__name__, __config__=ConfigDict(extra="forbid"), **fields)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the inputs."""
        return self.inputs.model_json_schema()

    def checked(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return `inputs` as the function's keyword arguments, defaults filled in.

        Raises:
            InvalidInput: naming the path of the first wrong value, with all of them in the hint.
        """
        refuse_beyond_json(inputs, "inputs")
        try:
            # As JSON and strictly: "true" is not true and "5" is not 5, but a date is still a string.
            model = self.inputs.model_validate_json(json.dumps(inputs), strict=True)
        except ValidationError as error:
            raise _invalid(self.intent, error) from error
        return {name: getattr(model, name) for name in self.inputs.model_fields}

    async def run(self, arguments: Mapping[str, Any], call: Call, providers: Providers) -> dict[str, Any]:
        """Call the function with checked `arguments` and what it asked to be given.

        Raises:
            TypeError: what it returned is no JSON object.
        """
        given = {
            name: call if wanted is Call else providers[wanted](call)
            for name, wanted in self.injected.items()
        }
        return json_object(await self.function(**arguments, **given), self.intent)


class Registry:
    """The tools of a package, by intent."""

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        """Keep `tools`, which `discover` finds."""
        self._tools = dict(sorted(tools.items()))

    def __contains__(self, intent: object) -> bool:
        return intent in self._tools

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def get(self, intent: str) -> Tool:
        """Return the tool of `intent`.

        Raises:
            NotFound: in the documented words, with the nearest name as the hint.
        """
        if tool := self._tools.get(intent):
            return tool
        near = get_close_matches(intent, self._tools, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "GET /intents lists every intent with its inputs."
        raise NotFound(f"Intent '{intent}' not found. Available: {list(self._tools)}", hint=hint)


def discover(package: ModuleType, providers: Providers) -> Registry:
    """Find every tool in `package`: the public function of each module that has the module's name.

    Raises:
        TypeError: a module has no such async function, or two answer to one intent.
    """
    tools: dict[str, Tool] = {}
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        tool = _tool_of(module, found.name, providers)
        if tool.intent in tools:
            raise TypeError(f"{module.__file__}: intent '{tool.intent}' already belongs to another tool")
        tools[tool.intent] = tool
    return Registry(tools)


def _tool_of(module: ModuleType, name: str, providers: Providers) -> Tool:
    function = getattr(module, name, None)
    if not inspect.iscoroutinefunction(function):
        raise TypeError(f"{module.__file__}: needs `async def {name}(...)`, the tool's function")
    options = options_of(function)
    hints = get_type_hints(function)
    injected = {parameter: hint for parameter, hint in hints.items() if hint is Call or hint in providers}
    injected.pop("return", None)
    return Tool(options.intent or name.replace("_", "."), function, options, injected)


def _invalid(intent: str, error: ValidationError) -> InvalidInput:
    problems = [
        (json_path(("inputs", *problem["loc"])), problem["msg"])
        for problem in error.errors(include_url=False, include_context=False)
    ]
    field, message = problems[0]
    return InvalidInput(
        f"{field}: {message}",
        field=field,
        hint="; ".join(f"{path}: {words}" for path, words in problems[1:])
        or f"GET /intents shows the inputs of {intent}.",
    )
