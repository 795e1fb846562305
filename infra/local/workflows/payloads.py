"""How data enters and leaves a state: InputPath, Parameters, ResultSelector, ResultPath, OutputPath.

Source: "Processing input and output in Step Functions".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.local.errors import RunnerError
from infra.local.shared import Json, as_array, as_object
from infra.local.workflows.failures import DATA_LIMIT, RESULT_PATH, RUNTIME, Failure
from infra.local.workflows.intrinsics import Evaluate, compile_intrinsic, to_text
from infra.local.workflows.paths import ROOT, MissingError, Path, compile_path

LARGEST = 262_144
"""Bytes of a state's input or output."""


def compile_expression(text: str) -> Evaluate:
    """Read the value of a field whose name ends in `.$`: a path or an intrinsic function.

    Raises:
        RunnerError: it is neither.
    """
    if text.startswith("$"):
        return compile_path(text).read
    if text.startswith("States."):
        return compile_intrinsic(text)
    raise RunnerError(f"{text!r} is neither a JSONPath nor an intrinsic function")


def compile_template(value: Any) -> Evaluate:
    """Read a payload template: fields ending in `.$` are computed, all else is as written.

    Raises:
        RunnerError: as `compile_expression`.
    """
    named, array = as_object(value), as_array(value)
    if named is not None:
        fields = [_field(name, inner) for name, inner in named.items()]
        return lambda data, context: {name: evaluate(data, context) for name, evaluate in fields}
    if array is not None:
        items = [compile_template(inner) for inner in array]
        return lambda data, context: [evaluate(data, context) for evaluate in items]
    return lambda data, context: value


def _field(name: str, value: Any) -> tuple[str, Evaluate]:
    if not name.endswith(".$"):
        return name, compile_template(value)
    if not isinstance(value, str):
        raise RunnerError(f"{name!r} must have a text: a JSONPath or an intrinsic function")
    return name.removesuffix(".$"), _located(name, compile_expression(value))


def _located(field: str, evaluate: Evaluate) -> Evaluate:
    def located(data: Any, context: Json) -> Any:
        try:
            return evaluate(data, context)
        except MissingError as error:
            text = f"The JSONPath '{error}' specified for the field '{field}' could not be found in the input"
            raise Failure(RUNTIME, f"{text} '{to_text(data)}'") from error

    return located


@dataclass(frozen=True, slots=True)
class Passage:
    """The five fields of one state; `input`, `result` and `output` are None where the definition has null."""

    input: Path | None = ROOT
    parameters: Evaluate | None = None
    selector: Evaluate | None = None
    result: Path | None = ROOT
    output: Path | None = ROOT

    @classmethod
    def of(cls, fields: Json) -> Passage:
        """Read the fields of a state's definition."""
        return cls(
            input=path_or_null(fields, "InputPath"),
            parameters=_template(fields, "Parameters"),
            selector=_template(fields, "ResultSelector"),
            result=path_or_null(fields, "ResultPath"),
            output=path_or_null(fields, "OutputPath"),
        )

    def select(self, data: Any, context: Json) -> Any:
        """Return the part of the state's input that InputPath names."""
        return read(self.input, data, context, "InputPath")

    def enter(self, data: Any, context: Json) -> Any:
        """Return what the state works on."""
        selected = self.select(data, context)
        return self.parameters(selected, context) if self.parameters else selected

    def leave(self, data: Any, result: Any, context: Json) -> Any:
        """Return the state's output from its input and its result."""
        if self.selector:
            result = self.selector(result, context)
        return limited(read(self.output, put(self.result, data, result), context, "OutputPath"))


def put(path: Path | None, data: Any, result: Any) -> Any:
    """Return `data` with the result at ResultPath; null keeps the data as it is."""
    if path is None:
        return data
    try:
        return path.write(data, result)
    except MissingError as error:
        text = f"Unable to apply ReferencePath {path.text} to input {to_text(data)}"
        raise Failure(RESULT_PATH, text) from error


def read(path: Path | None, data: Any, context: Json, field: str) -> Any:
    """Return what InputPath or OutputPath selects; null selects an empty object."""
    if path is None:
        return {}
    try:
        return path.read(data, context)
    except MissingError as error:
        raise Failure(
            RUNTIME, f"Invalid path '{path.text}' in {field}: no such place in the input"
        ) from error


def limited(value: Any) -> Any:
    """Return the value, unless it is larger than a state may pass on."""
    if len(to_text(value).encode()) > LARGEST:
        text = "The state/task returned a result with a size exceeding the maximum number of bytes"
        raise Failure(DATA_LIMIT, text)
    return value


def path_or_null(fields: Json, name: str) -> Path | None:
    """Read a path field: `$` when absent, None when null."""
    text: Any = fields.get(name, "$")
    return ROOT if text == "$" else None if text is None else compile_path(str(text))


def _template(fields: Json, name: str) -> Evaluate | None:
    return compile_template(fields[name]) if name in fields else None
