"""What `ssh.exec` and `ssh.exec.peek` need: the hosts an operator allows, and who runs a command there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol, cast

from orchestrator.config import SettingsError
from orchestrator.errors import NotConfigured, NotFound

EXAMPLE = '{"web1": {"host": "web1.example.com", "user": "ops", "host_key": "ssh-ed25519 AAAA…"}}'
MAX_OUTPUT = 64_000
"""Bytes kept of what a command writes, both streams together: the result has to fit a job's record."""
MAX_TIMEOUT = 240
"""Seconds a caller may allow a command; the worker is stopped at 300."""


@dataclass(frozen=True, slots=True)
class Host:
    """One allowed host. `host_key` is the public key it must show, in OpenSSH's `type base64` form."""

    alias: str
    host: str
    user: str
    host_key: str
    port: int = 22


@dataclass(frozen=True, slots=True)
class Limits:
    """`timeout` in seconds from connecting to the end, `max_output` in bytes over both streams.

    With `stop_when_full` a command is ended once its output is full; else the rest is read and dropped, so
    that a command with an effect is not stopped half-way for being talkative.
    """

    timeout: float
    max_output: int = MAX_OUTPUT
    stop_when_full: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended. `exit_status` is `None` after a signal, which `signal` then names."""

    exit_status: int | None
    stdout: str
    stderr: str
    truncated: bool
    duration_ms: int
    signal: str | None = None

    def view(self) -> dict[str, Any]:
        """Return the result of the intents."""
        shown: dict[str, Any] = {
            "exit_status": self.exit_status,
            "stdout": self.stdout,
            "stderr": self.stderr,
            "truncated": self.truncated,
            "duration_ms": self.duration_ms,
        }
        return shown | ({"signal": self.signal} if self.signal else {})


class Ssh(Protocol):
    """Runs commands on the allowed hosts."""

    async def run(self, alias: str, command: str, limits: Limits) -> Completed:
        """Run `command` in the login shell of host `alias`, once, without input.

        Raises:
            NotFound: no host has that alias.
            NotConfigured: there are no hosts, or there is no key.
            BudgetExceeded: the command was still running at its time-out, and was told to stop.
            VendorBusy: the host could not be reached; nothing was run.
            VendorError: the host is not the one pinned, refused us, or was lost while the command ran.
        """
        ...


class Hosts:
    """The allowed hosts by alias. Callers name aliases only: an address of theirs is never connected to."""

    def __init__(self, hosts: Mapping[str, Host]) -> None:
        """Keep `hosts`."""
        self._hosts = dict(hosts)

    @classmethod
    def parse(cls, text: str) -> Hosts:
        """Read the value of `SSH_HOSTS`, a JSON object; see `EXAMPLE`.

        Raises:
            SettingsError: naming the alias and the field that is wrong.
        """
        try:
            entries: Any = json.loads(text) if text.strip() else {}
        except ValueError as error:
            raise _wrong(f"not JSON ({error})") from error
        if not isinstance(entries, dict):
            raise _wrong("not a JSON object of hosts by alias")
        named = cast("dict[str, Any]", entries)
        return cls({alias: _host(alias, entry) for alias, entry in named.items()})

    def get(self, alias: str) -> Host:
        """Return the host of `alias`.

        Raises:
            NotConfigured: no host is allowed at all.
            NotFound: listing the aliases there are.
        """
        if not self._hosts:
            raise NotConfigured(
                "SSH_HOSTS is not set", hint=f"Set it to the hosts to allow, such as {EXAMPLE}"
            )
        if host := self._hosts.get(alias):
            return host
        near = get_close_matches(alias, self._hosts, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "Add it to SSH_HOSTS with its host key."
        raise NotFound(f"Host '{alias}' not found. Available: {sorted(self._hosts)}", hint=hint)


def _host(alias: str, entry: object) -> Host:
    fields = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    for name in ("host", "user", "host_key"):
        if not isinstance(fields.get(name), str) or not fields[name].strip():
            raise _wrong(f"{alias}: {name} is missing or no text")
    port = fields.get("port", 22)
    if type(port) is not int or not 0 < port < 65536:
        raise _wrong(f"{alias}: port is no number from 1 to 65535")
    if len(fields["host_key"].split()) < 2:
        raise _wrong(f"{alias}: host_key is no public key (ssh-keyscan prints it)")
    return Host(alias, fields["host"], fields["user"], fields["host_key"], port)


def _wrong(problem: str) -> SettingsError:
    return SettingsError(f"SSH_HOSTS: {problem} (example: {EXAMPLE})")
