"""The programs of `ssh.exec.peek` and what each may be told.

A program that can only read takes any flag (`any_flags`). One that can also change, run or wait for something
is given exactly the flags (`flags`) or subcommands (`subcommands`) that only read; `find` loses its actions.
What shows the environment of a process or container (`ps e`, `docker inspect`), where passwords are, or asks
a server (`getent hosts`), who then reads what is asked, is left out.
Sources: the manual pages of GNU coreutils, findutils, procps, util-linux, iproute2, systemd and docker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

Rule = Callable[[Sequence[str]], str | None]
"""Takes the words after the program's name; returns what is wrong with them, or `None`."""


def any_flags(words: Sequence[str]) -> str | None:
    """Accept everything."""
    return None


def without(*names: str) -> Rule:
    """Accept everything but the flags `names`, in any form getopt reads: abbreviated, joined, with `=`."""
    long = [name for name in names if name.startswith("--")]
    short = {name[1] for name in names if not name.startswith("--")}

    def rule(words: Sequence[str]) -> str | None:
        for word in words:
            name = word.partition("=")[0]
            if len(name) > 2 and name.startswith("--") and any(other.startswith(name) for other in long):
                return f"{word} is not allowed"
            if word.startswith("-") and not word.startswith("--") and short & set(word[1:]):
                return f"{word} is not allowed"
        return None

    return rule


def flags(short: str = "", *long: str, positional: str | None = "") -> Rule:
    """Accept only these flags. As in getopt, `n:` or `lines:` takes a value.

    A word that is no flag must start with `positional`; `None` accepts none at all.
    """
    letters = {
        letter: short[index + 1 : index + 2] == ":" for index, letter in enumerate(short) if letter != ":"
    }
    names = {name.rstrip(":"): name.endswith(":") for name in long}

    def rule(words: Sequence[str]) -> str | None:
        operands: list[str] = []
        value_may_follow = False
        for index, word in enumerate(words):
            if word == "--":
                operands += words[index + 1 :]
                break
            if word == "-" or not word.startswith("-"):
                if not value_may_follow:
                    operands.append(word)
                value_may_follow = False
                continue
            # A word with a dash is always judged as a flag, also where a value is due: some programs do
            # not take it as one (journalctl -n).
            takes = _long(word, names) if word.startswith("--") else _short(word, letters)
            if takes is None:
                return f"{word} is not allowed"
            value_may_follow = takes
        wrong = [word for word in operands if positional is None or not word.startswith(positional)]
        return f"{wrong[0]} is not allowed" if wrong else None

    return rule


def subcommands(**rules: Rule) -> Rule:
    """Accept only these first words (a `_` stands for a dash), each with its own rule; none before them."""
    known = {name.replace("_", "-"): rule for name, rule in rules.items()}

    def rule(words: Sequence[str]) -> str | None:
        if not words or words[0] not in known:
            return f"needs one of {', '.join(known)} as its first word"
        return known[words[0]](words[1:])

    return rule


def _long(word: str, names: Mapping[str, bool]) -> bool | None:
    """Return whether the flag takes the next word as its value, `None` when it is not known."""
    name, joined, _ = word[2:].partition("=")
    takes = names.get(name)
    return None if takes is None or (joined and not takes) else takes and not joined


def _short(word: str, letters: Mapping[str, bool]) -> bool | None:
    for index, letter in enumerate(word[1:], start=1):
        takes = letters.get(letter)
        if takes is None:
            return None
        if takes:
            return index == len(word) - 1
    return False


def _one(words: Sequence[str]) -> str | None:
    """Accept one operand: what follows it, docker hands to a `ps` that runs as root."""
    return flags()(words) or (None if len(words) == 1 else "needs exactly one word after it")


def _find(words: Sequence[str]) -> str | None:
    """Accept the tests of `find`, not its actions: they run programs, delete, or write files."""
    actions = ("-exec", "-ok", "-delete", "-fprint", "-fls", "-files0-from")
    return next((f"{word} is not allowed" for word in words if word.startswith(actions)), None)


def _ip(words: Sequence[str]) -> str | None:
    """Accept `ip [flags] object [show …]`."""
    harmless = {"-4", "-6", "-br", "-brief", "-s", "-j", "-json", "-o", "-d"}
    left = list(words)
    while left and left[0] in harmless:
        left.pop(0)
    if not left or left[0] not in {"a", "addr", "address", "l", "link", "r", "route", "n", "neigh"}:
        return "needs addr, link, route or neigh"
    return None if left[1:2] in ([], ["show"], ["list"]) else f"{left[1]} is not allowed, only show"


def _getent(words: Sequence[str]) -> str | None:
    """Accept the databases that are files of the host."""
    if not words or words[0] not in _DATABASES:
        return f"needs one of {', '.join(_DATABASES)} as its first word"
    return flags()(words)


_DATABASES = ("group", "passwd", "protocols", "services")
_FIELD = (
    "(?:pid|ppid|user|uid|group|gid|stat|state|%cpu|pcpu|%mem|pmem|rss|vsz|time|etime|etimes|lstart|start|tty"
    "|ni|nice|nlwp|psr|comm|cmd|args|command)"
)
_FIELDS = rf"[+-]?{_FIELD}(?:,[+-]?{_FIELD})*"
_BSD = rf"(?:-?[afjlruwx]+|-?axo {_FIELDS})"
_STANDARD = rf"(?:-[Ae]?L?f|-[Ae]?F|-[Ae]|-p [0-9,]+)(?: -o {_FIELDS})?|-[Ae]?o {_FIELDS}"
_PS = re.compile(rf"(?:(?:{_BSD}|{_STANDARD})(?: -?ww)?(?: --sort[= ]{_FIELDS})?)?")


def _ps(words: Sequence[str]) -> str | None:
    """Accept the usual forms: the BSD `e` shows environments, and forms that do not fit are read as BSD."""
    if not any(" " in word for word in words) and _PS.fullmatch(" ".join(words)):
        return None
    return (
        "accepts forms such as aux, -ef, -p 1,2, -eo pid,args --sort=-rss; of the fields only harmless ones"
    )


_UNITS = flags(
    "alqt:n:p:", "all", "full", "quiet", "type:", "state:", "lines:", "property:", "no-pager", "no-legend",
    "plain", "failed", "value",
)  # fmt: skip

PROGRAMS: dict[str, Rule] = {
    "cat": any_flags,
    "cut": any_flags,
    "date": flags("uRI", "utc", "iso-8601", "rfc-email", positional="+"),
    "df": any_flags,
    "dmesg": flags("Tkxul:", "ctime", "kernel", "decode", "userspace", "level:", positional=None),
    "docker": subcommands(
        images=flags("aqf:", "all", "quiet", "filter:", "format:", "no-trunc", "digests"),
        info=flags("f:", "format:", positional=None),
        logs=flags("n:t", "tail:", "since:", "until:", "timestamps", "details"),
        port=flags(),
        ps=flags("aqlsn:f:", "all", "quiet", "latest", "last:", "size", "filter:", "format:", "no-trunc"),
        stats=flags("a", "all", "format:", "no-stream", "no-trunc"),
        top=_one,
        version=flags("f:", "format:", positional=None),
    ),
    "du": any_flags,
    "echo": any_flags,
    "file": without("-C", "--compile"),
    "find": _find,
    "free": without("-s", "--seconds"),
    "getent": _getent,
    "grep": any_flags,
    "groups": any_flags,
    "head": any_flags,
    "hostname": flags("fsiIdA", "fqdn", "short", "ip-address", "all-ip-addresses", "domain", positional=None),
    "id": any_flags,
    "ip": _ip,
    "journalctl": flags(
        "u:n:S:U:p:b:kg:o:rxqt:e", "unit:", "lines:", "since:", "until:", "priority:", "boot", "dmesg",
        "grep:", "output:", "reverse", "catalog", "quiet", "identifier:", "no-pager", "utc", "disk-usage",
        "list-boots",
    ),
    "last": any_flags,
    "ls": any_flags,
    "lsblk": any_flags,
    "lscpu": any_flags,
    "md5sum": any_flags,
    "nproc": any_flags,
    "pgrep": any_flags,
    "ps": _ps,
    "pwd": any_flags,
    "readlink": any_flags,
    "realpath": any_flags,
    "sha256sum": any_flags,
    "ss": flags(
        "altunpsiemoxwr46HO", "all", "listening", "tcp", "udp", "unix", "processes", "summary", "numeric",
    ),
    "stat": any_flags,
    "systemctl": subcommands(
        cat=_UNITS,
        is_active=_UNITS,
        is_enabled=_UNITS,
        is_failed=_UNITS,
        list_dependencies=_UNITS,
        list_sockets=_UNITS,
        list_timers=_UNITS,
        list_unit_files=_UNITS,
        list_units=_UNITS,
        show=_UNITS,
        status=_UNITS,
    ),
    "tail": without("-f", "-F", "--follow", "--retry"),
    "uname": any_flags,
    "uptime": any_flags,
    "w": any_flags,
    "wc": any_flags,
    "which": any_flags,
    "who": any_flags,
    "whoami": any_flags,
}  # fmt: skip
