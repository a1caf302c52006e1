"""The import rules of docs/architecture.md, read from the source without importing it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.tools import ROOT
from telesalud.platform.aws.backend import AwsBackend
from telesalud.platform.backend import Backend
from telesalud.platform.memory.backend import MemoryBackend

DOMAIN = ROOT / "layers" / "telesalud" / "telesalud"
CONTEXTS = {
    "identity",
    "patients",
    "appointments",
    "consults",
    "orders",
    "pharmacy",
    "interop",
    "sites",
}
FRAMEWORKS = {"chalice", "boto3", "botocore", "aws_lambda_powertools"}
PACKAGES_OF_OURS = {"schemas", "telesalud", "functions", "infra", "localstack", "tests"}


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Absolute names that a module imports anywhere in it, with their lines."""
    package = path.relative_to(root_of(path)).with_suffix("").parts[:-1]
    return names_in(path.read_text("utf-8"), package)


def names_in(source: str, package: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """The same for source text of a module in `package`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            around = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*around, *([node.module] if node.module else [])])
            yield base, node.lineno
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def root_of(path: Path) -> Path:
    return DOMAIN.parent if path.is_relative_to(DOMAIN) else ROOT


def modules(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py"))


def offences(paths: list[Path], allowed: Allowed) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in paths
        for name, line in imports(path)
        if not allowed(name)
    ]


class Allowed:
    """Accepts the standard library, the given names, and whatever is below them."""

    def __init__(self, *names: str, others: bool = False) -> None:
        self._names = names
        self._others = others

    def __call__(self, name: str) -> bool:
        top = name.split(".", maxsplit=1)[0]
        if top in sys.stdlib_module_names or top == "__future__":
            return True
        if any(name == each or name.startswith(each + ".") for each in self._names):
            return True
        return self._others and top not in PACKAGES_OF_OURS | FRAMEWORKS


def test_schemas_import_pydantic_only() -> None:
    assert (
        offences(modules(ROOT / "schemas"), Allowed("schemas", "pydantic", "annotated_types")) == []
    )


@pytest.mark.parametrize("context", sorted(CONTEXTS))
def test_a_domain_knows_neither_frameworks_nor_other_contexts(context: str) -> None:
    own = f"telesalud.{context}"
    allowed = Allowed("schemas", "telesalud.platform", own, others=True)
    paths = modules(DOMAIN / context)
    found = [
        offence
        for offence in offences(paths, allowed)
        if not offence.endswith(" imports telesalud")  # the package that all of them are in
    ]
    assert found == []


def test_the_platform_knows_no_context() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(DOMAIN / "platform")
        for name, line in imports(path)
        if name.split(".")[0] in PACKAGES_OF_OURS - {"telesalud", "schemas"}
        or (name.startswith("telesalud.") and name.split(".")[1] in CONTEXTS)
    ]
    assert found == []


SDK = ("boto3", "botocore", "mypy_boto3")
OF_AWS = (DOMAIN / "platform" / "aws", ROOT / "functions" / "bridges")
"""The bridges' autoscaler works on AWS's machines and nothing else."""


def test_the_sdk_is_known_in_the_platforms_aws_folder_only() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in [*modules(DOMAIN), *modules(ROOT / "schemas"), *modules(ROOT / "functions")]
        if not any(path.is_relative_to(place) for place in OF_AWS)
        for name, line in imports(path)
        if name.split(".")[0].startswith(SDK)
    ]
    assert found == []


def test_chalice_is_known_in_its_adapter_and_the_apps_only() -> None:
    adapter = DOMAIN / "platform" / "http" / "on_chalice.py"
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(DOMAIN)
        if path != adapter
        for name, line in imports(path)
        if name.split(".")[0] == "chalice"
    ]
    assert found == []


def test_aws_is_asked_for_by_the_default_backend_and_by_lambdas_functions_only() -> None:
    aws = DOMAIN / "platform" / "aws"
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(DOMAIN)
        if not path.is_relative_to(aws) and path != DOMAIN / "platform" / "backend.py"
        for name, line in imports(path)
        if name.startswith("telesalud.platform.aws")
    ]
    assert found == []


def test_every_part_of_a_backend_is_made_by_both() -> None:
    """mypy holds each to the ports' protocols; this, that no part was forgotten."""
    parts = {name for name in vars(Backend) if not name.startswith("_")}
    assert len(parts) > 15
    for made in (AwsBackend(), MemoryBackend({})):
        backend: Backend = made
        assert [name for name in sorted(parts) if not hasattr(backend, name)] == []


def test_the_ports_are_protocols_and_values_only() -> None:
    """An adapter in a port's module would bring its framework to everybody who names the port."""
    allowed = Allowed("telesalud.platform.clock", "telesalud.platform.events",
                      "telesalud.platform.ports")  # fmt: skip
    assert offences(modules(DOMAIN / "platform" / "ports"), allowed) == []


def test_every_context_folder_is_a_known_context() -> None:
    folders = {path.name for path in DOMAIN.iterdir() if (path / "__init__.py").exists()}
    assert folders <= CONTEXTS | {"platform"}


def test_apps_import_no_deployment_code() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(ROOT / "functions")
        for name, line in imports(path)
        if name.split(".")[0] in {"infra", "localstack", "tests"}
    ]
    assert found == []


def test_nothing_imports_the_sdk_while_a_module_loads() -> None:
    """boto3 costs 200 ms of every cold start, so it is imported where a client is first made."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules(DOMAIN)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name)
        in {"boto3", "botocore"}
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "offends"),
    [
        ("import boto3", True),
        ("def f():\n    from botocore.config import Config", True),
        ("from aws_lambda_powertools import Logger", True),
        ("from telesalud.patients.model import Patient", True),
        ("from telesalud.platform.store import Store", False),
        ("from telesalud.consults.model import Consult", False),
        ("from schemas.consults import Consult", False),
        ("import functions.consults.app", True),
        ("from ..patients import model", True),
        ("import jwt", False),
    ],
)
def test_the_rule_for_domains_sees_what_it_should(line: str, offends: bool) -> None:
    """The test of the test: an import hidden in a function counts as well."""
    allowed = Allowed("schemas", "telesalud.platform", "telesalud.consults", others=True)
    package = ("telesalud", "consults")
    assert any(not allowed(name) for name, _ in names_in(line, package)) is offends
