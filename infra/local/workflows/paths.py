"""JSONPath as far as the runner has it: names, positions, slices, wildcards, descent; no filters.

Data is never changed in place: `write` copies what lies on the way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from infra.local.errors import RunnerError
from infra.local.shared import as_array, as_object

_STEP = re.compile(
    r"""(?:(?P<descent>\.\.)|\.)(?:(?P<name>[^\s.\[\]()*'",?@$]+)|(?P<star>\*))"""
    r"""|(?P<all>\[\*\])|\[(?P<index>-?\d+)\]|\[(?P<slice>-?\d*:-?\d*)\]"""
    r"""|\[(?:'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)")\]"""
)
EVERY = "*"
"""A step to every member."""


class MissingError(LookupError):
    """The data has nothing at the path."""


@dataclass(frozen=True, slots=True)
class Descent:
    """A step to every member of that name, at any depth."""

    name: str


@dataclass(frozen=True, slots=True)
class Every:
    """A step to all members of an array or object."""


Step = str | int | slice | Every | Descent


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path; `context` means it starts at the context object (`$$`)."""

    text: str
    steps: tuple[Step, ...]
    context: bool = False

    @property
    def definite(self) -> bool:
        """Whether the path means one place at most (a "reference path")."""
        return all(isinstance(step, (str, int)) for step in self.steps)

    def read(self, data: Any, context: Any = None) -> Any:
        """Return what is at the path; a list of all matches when the path is not definite.

        Raises:
            MissingError: a definite path leads nowhere.
        """
        found = [context if self.context else data]
        for step in self.steps:
            found = [value for place in found for value in _members(place, step)]
        if not self.definite:
            return found
        if not found:
            raise MissingError(self.text)
        return found[0]

    def write(self, data: Any, value: Any) -> Any:
        """Return `data` with `value` put at the path, objects on the way made where there are none.

        Raises:
            MissingError: something on the way is neither object nor a long enough array.
        """
        return _put(data, self.steps, value, self.text)


ROOT = Path("$", ())


def compile_path(text: str) -> Path:
    """Read a path.

    Raises:
        RunnerError: it is not one, or uses what is not here.
    """
    context = text.startswith("$$")
    position, steps = 2 if context else 1, list[Step]()
    while text.startswith("$") and position < len(text):
        match = _STEP.match(text, position)
        if not match:
            break
        steps.append(_step(match))
        position = match.end()
    if position != len(text) or not text.startswith("$"):
        raise RunnerError(f"the laptop runner cannot read the JSONPath {text!r}")
    return Path(text, tuple(steps), context)


def _step(match: re.Match[str]) -> Step:
    found = match.groupdict()
    if found["descent"]:
        return Descent(found["name"] or EVERY)
    if found["star"] or found["all"]:
        return Every()
    if found["index"] is not None:
        return int(found["index"])
    if found["slice"] is not None:
        start, _, stop = found["slice"].partition(":")
        return slice(int(start) if start else None, int(stop) if stop else None)
    quoted = found["single"] if found["single"] is not None else found["double"]
    return found["name"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def _members(place: Any, step: Step) -> list[Any]:
    named, array = as_object(place), as_array(place)
    match step:
        case str():
            return [named[step]] if named is not None and step in named else []
        case int():
            return [array[step]] if array is not None and -len(array) <= step < len(array) else []
        case slice():
            return array[step] if array is not None else []
        case Every():
            return [*named.values()] if named is not None else [*(array or ())]
        case Descent():
            return [value for inner in _everywhere(place) for value in _members(inner, _named(step))]


def _named(step: Descent) -> Step:
    return Every() if step.name == EVERY else step.name


def _everywhere(place: Any) -> list[Any]:
    return [place, *(deeper for inner in _members(place, Every()) for deeper in _everywhere(inner))]


def _put(place: Any, steps: tuple[Step, ...], value: Any, text: str) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    named, array = as_object(place), as_array(place)
    if isinstance(step, str) and (named is not None or place is None):
        inside = named or {}
        return {**inside, step: _put(inside.get(step), rest, value, text)}
    if isinstance(step, int) and array is not None and 0 <= step < len(array):
        return [*array[:step], _put(array[step], rest, value, text), *array[step + 1 :]]
    raise MissingError(text)
