"""Each framework is known in the folder of its adapter and nowhere else."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable

from telesalud.platform.aws.backend import AwsBackend
from telesalud.platform.backend import Backend
from telesalud.platform.memory.backend import MemoryBackend
from tests.support.some import some
from tests.support.source import imports, modules

SDK = ("boto3", "botocore", "mypy_boto3")
AWS = "telesalud.platform.aws"
ON_CHALICE = "telesalud.platform.http.on_chalice"
RUNNING = ("telesalud", "schemas", "functions")
"""What a function loads."""


def within(name: str, *places: str) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


def importing(wanted: Callable[[str], bool], *, outside: tuple[str, ...]) -> list[str]:
    """Imports of what is `wanted` by code that runs in functions, except in these places."""
    names = some(name for name in modules() if within(name, *RUNNING))
    return [
        f"{name}:{line} imports {known}"
        for name in names
        if not within(name, *outside)
        for known, line in imports(name)
        if wanted(known)
    ]


def test_the_sdk_is_known_in_the_platforms_aws_folder_only() -> None:
    """The bridges' autoscaler works on AWS's machines; the canary knows nothing of the layer."""
    outside = (AWS, "functions.bridges", "functions.canary")
    assert importing(lambda known: known.startswith(SDK), outside=outside) == []


def test_chalice_is_known_in_its_adapter_and_the_apps_only() -> None:
    assert (
        importing(lambda known: within(known, "chalice"), outside=(ON_CHALICE, "functions")) == []
    )


def test_aws_is_asked_for_by_the_default_backend_and_by_lambdas_functions_only() -> None:
    outside = (AWS, "telesalud.platform.backend", "functions")
    assert importing(lambda known: within(known, AWS), outside=outside) == []


def test_every_part_of_a_backend_is_made_by_both() -> None:
    """mypy holds each to the ports' protocols; this, that no part was forgotten."""
    parts = some(name for name in vars(Backend) if not name.startswith("_"))
    for made in (AwsBackend(), MemoryBackend({})):
        backend: Backend = made
        assert [name for name in sorted(parts) if not hasattr(backend, name)] == []


def test_the_ports_are_protocols_and_values_only() -> None:
    """An adapter in a port's module would bring its framework to everybody who names the port."""
    allowed = ("telesalud.platform.clock", "telesalud.platform.events", "telesalud.platform.ports")
    names = some(name for name in modules() if within(name, "telesalud.platform.ports"))
    found = [
        f"{name}:{line} imports {known}"
        for name in names
        for known, line in imports(name)
        if known.split(".")[0] not in sys.stdlib_module_names and not within(known, *allowed)
    ]
    assert found == []


def test_nothing_imports_the_sdk_while_a_module_loads() -> None:
    """boto3 costs 200 ms of every cold start, so it is imported where a client is first made."""
    found = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        if within(name, "telesalud")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name)
        in {"boto3", "botocore"}
    ]
    assert found == []
