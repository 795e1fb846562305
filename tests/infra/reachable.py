"""Which resources a function's code can reach, read from the sources without running them.

The rule: a function's folder names pieces of `orchestrator.wiring` and its modules (`wiring.jobs()`, or
`analysis.agent()` after `from orchestrator.wiring import analysis`); a piece names environment variables
(`os.environ["TABLE_JOBS"]`, `secret("openai")`), other pieces, and the adapters it imports. Following these
from the folder gives the variables and the adapter modules that can come into play. A granted action counts
as used when the SDK's method for it (`GetItem` → `get_item`), or its name in a transaction, stands in the
folder, in a reached adapter or in one it imports. So the rule finds a grant that
nothing can use. It cannot tell a branch that never runs: the laptop runner counts the real calls.

What is *needed* is read more narrowly: only pieces that are called count, and not what stands in a lambda or
an inner function, which may never run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from infra.deployment import ROOT
from infra.discovery import Found
from orchestrator.spec import Grant

PACKAGE = ROOT / "layers" / "orchestrator" / "python"
WIRING = PACKAGE / "orchestrator" / "wiring"
Names = dict[str, str]
"""What a file's names mean: `analysis` → `orchestrator.wiring.analysis`."""
IMPLIED = {
    "PutItem": '"Put"',
    "UpdateItem": '"Update"',
    "DeleteItem": '"Delete"',
    "ConditionCheckItem": '"ConditionCheck"',
    # A query that filters or returns metadata needs both permissions (S3 API, QueryVectors).
    "GetVectors": "query_vectors",
}
"""What else shows that an action is used: a transaction's parts, and a call that needs two actions."""


@dataclass
class Reach:
    """`variables` are all that may be read, `needed` those that called pieces read without a default."""

    variables: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)
    sources: set[Path] = field(default_factory=set)

    def uses(self, action: str) -> bool:
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()
        words = [rf"\b{method}(_batch)?\b", *(re.escape(word) for word in (IMPLIED.get(action),) if word)]
        return any(re.search(word, file.read_text()) for file in self.sources for word in words)


def variable_of(grant: Grant) -> str:
    return f"{grant.kind.upper()}_{grant.name.upper().replace('-', '_')}"


def reach_of(one: Found) -> Reach:
    """Everything the function's own files and the pieces of wiring they name can reach."""
    reach = Reach()
    pieces: set[str] = set()
    for file in sorted((one.root / one.folder).glob("*.py")):
        tree = ast.parse(file.read_text())
        pieces |= set(_named(ast.walk(tree), _meanings(tree)))
        if file.name != "spec.py":
            _collect(ast.walk(tree), reach)
            reach.sources.add(file)
    for piece in _followed(pieces, only_calls=False):
        _collect(ast.walk(piece), reach)
    called = Reach()
    for piece in _followed(pieces, only_calls=True):
        _collect(_at_once(piece), called)
    reach.needed = called.needed
    reach.sources = {file for source in reach.sources for file in _with_imports(source)}
    return reach


def pieces_of(one: Found) -> list[ast.AST]:
    """The pieces of wiring that a function's own files name, and those that these name in turn."""
    trees = [ast.parse(file.read_text()) for file in sorted((one.root / one.folder).glob("*.py"))]
    named = {name for tree in trees for name in _named(ast.walk(tree), _meanings(tree))}
    return list(_followed(named, only_calls=False))


def _followed(pieces: set[str], *, only_calls: bool) -> Iterator[ast.AST]:
    """Yield the pieces of wiring and, in turn, those they call or (without `only_calls`) so much as name."""
    waiting, seen = list(pieces), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in _pieces():
            continue
        seen.add(name)
        piece, names = _pieces()[name]
        yield piece
        if only_calls:
            nodes: list[ast.AST] = [node.func for node in _at_once(piece) if isinstance(node, ast.Call)]
        else:
            nodes = list(ast.walk(piece))
        waiting += _named(nodes, names)


def _named(nodes: Iterable[ast.AST], names: Names) -> Iterator[str]:
    """Yield the full name of everything of wiring that the nodes name."""
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            full = names.get(first, "") + (f".{rest}" if rest else "")
            if full in _pieces():
                yield full


def _meanings(tree: ast.AST) -> Names:
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if f"{node.module}.{alias.name}".startswith("orchestrator.wiring")
    }


def _at_once(piece: ast.AST) -> Iterator[ast.AST]:
    """Walk a piece without what stands in an inner function or a lambda."""
    for child in ast.iter_child_nodes(piece):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _at_once(child)


def _collect(nodes: Iterable[ast.AST], reach: Reach) -> None:
    for node in nodes:
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            reach.needed |= set(_constants(node.slice))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.environ.get", "os.getenv"):
            reach.variables |= set(_constants(node.args[0]))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("secret", "wiring.secret"):
            reach.needed |= {f"SECRET_{vendor.upper()}" for vendor in _constants(node.args[0])}
        reach.sources |= set(_imports(node))
    reach.variables |= reach.needed


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


@cache
def _pieces() -> dict[str, tuple[ast.AST, Names]]:
    """Every function of wiring by its full name, with what the names in its file mean."""
    found: dict[str, tuple[ast.AST, Names]] = {}
    for file in WIRING.glob("*.py"):
        module = "orchestrator.wiring" + ("" if file.stem == "__init__" else f".{file.stem}")
        tree = ast.parse(file.read_text())
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        names = _meanings(tree) | {node.name: f"{module}.{node.name}" for node in functions}
        found |= {names[node.name]: (node, names) for node in functions}
    return found


def _imports(node: ast.AST) -> Iterator[Path]:
    names: list[str] = []
    if isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    for name in names:
        file = PACKAGE / (name.replace(".", "/") + ".py")
        if name.startswith("orchestrator.") and WIRING not in file.parents and file.exists():
            yield file


@cache
def _with_imports(file: Path) -> frozenset[Path]:
    """The file and the adapters (`orchestrator.aws`) it imports."""
    inner = {found for node in ast.walk(ast.parse(file.read_text())) for found in _imports(node)}
    return frozenset({file} | {found for found in inner if found.parent.name == "aws"})
