"""What to tell a caller whose body is not what the route needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from orchestrator.entry.envelopes import Problem
from orchestrator.errors import InvalidInput
from orchestrator.errors import json_path as path_of

MOST_DETAILS = 50
"""Mistakes that are told. A body may hold hundreds of thousands, and Lambda answers with 6 MB at most."""
LONGEST_NAME = 100
"""Characters of a field's name that are told."""

_MENDS = {
    "missing": "Add it.",
    "extra_forbidden": "Remove it, or check its spelling.",
    "string_type": 'Write it as a JSON string, in double quotes: "…".',
    "bool_type": "Write it as true or false, without quotes.",
    "bool_parsing": "Write it as true or false, without quotes.",
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_parsing_size", "int_from_float"),
        "Write it as a whole number, in digits.",
    ),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "Write it as a number, in digits."),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
        "Write it as 2026-11-20T11:00:00Z (RFC 3339).",
    ),
    "list_type": "Write it as a JSON array: […].",
    "dict_type": "Write it as a JSON object: {…}.",
    "model_attributes_type": "Write it as a JSON object: {…}.",
}
_BOUNDS = {
    "greater_than": "Send more than {gt:g}.",
    "greater_than_equal": "Send {ge:g} or more.",
    "less_than": "Send less than {lt:g}.",
    "less_than_equal": "Send {le:g} or less.",
    "too_short": "Send {min_length} or more.",
    "too_long": "Send {max_length} or fewer.",
    "string_too_short": "Write {min_length} or more characters.",
    "string_too_long": "Write {max_length} or fewer characters.",
    "string_pattern_mismatch": "Write it so that it matches {pattern}.",
    "literal_error": "Write {expected}.",
}
"""As pydantic names them, each with the name of its bound."""
_OTHER_PATHS = (
    (frozenset({"intent"}), "/orchestrate", "An intent"),
    (frozenset({"content", "user_id"}), "/api/v1/orchestrate/", "A sentence for the calendar"),
)


def of_validation(errors: Sequence[Any], body: Any) -> Problem:
    """Return the problem behind FastAPI's validation `errors` of one request; `body` is what was read."""
    first = errors[0]
    if first["type"] == "json_invalid":
        return _malformed(str(body), str(first["ctx"]["error"]), int(first["loc"][1]))
    if isinstance(body, bytes) and first["loc"] == ("body",):
        return Problem(
            422,
            "InvalidInput",
            "The body was not sent as JSON.",
            "Add the header `Content-Type: application/json`.",
        )
    details = [_detail(error) for error in errors[:MOST_DETAILS]]
    more = f" ({len(details) - 1} more in details)" if len(details) > 1 else ""
    sentence = f"{details[0]['field']}: {details[0]['message']}{more}"
    return Problem(422, "InvalidInput", sentence, details[0].get("hint"), details[0]["field"], tuple(details))


def _detail(error: Any) -> dict[str, str]:
    detail = {"field": json_path(error["loc"]), "message": str(error["msg"])}
    mend = _MENDS.get(error["type"]) or _within(error)
    return detail | ({"hint": mend} if mend else {})


def _within(error: Any) -> str | None:
    bound = _BOUNDS.get(error["type"])
    return bound and bound.format(**error["ctx"])


def json_path(location: Sequence[str | int]) -> str:
    """Return pydantic's location as a path a caller reads: `inputs.tags[0]`; `body` for the body itself.

    A value outside the body keeps its place: `query.wait`, `path.job_id`, `header.idempotency-key`.
    """
    parts = location[1:] if location and location[0] == "body" and len(location) > 1 else location
    return path_of(part if isinstance(part, int) else _short(part) for part in parts)


def _short(name: str) -> str:
    # A name that is none of ours is the caller's, who may send one of megabytes.
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def _malformed(body: str, reason: str, position: int) -> Problem:
    if reason.startswith("Unterminated string"):
        message = f"Body is truncated JSON at char {position}: your shell probably ended the string at the '"
        return Problem(400, "MalformedBody", f"{message}{_glued_word(body)}.", _QUOTING)
    if position >= len(body.rstrip()):
        return Problem(
            400, "MalformedBody", f"Body is truncated JSON at char {position}: it ends too early.", _FILE
        )
    message = f"Body is not valid JSON at char {position}: {reason}."
    single = body[position : position + 1] == "'"
    return Problem(400, "MalformedBody", message, _DOUBLE if single else _FILE)


_QUOTING = "Write '\\'' for a ' inside a quoted -d argument, or send the body with --data @file."
_FILE = "Check the body with a JSON validator; send it with --data @file to keep the shell out of it."
_DOUBLE = 'JSON strings and keys stand in double quotes ("), not in single ones.'


def _glued_word(body: str) -> str:
    """Name the word the shell glued to the body: of `-d '…called 'Team Standup'…'` it sends up to `Team`."""
    word = "" if body[-1:].isspace() else body.split()[-1]
    return f" before '{_short(word)}'" if word.isalnum() else ""


def refuse_other_paths(body: object, *, here: str) -> None:
    """Stop a body that was meant for another path (two documents share the noun "orchestrate").

    Raises:
        InvalidInput: `body` has the fields of another path than `here`, and none of its own; names that path.
    """
    keys = frozenset(cast("dict[str, Any]", body)) if isinstance(body, dict) else frozenset[str]()
    here = here.rstrip("/")
    mine = next((fields for fields, path, _ in _OTHER_PATHS if path.rstrip("/") == here), frozenset[str]())
    for fields, path, what in _OTHER_PATHS:
        if path.rstrip("/") != here and fields <= keys and not mine <= keys:
            named = " and ".join(f"`{name}`" for name in sorted(fields))
            raise InvalidInput(
                f"{what} ({named}) belongs to POST {path}.",
                hint=f"Send the same body to {path}.",
                field=min(fields),
            )
