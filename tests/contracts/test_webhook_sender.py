"""The sender against real servers on loopback: what it sends, whom it believes, what it does not wait for."""

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Literal

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import VendorBusy
from orchestrator.integrations.webhook_sender import MAX_ANSWER, HttpSender, seconds_of
from orchestrator.webhooks.guard import AddressGuard
from orchestrator.webhooks.models import Reply, Target
from tests.fakes.dns import MemoryResolver
from tests.fakes.receiver import OK, Answer, Receiver, drips, receiver, says

BODY = b'{"request_id": "req_1"}'
NAME = "hooks.example.com"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def target(port: int, *addresses: str, scheme: Literal["http", "https"] = "http", host: str = NAME) -> Target:
    path = "/a%2Fb/../c?x=[1]"
    return Target(f"{scheme}://{host}{path}", scheme, host, port, path, addresses or ("127.0.0.1",))


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scene())


async def post(where: Target, *, seconds: float = 10, tls: ssl.SSLContext | None = None) -> Reply:
    return await HttpSender(tls).post(where, {"webhook-id": "msg_1"}, BODY, seconds)


def asked(answer: Answer, *, seconds: float = 10) -> Reply:
    async def scene() -> Reply:
        async with receiver(answer) as there:
            return await post(target(there.port), seconds=seconds)

    return asyncio.run(scene())


def test_the_bytes_the_headers_and_the_path_arrive_as_they_are_under_the_receivers_own_name() -> None:
    async def scene() -> None:
        async with receiver(OK) as there:
            reply = await post(target(there.port))
            assert (reply.status, reply.retry_after) == (200, None)
            assert 0 <= reply.latency_ms < 5000
            assert there.first_line == "POST /a%2Fb/../c?x=[1] HTTP/1.1"
            assert there.body == BODY
            assert there.headers == {
                "host": f"{NAME}:{there.port}",
                "webhook-id": "msg_1",
                "content-length": str(len(BODY)),
                "user-agent": "orchestrator-webhooks/1",
                "accept-encoding": "identity",
                "connection": "close",
            }

    run(scene)


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def certified(authority: trustme.CA, *names: str) -> tuple[ssl.SSLContext, list[str | None]]:
    """A server's TLS with a certificate for `names`, and the server names callers indicated (SNI)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    indicated: list[str | None] = []
    context.sni_callback = lambda _, name, __: indicated.append(name)
    return context, indicated


def test_tls_names_the_host_and_checks_the_certificate_against_it_not_against_the_address(
    authority: trustme.CA,
) -> None:
    async def scene() -> None:
        context, indicated = certified(authority, NAME)
        async with receiver(OK, tls=context) as there:
            reply = await post(target(there.port, scheme="https"), tls=trusting(authority))
        assert (reply.status, indicated) == (200, [NAME])

    run(scene)


@pytest.mark.parametrize("names", [["other.example.com"], ["127.0.0.1"]])
def test_a_certificate_of_another_name_is_refused_and_nothing_is_sent(
    authority: trustme.CA, names: list[str]
) -> None:
    async def scene() -> None:
        context, _ = certified(authority, *names)
        async with receiver(OK, tls=context) as there:
            with pytest.raises(VendorBusy, match="certificate is not valid: Hostname mismatch"):
                await post(target(there.port, scheme="https"), tls=trusting(authority))
            assert there.requests == []

    run(scene)


def test_a_certificate_of_an_unknown_authority_is_refused(authority: trustme.CA) -> None:
    async def scene() -> None:
        context, _ = certified(authority, NAME)
        async with receiver(OK, tls=context) as there:
            with pytest.raises(VendorBusy, match="certificate is not valid"):
                await post(target(there.port, scheme="https"))
            assert there.requests == []

    run(scene)


def test_an_address_as_host_is_certified_as_an_address(authority: trustme.CA) -> None:
    async def scene() -> None:
        context, indicated = certified(authority, "127.0.0.1")
        async with receiver(OK, tls=context) as there:
            where = target(there.port, scheme="https", host="127.0.0.1")
            assert (await post(where, tls=trusting(authority))).status == 200
        assert indicated == [None]

    run(scene)


def test_a_server_without_tls_is_refused() -> None:
    async def scene() -> None:
        async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
            writer.close()

        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        with pytest.raises(VendorBusy, match="no TLS connection could be made"):
            await post(target(server.sockets[0].getsockname()[1], scheme="https"))
        server.close()

    run(scene)


def test_an_ipv6_address_is_connected_to_and_named_in_brackets() -> None:
    async def scene() -> None:
        try:
            async with receiver(OK, host="::1") as there:
                assert (await post(target(there.port, "::1", host="::1"))).status == 200
                assert there.headers["host"] == f"[::1]:{there.port}"
        except OSError:
            pytest.skip("this machine has no IPv6")

    run(scene)


def test_the_next_address_is_tried_when_one_cannot_be_connected_to() -> None:
    async def scene() -> None:
        async with receiver(OK) as there:
            assert (await post(target(there.port, "127.0.0.2", "127.0.0.3", "127.0.0.1"))).status == 200
            assert there.connections == 1

    run(scene)


def test_no_other_address_is_tried_once_a_request_was_sent() -> None:
    async def scene() -> None:
        async with receiver(says("")) as broken, receiver(OK, host="127.0.0.2", port=broken.port) as other:
            with pytest.raises(VendorBusy, match="connection broke"):
                await post(target(broken.port, "127.0.0.1", "127.0.0.2"))
            assert (len(broken.requests), other.connections) == (1, 0)

    run(scene)


def test_a_port_nobody_listens_on_is_an_answer_for_later() -> None:
    async def scene() -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            with pytest.raises(VendorBusy, match=r"^the receiver: could not be connected to$") as raised:
                await post(target(closed.getsockname()[1]))
        assert raised.value.retryable

    run(scene)


def test_the_connection_goes_to_the_checked_address_whatever_the_name_resolves_to_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene() -> None:
        async with receiver(OK) as checked, receiver(OK, host="127.0.0.2", port=checked.port) as trap:
            resolver = MemoryResolver({NAME: ["127.0.0.1"]})
            guard = AddressGuard(resolver, local=True)
            where = await guard.locate(f"http://{NAME}:{checked.port}/")
            resolver.answers[NAME] = ["127.0.0.2"]
            monkeypatch.setattr(socket, "gethostbyname", lambda _: "127.0.0.2")
            assert (await post(where)).status == 200
            assert (resolver.asked, checked.connections, trap.connections) == ([NAME], 1, 0)

    run(scene)


def test_a_name_is_never_resolved_by_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[object] = []
    resolve = socket.getaddrinfo

    def watch(host: Any, *more: Any, **named: Any) -> Any:
        names.append(host)
        return resolve(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", watch)
    assert asked(OK).status == 200
    assert {str(name) for name in names} <= {"127.0.0.1", "b'127.0.0.1'"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_the_answer_and_is_not_followed(status: int) -> None:
    async def scene() -> None:
        async with receiver(OK) as inside:
            where = f"http://127.0.0.1:{inside.port}/latest/meta-data/"
            moved = f"HTTP/1.1 {status} Moved\r\nlocation: {where}\r\ncontent-length: 0\r\n\r\n"
            async with receiver(says(moved)) as there:
                assert (await post(target(there.port))).status == status
                assert (there.connections, inside.connections) == (1, 0)

    run(scene)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with receiver(OK) as proxy, receiver(OK) as there:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            await post(target(there.port))
            assert (there.connections, proxy.connections) == (1, 0)

    run(scene)


def test_no_cookie_and_no_connection_is_kept_for_the_next_receiver_behind_the_same_address() -> None:
    async def scene() -> None:
        setting = says("HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\ncontent-length: 0\r\n\r\n")
        async with receiver(setting) as there:
            sender = HttpSender()
            for host in (NAME, "other.example.com"):
                await sender.post(target(there.port, host=host), {}, BODY, 10)
            assert (there.connections, "cookie" in there.headers) == (2, False)

    run(scene)


FULL = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"
DRIPS: dict[str, Answer] = {
    "nothing at all": drips("", b"", 0.02),
    "headers": drips("HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
    "one endless header": drips("HTTP/1.1 200 OK\r\nx: ", b"y"),
    "informational answers": drips("", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "the body": drips(FULL, b"x"),
}


@pytest.mark.parametrize("what", DRIPS)
def test_the_time_limit_is_over_everything_however_slowly_it_drips(what: str) -> None:
    started = time.monotonic()
    with pytest.raises(VendorBusy, match=r"^the receiver: no complete answer within 0\.3 s$"):
        asked(DRIPS[what], seconds=0.3)
    assert time.monotonic() - started < 5


def test_a_receiver_that_reads_slowly_is_not_waited_for_either() -> None:
    async def scene() -> None:
        async def never_read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(5)
            writer.close()

        server = await asyncio.start_server(never_read, "127.0.0.1", 0, limit=1024)
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(VendorBusy, match="no complete answer"):
            await HttpSender().post(target(port), {}, b"x" * 20_000_000, 0.3)
        server.close()

    run(scene)


def test_no_more_of_a_body_is_read_than_is_worth_it() -> None:
    sent: list[int] = []

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        for _ in range(15_000):
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent.append(65_536)

    assert asked(endless).status == 200
    assert MAX_ANSWER <= sum(sent) < 100_000_000


def test_a_compressed_answer_is_never_unpacked() -> None:
    bomb = gzip.compress(bytes(50_000_000), 9)
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(bomb)}\r\n\r\n"
    assert asked(says(head, bomb)).status == 200
    broken = "HTTP/1.1 204 OK\r\ncontent-encoding: gzip\r\n\r\n"
    assert asked(says(broken)).status == 204
    assert (
        asked(says("HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 3\r\n\r\nnot")).status == 200
    )


BROKEN: dict[str, Answer] = {
    "before a byte": says(""),
    "in the status line": says("HTTP/1.1 2"),
    "in the headers": says("HTTP/1.1 200 OK\r\nx: "),
    "in the body": says(FULL, "half"),
    "in a chunk": says("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"),
    "by another protocol": says("220 mail.example.com ESMTP\r\n"),
    "by too many headers": says("HTTP/1.1 200 OK\r\n", "x: y\r\n" * 30_000, "\r\n"),
    "by a status there is not": says("HTTP/1.1 999999 X\r\n\r\n"),
}


@pytest.mark.parametrize("where", BROKEN)
def test_an_answer_that_breaks_off_is_no_answer(where: str) -> None:
    with pytest.raises(VendorBusy, match="connection broke") as raised:
        asked(BROKEN[where])
    assert "127.0.0.1" not in raised.value.message


@pytest.mark.parametrize("status", [200, 204, 400, 404, 410, 418, 429, 500, 503, 599])
def test_every_status_is_an_answer(status: int) -> None:
    assert asked(says(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n")).status == status


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    busy = "HTTP/1.1 429 X\r\nretry-after: {}\r\ncontent-length: 0\r\n\r\n"
    assert asked(says(busy.format("120"))).retry_after == 120
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < (asked(says(busy.format(soon))).retry_after or 0) <= 90


@pytest.mark.parametrize(
    "text", ["", "soon", "-5", "1.5", "1e3", "٣", "9" * 10, "Wed, 99 Nov 2026 99:99:99 GMT"]
)
def test_a_retry_after_nobody_can_read_says_nothing(text: str) -> None:
    assert seconds_of(text) is None
    assert seconds_of(None) is None


@pytest.mark.parametrize("text", ["Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 -0000"])
def test_a_date_that_is_over_asks_for_no_wait(text: str) -> None:
    assert seconds_of(text) == 0


@given(st.text(max_size=40))
def test_whatever_retry_after_holds_it_is_a_wait_or_nothing(text: str) -> None:
    assert (seconds_of(text) or 0) >= 0


def test_receivers_are_asked_side_by_side() -> None:
    async def scene() -> None:
        everybody_here = asyncio.Event()
        present: list[Receiver] = []

        async def wait(writer: asyncio.StreamWriter) -> None:
            present.append(there)
            if len(present) == 5:
                everybody_here.set()
            await everybody_here.wait()
            await OK(writer)

        async with receiver(wait) as there:
            replies = await asyncio.gather(*(post(target(there.port)) for _ in range(5)))
        assert [reply.status for reply in replies] == [200] * 5

    run(scene)
