"""Our source as modules and the imports between them, read without importing any of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from infra.tools import ROOT
from tests.support.some import some

LAYER = ROOT / "layers" / "telesalud"
PLACES: Mapping[str, Path] = {
    "schemas": ROOT,
    "telesalud": LAYER,
    "functions": ROOT,
    "jitsi_cluster": ROOT,
    "infra": ROOT,
    "localstack": ROOT,
    "operations": ROOT,
}
"""Each top-level package with the folder that holds it."""

Graph = Mapping[str, Set[str]]


@cache
def modules() -> Mapping[str, Path]:
    """Every module of ours, tests excepted, by its dotted name."""
    return {
        name_of(path, place): path
        for package, place in PLACES.items()
        for path in some(sorted((place / package).rglob("*.py")))
    }


def name_of(path: Path, place: Path) -> str:
    """The dotted name of the module at `path`, imported from `place`."""
    return ".".join(path.relative_to(place).with_suffix("").parts).removesuffix(".__init__")


def imports(name: str) -> Iterator[tuple[str, int]]:
    """Absolute names that a module of ours imports anywhere in it, with their lines."""
    path = modules()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return names_in(path.read_text("utf-8"), tuple(package.split(".")))


def names_in(source: str, package: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """The same for source text of a module in `package`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            around = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*around, *([node.module] if node.module else [])])
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


@cache
def graph() -> Graph:
    """Each module of ours with those of ours that it imports."""
    return {
        name: {ours(imported) for imported, _ in imports(name)} - {name, ""} for name in modules()
    }


def ours(name: str) -> str:
    """The module of ours that an imported name is or is in, or "" for one of somebody else."""
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name


def circle_in(arrows: Graph) -> list[str]:
    """The names along one circle of arrows, or nothing."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        names: list[str] = error.args[1]
        return names[::-1]
    return []
