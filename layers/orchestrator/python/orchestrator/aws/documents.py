"""JSON kept in a string attribute of a DynamoDB item."""

from __future__ import annotations

import json


def as_json(value: object) -> str:
    r"""Return `value` as JSON that takes no more bytes than it was sent in.

    Escaped to ASCII, a body of 256 KB could outgrow the 400 KB of an item. A lone surrogate, which UTF-8
    cannot carry, is left as JSON's own escape (`\ud800`).
    """
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
