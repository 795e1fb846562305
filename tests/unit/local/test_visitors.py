"""Which web pages may talk to the runner: those of this machine, and those that were named."""

import pytest

from infra.local.gateway.routes import Cors, HttpApi
from infra.local.visitors import Visitors, from_page

HERE = "127.0.0.1:8000"
ELSEWHERE = "https://elsewhere.example"


def visitors(*origins: str, **settings: str) -> Visitors:
    cors = Cors(frozenset(origins), "GET", "", "", None, False)
    return Visitors.of(HttpApi("api", "$default", (), cors), settings)


def is_refused(
    found: Visitors, host: str = HERE, origin: str | None = None, path: str = "/orchestrate"
) -> bool:
    headers = [(b"host", host.encode()), *([(b"origin", origin.encode())] if origin else [])]
    return found.refusal(path, headers) is not None


@pytest.mark.parametrize("host", [HERE, "localhost:8000", "LOCALHOST", "[::1]:8000"])
@pytest.mark.parametrize("origin", [None, "http://localhost:3000", "http://127.0.0.1:8000", "http://[::1]:1"])
@pytest.mark.parametrize("path", ["/orchestrate", "/_local/outbox"])
def test_programs_and_pages_of_this_machine_come_in(host: str, origin: str | None, path: str) -> None:
    assert not is_refused(visitors("*"), host, origin, path)


@pytest.mark.parametrize(
    "origin",
    [ELSEWHERE, "null", "http://localhost.elsewhere.example", "http://localhost@elsewhere.example", "]"],
)
def test_the_star_that_nobody_asked_for_lets_no_other_site_in(origin: str) -> None:
    assert is_refused(visitors("*"), origin=origin)


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example:8000", "[", "127.0.0.2"])
def test_a_name_that_was_made_to_point_here_is_refused(host: str) -> None:
    assert is_refused(visitors("*"), host)


def test_a_site_that_was_named_may_call_the_api_but_not_ask_the_runner() -> None:
    named = visitors(ELSEWHERE, CORS_ORIGINS=ELSEWHERE)
    assert not is_refused(named, origin=ELSEWHERE)
    assert is_refused(named, origin=ELSEWHERE, path="/_local/outbox")
    assert is_refused(named, origin="https://third.example")


def test_a_star_that_was_asked_for_lets_every_site_in() -> None:
    assert not is_refused(visitors("*", CORS_ORIGINS="*"), origin=ELSEWHERE)


def test_the_api_but_not_the_runner_answers_to_its_public_name() -> None:
    tunnelled = visitors("*", ORCHESTRATOR_BASE_URL="https://tunnel.example")
    assert not is_refused(tunnelled, "tunnel.example")
    assert is_refused(tunnelled, "tunnel.example", path="/_local/outbox")


@pytest.mark.parametrize(
    ("headers", "page"),
    [
        ({"host": HERE}, False),
        ({}, False),
        ({"host": HERE, "origin": "http://localhost:3000"}, True),
        ({"host": HERE, "sec-fetch-site": "cross-site"}, True),
        ({"host": "elsewhere.example"}, True),
    ],
)
def test_the_aws_endpoint_knows_an_sdk_from_a_page(headers: dict[str, str], page: bool) -> None:
    assert from_page(headers) is page
