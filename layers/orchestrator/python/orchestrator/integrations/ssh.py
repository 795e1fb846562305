"""Commands on other hosts over SSH, with asyncssh. Import it in workers only: it costs 160 ms.

Each command has its own connection: jobs are rare, and a kept connection would not outlive a frozen worker.
Nothing of the machine's own SSH set-up is used: no agent, no `~/.ssh/config`, no known host but the pinned.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncssh

from orchestrator.errors import BudgetExceeded, NotConfigured, VendorBusy, VendorError
from orchestrator.intents.ssh import Completed, Host, Hosts, Limits

VENDOR = "ssh"
CONNECT_TIMEOUT = 10.0
_CHUNK = 16_384

KeySource = Callable[[], Awaitable[str]]
"""Gives the private key in OpenSSH or PEM form, without passphrase."""


class AsyncSsh:
    """`orchestrator.intents.ssh.Ssh` on asyncssh."""

    def __init__(self, hosts: Hosts, key: KeySource) -> None:
        """Connect nothing yet."""
        self._hosts = hosts
        self._key = key

    async def run(self, alias: str, command: str, limits: Limits) -> Completed:
        """Run `command` once; see `orchestrator.intents.ssh.Ssh`."""
        started = time.monotonic()
        deadline = asyncio.get_running_loop().time() + limits.timeout
        host = self._hosts.get(alias)
        connection = await _connect(host, _private(await self._key()), min(CONNECT_TIMEOUT, limits.timeout))
        output = _Output(limits)
        try:
            async with asyncio.timeout_at(deadline):
                status, signal = await _execute(connection, command, output)
        except TimeoutError:
            raise _too_slow(alias, limits.timeout) from None
        except (asyncssh.Error, OSError) as error:
            raise _lost(alias, type(error).__name__) from None
        finally:
            await _close(connection)
        if status is None and signal is None and not output.truncated:
            raise _lost(alias, "no exit status")
        milliseconds = round((time.monotonic() - started) * 1000)
        return Completed(status, output.out, output.err, output.truncated, milliseconds, signal)


class _FullError(Exception):
    """The output reached its limit and the rest is not wanted."""


class _Output:
    """Keeps the first bytes of both streams, up to the limit over both."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.max_output
        self._stop = limits.stop_when_full
        self._kept = bytearray(), bytearray()
        self.truncated = False

    @property
    def out(self) -> str:
        """What the command wrote; bytes that are no UTF-8 are replaced."""
        return self._kept[0].decode("utf-8", "replace")

    @property
    def err(self) -> str:
        """What the command wrote as errors."""
        return self._kept[1].decode("utf-8", "replace")

    async def read(self, process: asyncssh.SSHClientProcess[bytes]) -> None:
        """Read both streams to their end.

        Raises:
            _FullError: the limit was reached, and the limits say to stop then.
        """
        streams = zip((process.stdout, process.stderr), self._kept, strict=True)
        await asyncio.gather(*(self._drain(stream, kept) for stream, kept in streams))

    async def _drain(self, stream: asyncssh.SSHReader[bytes], kept: bytearray) -> None:
        while chunk := await stream.read(_CHUNK):
            kept += chunk[: self._left]
            self.truncated = self.truncated or len(chunk) > self._left
            self._left = max(0, self._left - len(chunk))
            if self.truncated and self._stop:
                raise _FullError


async def _execute(
    connection: asyncssh.SSHClientConnection, command: str, output: _Output
) -> tuple[int | None, str | None]:
    """Run the command; return its exit status or the signal that ended it."""
    process = await connection.create_process(command, stdin=asyncssh.DEVNULL, encoding=None)
    try:
        await output.read(process)
        await process.wait_closed()
    except (_FullError, asyncio.CancelledError) as stopped:
        with suppress(OSError):  # it may have ended by itself just now
            process.terminate()
        if isinstance(stopped, asyncio.CancelledError):
            raise
        return None, None
    if process.exit_signal:
        return None, process.exit_signal[0]
    return process.exit_status, None


async def _close(connection: asyncssh.SSHClientConnection) -> None:
    connection.close()
    try:
        async with asyncio.timeout(1):  # lets the last message, perhaps the signal, leave
            await connection.wait_closed()
    except TimeoutError:
        connection.abort()


def _too_slow(alias: str, seconds: float) -> BudgetExceeded:
    return BudgetExceeded(
        f"the command on '{alias}' was still running after {seconds:g} s and was told to stop",
        hint="Raise inputs.timeout, or start long work in the background on the host.",
    )


def _lost(alias: str, why: str) -> VendorError:
    return VendorError(
        VENDOR,
        f"the connection to '{alias}' was lost while the command ran ({why})",
        hint="It may have run in part or whole: look at the host before you repeat it.",
    )


async def _connect(host: Host, key: asyncssh.SSHKey, seconds: float) -> asyncssh.SSHClientConnection:
    try:
        pinned = asyncssh.import_public_key(host.host_key)
    except asyncssh.KeyImportError:
        hint = "ssh-keyscan prints it; compare it with the host's own before you trust it."
        raise VendorError(VENDOR, f"host_key of '{host.alias}' is no public key", hint=hint) from None
    try:
        async with asyncio.timeout(seconds):
            return await asyncssh.connect(
                host.host,
                host.port,
                username=host.user,
                client_keys=[key],
                known_hosts=([pinned], [], []),
                agent_path=None,
                config=[],
                preferred_auth="publickey",
                compression_algs=None,
                keepalive_interval=15,
            )
    except asyncssh.HostKeyNotVerifiable:
        hint = "Somebody may be in between. If the host was set up anew, put its new host_key into SSH_HOSTS."
        raise VendorError(VENDOR, f"'{host.alias}' does not show the pinned host key", hint=hint) from None
    except (asyncssh.PermissionDenied, asyncssh.KeyExchangeFailed) as error:
        hint = f"Allow the public key of SSH_PRIVATE_KEY for user {host.user} on the host."
        raise VendorError(VENDOR, f"'{host.alias}' refused us ({type(error).__name__})", hint=hint) from None
    except (asyncssh.Error, OSError, TimeoutError) as error:
        hint = "Nothing was run. Check host and port in SSH_HOSTS, and that the host is up."
        raise VendorBusy(
            VENDOR, f"'{host.alias}' cannot be reached ({type(error).__name__})", hint=hint
        ) from None


def _private(text: str) -> asyncssh.SSHKey:
    text = text.strip()
    if "\n" not in text:  # one line of JSON or .env often holds the two characters instead
        text = text.replace("\\n", "\n")
    try:
        return asyncssh.import_private_key(f"{text}\n")
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        hint = "Store an OpenSSH private key without passphrase in the ssh secret, line breaks kept."
        raise NotConfigured("SSH_PRIVATE_KEY is no private key", hint=hint) from None
