"""The import rules of docs/architecture.md: who may know whom."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable

import pytest

from tests.support.some import some
from tests.support.source import LAYER, PLACES, circle_in, graph, imports, modules, names_in

FRAMEWORKS = {"chalice", "boto3", "botocore", "aws_lambda_powertools"}
CONTEXTS = some(
    path.parent.name
    for path in sorted((LAYER / "telesalud").glob("*/__init__.py"))
    if path.parent.name != "platform"
)

ARROWS = {
    "schemas": set[str](),
    "telesalud": {"schemas"},
    "jitsi_cluster": {"telesalud", "schemas"},
    "functions": {"telesalud", "schemas", "jitsi_cluster"},
    "infra": {"telesalud", "schemas"},
    "localstack": {"infra", "telesalud", "schemas"},
    "operations": {"functions", "infra", "localstack", "telesalud", "schemas"},
}
"""What each top-level folder may import of the others."""

PLATFORM = (
    {"", "ports"},  # "" is the kernel: the modules of platform/ itself
    {"printing", "http", "partners", "webhooks", "words"},
    {"trail", "reports", "knowledge"},
    {"aws", "memory", "embedded", "stored"},
)
"""Rooms of the platform from the lowest floor up; `stored` gathers what the others keep."""

CHOOSES = ("telesalud.platform.backend", "telesalud.platform.aws.backend")
"""The one arrow up: where a process that was given no other backend takes AWS's."""

Arrow = tuple[str, str]


def arrows() -> list[Arrow]:
    """Every import of a module of ours by another."""
    return [(name, known) for name, imported in graph().items() for known in sorted(imported)]


def top(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def context(name: str) -> str:
    """The context of the layer that a module is in, or nothing."""
    parts = name.split(".")
    return parts[1] if parts[0] == "telesalud" and len(parts) > 1 else ""


def room(name: str) -> str:
    """The folder within its context, or the module itself where it stands in none."""
    parts = name.split(".")
    return ".".join(parts[:3]) if parts[0] == "telesalud" else name


def floor(name: str) -> int:
    """How high a module of what runs in a function stands."""
    if context(name) == "platform":
        parts = name.split(".")
        in_folder = len(parts) > 3 or modules()[name].name == "__init__.py"
        place = parts[2] if len(parts) > 2 and (in_folder or parts[2] == "stored") else ""
        return 1 + next(floor for floor, rooms in enumerate(PLATFORM) if place in rooms)
    return {"schemas": 0, "telesalud": 10, "functions": 20}[top(name)]


def said(found: Iterable[Arrow]) -> list[str]:
    return [f"{name} imports {known}" for name, known in found]


def test_top_level_folders_import_only_what_stands_below_them() -> None:
    assert set(ARROWS) == set(PLACES)
    assert circle_in(ARROWS) == []
    assert (
        said(
            (name, known)
            for name, known in arrows()
            if top(name) != top(known) and top(known) not in ARROWS[top(name)]
        )
        == []
    )


def test_nothing_of_ours_imports_tests() -> None:
    assert (
        said(
            (name, known)
            for name in modules()
            for known, _ in imports(name)
            if top(known) == "tests"
        )
        == []
    )


def test_no_import_goes_up_a_floor() -> None:
    running = [
        (name, known)
        for name, known in arrows()
        if {top(name), top(known)} <= {"schemas", "telesalud", "functions"}
        and "telesalud" not in (name, known)  # the package that all of them are in
    ]
    assert (
        said(
            arrow
            for arrow in some(running)
            if arrow != CHOOSES and floor(arrow[0]) < floor(arrow[1])
        )
        == []
    )


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circle_in(graph()) == []


@pytest.mark.parametrize("place", [*CONTEXTS, "platform"])
def test_the_rooms_of_a_context_form_no_circle(place: str) -> None:
    """Rooms are folders; a module of the context's own folder counts as a room."""
    rooms: defaultdict[str, set[str]] = defaultdict(set)
    inside = [
        (name, known)
        for name, known in arrows()
        if context(name) == context(known) == place
        and f"telesalud.{place}" not in (name, known)
        and (name, known) != CHOOSES
    ]
    for name, known in some(inside):
        if room(name) != room(known):
            rooms[room(name)].add(room(known))
    assert circle_in(rooms) == []


def test_contexts_do_not_know_each_other() -> None:
    assert (
        said(
            (name, known)
            for name, known in arrows()
            if context(name) in CONTEXTS and context(known) not in ("", "platform", context(name))
        )
        == []
    )


def offences(name: str, allowed: Callable[[str], bool]) -> list[str]:
    return [f"{name}:{line} imports {known}" for known, line in imports(name) if not allowed(known)]


class Allowed:
    """Accepts the standard library, the given names, and whatever is below them."""

    def __init__(self, *names: str, others: bool = False) -> None:
        self._names = names
        self._others = others

    def __call__(self, name: str) -> bool:
        if top(name) in sys.stdlib_module_names or top(name) == "__future__":
            return True
        if any(name == each or name.startswith(each + ".") for each in self._names):
            return True
        return self._others and top(name) not in {*PLACES, *FRAMEWORKS, "tests"}


def test_schemas_import_pydantic_only() -> None:
    allowed = Allowed("schemas", "pydantic", "annotated_types")
    names = some(name for name in modules() if top(name) == "schemas")
    assert [each for name in names for each in offences(name, allowed)] == []


@pytest.mark.parametrize("place", CONTEXTS)
def test_a_context_knows_no_framework(place: str) -> None:
    allowed = Allowed("schemas", "telesalud.platform", f"telesalud.{place}", others=True)
    names = some(name for name in modules() if context(name) == place)
    assert [each for name in names for each in offences(name, allowed)] == []


@pytest.mark.parametrize(
    ("line", "offends"),
    [
        ("import boto3", True),
        ("def f():\n    from botocore.config import Config", True),
        ("from aws_lambda_powertools import Logger", True),
        ("from telesalud.patients.model import Patient", True),
        ("from telesalud.platform.store import Store", False),
        ("from telesalud.consults.model import Consult", False),
        ("from telesalud.consults import model", False),
        ("from schemas.consults import Consult", False),
        ("import functions.consults.app", True),
        ("from ..patients import model", True),
        ("import jwt", False),
    ],
)
def test_the_rule_for_contexts_sees_what_it_should(line: str, offends: bool) -> None:
    """The test of the test: an import hidden in a function counts as well."""
    allowed = Allowed("schemas", "telesalud.platform", "telesalud.consults", others=True)
    package = ("telesalud", "consults")
    assert any(not allowed(name) for name, _ in names_in(line, package)) is offends


def test_a_circle_is_seen() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert set(circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}
