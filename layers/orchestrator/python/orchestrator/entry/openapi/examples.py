"""Real examples: the requests in `events/`, and beside them what the functions answered.

`events/<group>/<name>/<case>.json` is an API Gateway event (payload 2.0); `<case>.response.json`, where there
is one, is the function's answer to it: `{"statusCode": 200, "headers": {…}, "body": "…"}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Example:
    """One event and its answer, bodies parsed; a body that is not JSON is `None`."""

    case: str
    route_key: str
    path_parameters: dict[str, str]
    request: Any
    status: int | None
    response: Any

    @property
    def shows_success(self) -> bool:
        """Whether the request is one to imitate."""
        return self.status is None or self.status in SUCCESS


def read(folder: Path) -> Iterator[Example]:
    """Yield the examples in `folder`: the document's own first (browsers show that one), then by name."""
    for file in sorted(folder.glob("*.json"), key=lambda file: (file.stem != "document", file.name)):
        if not file.name.endswith(".response.json"):
            event: dict[str, Any] = json.loads(file.read_text("utf-8"))
            answer = _answer(file.with_name(f"{file.stem}.response.json"))
            yield Example(
                case=file.stem,
                route_key=event.get("routeKey", ""),
                path_parameters=event.get("pathParameters") or {},
                request=_json(event.get("body")),
                status=answer.get("statusCode"),
                response=_json(answer.get("body")),
            )


def _answer(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def _json(body: str | None) -> Any:
    try:
        return json.loads(body or "")
    except ValueError:
        return None
