"""Where a caller may put its key: `x-api-key: <key>`, or `Authorization: Bearer <key>` (RFC 6750 §2.1)."""

from __future__ import annotations

from collections.abc import Mapping


def shown(headers: Mapping[str, str]) -> frozenset[str]:
    """Return the different keys the headers show: none, one, or two that contradict each other.

    A Bearer without a token shows none: curl sends `Authorization: Bearer ` when the shell variable that
    should hold the key is unset. Another scheme (`Basic …`) is not ours and shows none either.
    """
    named = {name.lower(): value.strip() for name, value in headers.items()}
    scheme, _, token = named.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return frozenset(key for key in (named.get("x-api-key", ""), bearer) if key)
