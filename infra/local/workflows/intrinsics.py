"""Intrinsic functions (`States.Format(…)`), compiled once.

Source: "Intrinsic functions for JSONPath states in Step Functions".
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

from infra.local.errors import RunnerError
from infra.local.shared import Json
from infra.local.workflows.failures import INTRINSIC, Failure
from infra.local.workflows.paths import compile_path

Evaluate = Callable[[Any, Json], Any]
"""Computes a value from the state's data and the context object."""

_TOKEN = re.compile(r"\s*(?:(?P<name>States\.\w+)\(|(?P<text>'(?:[^'\\]|\\.)*')|(?P<word>[^\s,()']+))")
_CONSTANTS: Json = {"true": True, "false": False, "null": None}


def compile_intrinsic(text: str) -> Evaluate:
    """Read a call.

    Raises:
        RunnerError: it is malformed, or the function is not known.
    """
    reader = _Reader(text)
    evaluate = reader.value()
    if text[reader.position :].strip():
        raise reader.problem()
    return evaluate


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def problem(self) -> RunnerError:
        return RunnerError(f"the laptop runner cannot read the intrinsic function {self.text!r}")

    def value(self) -> Evaluate:
        match = _TOKEN.match(self.text, self.position)
        if not match:
            raise self.problem()
        self.position = match.end()
        if match["name"]:
            return self._call(match["name"])
        if match["text"]:
            literal = re.sub(r"\\(.)", r"\1", match["text"][1:-1])
            return lambda data, context: literal
        return self._word(match["word"])

    def _word(self, word: str) -> Evaluate:
        if word.startswith("$"):
            # A quoted name in brackets may hold what ends a word.
            while word.count("[") > word.count("]") and (
                match := re.match(r"[^\]]*\]", self.text[self.position :])
            ):
                word += match[0]
                self.position += match.end()
            return compile_path(word).read
        if word in _CONSTANTS:
            constant = _CONSTANTS[word]
            return lambda data, context: constant
        try:
            number: Any = json.loads(word)
        except ValueError:
            raise self.problem() from None
        return lambda data, context: number

    def _call(self, name: str) -> Evaluate:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise RunnerError(f"the laptop runner does not know the intrinsic function {name}")
        arguments = self._arguments()

        def call(data: Any, context: Json) -> Any:
            values = [argument(data, context) for argument in arguments]
            try:
                return function(*values)
            except (TypeError, ValueError, LookupError, AttributeError) as error:
                raise Failure(INTRINSIC, f"{name} failed: {error}") from error

        return call

    def _arguments(self) -> list[Evaluate]:
        found: list[Evaluate] = []
        while not self._skip(")"):
            if found and not self._skip(","):
                raise self.problem()
            found.append(self.value())
        return found

    def _skip(self, mark: str) -> bool:
        match = re.compile(rf"\s*{re.escape(mark)}").match(self.text, self.position)
        if match:
            self.position = match.end()
        return bool(match)


def _format(template: str, *values: Any) -> str:
    parts = template.split("{}")
    if len(parts) != len(values) + 1:
        raise ValueError(f"{len(parts) - 1} places for {len(values)} values")
    texts = [value if isinstance(value, str) else to_text(value) for value in values]
    return "".join(part + text for part, text in zip(parts, [*texts, ""], strict=True))


def to_text(value: Any) -> str:
    """Return a value as compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _partition(array: list[Any], size: int) -> list[list[Any]]:
    return [array[start : start + size] for start in range(0, len(array), size)]


def _range(first: int, last: int, step: int) -> list[int]:
    return [*range(first, last + (1 if step > 0 else -1), step)]


def _unique(array: list[Any]) -> list[Any]:
    return [*{to_text(value): value for value in array}.values()]


def _merge(first: Json, second: Json, deep: bool) -> Json:
    if deep:
        raise ValueError("deep merging is not supported")
    return {**first, **second}


def _random(start: int, end: int, seed: int | None = None) -> int:
    return random.Random(seed).randrange(start, end)  # noqa: S311 - not a secret


def _split(text: str, marks: str) -> list[str]:
    return [part for part in re.split(f"[{re.escape(marks)}]", text) if part]


def _contains(array: list[Any], value: Any) -> bool:
    return value in array


def _item(array: list[Any], index: int) -> Any:
    return array[index]


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decode(text: str) -> str:
    return base64.b64decode(text, validate=True).decode()


def _hash(text: str, kind: str) -> str:
    return hashlib.new(_HASHES[kind], text.encode()).hexdigest()


def _add(first: float, second: float) -> float:
    return first + second


_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "States.Format": _format,
    "States.StringToJson": json.loads,
    "States.JsonToString": to_text,
    "States.Array": lambda *values: [*values],
    "States.ArrayPartition": _partition,
    "States.ArrayContains": _contains,
    "States.ArrayRange": _range,
    "States.ArrayGetItem": _item,
    "States.ArrayLength": len,
    "States.ArrayUnique": _unique,
    "States.Base64Encode": _encode,
    "States.Base64Decode": _decode,
    "States.Hash": _hash,
    "States.JsonMerge": _merge,
    "States.MathRandom": _random,
    "States.MathAdd": _add,
    "States.StringSplit": _split,
    "States.UUID": lambda: str(uuid.uuid4()),
}
