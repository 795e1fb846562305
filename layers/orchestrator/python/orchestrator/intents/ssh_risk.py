"""How dangerous a shell command looks, for the caller who has to confirm it. A hint, never a permission.

- `read`: `ssh.exec.peek` would accept it.
- `destructive`: any word of it, wherever it stands (also behind `sudo` or inside quotes), is the name of a
  program in `_DESTRUCTIVE`, or follows its program as in `_DESTRUCTIVE_WITH`; or it writes over a file (`>`).
- `change`: everything else.
"""

from __future__ import annotations

import re
from typing import Literal

from orchestrator.errors import InvalidInput
from orchestrator.intents.ssh_policy import read_only

Risk = Literal["read", "change", "destructive"]

_NAMES = """
    rm rmdir unlink shred truncate dd mkfs wipefs fdisk sfdisk parted blkdiscard lvremove vgremove pvremove
    reboot shutdown halt poweroff init telinit kill killall pkill userdel groupdel deluser dropdb dropuser
    iptables nft crontab swapoff umount
"""
_DESTRUCTIVE = frozenset(_NAMES.split())
_DESTRUCTIVE_WITH = {
    "systemctl": {"stop", "disable", "mask", "kill", "poweroff", "reboot", "halt", "isolate"},
    "service": {"stop"},
    "docker": {"rm", "rmi", "kill", "stop", "prune", "down"},
    "kubectl": {"delete", "drain"},
    "git": {"clean", "reset"},
    "apt": {"remove", "purge", "autoremove"},
    "apt-get": {"remove", "purge", "autoremove"},
    "dnf": {"remove", "erase"},
    "yum": {"remove", "erase"},
    "find": {"-delete"},
    "rsync": {"--delete"},
}
_SQL = re.compile(r"\b(drop|truncate|delete\s+from)\b", re.IGNORECASE)
_OVERWRITE = re.compile(r"(?<![>&\d])\d?>(?![>&])\|?\s*(?!/dev/null\b)")
_WORD = re.compile(r"[^\s;|&()<>`$'\"{}=]+")


def risk_of(command: str) -> Risk:
    """Return the risk class of `command`."""
    words = [word.rpartition("/")[2] for word in _WORD.findall(command)]
    if any(word.partition(".")[0] in _DESTRUCTIVE for word in words) or _pair(words):
        return "destructive"
    if _OVERWRITE.search(command) or _SQL.search(command):
        return "destructive"
    try:
        read_only(command)
    except InvalidInput:
        return "change"
    return "read"


def _pair(words: list[str]) -> bool:
    """Return whether a program is followed by one of its destructive words, at any distance."""
    return any(
        _DESTRUCTIVE_WITH[program] & set(words[index + 1 :])
        for index, program in enumerate(words)
        if program in _DESTRUCTIVE_WITH
    )
