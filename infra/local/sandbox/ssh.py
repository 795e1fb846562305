"""A stand-in for SSH hosts: real SSH on a loopback port, with keys made at start, in front of `ssh_host`.

Only the port and the keys are needed while the runner boots. asyncssh, which takes 160 ms to import, is
imported at the first connection, in a thread.
"""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from infra.local.sandbox.outbox import Outbox
from infra.local.sandbox.ssh_host import NAME, USER, answer

if TYPE_CHECKING:
    import asyncssh


class SshStandIn:
    """Listens from `start` to `stop`.

    `hosts` is the value for SSH_HOSTS: one host, alias `sandbox`, with its port and pinned key. `private_key`
    is the only client key it accepts, in OpenSSH form, for the vendor's secret.
    """

    def __init__(self, outbox: Outbox, listener: socket.socket) -> None:
        self._outbox = outbox
        self._listener = listener
        self._host_key, public = _new_key()
        self.private_key, self._client_key = _new_key()
        address, port = listener.getsockname()
        entry = {"host": address, "port": port, "user": USER, "host_key": public}
        self.hosts = json.dumps({NAME: entry})
        self._accepting = asyncio.create_task(self._accept())
        self._connections: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(cls, outbox: Outbox) -> SshStandIn:
        """Listen on a free loopback port; commands are noted in `outbox`."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        return cls(outbox, listener)

    async def stop(self) -> None:
        """Close the port and every connection."""
        tasks = [self._accepting, *self._connections]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listener.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connected, _ = await loop.sock_accept(self._listener)
            task = asyncio.create_task(self._serve(connected))
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)

    async def _serve(self, connected: socket.socket) -> None:
        asyncssh = await asyncio.to_thread(_asyncssh)
        with suppress(asyncssh.Error, OSError):  # a client that shows a wrong key, or leaves
            connection = await asyncssh.run_server(
                connected,
                server_host_keys=[asyncssh.import_private_key(self._host_key)],
                authorized_client_keys=asyncssh.import_authorized_keys(self._client_key),
                process_factory=self._run,
                allow_scp=False,
                agent_forwarding=False,
                encoding="utf-8",
            )
            try:
                await connection.wait_closed()
            finally:
                connection.abort()

    async def _run(self, process: asyncssh.SSHServerProcess[str]) -> None:
        command = process.command or ""
        said = answer(command)
        self._outbox.record("ssh", "EXEC", f"{USER}@{NAME}", command.encode(), said.status)
        await asyncio.sleep(said.seconds)
        process.stdout.write(said.stdout)
        process.stderr.write(said.stderr)
        process.exit(said.status)


def _asyncssh() -> Any:
    import asyncssh

    return asyncssh


def _new_key() -> tuple[str, str]:
    """Return a new Ed25519 key pair: the private key in OpenSSH form, the public one as `type base64`."""
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.OpenSSH, s.NoEncryption())
    public = key.public_key().public_bytes(s.Encoding.OpenSSH, s.PublicFormat.OpenSSH)
    return private.decode(), public.decode()
