"""An API that answers what a test tells it to, over real HTTP."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.fakes.http_server import serving


@dataclass
class Api:
    url: str = ""
    answers: list[Response] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)

    def will_answer(self, status: int, body: Any, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        text = body if isinstance(body, str) else json.dumps(body)
        self.answers.append(Response(text, status, named, media_type="application/json"))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.requests.append(request)
        self.bodies.append(json.loads(body) if body else None)
        # The last answer repeats, so that a poll never runs dry.
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await answer(scope, receive, send)


@pytest.fixture(scope="session")
def _served() -> Iterator[Api]:
    api = Api()
    with serving(api) as url:
        api.url = url
        yield api


@pytest.fixture
def api(_served: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    _served.answers, _served.requests, _served.bodies = [], [], []
    monkeypatch.setenv("ORCHESTRATOR_BASE_URL", _served.url)
    monkeypatch.delenv("ORCHESTRATOR_API_KEY", raising=False)
    return _served
