"""When a variable's value is well formed. A rule returns a note for the reader, or raises `ValueError`.

Only the check (`python -m orchestrator.config --check`) and the tools on a developer's machine import this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, cast

from orchestrator.config.groups import http_url, supabase_table

Rule = Callable[[str], str | None]

PLACEHOLDER = r"(?i).*\byour[-_ ].*|.*x{5,}.*|<.*>|change[-_ ]?me.*|replace[-_ ]?me.*|\.{3,}|…|todo|none|null"
"""A sample nobody replaced; the laptop runner gets it in the secrets' metadata, so that both judge alike."""


def is_placeholder(value: str) -> bool:
    """Return whether `value` is a sample nobody replaced: `your-key-here`, `proj-xxxxxxxx-planner`."""
    return re.fullmatch(PLACEHOLDER, value.strip()) is not None


def text(value: str) -> None:
    """Accept anything printable on one line."""
    if not value.isprintable():
        raise ValueError("holds characters that cannot be printed")


def url(value: str) -> None:
    """Accept an http(s) address."""
    http_url(value)


def number(least: float, most: float) -> Rule:
    """Accept a whole number between `least` and `most`."""

    def rule(value: str) -> None:
        if not re.fullmatch(r"-?\d{1,12}", value) or not least <= int(value) <= most:
            raise ValueError(f"not a whole number from {least:g} to {most:g}")

    return rule


def pattern(expression: str, what: str) -> Rule:
    """Accept a value that matches `expression` whole; `what` completes the sentence "not …"."""

    def rule(value: str) -> None:
        if not re.fullmatch(expression, value):
            raise ValueError(f"not {what}")

    return rule


def origins(value: str) -> None:
    """Accept the browser origins that may call the API: a JSON array or a comma-separated list."""
    entries = cast("list[Any]", json.loads(value)) if value.lstrip().startswith("[") else value.split(",")
    for entry in entries:
        if entry != "*" and not re.fullmatch(r"\s*https?://[^\s/?#@*,]+/?\s*", str(entry)):
            raise ValueError(f"{entry!r} is not an origin")


def supabase(value: str) -> str:
    """Accept a table address, as the calendar's document shows it, or a bare project address."""
    table = supabase_table(value)
    if table != http_url(value):
        return "project address: events go to the table `events`"
    return f"table `{table.rpartition('/')[2]}`"


def supabase_key(value: str) -> str | None:
    """Accept a legacy JWT or a new `sb_…` key."""
    if value.startswith("sb_"):
        return "new-style key: sent in the `apikey` header only"
    if value.count(".") != 2:
        raise ValueError("neither a JWT (three parts joined by dots) nor an sb_… key")
    return "legacy JWT key: Supabase drops these by the end of 2026"


def project_id(value: str) -> str | None:
    """Accept CustomGPT's integer project id, and the document's `proj-…` spelling with a note."""
    if value.isdecimal():
        return None
    if not re.fullmatch(r"proj-[\w-]+", value):
        raise ValueError("neither a whole number nor proj-…")
    return "the document's spelling; CustomGPT's API wants the number from the project's address"


def private_key(value: str) -> None:
    """Accept an OpenSSH or PEM private key."""
    if not re.match(r"-----BEGIN [A-Z ]*PRIVATE KEY-----", value):
        raise ValueError("not a private key in OpenSSH or PEM form")


def ignored(reason: str) -> Rule:
    """Accept anything, and say why it has no effect."""
    return lambda value: f"ignored: {reason}"
