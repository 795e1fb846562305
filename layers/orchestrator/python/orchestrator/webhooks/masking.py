"""What may be shown of a receiver's URL: never its credentials or the values of its query."""

from __future__ import annotations

import re

SHOWN = 300
"""Characters of a URL that are shown at most."""

_CREDENTIALS = re.compile(r"(?<=://)[^/?#]*@")


def mask_url(url: str) -> str:
    """Return `url` for logs and answers; the path is shown, since it tells receivers apart."""
    place, mark, query = url.partition("#")[0].partition("?")
    shown = _CREDENTIALS.sub("***@", place) + mark + _masked(query)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"


def _masked(query: str) -> str:
    return "&".join(map(_masked_part, query.split("&")))


def _masked_part(part: str) -> str:
    name, _, value = part.partition("=")
    # What has no name, or nothing but padding behind its sign, is a value itself.
    return f"{name}=***" if value.strip("=") else part and "***"
