"""Find the function folders: `functions/<group>/<name>/spec.py`, each with one `SPEC = Function(...)`."""

from __future__ import annotations

import importlib.util
import re
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from orchestrator.spec import Function

FOLDER_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class SpecError(Exception):
    """One or more function folders are wrong: one line for each, `file:line: what is wrong; the mend`."""


@dataclass(frozen=True, slots=True)
class Found:
    """A function folder: `group` and `name` from its path, its `spec`, and the project's `root`."""

    group: str
    name: str
    root: Path
    spec: Function

    @property
    def folder(self) -> str:
        """The folder, relative to the project: `functions/api/health`."""
        return f"functions/{self.group}/{self.name}"

    @property
    def handler(self) -> str:
        """The Lambda handler: one import path on Lambda, on the laptop and in tests."""
        return f"functions.{self.group}.{self.name}.handler.handler"

    @property
    def id(self) -> str:
        """`<group>-<name>` as it appears in physical names, with dashes only."""
        return f"{self.group}-{self.name}".replace("_", "-")

    @property
    def file(self) -> str:
        """The spec's path relative to the project."""
        return f"{self.folder}/spec.py"

    def complaint(self, about: str, what: str) -> str:
        """Return one line `file:line: what`, at the first line of the spec that mentions `about`."""
        lines = (self.root / self.file).read_text(encoding="utf-8").splitlines()
        for text in (f'"{about}"', f"'{about}'", about, "SPEC"):
            hits = [number for number, line in enumerate(lines, 1) if text in line]
            if hits:
                return f"{self.file}:{hits[0]}: {what}"
        return f"{self.file}:1: {what}"


def discover(root: Path) -> list[Found]:
    """Return every function folder under `root`, sorted by path; the specs' contents are not judged here.

    Raises:
        SpecError: a spec cannot be imported or holds no `SPEC`.
    """
    found: list[Found] = []
    problems: list[str] = []
    for file in sorted((root / "functions").glob("*/*/spec.py")):
        try:
            found.append(_load(file, root))
        except SpecError as error:
            problems.append(str(error))
    if problems:
        raise SpecError("\n".join(problems))
    return found


def _load(file: Path, root: Path) -> Found:
    shown = file.relative_to(root).as_posix()
    group, name = file.parts[-3:-1]
    for part in (group, name):
        if not FOLDER_NAME.match(part):
            raise SpecError(
                f"{shown}:1: {part!r} must be lower-case letters, digits and _; rename the folder"
            )
    spec = getattr(
        imported(file, shown, "a spec may import only the standard library and orchestrator"), "SPEC", None
    )
    if not isinstance(spec, Function):
        raise SpecError(f"{shown}:1: holds no SPEC; add `SPEC = Function(...)` from orchestrator.spec")
    return Found(group, name, root, spec)


def imported(file: Path, shown: str, imports: str) -> ModuleType:
    """Import `file` afresh, shown to people as `shown`; `imports` says what it may import.

    Raises:
        SpecError: it cannot be imported; one line with the place and the mend.
    """
    # A name of its own, not `functions.…`: a project under test must not shadow the real package.
    loader = importlib.util.spec_from_file_location(f"_spec_{abs(hash(file))}", file)
    if loader is None or loader.loader is None:
        raise SpecError(f"{shown}:1: cannot be imported")
    module = importlib.util.module_from_spec(loader)
    cached, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.loader.exec_module(module)
    except Exception as error:
        raise failure(error, file, shown, imports) from error
    finally:
        sys.dont_write_bytecode = cached
    return module


def failure(error: Exception, file: Path, shown: str, imports: str) -> SpecError:
    """Return what code of `file` has raised as one line with the place and the mend."""
    line, mend = _where(error, file), _mend(error, imports)
    return SpecError(f"{shown}:{line}: {type(error).__name__}: {_first_line(error)}; {mend}")


def _where(error: Exception, file: Path) -> int:
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno or 1
    frames = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)
    ]
    return (frames[-1] if frames else None) or 1


def _first_line(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return error.msg
    return (str(error).splitlines() or [""])[0]


def _mend(error: Exception, imports: str) -> str:
    match error:
        case SyntaxError():
            return "mend the syntax of that line"
        case ImportError():
            return imports
        case TypeError():
            return "compare the arguments with orchestrator.spec.Function"
        case NameError():
            return "import it from orchestrator.spec or mend the spelling"
        case _:
            return "mend that line"
