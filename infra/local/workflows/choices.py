"""Choice rules.

Source: "Choice workflow state", section "Supported comparison operators".
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from infra.local.errors import RunnerError
from infra.local.shared import Json, as_object
from infra.local.workflows.failures import RUNTIME, Failure
from infra.local.workflows.paths import MissingError, Path, compile_path

Rule = Callable[[Any, Json], bool]
"""Decides from the state's data and the context object."""

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}
_COMPARISON = re.compile(rf"(String|Numeric|Boolean|Timestamp)({'|'.join(_ORDER)})(Path)?")
_NOTES = frozenset({"Next", "Comment", "Variable"})


def compile_rule(fields: Json) -> Rule:
    """Read one rule, without its `Next`.

    Raises:
        RunnerError: it has no known operator, or more than one.
    """
    names = fields.keys() - _NOTES
    if len(names) != 1:
        raise RunnerError(f"a choice rule has one operator, not {sorted(names)}")
    name = names.pop()
    value = fields[name]
    if name in ("And", "Or"):
        inner = [compile_rule(rule) for rule in value]
        combine = all if name == "And" else any
        return lambda data, context: combine(rule(data, context) for rule in inner)
    if name == "Not":
        rule = compile_rule(value)
        return lambda data, context: not rule(data, context)
    path = compile_path(fields.get("Variable", ""))
    if name.startswith("Is"):
        return _kind_test(path, name, value)
    return _comparison(path, name, value)


def _kind_test(path: Path, name: str, wanted: bool) -> Rule:
    if name == "IsPresent":
        return lambda data, context: _present(path, data, context) == wanted
    test = _KINDS.get(name)
    if test is None:
        raise RunnerError(f"the laptop runner does not know the choice operator {name}")
    return lambda data, context: test(_read(path, data, context)) == wanted


def _present(path: Path, data: Any, context: Json) -> bool:
    try:
        path.read(data, context)
    except MissingError:
        return False
    return True


def _comparison(path: Path, name: str, value: Any) -> Rule:
    if name == "StringMatches":
        pattern = _wildcards(str(value))
        return lambda data, context: _matches(pattern, _read(path, data, context))
    match = _COMPARISON.fullmatch(name)
    if not match:
        raise RunnerError(f"the laptop runner does not know the choice operator {name}")
    convert, compare = _TYPES[match[1]], _ORDER[match[2]]
    other = compile_path(value) if match[3] else None

    def decide(data: Any, context: Json) -> bool:
        left = convert(_read(path, data, context))
        right = convert(_read(other, data, context) if other else value)
        return left is not None and right is not None and compare(left, right)

    return decide


def _read(path: Path, data: Any, context: Json) -> Any:
    try:
        return path.read(data, context)
    except MissingError as error:
        text = f"Invalid path '{path.text}': The choice state's condition path references an invalid value."
        raise Failure(RUNTIME, text) from error


def _wildcards(text: str) -> re.Pattern[str]:
    """Compile `*`; a backslash makes the next character an ordinary one."""
    parts = re.findall(r"\\.|\*|[^\\*]+", text, re.DOTALL)
    return re.compile("".join(".*" if part == "*" else re.escape(_plain(part)) for part in parts), re.DOTALL)


def _plain(part: str) -> str:
    return part[1:] if part.startswith("\\") else part


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def moment(value: Any) -> datetime | None:
    """Read an RFC 3339 time with its zone; None when it is none."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo and "T" in value else None


_TYPES: dict[str, Callable[[Any], Any]] = {
    "String": _string,
    "Numeric": _number,
    "Boolean": _boolean,
    "Timestamp": moment,
}
_KINDS: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsString": lambda value: isinstance(value, str),
    "IsNumeric": lambda value: _number(value) is not None,
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: moment(value) is not None,
}


def compile_choices(rules: list[Json]) -> list[tuple[Rule, str]]:
    """Read the rules of a Choice state with the state each leads to.

    Raises:
        RunnerError: as `compile_rule`.
    """
    return [(compile_rule(rule), str(rule["Next"])) for rule in rules if as_object(rule) is not None]
