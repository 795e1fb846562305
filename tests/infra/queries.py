"""Which queries of which tables a function's code can reach, read from the sources without running them.

The rule goes by names. A function's folder and the pieces of `orchestrator.wiring` it names (`reachable`)
name methods; a method of that name in a module these import is reached, and so are those that it names. An
adapter that a piece makes with `os.environ["TABLE_X"]` queries that table with those of its methods that are
reached, and what these call in `orchestrator.aws`. A call with `IndexName` queries the indexes whose names
stand in the function that makes it, or in a constant of the module which that function names.

So it may find a query that never runs, where two wings use one name for different things. Then give one of
the two another name: a grant that nothing needs is worse.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from infra.discovery import Found
from orchestrator.spec import TABLES
from tests.infra.reachable import PACKAGE, WIRING, pieces_of

AWS = PACKAGE / "orchestrator" / "aws"
Query = tuple[str, str | None]
"""A table, and the index of it that is queried; `None` is the table itself."""
Function = ast.FunctionDef | ast.AsyncFunctionDef
Made = tuple[Path, str, str]
"""An adapter's file and class, and the table it is made for."""


def granted_to(one: Found) -> set[Query]:
    """Every query that the spec grants."""
    tables = [grant for grant in one.spec.grants if grant.kind == "table"]
    named: set[Query] = {(grant.name, index) for grant in tables for index in grant.indexes}
    return named | {(grant.name, None) for grant in tables if "Query" in grant.actions}


def reached_by(one: Found) -> set[Query]:
    """Every query that the function's code can reach."""
    return {query for _, query in calls_of(one)}


def calls_of(one: Found) -> set[tuple[str, Query]]:
    """Every query that can be reached, with the function that makes it (`memory.changed_since`)."""
    own = [ast.parse(file.read_text()) for file in sorted((one.root / one.folder).glob("*.py"))]
    pieces = pieces_of(one)
    names = _names_reached([*own, *pieces])
    made = {made for piece in pieces for made in _made(piece)}
    return {call for file, name, table in made for call in _calls_in(file, name, table, names)}


def _names_reached(roots: list[ast.AST]) -> set[str]:
    """Follow names through everything the roots import, except the adapters and the wiring."""
    modules = _modules({file for root in roots for file in _imported(root)})
    waiting: set[str] = {name for root in roots for name in _named(root)}
    inner: dict[str, set[str]] = {}
    for module in modules:
        waiting |= _of_module(module)
        for name, named in _by_name(module).items():
            inner.setdefault(name, set()).update(named)
    reached: set[str] = set()
    while waiting:
        reached.add(name := waiting.pop())
        waiting |= inner.get(name, set()) - reached
    return reached


def _modules(files: set[Path]) -> set[Path]:
    waiting, seen = set(files), set[Path]()
    while waiting:
        seen.add(file := waiting.pop())
        waiting |= _imports(file) - seen
    return {file for file in seen if AWS not in file.parents}


@cache
def _imports(file: Path) -> frozenset[Path]:
    return frozenset(_imported(_tree(file)))


def _imported(tree: ast.AST) -> Iterator[Path]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("orchestrator"):
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                place = PACKAGE / name.replace(".", "/")
                # A package that is imported by its own name is one whose modules are looked up.
                found = place.glob("*.py") if name != node.module else [place / "__init__.py"]
                files = (place.with_suffix(".py"), *found)
                yield from (file for file in files if file.exists() and WIRING not in file.parents)


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Yield the functions of a module, and the methods of its classes, each with its class or nothing."""
    for node in tree.body:
        if isinstance(node, Function):
            yield "", node
        elif isinstance(node, ast.ClassDef):
            yield from ((node.name, inner) for inner in node.body if isinstance(inner, Function))


@cache
def _by_name(file: Path) -> dict[str, set[str]]:
    """What each function of a module names, by how it can be named itself (`_named`)."""
    found: dict[str, set[str]] = {}
    for owner, function in _functions(_tree(file)):
        for name in _ways_to_name(owner, function):
            found.setdefault(name, set()).update(_named(function))
    return found


@cache
def _of_module(file: Path) -> set[str]:
    """What a module names outside functions, and in methods that Python calls itself (`__init__`)."""
    nodes = [node for node in _tree(file).body if not isinstance(node, Function | ast.ClassDef | ast.If)]
    special = [function for _, function in _functions(_tree(file)) if function.name.startswith("__")]
    return {name for node in [*nodes, *special] for name in _named(node)}


def _named(root: ast.AST) -> Iterator[str]:
    """Yield `name` for what stands alone, `.name` for an attribute, and `.name(2)` for a call of it.

    `.name.` is an attribute of which something is taken in turn: it may be a property, but no method.

    `get` and the other methods of dictionaries are left out unless they are awaited, as an adapter's are.
    """
    nodes = list(ast.walk(root))
    called = {id(node.func): node for node in nodes if isinstance(node, ast.Call)}
    awaited = {id(node.value) for node in nodes if isinstance(node, ast.Await)}
    own = _variables(nodes) if isinstance(root, Function) else set[str]()
    opened = {id(node.value) for node in nodes if isinstance(node, ast.Attribute | ast.Subscript)}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id not in own:
            yield node.id
        elif isinstance(node, ast.Attribute):
            call = called.get(id(node))
            if not hasattr(dict, node.attr) or id(call) in awaited:
                yield f".{node.attr}{_given(call)}" + "." * (id(node) in opened)


def _variables(nodes: list[ast.AST]) -> set[str]:
    stored = {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return stored | {one.arg for one in nodes if isinstance(one, ast.arg)}


def _given(call: ast.Call | None) -> str:
    """Return how many arguments a call gives, or nothing when that cannot be told."""
    if call is None or any(isinstance(one, ast.Starred) for one in call.args):
        return ""
    return f"({len(call.args) + len(call.keywords)})" if all(one.arg for one in call.keywords) else ""


def _ways_to_name(owner: str, function: Function) -> Iterator[str]:
    """Yield every name (`_named`) that may mean a function, or a method of the class `owner`."""
    taken = function.args
    most = len(taken.args) + len(taken.kwonlyargs) - bool(owner)
    optional = len(taken.defaults) + sum(default is not None for default in taken.kw_defaults)
    if not owner:
        yield function.name
    yield f".{function.name}"
    if function.decorator_list:
        yield f".{function.name}."
    yield from (f".{function.name}({count})" for count in range(most - optional, most + 1))


def _made(piece: ast.AST) -> Iterator[Made]:
    files = {alias: file for alias, file in _from_aws(piece)}
    for node in ast.walk(piece):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in files:
            for table in TABLES:
                if any(f"os.environ['TABLE_{table.name.upper()}']" == ast.unparse(a) for a in node.args):
                    yield files[node.func.id], node.func.id, table.name


def _from_aws(tree: ast.AST) -> Iterator[tuple[str, Path]]:
    """Yield the names a tree imports from the adapters or of them, each with the adapter's file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("orchestrator.aws"):
            for alias in node.names:
                inner = AWS / f"{alias.name}.py"
                module = PACKAGE / f"{node.module}.py".replace(".", "/", str(node.module).count("."))
                yield alias.asname or alias.name, inner if inner.exists() else module


def _calls_in(file: Path, owner: str, table: str, names: set[str]) -> Iterator[tuple[str, Query]]:
    """Yield the queries made by those methods of an adapter that are named, and by what these call."""
    waiting = [
        (file, owner, name)
        for (cls, name), method in _all(file).items()
        if cls == owner and not names.isdisjoint(_ways_to_name(cls, method))
    ]
    seen: set[tuple[Path, str, str]] = set()
    while waiting:
        place = waiting.pop()
        if place in seen or place[1:] not in _all(place[0]):
            continue
        seen.add(place)
        function = _all(place[0])[place[1:]]
        yield from ((f"{place[0].stem}.{place[2]}", query) for query in _queries(place[0], function, table))
        waiting += _called(function, *place[:2])


@cache
def _all(file: Path) -> dict[tuple[str, str], Function]:
    return {(owner, function.name): function for owner, function in _functions(_tree(file))}


def _called(function: Function, file: Path, owner: str) -> Iterator[tuple[Path, str, str]]:
    others = dict(_from_aws(_tree(file)))
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield others.get(node.id, file), "", node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            first = node.value.id
            if first == "self" or first in others:
                yield (others[first], "", node.attr) if first in others else (file, owner, node.attr)


def _queries(file: Path, function: Function, table: str) -> Iterator[Query]:
    if not makes_a_query(function):
        return
    words = set(_texts([function]))
    if "IndexName" not in words | {
        word.arg for word in ast.walk(function) if isinstance(word, ast.keyword) and word.arg
    }:
        yield table, None
        return
    named = set(_named(function))
    words |= set(_texts(_constants(file, named)))
    (indexes,) = (one.index_names for one in TABLES if one.name == table)
    found = words.intersection(indexes)
    assert found, f"{file.stem}.{function.name}: no name of an index of {table!r} stands there"
    yield from ((table, index) for index in found)


def makes_a_query(function: Function) -> bool:
    """Whether a function of an adapter queries a table itself."""
    return any(ast.unparse(node) == "dynamodb().query" for node in ast.walk(function))


def all_queries() -> set[str]:
    """Every function of the adapters that makes a query."""
    return {
        f"{file.stem}.{function.name}"
        for file in AWS.glob("*.py")
        for _, function in _functions(_tree(file))
        if makes_a_query(function)
    }


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for root in nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _constants(file: Path, names: set[str]) -> Iterator[ast.AST]:
    for node in _tree(file).body:
        if isinstance(node, ast.Assign) and any(ast.unparse(target) in names for target in node.targets):
            yield node.value
