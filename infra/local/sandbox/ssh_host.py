"""The host behind the SSH stand-in: it exists in memory only and runs nothing on this machine.

It answers `cat FILE…`, `df -h`, `echo WORD…`, `hostname`, `ls [FOLDER]`, `sleep SECONDS`, `true`, `false`,
`uname`, `uptime`, `whoami`; everything else ends with 127, as an unknown program does in a shell.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NAME = "sandbox"
USER = "ops"

FILES = {
    "/etc/hostname": f"{NAME}\n",
    "/etc/os-release": 'NAME="Sandbox"\nPRETTY_NAME="A host that exists in memory only"\n',
    "/var/log/app.log": "".join(f"2026-01-01T00:00:{n % 60:02} app[1]: line {n}\n" for n in range(5000)),
}
_DISKS = "Filesystem  Size  Used Avail Use% Mounted on\n/dev/vda1    40G   12G   28G  30% /\n"
_UPTIME = " 09:00:00 up 42 days,  3:14,  1 user,  load average: 0.08, 0.03, 0.01\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command writes, how it ends, and how many seconds it takes."""

    stdout: str = ""
    stderr: str = ""
    status: int = 0
    seconds: float = 0.0


def answer(command: str) -> Answer:
    """Return the answer to one command line."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        return Answer(stderr=f"sh: {error}\n", status=2)
    if not words:
        return Answer()
    run = _COMMANDS.get(words[0].removeprefix("/usr").removeprefix("/bin/"))
    if run is None:
        known = ", ".join(_COMMANDS)
        return Answer(stderr=f"sh: {words[0]}: not found (the sandbox knows {known})\n", status=127)
    return run(words[1:])


def _cat(words: Sequence[str]) -> Answer:
    missing = "".join(f"cat: {name}: No such file or directory\n" for name in words if name not in FILES)
    return Answer("".join(FILES.get(name, "") for name in words), missing, 1 if missing else 0)


def _ls(words: Sequence[str]) -> Answer:
    folder = next((word for word in words if not word.startswith("-")), "/").rstrip("/") + "/"
    names = {path.removeprefix(folder).partition("/")[0] for path in FILES if path.startswith(folder)}
    if not names:
        return Answer(stderr=f"ls: cannot access '{folder}': No such file or directory\n", status=2)
    return Answer("".join(f"{name}\n" for name in sorted(names)))


def _sleep(words: Sequence[str]) -> Answer:
    try:
        return Answer(seconds=max(0.0, float(words[0])))
    except (IndexError, ValueError):
        return Answer(stderr="sleep: needs a number of seconds\n", status=1)


def _always(text: str = "", status: int = 0) -> Callable[[Sequence[str]], Answer]:
    return lambda words: Answer(text, status=status)


_COMMANDS: dict[str, Callable[[Sequence[str]], Answer]] = {
    "cat": _cat,
    "df": _always(_DISKS),
    "echo": lambda words: Answer(" ".join(words) + "\n"),
    "false": _always(status=1),
    "hostname": _always(f"{NAME}\n"),
    "ls": _ls,
    "sleep": _sleep,
    "true": _always(),
    "uname": _always("Sandbox\n"),
    "uptime": _always(_UPTIME),
    "whoami": _always(f"{USER}\n"),
}
