"""The adapter that asks the machine's own resolver."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from orchestrator.errors import Unavailable
from orchestrator.integrations.dns import SystemResolver
from orchestrator.webhooks.ports import UnknownHost


def ask(host: str = "hooks.example.com", seconds: float = 5) -> tuple[str, ...]:
    return tuple(asyncio.run(SystemResolver(seconds).addresses(host)))


def answer(monkeypatch: pytest.MonkeyPatch, given: list[str] | Exception) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        if isinstance(given, Exception):
            raise given
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in given]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_the_machines_own_resolver_is_asked() -> None:
    assert "127.0.0.1" in ask("localhost")


def test_each_address_is_returned_once_in_the_resolvers_order(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, ["192.0.2.2", "192.0.2.1", "192.0.2.2"])
    assert ask() == ("192.0.2.2", "192.0.2.1")


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_NODATA])
def test_a_name_without_an_address_is_unknown(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, socket.gaierror(code, "no"))
    with pytest.raises(UnknownHost, match=r"hooks\.example\.com"):
        ask()


@pytest.mark.parametrize(
    "error",
    [socket.gaierror(socket.EAI_AGAIN, "later"), socket.gaierror(socket.EAI_FAIL, "broken"), OSError("odd")],
)
def test_a_resolver_that_fails_says_nothing_of_the_name(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, error)
    with pytest.raises(Unavailable) as raised:
        ask()
    assert not isinstance(raised.value, UnknownHost)


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()

    def hang(*_: Any, **__: Any) -> list[Any]:
        let_go.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        with pytest.raises(Unavailable, match="in time"):
            ask(seconds=0.05)
    finally:
        let_go.set()
