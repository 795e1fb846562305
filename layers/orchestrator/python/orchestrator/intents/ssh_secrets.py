"""Names of files that hold secrets: no program of `ssh.exec.peek` is told one of them.

A second line behind the rights of the user it logs in as, and no more: a link, or a program that reads a
whole folder, reaches a file without its name being said. What nobody may see, that user must not be able to
read.

Refused are, wherever they stand in an argument and whatever their case:
- folders: `.ssh`, `.gnupg`, `.aws`, `.azure`, `.kube`, `.docker`, `run/secrets`, `ssl/private`;
- private keys: `*.pem`, `*.key`, `*.p12`, `*.pfx`, `*.jks`, `id_rsa*` and its kin, `ssh_host_*`;
- environments: `.env`, `*.env`, `.env.*`, `/environ` (of a process), `/environment`;
- passwords: `/shadow*`, `/gshadow*`, `.netrc`, `.pgpass`, `.my.cnf`, `.git-credentials`, `.htpasswd`,
  `.vault-token`;
- histories of shells and clients: `.*_history`.
"""

from __future__ import annotations

import posixpath
import re

_NAMES = r"""
    \.(?:ssh|gnupg|aws|azure|kube|docker)
  | run/secrets | ssl/private
  | [^/]*\.(?:pem|key|p12|pfx|jks)
  | id_(?:rsa|dsa|ecdsa|ed25519)[^/]* | ssh_host_[^/]*
  | [^/]*\.env(?:\.[^/]*)?
  | \.(?:netrc|pgpass|my\.cnf|git-credentials|htpasswd|vault-token)
  | \.[^/]*_history
"""
_BELOW = r"/(?:environ(?:ment)?|g?shadow[^/]*)(?:/|$)"
"""Words that mean something else where they are no path."""
_FLAGS = re.VERBOSE | re.IGNORECASE
_OPERAND = re.compile(rf"(?:^|/)(?:{_NAMES})(?:/|$)|{_BELOW}", _FLAGS)
# Where a flag ends and its value begins is the program's business: the name may begin anywhere.
_JOINED = re.compile(rf"(?:{_NAMES})(?:/|$)|{_BELOW}", _FLAGS)


def names_secret(word: str) -> bool:
    """Return whether an argument of a command names a file (or folder) that holds secrets."""
    path = posixpath.normpath(word)
    return bool((_JOINED if word.startswith("-") else _OPERAND).search(path))
