"""Update expressions of DynamoDB, for the plain cases, without moto's syntax trees.

moto walks a tree eight times per update (10 to 40 ms for a dozen attributes). Whatever this module is not
sure about (nested paths, reserved words, a missing operand, a wrong type) it leaves to moto, which then also
words the error. Grammar: "Update expressions" in the DynamoDB developer guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

Value: TypeAlias = Any
"""A `DynamoType`; moto has no types for its attributes."""


class NotPlainError(Exception):
    """The expression, or what it does to this item, is not one of the plain cases."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression is evaluated in."""

    attributes: Mapping[str, Value]
    names: Mapping[str, str]
    values: Mapping[str, Any]

    def name(self, token: str) -> str:
        """Resolve an attribute name or its placeholder."""
        if token.startswith("#"):
            return self._known(self.names, token)
        if token.upper() in _reserved():
            raise NotPlainError
        return token

    def value(self, token: str) -> Value:
        """Resolve `:value` or an attribute that exists."""
        if token.startswith(":"):
            return DynamoType(self._known(self.values, token))
        return DynamoType(self._known(self.attributes, self.name(token)))

    def _known(self, mapping: Mapping[str, Any], key: str) -> Any:
        if key not in mapping:
            raise NotPlainError
        return mapping[key]


Operand: TypeAlias = Callable[[Scope], Value]
Action: TypeAlias = tuple[str, Operand | None]
"""An attribute's token and its new value; None removes the attribute."""

_TOKEN = re.compile(r"\s*([:#]?[A-Za-z_][\w-]*|[(),=+]|-(?=\s))")
_CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")


@lru_cache(maxsize=512)
def compiled(expression: str) -> tuple[Action, ...] | None:
    """Return the actions of an expression, or None where moto has to look at it."""
    try:
        return tuple(_Parser(_tokens(expression)).actions())
    except (NotPlainError, IndexError):
        return None


def changes(actions: tuple[Action, ...], scope: Scope) -> dict[str, Value | None]:
    """Return each changed attribute with its new value (None: removed), computed from the unchanged item.

    Raises:
        NotPlainError: moto has to look at it.
    """
    found: dict[str, Value | None] = {}
    for token, operand in actions:
        name = scope.name(token)
        if name in found:
            raise NotPlainError
        found[name] = operand(scope) if operand else None
    return found


@lru_cache(maxsize=1)
def _reserved() -> frozenset[str]:
    return frozenset(ReservedKeywords.get_reserved_keywords())


def _tokens(expression: str) -> list[str]:
    tokens: list[str] = []
    position, text = 0, expression.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise NotPlainError
        tokens.append(match[1])
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def actions(self) -> Iterator[Action]:
        """Yield the actions of every clause."""
        seen: set[str] = set()
        while self._at < len(self._tokens):
            clause = self._take().upper()
            if clause not in _CLAUSES or clause in seen:
                raise NotPlainError
            seen.add(clause)
            yield self._action(clause)
            while self._peek() == ",":
                self._take()
                yield self._action(clause)

    def _action(self, clause: str) -> Action:
        token = self._take()
        if clause == "REMOVE":
            return token, None
        if clause == "SET":
            self._expect("=")
            return token, self._sum()
        value = self._take()
        return token, _added(token, value) if clause == "ADD" else _subtracted(token, value)

    def _sum(self) -> Operand:
        left = self._operand()
        operator = self._peek()
        if operator not in ("+", "-"):
            return left
        self._take()
        right = self._operand()
        if operator == "+":
            return lambda scope: _number(left(scope)) + _number(right(scope))
        return lambda scope: _number(left(scope)) - _number(right(scope))

    def _operand(self) -> Operand:
        token = self._take()
        if self._peek() != "(":
            return lambda scope: scope.value(token)
        if token == "if_not_exists":  # noqa: S105 - a token of the grammar
            return self._if_not_exists()
        if token == "list_append":  # noqa: S105 - a token of the grammar
            return self._list_append()
        raise NotPlainError

    def _if_not_exists(self) -> Operand:
        self._expect("(")
        path = self._take()
        self._expect(",")
        default = self._operand()
        self._expect(")")

        def operand(scope: Scope) -> Value:
            name = scope.name(path)
            return DynamoType(scope.attributes[name]) if name in scope.attributes else default(scope)

        return operand

    def _list_append(self) -> Operand:
        self._expect("(")
        first = self._operand()
        self._expect(",")
        second = self._operand()
        self._expect(")")

        def operand(scope: Scope) -> Value:
            parts = [first(scope), second(scope)]
            if any(part.type != "L" for part in parts):
                raise NotPlainError
            return DynamoType({"L": [*parts[0].value, *parts[1].value]})

        return operand

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise NotPlainError


def _number(value: Value) -> Value:
    if value.type != "N":
        raise NotPlainError
    return value


def _added(token: str, value_token: str) -> Operand:
    def operand(scope: Scope) -> Value:
        added = scope.value(value_token)
        name = scope.name(token)
        if name not in scope.attributes:
            return added
        present = DynamoType(scope.attributes[name])
        if present.type != added.type:
            raise NotPlainError
        if added.type == "N":
            return present + added
        if not added.is_set():
            raise NotPlainError
        return DynamoType({added.type: [*present.value, *(v for v in added.value if v not in present.value)]})

    return operand


def _subtracted(token: str, value_token: str) -> Operand:
    def operand(scope: Scope) -> Value:
        removed, name = scope.value(value_token), scope.name(token)
        present = scope.attributes.get(name)
        if present is None or present.type != removed.type or not removed.is_set():
            raise NotPlainError
        left = [value for value in present.value if value not in removed.value]
        if not left:
            raise NotPlainError
        return DynamoType({removed.type: left})

    return operand
