"""The SSH adapter against real SSH servers: the stand-in, and one that misbehaves."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncssh
import pytest

from infra.local.sandbox import Outbox
from infra.local.sandbox.ssh import SshStandIn
from orchestrator.errors import BudgetExceeded, NotConfigured, NotFound, VendorBusy, VendorError
from orchestrator.integrations.ssh import AsyncSsh
from orchestrator.intents.ssh import Completed, Hosts, Limits


@dataclass
class Place:
    standin: SshStandIn
    outbox: Outbox

    def ssh(self, key: str | None = None, **changes: Any) -> AsyncSsh:
        entry = {**json.loads(self.standin.hosts)["sandbox"], **changes}
        return adapter(entry, key or self.standin.private_key)

    async def run(self, command: str, **limits: Any) -> Completed:
        return await self.ssh().run("sandbox", command, Limits(**{"timeout": 10, **limits}))


def adapter(entry: dict[str, Any], key: str) -> AsyncSsh:
    async def source() -> str:
        return key

    return AsyncSsh(Hosts.parse(json.dumps({"sandbox": entry})), source)


def at_the_standin(work: Callable[[Place], Awaitable[None]]) -> None:
    async def run() -> None:
        outbox = Outbox()
        standin = await SshStandIn.start(outbox)
        try:
            await work(Place(standin, outbox))
        finally:
            await standin.stop()

    asyncio.run(run())


@asynccontextmanager
async def server(process: Any) -> AsyncIterator[AsyncSsh]:
    """An SSH server that runs `process` for any command, and an adapter that trusts it."""
    host_key, client_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    public = host_key.export_public_key().decode()
    allowed = asyncssh.import_authorized_keys(client_key.export_public_key().decode())
    async with asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[host_key], authorized_client_keys=allowed, process_factory=process
    ) as listening:
        entry = {"host": "127.0.0.1", "port": listening.get_port(), "user": "ops", "host_key": public}
        yield adapter(entry, client_key.export_private_key().decode())


def test_output_status_and_time_come_back() -> None:
    async def work(place: Place) -> None:
        done = await place.run("cat /etc/hostname /nowhere")
        assert (done.exit_status, done.stdout) == (1, "sandbox\n")
        assert done.stderr == "cat: /nowhere: No such file or directory\n"
        assert not done.truncated
        assert done.duration_ms > 0
        assert done.view()["exit_status"] == 1

    at_the_standin(work)


def test_the_standin_answers_what_it_documents_and_127_for_the_rest() -> None:
    async def work(place: Place) -> None:
        for command in ("uptime", "df -h", "ls /var/log", "/usr/bin/uptime", "true", "whoami", "uname"):
            assert (await place.run(command)).exit_status == 0
        assert (await place.run("echo 'a  b' c")).stdout == "a  b c\n"
        for command, status in (("rm -rf /", 127), ("false", 1), ("ls /nowhere", 2), ("echo 'x", 2)):
            assert (await place.run(command)).exit_status == status

    at_the_standin(work)


def test_the_outbox_shows_each_command_once() -> None:
    async def work(place: Place) -> None:
        await place.run("uptime")
        entry = place.outbox.entries("ssh")
        assert [(one["method"], one["path"], one["body"], one["status"]) for one in entry] == [
            ("EXEC", "ops@sandbox", "uptime", 0)
        ]

    at_the_standin(work)


def test_another_host_key_than_the_pinned_is_refused_by_name() -> None:
    async def work(place: Place) -> None:
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        with pytest.raises(VendorError, match="pinned host key") as caught:
            await place.ssh(host_key=other).run("sandbox", "uptime", Limits(10))
        assert not caught.value.retryable
        assert "SSH_HOSTS" in str(caught.value.hint)
        assert place.outbox.entries() == []

    at_the_standin(work)


def test_a_client_key_the_host_does_not_know_is_refused_by_name() -> None:
    async def work(place: Place) -> None:
        stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
        with pytest.raises(VendorError, match="refused us") as caught:
            await place.ssh(stranger).run("sandbox", "uptime", Limits(10))
        assert "user ops" in str(caught.value.hint)

    at_the_standin(work)


@pytest.mark.parametrize(
    "text", ["nonsense", "-----BEGIN OPENSSH PRIVATE KEY-----\nxx\n-----END OPENSSH PRIVATE KEY-----"]
)
def test_a_secret_that_is_no_key_is_named_without_showing_it(text: str) -> None:
    async def work(place: Place) -> None:
        with pytest.raises(NotConfigured, match="SSH_PRIVATE_KEY") as caught:
            await place.ssh(text).run("sandbox", "uptime", Limits(10))
        assert "xx" not in f"{caught.value} {caught.value.hint}"

    at_the_standin(work)


@pytest.mark.parametrize(
    "change", [str.strip, lambda key: key.replace("\n", "\\n")], ids=["stripped", "one line"]
)
def test_a_key_whose_line_breaks_suffered_on_the_way_still_works(change: Callable[[str], str]) -> None:
    async def work(place: Place) -> None:
        done = await place.ssh(change(place.standin.private_key)).run("sandbox", "true", Limits(10))
        assert done.exit_status == 0

    at_the_standin(work)


def test_an_unknown_alias_lists_the_known_before_anything_is_sent() -> None:
    async def work(place: Place) -> None:
        with pytest.raises(NotFound, match=r"\['sandbox'\]"):
            await place.ssh().run("127.0.0.1", "uptime", Limits(10))

    at_the_standin(work)


def test_a_host_that_is_down_is_busy_and_nothing_was_run() -> None:
    async def work(place: Place) -> None:
        await place.standin.stop()
        with pytest.raises(VendorBusy) as caught:
            await place.run("uptime")
        assert "Nothing was run" in str(caught.value.hint)

    at_the_standin(work)


def test_a_host_that_accepts_and_says_nothing_is_given_up() -> None:
    async def work() -> None:
        silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        key = asyncssh.generate_private_key("ssh-ed25519")
        entry = {"host": "127.0.0.1", "port": port, "user": "u", "host_key": key.export_public_key().decode()}
        with pytest.raises(VendorBusy):
            await adapter(entry, key.export_private_key().decode()).run("sandbox", "uptime", Limits(0.3))
        silent.close()

    asyncio.run(work())


def test_a_command_over_its_time_is_told_to_stop_and_the_limit_named() -> None:
    told: list[str] = []

    class Watching(asyncssh.SSHServerSession[str]):
        def exec_requested(self, command: str) -> bool:
            return True

        def signal_received(self, signal: str) -> None:
            told.append(signal)

    class Server(asyncssh.SSHServer):
        def session_requested(self) -> Any:
            return Watching()

    async def work() -> None:
        host_key, client_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
        allowed = asyncssh.import_authorized_keys(client_key.export_public_key().decode())
        async with asyncssh.listen(
            "127.0.0.1", 0, server_factory=Server, server_host_keys=[host_key], authorized_client_keys=allowed
        ) as listening:
            public = host_key.export_public_key().decode()
            entry = {"host": "127.0.0.1", "port": listening.get_port(), "user": "u", "host_key": public}
            ssh = adapter(entry, client_key.export_private_key().decode())
            with pytest.raises(BudgetExceeded, match=r"0\.5 s") as caught:
                await ssh.run("sandbox", "sleep 30", Limits(0.5))
            assert "inputs.timeout" in str(caught.value.hint)
        assert told == ["TERM"]

    asyncio.run(work())


def test_large_output_is_cut_and_the_command_still_runs_to_its_end() -> None:
    async def chatty(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write("x" * 300_000)
        process.stderr.write("y" * 300_000)
        process.exit(3)

    async def work() -> None:
        async with server(chatty) as ssh:
            done = await ssh.run("sandbox", "anything", Limits(10, max_output=1000))
        assert len(done.stdout) + len(done.stderr) == 1000
        assert (done.exit_status, done.truncated) == (3, True)

    asyncio.run(work())


def test_looking_stops_a_command_whose_output_never_ends() -> None:
    async def endless(process: asyncssh.SSHServerProcess[str]) -> None:
        try:
            while True:
                process.stdout.write("z" * 10_000)
                await process.stdout.drain()
        except (BrokenPipeError, ConnectionError, asyncssh.Error):
            process.close()

    async def work() -> None:
        async with server(endless) as ssh:
            done = await ssh.run("sandbox", "cat /dev/zero", Limits(10, max_output=5000, stop_when_full=True))
        assert done.stdout == "z" * 5000
        assert (done.exit_status, done.truncated) == (None, True)

    asyncio.run(work())


def test_a_host_lost_while_a_command_runs_is_no_reason_to_repeat_it() -> None:
    async def vanishing(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write("begun\n")
        await process.stdout.drain()
        process.get_extra_info("connection").abort()

    async def work() -> None:
        async with server(vanishing) as ssh:
            with pytest.raises(VendorError, match="lost while the command ran") as caught:
                await ssh.run("sandbox", "make changes", Limits(10))
        assert not caught.value.retryable
        assert "before you repeat" in str(caught.value.hint)

    asyncio.run(work())


def test_a_command_ended_by_a_signal_names_it() -> None:
    async def killed(process: asyncssh.SSHServerProcess[str]) -> None:
        process.exit_with_signal("KILL")

    async def work() -> None:
        async with server(killed) as ssh:
            done = await ssh.run("sandbox", "anything", Limits(10))
        assert (done.exit_status, done.signal, done.view()["signal"]) == (None, "KILL", "KILL")

    asyncio.run(work())


def test_bytes_that_are_no_text_are_replaced() -> None:
    async def binary(process: asyncssh.SSHServerProcess[bytes]) -> None:
        process.channel.set_encoding(None)
        process.channel.write(b"\xff\xfeok")
        process.exit(0)

    async def work() -> None:
        async with server(binary) as ssh:
            assert (await ssh.run("sandbox", "x", Limits(10))).stdout == "��ok"

    asyncio.run(work())
