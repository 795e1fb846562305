"""Which commands `ssh.exec.peek` accepts: programs that only read, with flags that only read.

The guard has four steps, and the last one does not trust the others:
1. The command may hold none of `FORBIDDEN` nor a control character, quoted or not: no pipe, list,
   redirection, substitution or variable, whatever shell reads it.
2. It is split as a POSIX shell splits it (`shlex`). The program must be in `PROGRAMS`, by its bare name or in
   a system folder, and its rule must accept the arguments.
3. No argument may name a file that holds secrets (`ssh_secrets`).
4. What is sent is the words quoted anew (`shlex.join`): a glob, a tilde or a brace is a literal there.
"""

from __future__ import annotations

import shlex

from orchestrator.errors import InvalidInput
from orchestrator.intents.ssh_programs import PROGRAMS
from orchestrator.intents.ssh_secrets import names_secret

FORBIDDEN = frozenset(";|&$()<>\\`\n")
LONGEST = 4096
_FOLDERS = ("/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/")
_HINT = "ssh.exec runs any command, with confirm_dangerous=true."


def read_only(command: str) -> list[str]:
    """Return the words of `command` when it is one that only reads.

    Raises:
        InvalidInput: saying which character, program, flag or file is not accepted.
    """
    if len(command) > LONGEST:
        raise _refused(f"the command is longer than {LONGEST} characters")
    words = _split(command)
    rule = PROGRAMS.get(_program(words[0]))
    if rule is None:
        raise _refused(f"'{words[0]}' is not one of the programs that only read: {', '.join(PROGRAMS)}")
    if problem := rule(words[1:]):
        raise _refused(f"{words[0]}: {problem}")
    if secret := next(filter(names_secret, words[1:]), None):
        raise _refused(f"{secret!r} names a file that may hold secrets")
    return words


def _split(command: str) -> list[str]:
    for character in command:
        if character in FORBIDDEN or not (character.isprintable() or character == "\t"):
            raise _refused(f"{character!r} is not allowed in a command that only reads")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise _refused(f"the command cannot be read: {error}") from error
    if not words:
        raise _refused("the command is empty")
    return words


def quoted(words: list[str]) -> str:
    """Return `words` as one line that every POSIX shell reads as exactly these words."""
    return shlex.join(words)


def _program(word: str) -> str:
    for folder in _FOLDERS:
        if word.startswith(folder):
            return word.removeprefix(folder)
    return word


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, hint=_HINT, field="inputs.command")
